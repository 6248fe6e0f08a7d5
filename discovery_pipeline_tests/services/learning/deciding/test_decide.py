"""Decisions of every kind are checked against what was published, all or none, and recorded in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.learning.kinds import FIRST_ASSET
from discovery_pipeline.services.learning.deciding.decide import decide, prepare
from discovery_pipeline.services.learning.deciding.decisions import (
    AnyDecision,
    AssetValueDecision,
    EdgeDecision,
    MergeDecision,
    RowValueDecision,
    SplitDecision,
    StrategyDecision,
    TypeDecision,
    ValueDecision,
)
from discovery_pipeline.services.learning.rules import rules_for
from discovery_pipeline.services.mapping.decisions import BadDecisions, Decision, Problem
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.corrections import CorrectionConflict, corrections
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.services.hand_built import APP, BILLING, DB, RAW, publish_estate
from discovery_pipeline_tests.services.mapped_by_hand import SERVERS, run_mapping

PROD = ValueDecision("environment", "Prd", "production")
SPLIT = SplitDecision(APP, "rv.xlsx", "vInfo", 0)
ROW = RowValueDecision("cmdb.csv", "cmdb", 0, "memory_mib", "lots")
MANAGED = Decision("cmdb_2025-06-30.csv", "cmdb_2025-06-30", 1, "Managed by", "technical_owner")


@pytest.fixture
def acme(settings: Settings) -> Iterator[Workspace]:
    """The estate of hand_built: app01 (two sources), =db01, the application Billing."""
    with open_workspace(replace(settings, embeddings=False)) as workspace:
        add_tenant(workspace.database, "acme")
        publish_estate(workspace.frames.open("acme"))
        yield workspace


@pytest.mark.parametrize(
    ("decision", "target", "said", "was"),
    [
        pytest.param(
            PROD, {"record": "asset", "field": "environment", "raw": "prd", "source": None},
            {"value": "production"}, {}, id="a spelling",
        ),
        pytest.param(
            replace(PROD, raw="  PRD ", value="Production", source="cmdb"),
            {"record": "asset", "field": "environment", "raw": "prd", "source": "cmdb"}, {"value": "production"}, {},
            id="a spelling of one source, however it is written",
        ),
        pytest.param(
            replace(PROD, value=None), {"record": "asset", "field": "environment", "raw": "prd", "source": None},
            {"value": None}, {}, id="a spelling of nothing",
        ),
        pytest.param(
            ValueDecision("action", "pass", "allowed", "connection"),
            {"record": "connection", "field": "action", "raw": "pass", "source": None}, {"value": "allowed"}, {},
            id="a spelling in connections",
        ),
        pytest.param(
            AssetValueDecision("APP01", "memory_mib", "16 GB"), {"asset_id": APP, "field": "memory_mib"},
            {"value": "16384"}, {"value": "12288"}, id="an asset's number",
        ),
        pytest.param(
            AssetValueDecision(DB, "ip_address", "10.0.0.9; 10.0.0.2"), {"asset_id": DB, "field": "ip_address"},
            {"value": "10.0.0.9;10.0.0.2"}, {"value": "10.0.0.2;10.0.0.3"}, id="an asset's list",
        ),
        pytest.param(
            AssetValueDecision("app01", "install_date", None), {"asset_id": APP, "field": "install_date"},
            {"value": None}, {"value": "2024-05-01 00:00:00"}, id="no value of an asset",
        ),
        pytest.param(
            RowValueDecision("rv.xlsx", "vInfo", 0, "memory_mib", "16 GB", seen=RAW[1][0]),
            {"record": "asset", "field": "memory_mib", "source": "rvtools",
             "cells": {"hostname": "app01", "memory_mib": "12288", "ip_address": "10.0.0.1"}},
            {"value": "16384"}, {"value": "12288"}, id="a cell of a row known by its identifiers",
        ),
        pytest.param(
            RowValueDecision("cmdb.csv", "cmdb", 0, "install_date", None),
            {"record": "asset", "field": "install_date", "source": "cmdb",
             "cells": {"hostname": "app01", "memory_mib": "16 gb", "ip_address": "10.0.0.1",
                       "install_date": "2024-05-01"}},
            {"value": None}, {"value": "2024-05-01"}, id="a cell of a row known by every cell",
        ),
        pytest.param(
            RowValueDecision("cmdb.csv", "cmdb", 3, "hostname", "db9"),
            {"record": "asset", "field": "hostname", "source": "cmdb",
             "cells": {"hostname": "", "memory_mib": "", "ip_address": "", "install_date": ""}},
            {"value": "db9"}, {"value": None}, id="a cell of a row that was set aside",
        ),
        pytest.param(
            TypeDecision("=db01", "physical_server"), {"asset_id": DB}, {"type": "physical_server"},
            {"type": "database"}, id="a type",
        ),
        pytest.param(
            StrategyDecision("app01", "retire"), {"asset_id": APP}, {"strategy": "retire"}, {"strategy": "rehost"},
            id="a strategy",
        ),
        pytest.param(
            StrategyDecision("billing", "retain"), {"asset_id": BILLING}, {"strategy": "retain"}, {"strategy": None},
            id="a strategy where there was none",
        ),
        pytest.param(
            EdgeDecision("app01", "=db01", holds=False), {"from_asset": APP, "to_asset": DB, "kind": None},
            {"holds": False}, {"holds": True, "kinds": ["tier"]}, id="no edge",
        ),
        pytest.param(
            EdgeDecision("=db01", "app01", holds=True, edge_kind="management"),
            {"from_asset": DB, "to_asset": APP, "kind": "management"}, {"holds": True}, {"holds": False, "kinds": []},
            id="an edge of a kind",
        ),
    ],
)  # fmt: skip
def test_what_a_decision_is_recorded_as(
    acme: Workspace, decision: AnyDecision, target: object, said: object, was: object
) -> None:
    (made,) = decide(acme, "acme", [replace(decision, reason=" they told me ")], " ann ")
    what = made.what
    assert (what.target, what.said, what.was) == (target, said, was)
    assert (made.number, what.action, what.author, what.reason) == (1, "set", "ann", "they told me")
    assert corrections(acme.database, "acme") == (made,)


NAMELESS = ("n/a", "16 GB", "-", None)


def test_a_stand_in_is_no_identifier_of_a_row(acme: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another row of a later delivery may well say n/a too: every cell tells which is meant."""
    monkeypatch.setitem(RAW, 0, [NAMELESS, *RAW[0][1:]])
    publish_estate(acme.frames.open("acme"))
    (made,) = decide(acme, "acme", [replace(ROW, value="8 GB")], "ann")
    cells = {"hostname": "n/a", "memory_mib": "16 gb", "ip_address": "-", "install_date": ""}
    assert made.what.target["cells"] == cells


