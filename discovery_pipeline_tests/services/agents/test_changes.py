"""What models changed, in names, with the decisions that keep it or take it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl
import pytest

from discovery_pipeline.domain.inventory.decisions.corrected import IDENTITY_FIELD
from discovery_pipeline.domain.learning.rules import Anchor, Rules, SameRule
from discovery_pipeline.domain.opinions.advice import Advice
from discovery_pipeline.domain.opinions.trust import Reliability
from discovery_pipeline.services.agents import overview
from discovery_pipeline.services.agents.changes import ModelChange, model_changes
from discovery_pipeline.services.agents.overview import agents_overview
from discovery_pipeline.services.inventory.kept_advice import ADVICE, advice_document
from discovery_pipeline.services.learning.deciding.decide import decide
from discovery_pipeline.services.learning.deciding.decisions import (
    AdvisedMerge,
    AdvisedSplit,
    EdgeDecision,
    TypeDecision,
    ValueDecision,
)
from discovery_pipeline.services.learning.rules import rules_for
from discovery_pipeline.services.mapping.decisions import BadDecisions, Decision
from discovery_pipeline.services.run_frames import run_frames
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.corrections import corrections
from discovery_pipeline.store.ledger import ledger_lines
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.services.agents.advised_estate import RUN, advised, publish_advised, record_run
from discovery_pipeline_tests.services.hand_built import APP, DB, publish, publish_estate


@pytest.fixture
def workspace(settings: Settings) -> Iterator[Workspace]:
    with open_workspace(replace(settings, embeddings=False)) as opened:
        for tenant in ("acme", "other"):
            add_tenant(opened.database, tenant)
        publish_advised(opened, "acme")
        yield opened


def found(workspace: Workspace) -> dict[tuple[str, str], ModelChange]:
    run = run_frames(workspace.frames.open("acme"))
    changes = model_changes(run, (), corrections(workspace.database, "acme"))
    return {(change.agent, change.field): change for change in changes if change.find or change.agent == "cleansing"}


def test_every_change_is_told_in_names_the_least_sure_of_a_phase_first(workspace: Workspace) -> None:
    changes = model_changes(run_frames(workspace.frames.open("acme")))
    assert [(change.agent, change.about) for change in changes] == [
        ("mapping", "column 'RAM' of cmdb.csv/cmdb"),
        ("mapping", "column 'Name' of cmdb.csv/cmdb, taken for hostname"),
        ("mapping", "gone.csv/gone/7"),
        ("cleansing", "asset.environment '<prd>'"),
        ("reconciliation", "app01 and =db01"),
        ("classification", "app01"),
        ("dependencies", "app01 needs =db01"),
    ]
    assert {change.verdict for change in changes} == {"undecided"}


def test_decisions_keep_a_change_or_take_it_back(workspace: Workspace) -> None:
    changes = found(workspace)
    column = changes["mapping", "field"]
    assert column.keep == (Decision("cmdb.csv", "cmdb", 1, "RAM", "memory_mib", "cmdb"),)
    assert column.undo == (Decision("cmdb.csv", "cmdb", 1, "RAM", None, "cmdb"),)
    status = changes["mapping", "status"]
    assert status.keep == (Decision("cmdb.csv", "cmdb", 0, "Name", "hostname", "cmdb"),)
    assert status.undo == ()
    spelling = changes["cleansing", "environment"]
    assert spelling.keep == (ValueDecision("environment", "<prd>", "production", "asset"),)
    assert spelling.undo == (ValueDecision("environment", "<prd>", None, "asset"),)
    kind = changes["classification", "classified_type"]
    assert (kind.keep, kind.undo) == ((TypeDecision(APP, "virtual_machine"),), (TypeDecision(APP, "physical_server"),))
    edge = changes["dependencies", "kind"]
    assert (edge.keep, edge.undo) == ((EdgeDecision(APP, DB, holds=True),), (EdgeDecision(APP, DB, holds=False),))
    pair = changes["reconciliation", "look_alike"]
    assert (pair.keep, pair.undo, pair.page) == ((), (), "inventory")


@pytest.mark.parametrize(("action", "verdict"), [("keep", "kept"), ("undo", "overruled")])
def test_what_people_said_since_is_told(workspace: Workspace, action: str, verdict: str) -> None:
    for key in (("cleansing", "environment"), ("dependencies", "kind")):
        decide(workspace, "acme", getattr(found(workspace)[key], action), "ann")
        assert found(workspace)[key].verdict == verdict


def test_the_overview_tells_a_run_and_what_stands(workspace: Workspace) -> None:
    record_run(workspace, "acme")
    told = agents_overview(workspace, "acme")
    assert (told.run_id, [run.run_id for run in told.runs], len(told.changes)) == (RUN, [RUN], 7)
    assert (told.use.calls, told.use.kept, told.use.success, told.use.cost_usd) == (2, 1, 0.5, 0.0012)
    assert [(agent.agent, agent.provider, agent.model) for agent in told.agents] == [("mapping", "local", "m")]
    assert [said.insight.author for said in told.insights] == ["inventory phase"]
    assert [plan.reason for plan in told.plans] == ["it was right most often"]
    assert [(w.agent, w.runs[0].right_controls, w.runs[0].controls) for w in told.worth] == [("mapping", 15, 16)]
    assert [spending.scope for spending in told.spending] == ["run", "day", "tenant"]


def test_another_run_and_another_tenant_are_told_apart(workspace: Workspace) -> None:
    record_run(workspace, "acme", "first")
    record_run(workspace, "acme", "second")
    assert agents_overview(workspace, "acme", "first").use.calls == 2
    assert agents_overview(workspace, "acme").use.calls == 2
    other = agents_overview(workspace, "other")
    assert (other.run_id, other.runs, other.changes, other.use.calls) == (None, (), (), 0)


def test_of_the_ledger_only_the_run_that_is_told_of_is_read(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that is drawn at every click can't read a ledger of years."""
    record_run(workspace, "acme", "first")
    record_run(workspace, "acme", "second")
    read: list[str | None] = []

    def lines(database: Database, tenant: str, run: str | None = None) -> pl.DataFrame:
        read.append(run)
        return ledger_lines(database, tenant, run)

    monkeypatch.setattr(overview, "ledger_lines", lines)
    agents_overview(workspace, "acme", "first")
    assert read == ["first"]


