"""The mapping agent: which of the offered fields a column carries. Keep out: which columns are asked about and what
their answers weigh (domain.mapping)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from discovery_pipeline.agents.choosing import ChoiceAgent
from discovery_pipeline.agents.guard import shown_header, shown_samples, shown_statistics, table_cells
from discovery_pipeline.agents.pseudonyms import Pseudonyms
from discovery_pipeline.domain.mapping.model_evidence import AGENT
from discovery_pipeline.domain.opinions.doubts import Doubt
from discovery_pipeline.domain.schema import RECORD_KINDS, RecordKind, fields

_BESIDE = 2


def shown_column(doubt: Doubt, pseudonyms: Pseudonyms) -> Mapping[str, Any]:
    """What a question tells of a column: its header and those beside it, shapes of values, rounded statistics."""
    shown = doubt.shown
    rows = {"rows are": shown["record"], **({"written by": shown["product"]} if shown["product"] else {})}
    at, profiles = shown["position"], shown["profiles"]
    cells = table_cells(profiles)
    first = max(0, at - _BESIDE)
    headers = [
        pseudonyms.names(shown_header(profile["header"], cells)) for profile in profiles[first : at + 1 + _BESIDE]
    ]
    return {
        **rows,
        "header": headers[at - first],
        "before": headers[: at - first],
        "after": headers[at - first + 1 :],
        "samples": shown_samples(profiles[at]["samples"]),
        **shown_statistics(profiles[at]),
    }


def described(doubts: Iterable[Doubt]) -> dict[str, dict[RecordKind, dict[str, str]]]:
    """What the offered fields mean, by kind of row, in the schema's order: told once in each question."""
    offered: dict[RecordKind, set[str]] = {}
    for doubt in doubts:
        offered.setdefault(doubt.shown["record"], set()).update(doubt.offers)
    return {
        "fields": {
            record: {name: field.description for name, field in fields(record).items() if name in offered[record]}
            for record in RECORD_KINDS
            if record in offered
        }
    }


MAPPING = ChoiceAgent(AGENT, shown_column)