def test_one_of_several_rows_that_say_the_same_of_nobody_is_not_corrected(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RAW, 0, [NAMELESS, RAW[0][1], NAMELESS, RAW[0][3]])
    publish_estate(acme.frames.open("acme"))
    with pytest.raises(BadDecisions, match="rows_alike"):
        decide(acme, "acme", [replace(ROW, field="hostname", value="db9")], "ann")
    assert corrections(acme.database, "acme") == ()


def test_two_assets_are_one_in_whatever_order_they_are_named(acme: Workspace) -> None:
    (made,) = decide(acme, "acme", [MergeDecision("=db01", "10.0.0.1")], "ann")
    assert made.what.target == {"one": APP, "other": DB}
    assert made.what.context == {"asset": "app01", "other": "=db01"}
    turned = prepare(acme, "acme", [MergeDecision("app01", "=db01")], "bob").corrections[0]
    assert turned.target_key == made.what.target_key
    (rule,) = rules_for(acme.database, "acme", "inventory").rules.same
    assert (rule.holds, rule.one.asset_id, rule.other.asset_id) == (True, APP, DB)
    assert rule.one.texts[0].endswith("name:app01")


def test_two_assets_stay_two_by_what_is_each_ones_own(acme: Workspace) -> None:
    (made,) = decide(acme, "acme", [MergeDecision("app01", "=db01", holds=False)], "ann")
    (rule,) = rules_for(acme.database, "acme", "inventory").rules.same
    assert not rule.holds
    assert not set(rule.one.texts) & set(rule.other.texts)
    with pytest.raises(CorrectionConflict):
        decide(acme, "acme", [MergeDecision("app01", "=db01")], "bob")
    assert (
        made.what.target_key
        == prepare(acme, "acme", [MergeDecision("=db01", "app01")], "bob").corrections[0].target_key
    )


