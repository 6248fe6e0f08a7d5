"""The log in words with what became of each decision; undoing and forgetting through the API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.services.learning.deciding.decide import decide
from discovery_pipeline.services.learning.deciding.decisions import (
    AssetValueDecision,
    EdgeDecision,
    MergeDecision,
    SplitDecision,
    StrategyDecision,
    TypeDecision,
    ValueDecision,
)
from discovery_pipeline.services.learning.history import Entry, forget, history, undo
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.patterns import current_patterns
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.services.hand_built import APP, DB, publish, publish_estate

PROD = ValueDecision("environment", "Prd", "production", source="cmdb")
PRINTER = TypeDecision("app01", "printer")


@pytest.fixture
def acme(settings: Settings) -> Iterator[Workspace]:
    with open_workspace(replace(settings, embeddings=False)) as workspace:
        add_tenant(workspace.database, "acme")
        publish_estate(workspace.frames.open("acme"))
        yield workspace


def entries(acme: Workspace) -> tuple[Entry, ...]:
    return history(acme, "acme").entries


def test_nothing_was_decided(acme: Workspace) -> None:
    found = history(acme, "acme")
    assert (found.entries, found.forgotten, found.patterns) == ((), (), {})


def test_every_kind_is_told_in_words(acme: Workspace) -> None:
    decided = [
        PROD, replace(PROD, raw="tbd", value=None), AssetValueDecision("app01", "memory_mib", "16384"),
        MergeDecision("=db01", "app01"), SplitDecision("app01", "rv.xlsx", "vInfo", 0), PRINTER,
        EdgeDecision("app01", "=db01", holds=False, edge_kind="tier"), StrategyDecision("app01", "retire"),
    ]  # fmt: skip
    decide(acme, "acme", decided, "ann")
    assert [(e.kind, e.about, e.said, e.was) for e in entries(acme)] == [
        ("value", "cmdb, environment, 'Prd'", "production", ""),
        ("value", "cmdb, environment, 'tbd'", "nothing", ""),
        ("value", f"app01 ({APP}), memory_mib", "16384", "12288"),
        ("merge", f"app01 ({APP}) and =db01 ({DB})", "one asset", "two assets"),
        ("split", f"app01 ({APP}), rv.xlsx vInfo row 0", "two assets", "one asset"),
        ("type", f"app01 ({APP})", "printer", "virtual_machine"),
        ("edge", f"app01 ({APP}) -> =db01 ({DB}), tier", "no", "yes"),
        ("strategy", f"app01 ({APP})", "retire", "rehost"),
    ]


def test_what_became_of_each(acme: Workspace) -> None:
    decide(acme, "acme", [PRINTER], "ann")
    decide(acme, "acme", [replace(PRINTER, value="storage")], "bob", overrule=True)
    decide(acme, "acme", [StrategyDecision("app01", "retire")], "bob")
    undo(acme, "acme", [3], " cy ", " wrong asset ")
    found = entries(acme)
    assert [(e.number, e.author, e.state, e.overrules, e.undone_by) for e in found] == [
        (1, "ann", "superseded", None, None), (2, "bob", "standing", 1, None), (3, "bob", "undone", None, 4),
        (4, "cy", "undoing", None, None),
    ]  # fmt: skip
    assert (found[3].undoes, found[3].said, found[3].was, found[3].reason) == (3, "undoes 3", "retire", "wrong asset")
    assert history(acme, "acme").patterns == {
        ("type", "current"): 1, ("type", "superseded"): 1, ("strategy", "retired"): 1,
    }  # fmt: skip


def test_what_stood_before_stands_again(acme: Workspace) -> None:
    decide(acme, "acme", [PRINTER], "ann")
    decide(acme, "acme", [replace(PRINTER, value="storage")], "bob", overrule=True)
    undo(acme, "acme", [2], "ann")
    assert [e.state for e in entries(acme)] == ["standing", "undone", "undoing"]
    (pattern,) = current_patterns(acme.database, "acme")
    assert pattern.said == {"type": "printer"}


def test_a_decision_waits_until_the_asset_concerned_used_it(acme: Workspace) -> None:
    decide(acme, "acme", [PRINTER, StrategyDecision("app01", "retire")], "ann")
    assert [e.waits for e in entries(acme)] == [True, True]
    publish(acme.frames.open("acme"), "inventory", {}, {"corrections": 1})
    assert [e.waits for e in entries(acme)] == [False, True]


def test_what_is_forgotten_leaves_who_forgot_how_many(acme: Workspace) -> None:
    decide(acme, "acme", [PRINTER, PROD, replace(PROD, raw="p")], "ann")
    assert forget(acme, "acme", [2, 3], "bob", "a test") == {"value": 2}
    found = history(acme, "acme")
    assert [e.number for e in found.entries] == [1]
    assert [(f.kind, f.count, f.author, f.reason) for f in found.forgotten] == [("value", 2, "bob", "a test")]
    assert forget(acme, "acme", None, "bob") == {"type": 1}
    assert (history(acme, "acme").entries, history(acme, "acme").patterns) == ((), {})


@pytest.mark.parametrize("act", [undo, forget])
def test_a_number_that_is_not_there_is_told(acme: Workspace, act: object) -> None:
    with pytest.raises(UsageError, match="no correction 5"):
        act(acme, "acme", [5], "ann")  # type: ignore[operator]


@pytest.mark.parametrize("act", [undo, forget])
def test_somebody_does_it_for_a_tenant_that_exists(acme: Workspace, act: object) -> None:
    with pytest.raises(UsageError, match="author"):
        act(acme, "acme", [1], " ")  # type: ignore[operator]
    with pytest.raises(UsageError, match="no tenant 'acne'"):
        act(acme, "acne", [1], "ann")  # type: ignore[operator]
