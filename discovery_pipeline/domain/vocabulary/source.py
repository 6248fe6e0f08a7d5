"""Reads the packaged YAML of the vocabulary, once a process. Nothing else of the vocabulary touches packaged files."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def load(name: str) -> Any:
    """The document data/`name`.yaml. The result is shared: callers must not change it."""
    text = files(f"{__package__}.data").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe loaders