def test_a_row_is_split_off_by_what_tells_it_apart(acme: Workspace) -> None:
    (made,) = decide(acme, "acme", [SPLIT], "ann")
    assert (made.what.target["one"], made.what.target["other"], made.what.target["source"]) == (APP, APP, "rvtools")
    assert (made.what.context["table"], made.what.context["row"]) == ("vInfo", 0)
    (rule,) = rules_for(acme.database, "acme", "inventory").rules.same
    assert (rule.holds, rule.other.source, list(rule.other.texts)) == (False, "rvtools", made.what.target["texts"])


def test_a_row_is_said_to_be_the_asset_and_who_says_otherwise_is_asked(acme: Workspace) -> None:
    (made,) = decide(acme, "acme", [replace(SPLIT, holds=True)], "ann")
    (rule,) = rules_for(acme.database, "acme", "inventory").rules.same
    assert (rule.holds, made.what.said["holds"]) == (True, True)
    with pytest.raises(CorrectionConflict):
        decide(acme, "acme", [SPLIT], "bob")
    decide(acme, "acme", [MergeDecision("app01", "=db01")], "bob")


def test_rows_of_one_asset_leave_it_together_and_each_is_told(acme: Workspace) -> None:
    rows = [SplitDecision(APP, "cmdb.csv", "cmdb", row) for row in (2, 0)]
    made = decide(acme, "acme", rows, "ann")
    assert [correction.what.context["row"] for correction in made] == [2, 0]
    assert {correction.what.target["source"] for correction in made} == {"cmdb"}
    with pytest.raises(BadDecisions, match="decided_twice"):
        decide(acme, "acme", [rows[0], rows[0]], "ann")


@pytest.mark.parametrize(
    ("decision", "code", "advice"),
    [
        pytest.param(replace(PROD, field="enviroment"), "unknown_field", "near: environment", id="field"),
        pytest.param(replace(PROD, value="prodd"), "unreadable_value", "production, staging", id="no choice"),
        pytest.param(replace(PROD, raw="\u200b"), "empty_spelling", "empty cell", id="no spelling"),
        pytest.param(replace(PROD, source="cmbd"), "unknown_source", "cmdb", id="source"),
        pytest.param(ValueDecision("cpu_count", "two", "two"), "unreadable_value", "a whole number", id="integer"),
        pytest.param(ValueDecision("memory_mib", "a", "lots"), "unreadable_value", "a number of MiB", id="number"),
        pytest.param(ValueDecision("last_seen", "a", "soon"), "unreadable_value", "2024-05-01", id="date"),
        pytest.param(ValueDecision("is_virtual", "a", "maybe"), "unreadable_value", "true or false", id="boolean"),
        pytest.param(ValueDecision("ip_address", "a", "10.0.0.999"), "unreadable_value", "joined with ;", id="address"),
        pytest.param(AssetValueDecision("app01", "source_ip", "10.0.0.1"), "unknown_field", "near: source_id",
                     id="field of another record kind"),
        pytest.param(AssetValueDecision("app01", "environment", "x"), "unreadable_value", "sandbox", id="asset value"),
        pytest.param(AssetValueDecision("app02", "environment", None), "unknown_asset", "app01", id="asset's name"),
        pytest.param(ROW, "unreadable_value", "a number of MiB", id="value of a row"),
        pytest.param(replace(ROW, row=9, value="8 GB"), "unknown_row", "explain", id="row of a value"),
        pytest.param(replace(ROW, value="8 GB", seen=RAW[0][1]), "row_changed", "look at the row", id="row that moved"),
        pytest.param(replace(ROW, file="b.csv"), "unknown_table", "explain", id="file of a row's value"),
        pytest.param(replace(ROW, field="os_name"), "no_such_column", "map a column", id="column of a row's value"),
        pytest.param(TypeDecision("app01", "server"), "unknown_type", "physical_server", id="type"),
        pytest.param(TypeDecision("", "printer"), "unknown_asset", "", id="no asset"),
        pytest.param(StrategyDecision("app01", "rewrite"), "unknown_strategy", "rearchitect", id="strategy"),
        pytest.param(EdgeDecision("app01", "=db01", True, "uses"), "unknown_kind", "infrastructure", id="kind of edge"),
        pytest.param(EdgeDecision("app01", "10.0.0.1", True), "same_asset", "name two", id="edge to itself"),
        pytest.param(EdgeDecision("app01", "db02", True), "unknown_asset", "", id="other end"),
        pytest.param(MergeDecision("app01", APP), "same_asset", "name two", id="merge with itself"),
        pytest.param(MergeDecision("nobody", "app01"), "unknown_asset", "", id="merge of nobody"),
        pytest.param(replace(SPLIT, asset="nobody"), "unknown_asset", "", id="split of nobody"),
        pytest.param(replace(SPLIT, table="vHost"), "unknown_table", "explain", id="table"),
        pytest.param(replace(SPLIT, source="cmdb"), "unknown_table", "explain", id="table of another source"),
        pytest.param(replace(SPLIT, row=7), "unknown_row", "lineage", id="row"),
        pytest.param(replace(SPLIT, asset="=db01"), "other_asset", APP, id="row of another asset"),
        pytest.param(replace(SPLIT, table="vDisk"), "no_anchor", "no details", id="row of a detail"),
        pytest.param(SplitDecision(DB, "cmdb.csv", "cmdb", 1), "no_anchor", "leave one", id="all there is"),
    ],
)  # fmt: skip
def test_what_cannot_be_decided_is_told_and_nothing_is_recorded(
    acme: Workspace, decision: AnyDecision, code: str, advice: str
) -> None:
    with pytest.raises(BadDecisions) as refused:
        decide(acme, "acme", [PROD, replace(decision, line=7)], "ann")
    (problem,) = refused.value.problems
    assert (problem.line, problem.code) == (7, code)
    assert advice in problem.advice
    assert corrections(acme.database, "acme") == ()


