"""Explains an asset: where each value came from, cell by cell and step by step, what competes with it, what it led to.

Keep out: how it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import polars as pl

from discovery_pipeline.domain.cleansing.row_corrections import corrected_rows, row_rules
from discovery_pipeline.domain.cleansing.trace import Step, trace
from discovery_pipeline.domain.cleansing.value_rules import concerning
from discovery_pipeline.domain.errors import PermanentError
from discovery_pipeline.domain.handoffs import CanonicalTable, ColumnBinding
from discovery_pipeline.domain.inventory.decisions.corrected import CORRECTED_RULE, IDENTITY_FIELD, TYPE_FIELD
from discovery_pipeline.domain.learning.rules import ValueRule
from discovery_pipeline.domain.schema import fields
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.services.cleansed_tables import VALUE_RULES, value_rules_of
from discovery_pipeline.services.inventory.assessment import assessment
from discovery_pipeline.services.inventory.asset_search import display_name, find_asset, known_field
from discovery_pipeline.services.inventory.claims import (
    DERIVED_FROM,
    Records,
    TableRecords,
    field_claims,
    is_disputed,
    records_of,
)
from discovery_pipeline.services.inventory.neighbours import neighbours
from discovery_pipeline.services.inventory.rule_words import WHY
from discovery_pipeline.services.inventory.standing import Standing, standings_of
from discovery_pipeline.services.inventory.type_reasons import type_reasons
from discovery_pipeline.services.run_frames import RunFrames, run_frames

# What follows from an asset's values: told in `type` and `assessment`.
ASSESSED = ("classified_type", "strategy", "wave", "sizing")


@dataclass(frozen=True)
class AppliedRules:
    """How a run cleansed. counted: the rules that changed cells, by table number and position: they tell how a column
    was read. said: the value rules it was told."""

    counted: dict[tuple[int, int], frozenset[str]]
    said: tuple[ValueRule, ...]


@dataclass(frozen=True)
class Cell:
    """One source cell behind a claim, with the mapping that brought it to the field and the steps that cleaned it.

    used: the value is from this cell; of several columns of a field the first with a value counts, lists are united.
    """

    position: int
    header: str
    raw: str
    steps: tuple[Step, ...]
    mapping_confidence: float
    mapping_status: str
    used: bool


@dataclass(frozen=True)
class Claim:
    """What one record says about a field. rule: why it was chosen, or why not. duplicate: an exact repeat.

    standing: how much it counts; None where the inventory does not tell.
    """

    value: Any
    chosen: bool
    rule: str | None
    duplicate: bool
    source: str
    file: str
    table: str
    row: int
    line: int | None
    cells: tuple[Cell, ...]
    standing: Standing | None = None


@dataclass(frozen=True)
class FieldExplanation:
    """disputed: records disagree about the value where only one can be right (claims.is_disputed) and nobody decided.

    why: what the rule means. told: by which correction somebody did.
    """

    field: str
    value: Any
    rule: str | None
    disputed: bool
    claims: tuple[Claim, ...]
    told: str | None = None
    why: str | None = None


@dataclass(frozen=True)
class Explanation:
    """An asset explained. lineage: its input rows. type, assessment: as the phases wrote them; dependencies: counts
    and the surest neighbours. note: what the reader has to know about all of it. told: the corrections that merged it
    with another or split it."""

    tenant: str
    asset_id: str
    name: str
    type: dict[str, Any]
    fields: tuple[FieldExplanation, ...]
    lineage: tuple[dict[str, Any], ...]
    dependencies: dict[str, Any]
    assessment: dict[str, Any] | None
    note: str = ""
    told: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The explanation as a JSON document; times as ISO text."""
        document: dict[str, Any] = _plain(asdict(self))
        return document


def explain(frames: TenantFrames, asset: str, field: str | None = None) -> Explanation:
    """Explain one field of an asset, or all that have a value, competing values first.

    asset: asset_id, or a name that one asset alone has. field: a canonical field, or one of ASSESSED, which
    no row states (then no field is explained). Raises UsageError when the asset or field is not known or the name is
    ambiguous, PermanentError when there is no inventory yet.
    """
    run = run_frames(frames)
    if not run.has("inventory"):
        raise PermanentError("there is no inventory yet", where=run.tenant, advice=f"discovery run {run.tenant} first")
    wanted = _wanted(field)
    row = find_asset(run, asset)
    records = records_of(run, row["asset_id"])
    applied = _applied_rules(run)
    explained = [_field(records, name, applied) for name in wanted]
    kept = [e for e in explained if field or e.claims or e.value is not None or e.told]
    return Explanation(
        tenant=run.tenant,
        asset_id=row["asset_id"],
        name=display_name(row),
        type={
            "classified_type": row["classified_type"],
            "confidence": row["type_confidence"],
            "reasons": type_reasons(records, row["classified_type"]),
            "told": _told(records, TYPE_FIELD),
        },
        fields=tuple(sorted(kept, key=lambda e: not e.disputed)),
        lineage=tuple(_lineage(records)),
        dependencies=neighbours(run, row["asset_id"]),
        assessment=assessment(run, row["asset_id"]),
        note="a later run was stopped before its inventory; this is the one before" if run.newer_files_wait else "",
        told=_told(records, IDENTITY_FIELD),
    )


