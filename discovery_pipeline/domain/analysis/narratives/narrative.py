"""One text for people with the facts that it may rest on, and what became of it when somebody else worded it.

Keep out: what the texts are about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from discovery_pipeline.domain.handoffs import NARRATIVES

Kind = Literal["rationale", "summary", "question"]


@dataclass(frozen=True)
class Narrative:
    """kind and subject name it. name: what it is about, as people call it. facts: "name: value" in words and figures of
    ours, none of the tenant's own; whoever words it anew knows no more. stated: the text that they give by themselves.
    """

    kind: Kind
    subject: str
    name: str
    facts: tuple[str, ...]
    stated: str

    @property
    def key(self) -> str:
        return f"{self.kind}/{self.subject}"


@dataclass(frozen=True)
class Written:
    """A text that was believed, and the model that wrote it."""

    text: str
    model: str


def narratives_frame(stated: Sequence[Narrative], written: Mapping[str, Written] | None = None) -> pl.DataFrame:
    """NARRATIVES, sorted by kind and subject. written: by the narratives' keys; the others stand as stated."""
    known = written or {}
    rows = [
        (one.kind, one.subject, one.name, list(one.facts), one.stated, text.text if text else one.stated,
         text.model if text else None)
        for one in stated
        for text in (known.get(one.key),)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=NARRATIVES, orient="row").sort("kind", "subject")
