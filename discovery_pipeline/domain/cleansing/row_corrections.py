"""Cells of single rows that a person corrected: found again by what their row holds, in this delivery and the next.

A corrected cell is given a spelling of its own, and a value rule says what that spelling means. So the cell takes the
way of every other corrected one: it is counted, and the row is set aside or not by what it then says. Keep out: making
such a rule (services), which rules concern every cell of a spelling (value_rules).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import polars as pl

from discovery_pipeline.domain.cleansing.columns import tidy
from discovery_pipeline.domain.cleansing.corrected import spelling
from discovery_pipeline.domain.cleansing.rules import TEXT, nothing_recorded, run, values_frame
from discovery_pipeline.domain.cleansing.value_rules import read_values
from discovery_pipeline.domain.handoffs import CanonicalTable, ColumnBinding
from discovery_pipeline.domain.learning.rules import ValueRule
from discovery_pipeline.domain.schema import Field, fields

# Which row of the table a rule corrects.
CORRECTED_ROWS = {"row": pl.Int64(), "rule": pl.UInt32()}
_BETWEEN = " | "


def row_rules(rules: Sequence[ValueRule], table: CanonicalTable) -> tuple[ValueRule, ...]:
    """The rules about single rows that may concern a table: its columns hold every field they name. In their order."""
    bound = {binding.field for binding in table.bindings}
    return tuple(
        rule
        for rule in rules
        if rule.cells
        and rule.record == table.kind.record
        and rule.source in (None, table.info.source)
        and bound.issuperset({rule.field, *(field for field, _ in rule.cells)})
    )


def cell_spellings(table: CanonicalTable, wanted: Collection[str]) -> dict[str, pl.Expr]:
    """Per wanted field that the table has: how its cells of a row are spelt, "" where they are empty.

    Several columns of a field are read in the order of their positions, whatever the trust in them.
    """
    by_field: dict[str, list[ColumnBinding]] = {}
    for binding in sorted(table.bindings, key=lambda binding: binding.position):
        by_field.setdefault(binding.field, []).append(binding)
    return {
        name: spelling(pl.concat_str([b.column for b in by_field[name]], separator=_BETWEEN, ignore_nulls=True))
        .fill_null("")
        .alias(name)
        for name in by_field
        if name in wanted
    }


def says_something(field: Field, spelt: str) -> bool:
    """Whether a cell spelt like this (see cell_spellings) names something, and is no stand-in such as "n/a" or "-"."""
    parts = values_frame(pl.Series(spelt.split(_BETWEEN)))
    left = run(parts, tidy(field), nothing_recorded).select(TEXT).to_series()
    return bool(left.is_not_null().any())


def meant_rows(table: CanonicalTable, rules: Sequence[ValueRule]) -> pl.DataFrame:
    """CORRECTED_ROWS: which rows each rule means, by its place. rules: the table's own."""
    found = [pl.DataFrame(schema=CORRECTED_ROWS)]
    by_names: dict[tuple[str, ...], list[int]] = {}
    for place, rule in enumerate(rules):
        by_names.setdefault(tuple(name for name, _ in rule.cells), []).append(place)
    for names, places in by_names.items():
        wanted = pl.LazyFrame(
            [(place, *(text for _, text in rules[place].cells)) for place in places],
            schema={"rule": pl.UInt32(), **dict.fromkeys(names, pl.String())},
            orient="row",
        )
        spelt = cell_spellings(table, names)
        rows = table.frame.select("row", *(spelt[name] for name in names)).join(wanted, on=list(names))
        found.append(rows.select(pl.col(name).cast(dtype) for name, dtype in CORRECTED_ROWS.items()).collect())
    return pl.concat(found)


def corrected_rows(table: CanonicalTable, rules: Sequence[ValueRule]) -> pl.DataFrame:
    """The same, of one cell the last rule alone."""
    of_field = meant_rows(table, rules).with_columns(
        field=pl.col("rule").replace_strict(_fields(rules), return_dtype=pl.String)
    )
    newest = of_field.sort("row", "rule").unique(["row", "field"], keep="last", maintain_order=True)
    return newest.select(*CORRECTED_ROWS)


def with_own_spellings(
    table: CanonicalTable, rules: Sequence[ValueRule]
) -> tuple[CanonicalTable, tuple[ValueRule, ...]]:
    """The table whose corrected cells are spelt as no file spells them, and the value rules that read these.

    rules: every value rule of the tenant. A value that the field can't take leaves its cell as it is.
    """
    own = row_rules(rules, table)
    rows = corrected_rows(table, own) if own else pl.DataFrame(schema=CORRECTED_ROWS)
    met = rows["rule"].unique().sort().to_list()
    sound = {place for place in met if _is_held(own[place])}
    if not sound:
        return table, ()
    frame = table.frame
    for field in sorted({own[place].field for place in sound}):
        marks = {place: _mark(own[place]) for place in sound if own[place].field == field}
        marked = rows.filter(pl.col("rule").is_in(list(marks))).select(
            "row", pl.col("rule").replace_strict(marks, return_dtype=pl.String).alias("mark")
        )
        first, *others = (b.column for b in table.bindings if b.field == field)
        is_marked = pl.col("mark").is_not_null()
        frame = (
            frame.join(marked.lazy(), on="row", how="left", maintain_order="left")
            .with_columns(
                pl.coalesce("mark", first).alias(first), *(pl.when(~is_marked).then(other) for other in others)
            )
            .drop("mark")
        )
    said = [replace(own[place], raw=_mark(own[place]), cells=()) for place in sorted(sound)]
    return replace(table, frame=frame), tuple(said)


def _fields(rules: Sequence[ValueRule]) -> Mapping[int, str]:
    return dict(enumerate(rule.field for rule in rules))


def _mark(rule: ValueRule) -> str:
    return f"⟦correction {rule.told.newest}⟧"


def _is_held(rule: ValueRule) -> bool:
    values = pl.Series([rule.value], dtype=pl.String())
    return bool(read_values(fields(rule.record)[rule.field], values)["held"].all())