def test_a_line_that_can_not_be_read_hides_no_other(acme: Workspace) -> None:
    unread = Problem(3, "cut_line", "the line ends before value", "an empty field needs its delimiter")
    nobody = replace(SPLIT, asset="nobody", line=2)
    with pytest.raises(BadDecisions) as refused:
        decide(acme, "acme", [nobody, unread, replace(PROD, line=4)], "ann")
    assert [(p.line, p.code) for p in refused.value.problems] == [(2, "unknown_asset"), (3, "cut_line")]
    assert refused.value.summary == "2 of 3 decisions can't be taken, so none was"
    assert corrections(acme.database, "acme") == ()


def test_an_ambiguous_name_lists_the_ids(acme: Workspace, settings: Settings) -> None:
    from discovery_pipeline.domain.handoffs import INVENTORY
    from discovery_pipeline_tests.services.hand_built import frame, inventory, publish

    twin = {**inventory().row(0, named=True), "asset_id": "a_twin"}
    both = frame([*inventory().to_dicts(), twin], INVENTORY)
    publish(acme.frames.open("acme"), "inventory", {"inventory": both})
    with pytest.raises(BadDecisions) as refused:
        decide(acme, "acme", [TypeDecision("APP01", "printer"), TypeDecision("a_twin", "printer")], "ann")
    (problem,) = refused.value.problems
    assert problem.code == "ambiguous_asset"
    assert APP in problem.advice
    assert "a_twin" in problem.advice


def test_one_thing_is_decided_once_at_a_time(acme: Workspace) -> None:
    twice = [
        replace(PROD, line=2),
        replace(PROD, raw="PRD", value="test", line=5),
        replace(PROD, source="cmdb", line=6),
    ]
    with pytest.raises(BadDecisions) as refused:
        decide(acme, "acme", twice, "ann")
    assert [(p.line, p.code, p.detail) for p in refused.value.problems] == [
        (5, "decided_twice", "this is decided already on line 2")
    ]


def test_every_kind_is_recorded_together_in_the_order_of_the_file(acme: Workspace) -> None:
    run_mapping(acme, "acme", SERVERS)
    mixed = [TypeDecision("app01", "hypervisor"), MANAGED, PROD, StrategyDecision("app01", "retain")]
    made = decide(acme, "acme", mixed, "ann")
    assert [(c.number, c.what.kind, c.what.action) for c in made] == [
        (1, "type", "set"), (2, "mapping", "changed"), (3, "value", "set"), (4, "strategy", "set"),
    ]  # fmt: skip
    assert len({correction.made_at for correction in made}) == 1


