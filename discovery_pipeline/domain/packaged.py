"""Data files that ship inside the package. Keep out: files of a tenant; what the data means."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml


def packaged_yaml(package: str, name: str) -> Any:
    """A YAML file that lies in a package, parsed by libyaml (eight times as fast as the Python parser)."""
    return yaml.load(files(package).joinpath(name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
