"""What answers of language models are as evidence, and what they changed in a mapping.

An answer counts as much as the model's answers on controls allow (domain.opinions.trust), and only for a field that
something else speaks for too. So a lying or tiny model leaves the mapping as it was without one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.handoffs import ColumnMapping, TableInfo
from discovery_pipeline.domain.mapping.doubts import Place, field_of, place_of
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.opinions.advice import ADVISED, Advised

AGENT = "mapping"


def model_evidence(advice: Iterable[Advised]) -> list[Evidence]:
    """One row per answer on a doubtful column that counts. weight: log-odds."""
    return [
        Evidence(*place_of(one.doubt), field_of(one.chosen), "model", one.weight, _why(one))
        for one in advice
        if one.chosen in one.doubt.likely
    ]


def _why(one: Advised) -> str:
    share = one.advice.reliability
    return f"{one.advice.model} chose it; so answered, {share.right} of {share.answered} controls were right"


@dataclass(frozen=True)
class Said:
    """What a model said of a column. model: its name; why: its evidence in words."""

    model: str
    why: str


def changed_by_models(
    before: Sequence[ColumnMapping],
    after: Sequence[ColumnMapping],
    said: Mapping[Place, Said],
    infos: Sequence[TableInfo],
) -> pl.DataFrame:
    """ADVISED: columns whose field or status is another one with models' evidence than without it.

    before, after: the choice without and with it, of the same columns. A column that nobody was asked about may change
    because another one took its field, or gave it back: it names the model of that.
    """
    names = {info.table_no: f"{info.file}/{info.table}" for info in infos}
    earlier = {(m.table_no, m.position): m for m in before}
    models = sorted({one.model for one in said.values()})
    rows = []
    for mapping in after:
        place = (mapping.table_no, mapping.position)
        was = earlier[place]
        one = said.get(place, Said(", ".join(models), "another column of the table is settled by it"))
        for name, old, new in (("field", was.field, mapping.field), ("status", was.status, mapping.status)):
            if old != new:
                subject = f"{names[mapping.table_no]}/{mapping.position}"
                rows.append((AGENT, subject, name, old, new, one.model, mapping.confidence, one.why))
    return pl.DataFrame(rows, schema=ADVISED, orient="row")
