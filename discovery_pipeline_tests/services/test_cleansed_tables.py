"""Which published clean tables nothing changed about: keys over what was published, and the notes taken over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from discovery_pipeline.domain.handoffs import (
    RULE_COUNTS,
    SET_ASIDE,
    CanonicalTable,
    ColumnBinding,
    TableInfo,
    TableKind,
    finding,
    findings_frame,
)
from discovery_pipeline.domain.learning.rules import Rules, Told, ValueRule
from discovery_pipeline.domain.opinions.advice import Advice
from discovery_pipeline.domain.opinions.trust import Reliability
from discovery_pipeline.files.frames import FrameStore, TenantFrames
from discovery_pipeline.services.cleansed_tables import (
    Notes,
    cleansed_tables,
    document_of,
    table_keys,
    value_rules_frame,
    value_rules_of,
)

# An archive may hold two files of one name: findings cannot tell these tables apart.
INFOS = [TableInfo(number, "cmdb", "export.zip", "servers", ("Name",), 2) for number in range(3)]
MADE_FROM = ("raw_export", "export_findings", "column_mapping")


@pytest.fixture
def frames(tmp_path: Path) -> TenantFrames:
    frames = FrameStore(str(tmp_path)).open("acme")
    for asset in MADE_FROM:
        publish(frames, asset)
    make_canonical(frames)
    return frames


def publish(frames: TenantFrames, asset: str) -> None:
    with frames.stage(asset) as staged:
        staged.publish()


def make_canonical(frames: TenantFrames, code: str | None = "code") -> None:
    with frames.stage("canonical_records") as staged:
        staged.set_meta({"inputs": {asset: frames.version(asset) for asset in MADE_FROM}, "code": code})
        staged.publish()


def tables(field: str = "hostname") -> list[CanonicalTable]:
    binding = ColumnBinding(field, field, 0, "Name", None, None, 0.9, "accepted")
    first = ColumnBinding("hostname", "hostname", 0, "Name", None, None, 0.9, "accepted")
    return [
        CanonicalTable(info, TableKind(info.table_no, "asset", "asset", None, 0.9), pl.LazyFrame(), (used,))
        for info, used in zip(INFOS, (first, binding, first), strict=True)
    ]


def notes(table_no: int) -> Notes:
    """table_no findings, rules and rows set aside: none of the first table."""
    numbers = range(table_no)
    found = (finding("cleansing", "info", "x", f"{table_no}.{n}", "", INFOS[table_no]) for n in numbers)
    rules = [{"table_no": table_no, "position": n, "field": "hostname", "rule": "x", "cells": 1} for n in numbers]
    rows = [{"table_no": table_no, "row": n, "reason": "x"} for n in numbers]
    return Notes(pl.DataFrame(rules, RULE_COUNTS), findings_frame(found), pl.DataFrame(rows, SET_ASIDE))


def publish_clean(frames: TenantFrames, keys: dict[int, str]) -> None:
    known = {info.table_no: notes(info.table_no) for info in INFOS}
    with frames.stage("clean_records") as staged:
        for part, frame in Notes.joined(list(known.values())).parts().items():
            staged.write(part, frame)
        staged.set_meta({"tables": document_of(keys, known)})
        staged.publish()


def unchanged(frames: TenantFrames, keys: dict[int, str]) -> list[int]:
    earlier = cleansed_tables(frames)
    return [info.table_no for info in INFOS if earlier.unchanged(info.table_no, keys.get(info.table_no))]


def test_canonical_rows_made_again_of_the_same_are_unchanged(frames: TenantFrames) -> None:
    publish_clean(frames, table_keys(frames, tables(), "code"))
    publish(frames, "column_mapping")
    make_canonical(frames)
    assert unchanged(frames, table_keys(frames, tables(), "code")) == [0, 1, 2]


def test_the_notes_are_those_of_the_table(frames: TenantFrames) -> None:
    keys = table_keys(frames, tables(), "code")
    publish_clean(frames, keys)
    for info in INFOS:
        found = cleansed_tables(frames).unchanged(info.table_no, keys[info.table_no])
        assert found is not None
        for part, frame in notes(info.table_no).parts().items():
            assert_frame_equal(getattr(found, part), frame)


def test_another_binding_concerns_its_table_alone(frames: TenantFrames) -> None:
    publish_clean(frames, table_keys(frames, tables(), "code"))
    assert unchanged(frames, table_keys(frames, tables("fqdn"), "code")) == [0, 2]


SAID = ValueRule("asset", "fqdn", "WEB1", "web1.example.com", None, Told((7, 9), "ann", 0.95))


def test_a_value_rule_concerns_the_tables_with_its_field_and_undone_none(frames: TenantFrames) -> None:
    rules = Rules(values=(SAID,))
    publish_clean(frames, table_keys(frames, tables("fqdn"), "code"))
    assert unchanged(frames, table_keys(frames, tables("fqdn"), "code", rules)) == [0, 2]
    assert unchanged(frames, table_keys(frames, tables("fqdn"), "code")) == [0, 1, 2]


@pytest.mark.parametrize(
    "rules",
    [(), (SAID, ValueRule("connection", "protocol", "x", None, "cmdb", Told((8,), "bob", 0.9)))],
    ids=["none", "two"],
)
def test_value_rules_are_read_as_they_were_written(rules: tuple[ValueRule, ...]) -> None:
    assert value_rules_of(value_rules_frame(Rules(values=rules))) == rules


CHANGES: dict[str, Callable[[TenantFrames], str]] = {
    "files read anew": lambda f: (publish(f, "raw_export"), make_canonical(f), "code")[-1],
    "rows dropped anew": lambda f: (publish(f, "export_findings"), make_canonical(f), "code")[-1],
    "canonical rows by other code": lambda f: (make_canonical(f, "other"), "code")[-1],
    "cleansing by other code": lambda _: "other",
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_table_is_changed_by(frames: TenantFrames, change: str) -> None:
    publish_clean(frames, table_keys(frames, tables(), "code"))
    code = CHANGES[change](frames)
    assert unchanged(frames, table_keys(frames, tables(), code)) == []


def test_without_knowing_the_code_nothing_is_unchanged(frames: TenantFrames) -> None:
    assert table_keys(frames, tables(), None) == {}
    publish_clean(frames, {})
    assert unchanged(frames, {}) == []
    assert unchanged(frames, table_keys(frames, tables(), "code")) == []
    make_canonical(frames, None)
    assert table_keys(frames, tables(), "code") == {}


def test_frames_of_an_earlier_release_hold_no_keys(frames: TenantFrames) -> None:
    with frames.stage("clean_records") as staged:
        staged.set_meta({"inputs": {}})
        staged.publish()
    assert cleansed_tables(frames).tables == {}


def test_before_a_first_run_nothing_is_there(frames: TenantFrames) -> None:
    assert cleansed_tables(frames).tables == {}


def test_advice_stands_beside_peoples_rules_and_leaves_their_frame_alone() -> None:
    person = ValueRule("asset", "environment", "Zone B", "production", None, Told((7,), "ann", 0.95))
    advice = Advice("some-model", Reliability(20, 19), 0.8)
    model = ValueRule("asset", "environment", "zone c", "test", None, advice)
    assert value_rules_of(value_rules_frame(Rules(values=(model, person)))) == (model, person)
    assert value_rules_frame(Rules(values=(person,))).columns == value_rules_frame(Rules()).columns
    assert "answered" not in value_rules_frame(Rules(values=(person,))).columns
