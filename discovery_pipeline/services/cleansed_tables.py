"""The tables that clean_records published last, for taking over those that nothing changed about.

A table is unchanged when its key is the one that was published with it. Keep out: what a key covers (cleansing.key).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import polars as pl

from discovery_pipeline.domain.cleansing.key import cleansing_key
from discovery_pipeline.domain.handoffs import FINDINGS, RULE_COUNTS, SET_ASIDE, CanonicalTable, empty
from discovery_pipeline.domain.learning.rules import Rules, Told, ValueRule
from discovery_pipeline.domain.opinions.advice import Advice
from discovery_pipeline.domain.opinions.trust import Reliability
from discovery_pipeline.files.frames import TenantFrames

_ASSET = "clean_records"
# The part of clean_records with the value rules that it was made under; absent where there were none.
VALUE_RULES = "value_rules"
_VALUE_RULES = {
    "record": pl.String(), "field": pl.String(), "raw": pl.String(), "value": pl.String(), "source": pl.String(),
    "corrections": pl.List(pl.Int64()), "author": pl.String(), "confidence": pl.Float64(),
}  # fmt: skip
# Of the models' advice among them, null for people's rules; absent where there is no advice, so that what follows from
# people's rules alone is the same frame with and without a model.
_ADVICE = {"answered": pl.Int64(), "right": pl.Int64()}
# Of the rules about single rows among them; absent where there are none.
_CELLS = {"cells": pl.List(pl.Struct({"field": pl.String(), "spelling": pl.String()}))}
_NOTHING_LEARNED = Rules()
# Canonical rows follow from these, the bindings and the code that made them.
_ROWS_FROM = ("raw_export", "export_findings")


@dataclass(frozen=True)
class Notes:
    """What cleansing tells of tables beside their rows: RULE_COUNTS, FINDINGS and SET_ASIDE."""

    rule_counts: pl.DataFrame
    findings: pl.DataFrame
    set_aside: pl.DataFrame

    @classmethod
    def joined(cls, notes: Sequence[Notes]) -> Notes:
        """The notes on all tables, in their order."""
        return cls(
            pl.concat([empty(RULE_COUNTS), *(n.rule_counts for n in notes)]),
            pl.concat([empty(FINDINGS), *(n.findings for n in notes)]),
            pl.concat([empty(SET_ASIDE), *(n.set_aside for n in notes)]),
        )

    def parts(self) -> dict[str, pl.DataFrame]:
        """The frames by the names that they are published under."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def table_keys(
    frames: TenantFrames, tables: Iterable[CanonicalTable], code: str | None, rules: Rules = _NOTHING_LEARNED
) -> dict[int, str]:
    """The key of each canonical table, by number; none where it is not known what it was made from or by."""
    made = frames.meta("canonical_records")
    rows = {"code": made.get("code"), **{name: made.get("inputs", {}).get(name) for name in _ROWS_FROM}}
    if code is None or not all(rows.values()):
        return {}
    return {table.info.table_no: cleansing_key(table, rows, code, rules) for table in tables}


@dataclass(frozen=True)
class CleansedTables:
    """What clean_records published last. tables: by number, its key and how many of the findings are about it."""

    frames: TenantFrames
    version: str
    tables: dict[int, tuple[str | None, int]]

    def unchanged(self, table_no: int, key: str | None) -> Notes | None:
        """The notes on a table that was published under this key; None when there is no such table."""
        if key is None or table_no not in self.tables or self.tables[table_no][0] != key:
            return None
        # Findings name a table by its file and name, which an archive may hold twice; they stand in order of tables.
        before = sum(findings for number, (_, findings) in self.tables.items() if number < table_no)
        return Notes(
            self._notes.rule_counts.filter(table_no=table_no),
            self._notes.findings.slice(before, self.tables[table_no][1]),
            self._notes.set_aside.filter(table_no=table_no),
        )

    @cached_property
    def _notes(self) -> Notes:
        return Notes(**{f.name: self.frames.scan(_ASSET, f.name, self.version).collect() for f in fields(Notes)})


def cleansed_tables(frames: TenantFrames) -> CleansedTables:
    """The clean tables of the version published now; none before there is one."""
    version = frames.version(_ASSET)
    documents = frames.meta(_ASSET, version).get("tables", []) if version else []
    return CleansedTables(frames, version or "", {d["table_no"]: (d["key"], d["findings"]) for d in documents})


def document_of(keys: dict[int, str], notes: dict[int, Notes]) -> list[dict[str, Any]]:
    """What `cleansed_tables` reads back: published with the clean tables."""
    return [{"table_no": no, "key": keys.get(no), "findings": len(of.findings)} for no, of in notes.items()]


def value_rules_frame(rules: Rules) -> pl.DataFrame:
    """The value rules, one row each, in their order: published with the clean tables."""
    rows = [
        (r.record, r.field, r.raw, r.value, r.source, list(r.told.corrections), r.told.author, r.told.confidence)
        for r in rules.values
    ]
    frame = pl.DataFrame(rows, schema=_VALUE_RULES, orient="row")
    if any(rule.cells for rule in rules.values):
        frame = frame.hstack(pl.DataFrame({"cells": [_cells(rule) for rule in rules.values]}, schema=_CELLS))
    if not any(isinstance(rule.told, Advice) for rule in rules.values):
        return frame
    earned = [_earned(rule.told) for rule in rules.values]
    return frame.hstack(pl.DataFrame(earned, schema=_ADVICE, orient="row"))


def value_rules_of(frame: pl.DataFrame) -> tuple[ValueRule, ...]:
    """The inverse of `value_rules_frame`."""
    absent = {name: dtype for name, dtype in {**_ADVICE, **_CELLS}.items() if name not in frame.columns}
    rows = frame.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in absent.items())
    return tuple(
        ValueRule(
            record, field, raw, value, source, _told(numbers, author, confidence, answered, right),
            tuple((cell["field"], cell["spelling"]) for cell in cells or ()),
        )
        for record, field, raw, value, source, numbers, author, confidence, answered, right, cells in rows.select(
            *_VALUE_RULES, *_ADVICE, *_CELLS
        ).iter_rows()
    )  # fmt: skip


def beside_advice(rules: Rules, published: pl.DataFrame | None) -> Rules:
    """People's rules with the models' advice among the published ones before them. published: `value_rules_frame`."""
    known = value_rules_of(published) if published is not None else ()
    advice = tuple(rule for rule in known if isinstance(rule.told, Advice))
    return replace(rules, values=(*advice, *rules.values)) if advice else rules


def _cells(rule: ValueRule) -> list[dict[str, str]]:
    return [{"field": field, "spelling": text} for field, text in rule.cells]


def _earned(told: Told | Advice) -> tuple[int | None, int | None]:
    return (told.reliability.answered, told.reliability.right) if isinstance(told, Advice) else (None, None)


def _told(
    numbers: Sequence[int], author: str, confidence: float, answered: int | None, right: int | None
) -> Told | Advice:
    if answered is None or right is None:
        return Told(tuple(numbers), author, confidence)
    return Advice(author, Reliability(answered, right), confidence)
