"""The mapping agent: which of the offered fields a column carries. Keep out: which columns are asked about and what
their answers weigh (domain.mapping)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import polars as pl

from discovery_pipeline.agents.choices import ChoiceQuestion
from discovery_pipeline.agents.guard import shown_header, shown_samples, shown_statistics, table_cells
from discovery_pipeline.domain.handoffs import TableKind
from discovery_pipeline.domain.mapping.doubts import PACKAGED_TABLE, AskedColumn, packaged_controls
from discovery_pipeline.domain.mapping.model_evidence import ColumnAnswer
from discovery_pipeline.domain.packaged import packaged_text
from discovery_pipeline.domain.schema import RecordKind, fields
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD

AGENT = "mapping"
_NONE = "none"
_BESIDE = 2

Profiles = Mapping[int, Sequence[Mapping[str, Any]]]


def column_questions(
    groups: Sequence[Sequence[AskedColumn]], profiles: pl.DataFrame, kinds: Sequence[TableKind]
) -> list[ChoiceQuestion]:
    """One question per group, no two alike: tables of one layout may repeat. profiles: PROFILES of every column."""
    system = packaged_text(f"{__package__}.prompts", "mapping.md")
    context = _Context(_by_table(profiles), {kind.table_no: kind for kind in kinds})
    return [_question(system, part, columns, context) for part, columns in enumerate(groups, 1)]


def column_answers(columns: Sequence[AskedColumn], chosen: Mapping[str, str | None]) -> list[ColumnAnswer]:
    """The answer to a group's question, column by column."""
    return [ColumnAnswer(column, _field(chosen.get(key))) for key, column in _keyed(columns)]


def _field(choice: str | None) -> str | None:
    return NO_FIELD if choice == _NONE else choice


def _keyed(columns: Sequence[AskedColumn]) -> list[tuple[str, AskedColumn]]:
    return [(f"c{number}", column) for number, column in enumerate(columns, 1)]


@dataclass(frozen=True)
class _Context:
    """profiles: rows of PROFILES by table and position."""

    profiles: Profiles
    kinds: Mapping[int, TableKind]


def _by_table(profiles: pl.DataFrame) -> Profiles:
    found: dict[int, list[Mapping[str, Any]]] = {}
    for row in profiles.sort("table_no", "position").iter_rows(named=True):
        found.setdefault(row["table_no"], []).append(row)
    return found


def _question(system: str, part: int, columns: Sequence[AskedColumn], context: _Context) -> ChoiceQuestion:
    keyed = _keyed(columns)
    choices = {key: tuple(field or _NONE for field in column.offers) for key, column in keyed}
    tables = [
        _table(table_no, list(members), context) for table_no, members in groupby(keyed, key=lambda k: k[1].table_no)
    ]
    content = {"part": part, "fields": _descriptions(columns), "tables": tables}
    return ChoiceQuestion(system, json.dumps(content, ensure_ascii=False, separators=(",", ":")), choices)


def _descriptions(columns: Sequence[AskedColumn]) -> dict[RecordKind, dict[str, str]]:
    """What the offered fields mean, by kind of row, in the schema's order."""
    offered: dict[RecordKind, set[str]] = {}
    for column in columns:
        offered.setdefault(column.record, set()).update(column.offers)
    return {
        record: {name: field.description for name, field in fields(record).items() if name in names}
        for record, names in sorted(offered.items())
    }


def _table(table_no: int, members: Sequence[tuple[str, AskedColumn]], context: _Context) -> dict[str, Any]:
    if table_no == PACKAGED_TABLE:
        return {"rows are": "asset", "columns": [_packaged_column(key, column) for key, column in members]}
    kind, profiles = context.kinds[table_no], context.profiles[table_no]
    cells = table_cells(profiles)
    headers = [shown_header(profile["header"], cells) for profile in profiles]
    written_by = {"written by": kind.product} if kind.product else {}
    columns = [_column(key, column, profiles[column.position], headers) for key, column in members]
    return {"rows are": kind.record, **written_by, "columns": columns}


def _column(key: str, column: AskedColumn, profile: Mapping[str, Any], headers: Sequence[str]) -> dict[str, Any]:
    at = column.position
    return {
        "key": key,
        "header": headers[at],
        "before": list(headers[max(0, at - _BESIDE) : at]),
        "after": list(headers[at + 1 : at + 1 + _BESIDE]),
        "samples": shown_samples(profile["samples"]),
        **shown_statistics(profile),
        "choices": [field or _NONE for field in column.offers],
    }


def _packaged_column(key: str, column: AskedColumn) -> dict[str, Any]:
    samples = packaged_controls()[column.position].samples
    choices = [field or _NONE for field in column.offers]
    return {"key": key, "header": column.header, "samples": list(samples), "choices": choices}