def test_without_a_model_nothing_is_changed(workspace: Workspace) -> None:
    publish_estate(workspace.frames.open("other"))
    assert agents_overview(workspace, "other").changes == ()


GONE_ID = "a_gone000000000000000"
ONE, OTHER = Anchor(APP, ("hostname:app01", "serial:1")), Anchor(GONE_ID, ("hostname:app1", "serial:1"))
ROW, NEXT = Anchor(APP, ("hostname:app2",), "cmdb"), Anchor(APP, ("hostname:app3",), "cmdb")
ADVISED_BY = Advice("m", Reliability(20, 19), 0.9)


def advise(workspace: Workspace, rules: tuple[SameRule, ...], before: str, after: str) -> None:
    """An inventory in which a model made two assets one, or one two."""
    frames = workspace.frames.open("acme")
    ids = "|".join(sorted({rules[0].one.asset_id, rules[0].other.asset_id} | {APP}))
    pair = ids if "|" in ids else f"{ids}|{ids}"
    row = ("reconciliation", pair, IDENTITY_FIELD, before, after, "m", 0.9, "one")
    parts = {part: frames.scan("inventory", part).collect() for part in frames.parts("inventory")}
    document = {**frames.meta("inventory"), ADVICE: advice_document(Rules(same=rules))}
    publish(frames, "inventory", {**parts, "advised": advised(row)}, document)


@pytest.mark.parametrize(
    ("others", "sides", "kind", "kept"),
    [
        ((OTHER,), ("two", "one"), "merge", True),
        ((ROW,), ("one", "two"), "split", False),
        ((ROW, NEXT), ("one", "two"), "split", False),
    ],
    ids=["merge", "split", "split of several rows"],
)
@pytest.mark.parametrize("action", ["keep", "undo"])
def test_merges_and_splits_are_kept_and_taken_back_too(
    workspace: Workspace, others: tuple[Anchor, ...], sides: tuple[str, str], kind: str, kept: bool, action: str
) -> None:
    advise(workspace, tuple(SameRule(ONE, other, kept, ADVISED_BY) for other in others), *sides)
    change = found(workspace)["reconciliation", IDENTITY_FIELD]
    decided = getattr(change, action)
    assert {type(decision) for decision in decided} == {AdvisedMerge if kind == "merge" else AdvisedSplit}
    decide(workspace, "acme", decided, "ann")
    holds = kept is (action == "keep")
    made = [(each.what.kind, each.what.said["holds"]) for each in corrections(workspace.database, "acme")]
    assert made == [(kind, holds)] * len(others)
    assert found(workspace)["reconciliation", IDENTITY_FIELD].verdict == ("kept" if action == "keep" else "overruled")
    told = rules_for(workspace.database, "acme", "inventory").rules.same
    assert [rule.holds for rule in told] == [holds] * len(others)
    texts = {text for rule in told for anchor in (rule.one, rule.other) for text in anchor.texts}
    # Two that are kept apart are known by what only one of them bears.
    assert ("serial:1" in texts) is (kind == "split" or action == "keep")


def test_a_merge_of_what_nothing_tells_apart_cannot_be_taken_back(workspace: Workspace) -> None:
    advise(workspace, (SameRule(ONE, Anchor(GONE_ID, ONE.texts), True, ADVISED_BY),), "two", "one")
    change = found(workspace)["reconciliation", IDENTITY_FIELD]
    assert change.undo
    with pytest.raises(BadDecisions, match="nothing tells"):
        decide(workspace, "acme", change.undo, "ann")
