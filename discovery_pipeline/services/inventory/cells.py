"""The source cells behind a claim, with the steps that cleaned each: what the phase did, done again on the one value.

Keep out: which claims there are (claims.py), which won (domain.inventory).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from discovery_pipeline.domain.cleansing.row_corrections import corrected_rows, row_rules
from discovery_pipeline.domain.cleansing.trace import Step, trace
from discovery_pipeline.domain.cleansing.value_rules import concerning
from discovery_pipeline.domain.handoffs import CanonicalTable, ColumnBinding
from discovery_pipeline.domain.inventory.decisions.corrected import CORRECTED_RULE
from discovery_pipeline.domain.learning.rules import ValueRule
from discovery_pipeline.domain.schema import fields
from discovery_pipeline.services.cleansed_tables import VALUE_RULES, value_rules_of
from discovery_pipeline.services.inventory.claims import DERIVED_FROM, Records, TableRecords
from discovery_pipeline.services.run_frames import RunFrames


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


class Cells:
    """The cells of one asset's records, read once."""

    def __init__(self, run: RunFrames, records: Records) -> None:
        self._applied = _applied_rules(run)
        self._rows = {
            (table.info.table_no, row["row"]): row
            for table in records.tables
            for row in table.canonical.collect().iter_rows(named=True)
        }

    def behind(self, table: TableRecords, field: str, row: int, value: Any) -> Iterator[Cell]:
        """The field's own cells of a row that hold text, else those that it is derived from. value: what it claims."""
        record = self._rows.get((table.info.table_no, row), {})
        filled = [(record.get(binding.column), binding) for binding in table.bound_to(field)]
        corrected = self._corrected(table, field, row)
        if corrected and filled:
            raw, binding = next(cell for cell in filled if cell[1].field == field)
            step = Step(CORRECTED_RULE, raw or "", corrected.value, str(corrected.told))
            yield Cell(
                binding.position, binding.header, raw or "", (step,), binding.confidence, binding.status, used=True
            )
            return
        texts = [(raw, binding) for raw, binding in filled if raw is not None]
        own = [(raw, binding) for raw, binding in texts if binding.field == field]
        found = False
        for raw, binding in own or texts:
            steps = self._steps(raw, binding, table)
            left = steps[-1].after if steps else raw
            used = left is not None and (fields("asset")[field].is_list or not found)
            found = found or used
            derived = _derivation(left, value) if left is not None and used and field in DERIVED_FROM else ()
            yield Cell(binding.position, binding.header, raw, steps + derived, binding.confidence, binding.status, used)

    def _corrected(self, table: TableRecords, field: str, row: int) -> ValueRule | None:
        """What a person said of this cell of this row alone."""
        of_field = [rule for rule in self._applied.said if rule.cells and rule.field == field]
        if not of_field:
            return None
        one = table.canonical.filter(pl.col("row") == row)
        canonical = CanonicalTable(table.info, table.kind, one, table.bindings)
        own = row_rules(of_field, canonical)
        met = corrected_rows(canonical, own)["rule"].to_list() if own else []
        return own[met[-1]] if met else None

    def _steps(self, raw: str, binding: ColumnBinding, table: TableRecords) -> tuple[Step, ...]:
        counted = self._applied.counted.get((table.info.table_no, binding.position), frozenset())
        said = concerning(self._applied.said, table.kind.record, table.info.source, {binding.field})
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
