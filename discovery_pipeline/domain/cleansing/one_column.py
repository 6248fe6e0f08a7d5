"""One column of a table cleansed by itself, each distinct cell once: what its cells would become. Counts no rules."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.cleansing.columns import plan_column
from discovery_pipeline.domain.cleansing.passes import CleanParams, RawColumns
from discovery_pipeline.domain.cleansing.readings import read_table
from discovery_pipeline.domain.cleansing.rules import SEPARATOR, nothing_recorded
from discovery_pipeline.domain.cleansing.value_rules import concerning, corrections
from discovery_pipeline.domain.handoffs import CanonicalTable
from discovery_pipeline.domain.learning.rules import Rules
from discovery_pipeline.domain.schema import fields

# What a column of these does not say of its reading, the others of its table may.
_READ_TOGETHER = (frozenset({"integer", "number"}), frozenset({"datetime"}))
_NOTHING_LEARNED = Rules()
_DEFAULTS = CleanParams()


def column_values(table: CanonicalTable, position: int, rules: Rules = _NOTHING_LEARNED) -> pl.DataFrame:
    """Columns raw (distinct filled cells), n (rows that have it) and text: canonical, items joined by "; ", or null.

    It is read as in the whole table: its order of dates, decimal mark and unit. position: of the column, which has to
    be bound.
    """
    schema = fields(table.kind.record)
    own = next(binding for binding in table.bindings if binding.position == position)
    field = schema[own.field]
    bases = next((together for together in _READ_TOGETHER if field.base in together), frozenset[str]())
    read = [binding for binding in table.bindings if binding is own or schema[binding.field].base in bases]
    columns = [binding.column for binding in read]
    raw = RawColumns.over(table.frame.select(columns), columns, _DEFAULTS)
    reading = read_table([(schema[b.field], b) for b in read], raw.values).of(field, own, raw.values)
    said = concerning(rules.values, table.kind.record, table.info.source, {field.name})
    cleaned = plan_column(field, own, reading, corrections(field, said)).clean(raw.values(own), nothing_recorded)
    counted = cleaned.group_by("raw", maintain_order=True).agg(pl.col("n").sum(), pl.col("text").first())
    return counted.select("raw", "n", pl.col("text").str.replace_all(SEPARATOR, "; ", literal=True))
