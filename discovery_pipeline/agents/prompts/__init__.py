"""The instructions of every agent, one file each, told apart by what they say: an edited prompt is another version."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache

from discovery_pipeline.domain.packaged import packaged_text


@dataclass(frozen=True)
class Prompt:
    """name: of its file. version: a hash of its text, which stands in the ledger and in the keys of kept answers."""

    name: str
    text: str = field(repr=False)

    @property
    def version(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"


@cache
def prompt(name: str) -> Prompt:
    """The packaged instructions of this name. Raises FileNotFoundError when there are none."""
    return Prompt(name, packaged_text(__package__, f"{name}.md"))
