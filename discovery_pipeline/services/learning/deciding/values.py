"""Decisions about values, checked: the field is there and can take what is said. Reads no frame."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import polars as pl

from discovery_pipeline.domain.cleansing.rules import SEPARATOR
from discovery_pipeline.domain.cleansing.value_rules import read_values, spellings
from discovery_pipeline.domain.schema import Field, RecordKind, fields
from discovery_pipeline.services.learning.deciding.decisions import AssetValueDecision, ValueDecision
from discovery_pipeline.services.learning.deciding.drafts import Draft, problem
from discovery_pipeline.services.mapping.decisions import Problem

_EXAMPLES = {
    "integer": "a whole number", "number": "a number", "boolean": "true or false", "ip": "an address such as 10.0.0.1",
    "datetime": "a date such as 2024-05-01", "mac": "an address such as 00:50:56:00:00:01", "fqdn": "a name such as "
    "app01.corp.example", "string": "a text",
}  # fmt: skip
ITEMS = ";"


@dataclass(frozen=True)
class Read:
    """A value as the schema writes it, items of a list joined with ";". is_held: whether the field can take it."""

    value: str | None
    is_held: bool


Readings = Mapping[tuple[RecordKind, str, str], Read]


def readings(decisions: Sequence[ValueDecision | AssetValueDecision]) -> Readings:
    """What every said value is, by record kind, field and value; those of unknown fields are left out."""
    wanted: dict[tuple[RecordKind, str], dict[str, None]] = {}
    for decision in decisions:
        record, value = record_of(decision), decision.value
        if value is not None and decision.field in fields(record):
            wanted.setdefault((record, decision.field), {})[value] = None
    return {
        (record, name, value): read
        for (record, name), values in wanted.items()
        for value, read in _read(fields(record)[name], list(values)).items()
    }


def record_of(decision: ValueDecision | AssetValueDecision) -> RecordKind:
    """The record kind that the field is of."""
    return decision.record if isinstance(decision, ValueDecision) else "asset"


def _read(field: Field, values: Sequence[str]) -> dict[str, Read]:
    frame = read_values(field, pl.Series(values, dtype=pl.String()))
    return {
        said: Read(_as_written(field, value), is_held)
        for said, (value, is_held) in zip(values, frame.select("value", "held").iter_rows(), strict=True)
    }


def _as_written(field: Field, text: str | None) -> str | None:
    """Canonical text without the unit that the field is in anyway."""
    if text is None:
        return None
    return (
        text.removesuffix(f" {field.unit}").replace(SEPARATOR, ITEMS) if field.unit else text.replace(SEPARATOR, ITEMS)
    )


def value_of(decision: ValueDecision | AssetValueDecision, known: Readings) -> Read | Problem:
    """What the decision's value is for its field."""
    record, name = record_of(decision), decision.field
    if name not in fields(record):
        near = get_close_matches(name, list(fields(record)), n=3, cutoff=0.6)
        advice = f"near: {', '.join(near)}" if near else f"known: {', '.join(list(fields(record))[:10])}"
        return problem(decision, "unknown_field", f"{record} records have no field {name!r}", advice)
    if decision.value is None:
        return Read(None, is_held=True)
    read = known[record, name, decision.value]
    if not read.is_held:
        what = f"{name} can't be {decision.value!r}"
        return problem(decision, "unreadable_value", what, f"possible: {_possible(fields(record)[name])}")
    return read


def _possible(field: Field) -> str:
    if field.choices:
        return ", ".join(field.choices)
    unit = f" of {field.unit}" if field.unit else ""
    return _EXAMPLES[field.base] + unit + (f", several joined with {ITEMS}" if field.is_list else "")


def draft_values(decisions: Sequence[ValueDecision], sources: Collection[str]) -> list[Draft | Problem]:
    """What each decision about a spelling comes to, in their order. sources: the feeds that were read."""
    known, keys = readings(decisions), _keys(decisions)
    return [_draft(decision, known, keys, sources) for decision in decisions]


def _keys(decisions: Sequence[ValueDecision]) -> dict[tuple[RecordKind, str, str], str | None]:
    wanted: dict[tuple[RecordKind, str], dict[str, None]] = {}
    for decision in decisions:
        if decision.field in fields(decision.record):
            wanted.setdefault((decision.record, decision.field), {})[decision.raw] = None
    return {
        (record, name, raw): key
        for (record, name), raws in wanted.items()
        for raw, key in zip(
            raws, spellings(fields(record)[name], pl.Series(list(raws), dtype=pl.String())), strict=True
        )
    }


def _draft(
    decision: ValueDecision,
    known: Readings,
    keys: Mapping[tuple[RecordKind, str, str], str | None],
    sources: Collection[str],
) -> Draft | Problem:
    read = value_of(decision, known)
    if isinstance(read, Problem):
        return read
    if decision.source is not None and decision.source not in sources:
        what = f"the run read no source {decision.source!r}"
        return problem(decision, "unknown_source", what, f"known: {', '.join(sorted(sources)[:10])}")
    # Spelled alike is decided alike: two spellings of one key would be two rules about the same cells.
    raw = keys[decision.record, decision.field, decision.raw]
    if raw is None:
        return problem(decision, "empty_spelling", f"nothing is left of {decision.raw!r}", "an empty cell has no value")
    target = {"record": decision.record, "field": decision.field, "raw": raw, "source": decision.source}
    return Draft(decision, target, {"value": read.value}, {}, {"raw": decision.raw, "record": decision.record})
