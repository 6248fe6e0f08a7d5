"""The key of a table's clean rows: what changes the outcome changes the key, and what is left out changes nothing."""

from __future__ import annotations

import ast
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from polars.testing import assert_frame_equal

from discovery_pipeline.domain import cleansing
from discovery_pipeline.domain.cleansing import clean
from discovery_pipeline.domain.cleansing.key import cleansing_key
from discovery_pipeline.domain.handoffs import CanonicalTable, ColumnBinding
from discovery_pipeline_tests.domain.cleansing.tables import Column, canonical

ROWS = {"raw_export": "000001-00000000", "export_findings": "000002-00000000"}
TABLE = canonical(
    Column("hostname", ["web1 ", "?"]), Column("memory_mib", ["8 GB", "-1"]), Column("hostname", ["", "b"])
)
OTHER: dict[str, Any] = {
    "column": "hostname#3", "field": "fqdn", "position": 9, "header": "Host", "unit": "GB", "transform": "invert",
    "confidence": 0.1, "status": "review",
}  # fmt: skip
NOT_READ = {"confidence", "status"}


def key(table: CanonicalTable = TABLE, code: str = "code", **rows: str) -> str:
    return cleansing_key(table, {**ROWS, **rows}, code)


def with_first_binding(**changes: Any) -> CanonicalTable:
    return replace(TABLE, bindings=(replace(TABLE.bindings[0], **changes), *TABLE.bindings[1:]))


def test_the_same_table_has_the_same_key() -> None:
    assert key() == key(canonical(*[Column(b.field, ["", ""]) for b in TABLE.bindings]))


CHANGED = {
    "raw rows": key(raw_export="000002-00000000"),
    "rows set aside": key(export_findings="000003-00000000"),
    "code": key(code="other"),
    "number": key(replace(TABLE, info=replace(TABLE.info, table_no=8))),
    "file": key(replace(TABLE, info=replace(TABLE.info, file="other.csv"))),
    "record kind": key(replace(TABLE, kind=replace(TABLE.kind, record="connection"))),
    "a column less": key(replace(TABLE, bindings=TABLE.bindings[1:])),
    "order of trust": key(replace(TABLE, bindings=TABLE.bindings[::-1])),
}


@pytest.mark.parametrize("what", CHANGED)
def test_what_the_outcome_follows_from_is_in_the_key(what: str) -> None:
    assert CHANGED[what] != key()


@pytest.mark.parametrize("name", [field.name for field in fields(ColumnBinding)])
def test_all_of_a_binding_is_in_the_key_but_what_only_orders(name: str) -> None:
    changed = key(with_first_binding(**{name: OTHER[name]}))
    assert (changed == key()) == (name in NOT_READ)


@pytest.mark.parametrize("name", sorted(NOT_READ))
def test_what_only_orders_changes_no_outcome(name: str) -> None:
    as_it_was, changed = clean(TABLE), clean(with_first_binding(**{name: OTHER[name]}))
    assert as_it_was.findings.height
    assert as_it_was.set_aside.height == 0
    assert_frame_equal(changed.table.frame.collect(), as_it_was.table.frame.collect())
    for part in ("rule_counts", "findings", "set_aside"):
        assert_frame_equal(getattr(changed, part), getattr(as_it_was, part))


def test_cleansing_reads_no_confidence_and_status_only_to_mark_what_is_up_for_review() -> None:
    read = set()
    for path in Path(cleansing.__path__[0]).glob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                names = {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
                read |= {(path.stem, function.name, name) for name in names & NOT_READ}
    # The advice's confidence is that of a model's answer, not of a binding.
    assert read == {("clean", "_review", "status"), ("advised", "value_advice", "confidence")}