def test_bad_decisions_of_all_kinds_are_told_at_once_in_the_order_of_the_file(acme: Workspace) -> None:
    run_mapping(acme, "acme", SERVERS)
    bad = [replace(PROD, field="x", line=4), TypeDecision("app01", "x", line=3), replace(MANAGED, position=9, line=2)]
    with pytest.raises(BadDecisions, match="3 of 4 decisions") as refused:
        decide(acme, "acme", [*bad, replace(PROD, line=5)], "ann")
    assert [problem.line for problem in refused.value.problems] == [2, 3, 4]


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        pytest.param(MANAGED, "no run has mapped", id="mapping"),
        pytest.param(PROD, "no run has read", id="value"),
        pytest.param(TypeDecision("app01", "printer"), "no run has made an inventory", id="asset"),
    ],
)
def test_nothing_can_be_decided_before_a_run(settings: Settings, decision: AnyDecision, said: str) -> None:
    with open_workspace(settings) as workspace:
        add_tenant(workspace.database, "acme")
        with pytest.raises(UsageError, match=said):
            decide(workspace, "acme", [decision], "ann")


def test_somebody_decides_for_a_tenant_that_exists(acme: Workspace) -> None:
    with pytest.raises(UsageError, match="author"):
        decide(acme, "acme", [PROD], " ")
    with pytest.raises(UsageError, match="no tenant 'acne'"):
        decide(acme, "acne", [PROD], "ann")


def test_a_contradiction_of_somebody_else_is_refused_with_all_that_came_with_it(acme: Workspace) -> None:
    decide(acme, "acme", [PROD], "ann")
    with pytest.raises(CorrectionConflict, match=r"production by ann \(correction 1") as refused:
        decide(acme, "acme", [TypeDecision("app01", "printer"), replace(PROD, value="test")], "bob")
    assert [d.stands.number for d in refused.value.disagreements] == [1]
    assert len(corrections(acme.database, "acme")) == 1


def test_saying_the_same_in_other_words_is_no_contradiction(acme: Workspace) -> None:
    decide(acme, "acme", [PROD], "ann")
    (again,) = decide(acme, "acme", [replace(PROD, raw="prd", value="PRODUCTION")], "bob")
    assert again.number == 2


def test_one_overrules_by_number_or_all_that_stand(acme: Workspace) -> None:
    decide(acme, "acme", [PROD, TypeDecision("app01", "printer")], "ann")
    (by_number,) = decide(acme, "acme", [replace(PROD, value="test", overrules=1)], "bob")
    assert by_number.what.overrules == 1
    later = [replace(PROD, value="qa"), TypeDecision("app01", "printer"), StrategyDecision("app01", "retire")]
    all_of_them = decide(acme, "acme", later, "cy", overrule=True)
    assert [correction.what.overrules for correction in all_of_them] == [3, None, None]


def test_a_decision_made_in_between_still_conflicts(acme: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    decide(acme, "acme", [PROD], "ann")
    known = corrections(acme.database, "acme")
    decide(acme, "acme", [replace(PROD, value="test")], "ann")
    monkeypatch.setattr("discovery_pipeline.services.learning.deciding.decide.corrections", lambda *_: known)
    with pytest.raises(CorrectionConflict, match="correction 2"):
        decide(acme, "acme", [replace(PROD, value="qa")], "bob", overrule=True)


def test_every_kind_reaches_the_asset_that_it_concerns(acme: Workspace) -> None:
    decided = [
        PROD, AssetValueDecision("app01", "memory_mib", "16 GB"), MergeDecision("app01", "=db01"), SPLIT,
        TypeDecision("app01", "printer"), EdgeDecision("app01", "=db01", holds=False, edge_kind="tier"),
        StrategyDecision("app01", "retire"),
    ]  # fmt: skip
    decide(acme, "acme", decided, "ann")
    taught = {asset: rules_for(acme.database, "acme", asset) for asset in set(FIRST_ASSET.values())}
    (value,), (of_asset,) = taught["clean_records"].rules.values, taught["clean_records"].rules.asset_values
    assert (value.field, value.raw, value.value, of_asset.asset_id, of_asset.value) == (
        "environment", "prd", "production", APP, "16384",
    )  # fmt: skip
    merged, split = taught["inventory"].rules.same
    assert (merged.holds, merged.told.corrections, split.holds, split.told.author) == (True, (3,), False, "ann")
    (typed,), (edge,) = taught["inventory"].rules.types, taught["dependencies"].rules.edges
    assert (typed.classified_type, edge.from_asset, edge.to_asset, edge.kind, edge.holds) == (
        "printer", APP, DB, "tier", False,
    )  # fmt: skip
    (strategy,) = taught["analysis"].rules.strategies
    assert (strategy.asset_id, strategy.strategy, taught["analysis"].corrections) == (APP, "retire", 7)
