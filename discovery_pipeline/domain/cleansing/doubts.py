"""Which spellings of a tenant's choices no rule reads, and spellings that are read surely: doubts and their controls.

Only enum and boolean columns: there an answer can be a choice among few. Keep out: what an answer changes (advised).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from discovery_pipeline.domain.cleansing.columns import Reading, plan_column
from discovery_pipeline.domain.cleansing.controls import is_told, neighbours, packaged_controls
from discovery_pipeline.domain.cleansing.passes import CleanParams, RawColumns
from discovery_pipeline.domain.cleansing.rules import Rule
from discovery_pipeline.domain.cleansing.value_rules import concerning, corrections, spellings
from discovery_pipeline.domain.handoffs import CanonicalTable, ColumnBinding
from discovery_pipeline.domain.learning.rules import Rules
from discovery_pipeline.domain.opinions.doubts import NONE, Doubt, GroupParams, controls_wanted, rank
from discovery_pipeline.domain.schema import Field, RecordKind, fields

# Choices that say nothing: chosen for a word they would change nothing but hide that it isn't read.
_CATCH_ALL = frozenset({"other", "unknown"})
_BOOLEANS = ("true", "false")
# A longer cell is no word for a choice; of a column the most frequent spellings are looked at.
_LONGEST = 60
_MOST_OF_A_COLUMN = 300
_OTHERS_SHOWN = 8
# Of the controls: without those that mean nothing, a model that always finds something would look right.
_NONE_EVERY = 3
_PARAMS = GroupParams()

# What became of a spelling in a column, the strongest first: somebody said what it means, some rule gave it up, it is a
# word of ours, or it was written as the schema writes it.
_TOLD, _UNREAD, _SURE, _PLAIN = 3, 2, 1, 0
_GIVEN_UP = frozenset({"unknown_enum_value", "unparsable_value"})
_SAID = frozenset({"corrected", "correction_refused"})
# Rules that know the whole cell as a word.
_WHOLE_WORD = ("_synonym", "_numbered", "boolean_word")

_READ = {
    "record": pl.String(), "field": pl.String(), "key": pl.String(), "n": pl.Int64(), "state": pl.Int32(),
    "text": pl.String(), "header": pl.String(), "share": pl.Float64(), "column": pl.String(), "usable": pl.Boolean(),
}  # fmt: skip


@dataclass(frozen=True)
class OddValues:
    """spellings: every spelling of the columns of choices, one row per column and spelling (_READ).

    Whoever answers has the meanings of other spellings before him. Those are never what a control asks about: a
    spelling is told or asked about in every question (is_told), so that no control can be answered by copying.
    """

    spellings: pl.DataFrame = field(repr=False)

    @cached_property
    def doubts(self) -> list[Doubt]:
        """Spellings that no column of their field reads and nobody has spoken of, those of most rows first."""
        return [self._doubt(row, None, _choices(row), _key(row)) for row in self._unread]

    def controls(self, params: GroupParams = _PARAMS) -> list[Doubt]:
        """As many spellings as the doubts need whose meaning is known: the tenant's own where there are, then ours.

        Ours are shown as if they stood in a column that is asked about. A third means nothing that is offered: of some
        of them what they mean is left out.
        """
        asked = {(row["record"], row["field"]) for row in self._unread}
        wanted = controls_wanted(len(self._unread), params)
        told = {key for column in self._by_column.values() for key, meaning in column if meaning is not None}
        own = [
            row
            for row in _by_spelling(self.spellings).filter(state=_SURE, usable=True).iter_rows(named=True)
            if (row["record"], row["field"]) in asked and row["text"] in _choices(row) and row["key"] not in told
        ]
        # The hardest of the tenant's own first: short words are codes.
        own.sort(key=lambda row: (len(row["key"]), rank(_key(row))))
        met = set(self.spellings["key"])
        ours = [row for row in packaged_controls() if row["key"] not in met]
        same = _taking_turns([*own, *self._in_columns([row for row in ours if (row["record"], row["field"]) in asked])])
        used = {row["key"] for row in same}
        others = [row for row in ours if (row["record"], row["field"]) not in asked and row["key"] not in used]
        chosen = [*same, *(self._elsewhere(others, used) if len(same) < wanted else ())][:wanted]
        found: list[Doubt] = []
        for row in chosen:
            nothing = sum(control.expected == NONE for control in found)
            found.append(self._control(row, withheld=nothing < (len(found) + 1) // _NONE_EVERY))
        return found

    @cached_property
    def _unread(self) -> list[Mapping[str, Any]]:
        return [*_by_spelling(self.spellings).filter(state=_UNREAD, usable=True).iter_rows(named=True)]

    def _in_columns(self, ours: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Packaged words, each as if it stood in the place of a doubt about its field."""
        columns: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
        for row in self._unread:
            columns.setdefault((row["record"], row["field"]), []).append(row)
        placed = [(row, columns[row["record"], row["field"]]) for row in ours]
        return [self._in_place(row, like[number % len(like)]) for number, (row, like) in enumerate(placed)]

    def _in_place(self, row: Mapping[str, Any], where: Mapping[str, Any]) -> Mapping[str, Any]:
        seen = {name: where[name] for name in ("header", "share", "n")}
        return {**row, **seen, "others": self._beside(where)}

    def _elsewhere(self, ours: Sequence[Mapping[str, Any]], used: Set[str]) -> list[Mapping[str, Any]]:
        """Packaged words of fields that nothing is asked about, with neighbours as many and as well known as doubts';
        last those of fields that have too few."""
        beside = [[meaning for _, meaning in self._beside(row)] for row in self._unread]
        full: list[Mapping[str, Any]] = []
        others: list[Mapping[str, Any]] = []
        for number, row in enumerate(row for row in ours if not is_told(row["key"])):
            like = beside[number % len(beside)]
            placed = {**row, "others": neighbours(row, like, used)}
            (full if len(placed["others"]) == len(like) else others).append(placed)
        return [*_taking_turns(full), *_taking_turns(others)]

    def _control(self, row: Mapping[str, Any], *, withheld: bool) -> Doubt:
        choices = _choices(row)
        if row["text"] == NONE:
            return self._doubt(row, NONE, choices, f"{_key(row)} means nothing")
        if withheld:
            rest = tuple(choice for choice in choices if choice != row["text"])
            return self._doubt(row, NONE, rest, f"{_key(row)} not {row['text']}")
        return self._doubt(row, row["text"], choices, f"{_key(row)} known")

    def _doubt(self, row: Mapping[str, Any], expected: str | None, choices: Sequence[str], key: str) -> Doubt:
        shown = {
            "record": row["record"], "field": row["field"], "spelling": row["key"], "header": row["header"],
            "rows": row["n"], "share": row["share"], "before": row["text"],
            "others": row["others"] if "others" in row else self._beside(row),
        }  # fmt: skip
        offers = (*sorted(choices, key=lambda choice: rank(key, choice)), NONE)
        return Doubt(key, shown, offers, expected=expected)

    def _beside(self, row: Mapping[str, Any]) -> list[tuple[str, str | None]]:
        """The most frequent other spellings of its column, each with what it is read as; None = it is in doubt, too,
        or among those that controls ask about."""
        column = self._by_column.get(row["column"], [])
        return [other for other in column if other[0] != row["key"]][:_OTHERS_SHOWN]

    @cached_property
    def _by_column(self) -> dict[str, list[tuple[str, str | None]]]:
        found: dict[str, list[tuple[str, str | None]]] = {}
        ordered = self.spellings.sort("column", "n", "key", descending=[False, True, False])
        for column, key, text, state in ordered.select("column", "key", "text", "state").iter_rows():
            unsaid = state == _UNREAD or (state == _SURE and not is_told(key))
            found.setdefault(column, []).append((key, None if unsaid else text))
        return found


