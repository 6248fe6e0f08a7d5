"""The stages of one column in the order in which a cell meets them, and the value that its text becomes.

Keep out: which stages a field asks for (columns).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.cleansing.corrected import Corrections
from discovery_pipeline.domain.cleansing.dates import date_value
from discovery_pipeline.domain.cleansing.numbers import number_value
from discovery_pipeline.domain.cleansing.rules import (
    SEPARATOR,
    Record,
    Rule,
    Stage,
    nothing_recorded,
    run,
    run_items,
    values_frame,
)
from discovery_pipeline.domain.schema import Field


@dataclass(frozen=True, eq=False)
class ColumnPlan:
    """Stages over the cell, tidied first, then over each item of a list, then over the list again.

    corrections: what people said of tidy cells, and of items, comes before all that the field makes of them.
    """

    field: Field
    tidy: tuple[Stage, ...]
    cell: tuple[Stage, ...]
    items: tuple[Stage, ...]
    after: tuple[Stage, ...]
    corrections: Corrections | None = None

    def clean(self, values: pl.DataFrame, record: Record) -> pl.DataFrame:
        """Values (`values_frame`) with `text` in canonical form, null where nothing is left."""
        if self.corrections is None:
            return self._listed(run(values, (*self.tidy, *self.cell), record), record)
        tidied = run(values, self.tidy, record)
        # What a list cannot take is told of its items.
        whole = self.corrections.sound if self.field.is_list else self.corrections
        return whole.read(tidied, lambda rest: self._listed(run(rest, self.cell, record), record), record)

    def _listed(self, values: pl.DataFrame, record: Record) -> pl.DataFrame:
        if not self.field.is_list:
            return values
        return run(run_items(values, lambda items: self._each_item(items, record)), self.after, record)

    def _each_item(self, items: pl.DataFrame, record: Record) -> pl.DataFrame:
        if self.corrections is None:
            return run(items, self.items, record)
        return self.corrections.read(items, lambda rest: run(rest, self.items, record), record)

    def only(self, fired: Collection[Rule]) -> ColumnPlan:
        """The plan without the rules that no value of the column needs; it gives the same values."""
        tidy, cell, items, after = (
            tuple(kept for stage in stages if (kept := stage.only(fired)).rules)
            for stages in (self.tidy, self.cell, self.items, self.after)
        )
        needed = self.corrections.needed(fired) if self.corrections else None
        return ColumnPlan(self.field, tidy, cell, items, after, needed)

    def clean_series(self, raw: pl.Series) -> pl.Series:
        """The canonical text of each raw cell."""
        return self.clean(values_frame(raw), nothing_recorded).get_column("text").rename(raw.name)

    def typed(self, text: pl.Expr) -> pl.Expr:
        """Canonical text as the schema's type."""
        if self.field.is_list:
            return text.str.split(SEPARATOR)
        if self.field.base in ("integer", "number"):
            return number_value(self.field, text)
        if self.field.base == "datetime":
            return date_value(text)
        return text == "true" if self.field.base == "boolean" else text
