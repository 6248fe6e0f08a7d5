"""Tables with columns that a proposal names: as they are mapped, and as they would be. Stores nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from discovery_pipeline.domain.cleansing.one_column import column_values
from discovery_pipeline.domain.handoffs import CanonicalTable, ColumnMapping, RawTable, TableKind, mappings_from_frame
from discovery_pipeline.domain.learning.corrections import Correction
from discovery_pipeline.domain.learning.rules import Rules
from discovery_pipeline.domain.mapping.apply import apply_mapping
from discovery_pipeline.domain.mapping.candidates import Proposals
from discovery_pipeline.domain.mapping.places import Place
from discovery_pipeline.domain.mapping.recall.by_place import decided
from discovery_pipeline.domain.mapping.recall.lessons import SeenColumn
from discovery_pipeline.domain.mapping.resolve import resolve
from discovery_pipeline.services.cleansed_tables import VALUE_RULES, beside_advice, value_rules_of
from discovery_pipeline.services.learning.preview.differences import SAMPLE
from discovery_pipeline.services.learning.preview.proposed import Outlook
from discovery_pipeline.services.learning.preview.scratch_mapping import gathered, kept_tables
from discovery_pipeline.services.mapping.published import table_places
from discovery_pipeline.services.run_frames import RunFrames

_NO_VALUES = pl.DataFrame(schema={"raw": pl.String(), "n": pl.Int64(), "text": pl.String()})


@dataclass(frozen=True)
class ValueChange:
    """A cell as the file has it, what it is cleansed to now and would be, and in how many rows it stands."""

    raw: str
    before: str | None
    after: str | None
    rows: int


@dataclass(frozen=True)
class ColumnEffect:
    """A column that is named, or of which cells are. before, after: its field, None = no field.

    is_known: False where nobody would have decided about it any more: what it is then, the run finds. rows, filled: of
    the column. changed, lost: distinct cells that mean something else, and those of them that mean nothing any more;
    changed_rows: how many rows have one. sample: the most frequent.
    """

    file: str
    table: str
    position: int
    header: str
    before: str | None
    after: str | None
    is_known: bool
    rows: int
    filled: int
    changed: int
    changed_rows: int
    lost: int
    sample: tuple[ValueChange, ...]


@dataclass(frozen=True)
class NamedTable:
    """before, after: as mapped now, and with what is decided of the columns. named: their positions. known: those of
    them that somebody would have decided about. rules: of values, before and after."""

    raw: RawTable
    before: CanonicalTable
    after: CanonicalTable
    named: tuple[int, ...]
    known: frozenset[int]
    rules: tuple[Rules, Rules]

    def reworded(self, values: Sequence[Correction]) -> Iterator[ColumnEffect]:
        """The columns that may have the cells that these corrections are about."""
        info, record = self.before.info, self.before.kind.record
        targets = [value.what.target for value in values]
        meant = {t["field"] for t in targets if t["record"] == record and t["source"] in (None, info.source)}
        for binding in self.after.bindings:
            if binding.field in meant and binding.position not in self.named:
                yield self.effect(binding.position)

    def effect(self, position: int) -> ColumnEffect:
        """What becomes of a column and its cells."""
        info, is_known = self.before.info, position in self.known or position not in self.named
        old, new = _field(self.before, position), _field(self.after, position) if is_known else None
        filled, rows = self.raw.frame.select(pl.col(f"c{position}").count(), pl.len()).collect().row(0)
        changes = self._changes(position, old, new) if is_known else self._changes(position, None, None)
        sample = changes.head(SAMPLE).select("raw", "before", "after", "n").iter_rows()
        return ColumnEffect(
            info.file, info.table, position, info.headers[position], old, new, is_known, rows, filled,
            len(changes), int(changes["n"].sum()),
            changes.filter(pl.col("before").is_not_null(), pl.col("after").is_null()).height,
            tuple(ValueChange(*row) for row in sample),
        )  # fmt: skip

    @cached_property
    def _is_read_alike(self) -> bool:
        """Whether every cell is read as before: by the same bindings, under the same rules."""
        return _read_as(self.before) == _read_as(self.after) and self.rules[0].values == self.rules[1].values

    def _changes(self, position: int, old: str | None, new: str | None) -> pl.DataFrame:
        """raw, before, after and n of the distinct cells that would mean something else, the most frequent first."""
        if not (old or new) or self._is_read_alike:
            return _NO_VALUES.select("raw", "n", before="text", after="text")
        before = column_values(self.before, position, self.rules[0]) if old else _NO_VALUES
        after = column_values(self.after, position, self.rules[1]) if new else _NO_VALUES
        both = before.join(after, on="raw", how="full", coalesce=True, suffix="@new")
        rows = both.select("raw", pl.coalesce("n", "n@new"), before="text", after="text@new")
        return rows.filter(pl.col("before").ne_missing(pl.col("after"))).sort("n", "raw", descending=[True, False])


def tables_under(run: RunFrames, ahead: Outlook, places: Collection[Place], *, every: bool) -> Iterator[NamedTable]:
    """The tables that hold these columns. every: those that hold none of them too."""
    published = run.scan("clean_records", VALUE_RULES).collect() if run.has("clean_records", VALUE_RULES) else None
    before = Rules(values=value_rules_of(published)) if published is not None else Rules()
    rules = (before, beside_advice(ahead.rules("clean_records"), published))
    proposals, kinds = gathered(run), run.kinds()
    used = mappings_from_frame(run.scan("column_mapping", "mapping").collect())
    for raw in kept_tables(run):
        kind, number = kinds[raw.info.table_no], raw.info.table_no
        columns = _columns(raw, kind, places)
        if not columns and not every:
            continue
        old = [mapping for mapping in used if mapping.table_no == number]
        new = _mapped(_of_table(proposals, number), kind, columns, ahead) if columns else {}
        yield NamedTable(
            raw, apply_mapping(raw, kind, old), apply_mapping(raw, kind, [new.get(m.position, m) for m in old]),
            tuple(column.position for column in columns), frozenset(new), rules,
        )  # fmt: skip


def _columns(raw: RawTable, kind: TableKind, places: Collection[Place]) -> list[SeenColumn]:
    headers = raw.info.headers
    return [
        SeenColumn(raw.info.table_no, position, headers[position], kind.record, place)
        for position, place in enumerate(table_places(raw.info))
        if place in places
    ]


def _mapped(
    proposals: Proposals, kind: TableKind, columns: Sequence[SeenColumn], ahead: Outlook
) -> dict[int, ColumnMapping]:
    """The mappings of the columns that somebody would have decided about, by position, as a run completes them."""
    at = {lesson.place: lesson for lesson in ahead.lessons if not lesson.is_denial}
    overrides = decided(columns, at).values()
    wanted = {mapping.position for mapping in overrides}
    mappings = resolve(proposals, [kind], list(overrides)) if wanted else []
    return {mapping.position: mapping for mapping in mappings if mapping.position in wanted}


def _of_table(proposals: Proposals, number: int) -> Proposals:
    return Proposals(proposals.profiles.filter(table_no=number), proposals.evidence.filter(table_no=number))


def _read_as(table: CanonicalTable) -> set[tuple[object, ...]]:
    return {(b.position, b.field, b.unit, b.transform) for b in table.bindings}


def _field(table: CanonicalTable, position: int) -> str | None:
    return next((binding.field for binding in table.bindings if binding.position == position), None)