def odd_values(tables: Sequence[CanonicalTable], rules: Rules) -> OddValues:
    """What the columns of choices hold, read as they are read without advice. rules: people's."""
    parts = [part for table in tables for part in _table(table, rules)]
    return OddValues(pl.concat([pl.DataFrame(schema=_READ), *parts]))


def _table(table: CanonicalTable, rules: Rules) -> Iterator[pl.DataFrame]:
    schema = fields(table.kind.record)
    bound = [(schema[b.field], b) for b in table.bindings if schema[b.field].base in ("enum", "boolean")]
    columns = [binding.column for _, binding in bound]
    raw = RawColumns.over(table.frame.select("row", *columns), columns, CleanParams()) if columns else None
    for known, binding in bound:
        if raw is not None and binding.column not in raw.many:
            yield _column(table, known, binding, raw.values(binding), rules)


def _column(
    table: CanonicalTable, known: Field, binding: ColumnBinding, values: pl.DataFrame, rules: Rules
) -> pl.DataFrame:
    """_READ of one column. values: its distinct cells (rules.values)."""
    said = concerning(rules.values, table.kind.record, table.info.source, {known.name})
    met = [pl.DataFrame(schema={"cell": pl.UInt32, "state": pl.Int32})]

    def record(rule: Rule, changed: pl.DataFrame) -> None:
        met.append(changed.select("cell", state=pl.lit(_state(rule), pl.Int32)))

    cleaned = plan_column(known, binding, Reading(), corrections(known, said)).clean(values, record)
    states = pl.concat(met).group_by("cell").agg(pl.col("state").max())
    key = spellings(known, values.get_column("raw")).alias("key")
    joined = cleaned.with_columns(key).join(states, on="cell", how="left", maintain_order="left")
    rows = max(1, int(values.get_column("n").sum()))
    merged = (
        joined.filter(pl.col("key").is_not_null() & (pl.col("key").str.len_chars() <= _LONGEST))
        .group_by("key", maintain_order=True)
        .agg(pl.col("n").sum(), pl.col("state").max().fill_null(_PLAIN), pl.col("text").first())
    )
    return (
        merged.sort("n", "key", descending=[True, False])
        .head(_MOST_OF_A_COLUMN)
        .select(
            record=pl.lit(table.kind.record), field=pl.lit(known.name), key="key", n="n", state="state", text="text",
            header=pl.lit(binding.header), share=pl.col("n") / rows,
            column=pl.lit(f"{table.info.table_no}/{binding.position}"), usable=pl.lit(binding.transform is None),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in _READ.items())
    )  # fmt: skip