def _wanted(field: str | None) -> list[str]:
    if field is None:
        return list(fields("asset"))
    return [] if field in ASSESSED else [known_field(field)]


def _field(records: Records, field: str, applied: AppliedRules) -> FieldExplanation:
    claims = field_claims(records, field).sort("chosen", "table_no", "row", descending=[True, False, False])
    found = tuple(_claims(records, field, claims, applied))
    value = records.inventory.select(field).collect().item()
    rules = records.origin.select(f"{field}__rule").collect().get_column(f"{field}__rule").to_list()
    told = _told(records, field)
    disputed = told is None and is_disputed(claims, field)
    rule = rules[0] if rules else None
    return FieldExplanation(field, _value(value), rule, disputed, found, told, WHY.get(rule or ""))


def _told(records: Records, field: str) -> str | None:
    """The correction that decided it."""
    return next(iter(records.corrected.filter(pl.col("field") == field)["told"]), None)


def _claims(records: Records, field: str, claims: pl.DataFrame, applied: AppliedRules) -> Iterator[Claim]:
    tables = {table.info.table_no: table for table in records.tables}
    standings = standings_of(records, field)
    for claim in claims.iter_rows(named=True):
        table = tables[claim["table_no"]]
        yield Claim(
            value=claim["claim"], chosen=claim["chosen"], rule=claim["rule"], duplicate=claim["duplicate"],
            source=table.info.source, file=table.info.file, table=table.info.table, row=claim["row"],
            line=claim["line"], cells=tuple(_cells(table, field, claim, applied)),
            standing=standings.get((claim["table_no"], claim["row"])),
        )  # fmt: skip


def _cells(table: TableRecords, field: str, claim: dict[str, Any], applied: AppliedRules) -> Iterator[Cell]:
    """The field's own cells of a row that hold text, else those that it is derived from."""
    bindings = table.bound_to(field)
    record = table.canonical.filter(pl.col("row") == claim["row"]).select([b.column for b in bindings]).collect()
    cells = list(zip(record.row(0), bindings, strict=True)) if bindings else []
    corrected = _corrected(table, field, claim["row"], applied)
    if corrected and bindings:
        raw, binding = next(cell for cell in cells if cell[1].field == field)
        step = Step(CORRECTED_RULE, raw or "", corrected.value, str(corrected.told))
        yield Cell(binding.position, binding.header, raw or "", (step,), binding.confidence, binding.status, used=True)
        return
    filled = [(raw, binding) for raw, binding in cells if raw is not None]
    own = [(raw, binding) for raw, binding in filled if binding.field == field]
    found = False
    for raw, binding in own or filled:
        steps = _steps(raw, binding, table, applied)
        left = steps[-1].after if steps else raw
        used = left is not None and (fields("asset")[field].is_list or not found)
        found = found or used
        derived = _derivation(left, claim["claim"]) if left is not None and used and field in DERIVED_FROM else ()
        yield Cell(binding.position, binding.header, raw, steps + derived, binding.confidence, binding.status, used)


def _corrected(table: TableRecords, field: str, row: int, applied: AppliedRules) -> ValueRule | None:
    """What a person said of this cell of this row alone."""
    of_field = [rule for rule in applied.said if rule.cells and rule.field == field]
    if not of_field:
        return None
    one = table.canonical.filter(pl.col("row") == row)
    canonical = CanonicalTable(table.info, table.kind, one, table.bindings)
    own = row_rules(of_field, canonical)
    met = corrected_rows(canonical, own)["rule"].to_list() if own else []
    return own[met[-1]] if met else None


def _steps(raw: str, binding: ColumnBinding, table: TableRecords, applied: AppliedRules) -> tuple[Step, ...]:
    counted = applied.counted.get((table.info.table_no, binding.position), frozenset())
    said = concerning(applied.said, table.kind.record, table.info.source, {binding.field})
    return tuple(trace(raw, binding.field, binding, counted, said))


def _derivation(cleaned: str, value: Any) -> tuple[Step, ...]:
    """The last step of a value that was taken out of a cell of names: the host of an FQDN, the domain of a host."""
    text = "; ".join(value) if isinstance(value, list) else str(value)
    return () if cleaned == text else (Step("derived", cleaned, text),)


def _applied_rules(run: RunFrames) -> AppliedRules:
    said = run.scan("clean_records", VALUE_RULES).collect() if run.has("clean_records", VALUE_RULES) else None
    rules = () if said is None else value_rules_of(said)
    if not run.has("clean_records", "rule_counts"):
        return AppliedRules({}, rules)
    counts = run.scan("clean_records", "rule_counts").group_by("table_no", "position").agg("rule").collect()
    return AppliedRules({(number, position): frozenset(names) for number, position, names in counts.iter_rows()}, rules)


def _lineage(records: Records) -> Iterator[dict[str, Any]]:
    for table in records.tables:
        where = {"source": table.info.source, "file": table.info.file, "table": table.info.table}
        for place in table.places.sort("row").select("row", "line", "duplicate").iter_rows(named=True):
            yield {**where, **place, "grain": table.kind.grain}


def _value(value: Any) -> Any:
    return value.to_list() if isinstance(value, pl.Series) else value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
