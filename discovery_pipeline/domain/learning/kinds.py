"""The kinds of corrections, and the earliest asset in which each has a say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Kind = Literal["mapping", "value", "merge", "split", "type", "edge", "strategy"]
KINDS: tuple[Kind, ...] = get_args(Kind)

# A run over a correction begins here and makes everything after it anew; what is before it stays as it is.
FIRST_ASSET: Mapping[Kind, str] = {
    "mapping": "column_mapping", "value": "clean_records", "merge": "inventory", "split": "inventory",
    "type": "inventory", "edge": "dependencies", "strategy": "analysis",
}  # fmt: skip