def _state(rule: Rule) -> int:
    if rule.trouble is not None and rule.trouble.code in _GIVEN_UP:
        return _UNREAD
    if rule.name in _SAID:
        return _TOLD
    return _SURE if rule.name.endswith(_WHOLE_WORD) else _PLAIN


def _by_spelling(read: pl.DataFrame) -> pl.DataFrame:
    """One row per record kind, field and spelling on which all of its columns agree, with its most frequent column."""
    ordered = read.sort("n", "column", descending=[True, False])
    spelt = ordered.group_by("record", "field", "key", maintain_order=True).agg(
        pl.col("n").sum(),
        pl.col("state", "text", "header", "share", "column").first(),
        usable=pl.col("usable").all() & (pl.col("state").n_unique() == 1) & (pl.col("text").n_unique() == 1),
    )
    return spelt.sort("n", "record", "field", "key", descending=[True, False, False, False])


def _choices(row: Mapping[str, Any]) -> tuple[str, ...]:
    record: RecordKind = row["record"]
    known = fields(record)[row["field"]]
    return tuple(c for c in known.choices if c not in _CATCH_ALL) if known.base == "enum" else _BOOLEANS


def _key(row: Mapping[str, Any]) -> str:
    """As corrections name it."""
    return f"{row['record']}.{row['field']}={row['key']}"


def _taking_turns(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """In rounds of one row per meaning of a field, those of each meaning in their order."""
    turns: dict[tuple[str, str, str], int] = {}
    placed = []
    for place, row in enumerate(rows):
        meaning = (row["record"], row["field"], row["text"])
        turns[meaning] = turns.get(meaning, 0) + 1
        placed.append(((turns[meaning], place), row))
    return [row for _, row in sorted(placed, key=lambda pair: pair[0])]
