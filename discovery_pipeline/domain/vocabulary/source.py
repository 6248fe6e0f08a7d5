"""Reads the packaged YAML of the vocabulary, once a process. Nothing else of the vocabulary touches packaged files."""

from __future__ import annotations

from functools import cache
from typing import Any

from discovery_pipeline.domain.packaged import packaged_yaml


@cache
def load(name: str) -> Any:
    """The document data/`name`.yaml. The result is shared: callers must not change it."""
    return packaged_yaml(f"{__package__}.data", f"{name}.yaml")
