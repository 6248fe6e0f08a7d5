"""How checks stand: as the suite judged them, the worst first, and what a run that stopped leaves of earlier ones."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest

from discovery_pipeline.domain.handoffs import Phase
from discovery_pipeline.quality.run import run_checks
from discovery_pipeline.services.quality.overview import history_of, quality_overview
from discovery_pipeline.services.quality.record import record_quality
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.tenants import add_tenant

CHANGES = {"changes_told_twice": 0, "unexplained_assets": 0, "vanished_share": 0.0, "widest_change_share": 0.1}


@pytest.fixture
def workspace(settings: Settings) -> Iterator[Workspace]:
    with open_workspace(settings) as opened:
        add_tenant(opened.database, "acme")
        yield opened


def judged(workspace: Workspace, run: str, phase: Phase, asset: str, facts: dict[str, float]) -> None:
    record_quality(workspace.database, "acme", run, phase, asset, "000001-aa", run_checks(asset, None, facts), facts)


def mapped(workspace: Workspace, run: str, unaccounted: int) -> None:
    judged(workspace, run, "mapping", "canonical_records", {"unaccounted_rows": unaccounted})


def test_before_any_run_there_are_no_checks(workspace: Workspace) -> None:
    found = quality_overview(workspace, "acme")
    assert found.runs == ()
    assert [phase.checks for phase in found.phases] == [()] * 6
    assert found.checked_at is None


def test_a_warning_comes_first_and_stops_nothing(workspace: Workspace) -> None:
    judged(workspace, "r1", "inventory", "inventory_changes", {**CHANGES, "vanished_share": 0.6})
    found = quality_overview(workspace, "acme")
    phase = next(phase for phase in found.phases if phase.phase == "inventory")
    assert (phase.checks[0].key, phase.checks[0].verdict) == ("inventory_changes.few_vanished", "warned")
    assert (phase.verdict, phase.count("passed"), found.stopped) == ("warned", 3, None)
    (rule,) = phase.checks[0].result.rules
    assert (rule.observed, rule.expected, rule.passed) == (0.6, "at most 30 %", False)


def test_a_stopped_run_names_its_check_and_leaves_later_phases_as_they_were(workspace: Workspace) -> None:
    mapped(workspace, "r1", 0)
    judged(workspace, "r1", "inventory", "inventory_changes", CHANGES)
    mapped(workspace, "r2", 3)
    found = quality_overview(workspace, "acme")
    assert found.stopped is not None
    assert found.stopped.key == "canonical_records.rows_conserved"
    assert not found.stopped.result.published
    assert {phase.phase: phase.stopped_before for phase in found.phases if phase.checks} == {
        "mapping": False, "inventory": True,
    }  # fmt: skip
    mapped(workspace, "r3", 0)
    assert quality_overview(workspace, "acme").stopped is None


def test_a_second_run_makes_a_history(workspace: Workspace) -> None:
    for run, unaccounted in (("r1", 0), ("r2", 3)):
        mapped(workspace, run, unaccounted)
    state = quality_overview(workspace, "acme").phases[1].checks[0]
    told = [(each.run_id, each.passed, each.rules[0].observed) for each in history_of(workspace, "acme", state)]
    assert told == [("r1", True, 0.0), ("r2", False, 3.0)]


def test_of_columns_only_what_failed_is_kept_and_no_value(workspace: Workspace) -> None:
    frame = pl.DataFrame({"reason": ["x", None], "disposition": ["quarantined", "eaten by ada"]})
    report = run_checks("quarantined_records", frame, {"quarantined_share": 0.0})
    record_quality(
        workspace.database, "acme", "r1", "cleansing", "quarantined_records", "v", report, {"quarantined_share": 0.0}
    )
    state = quality_overview(workspace, "acme").phases[2].checks[0]
    assert {(rule.column, rule.unexpected) for rule in state.result.rules} == {("reason", 1), ("disposition", 1)}
    assert (state.result.rows, state.result.unexpected) == (2, 2)
    assert "ada" not in repr(state.result)
