"""How the checks of a tenant's phases stand, the newest verdict of each, and how they came to it over runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from discovery_pipeline.domain.handoffs import PHASES, Phase
from discovery_pipeline.quality.checks import Check
from discovery_pipeline.quality.suites import suites
from discovery_pipeline.services.run_frames import ASSETS
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.quality import CheckResult, RunVerdict, check_history, newest_results, run_verdicts

# warned: failed without stopping the run.
Verdict = Literal["failed", "warned", "passed"]
_WORST_FIRST: Sequence[Verdict] = ("failed", "warned", "passed")


@dataclass(frozen=True)
class CheckState:
    """A check with its newest result."""

    check: Check
    result: CheckResult

    @property
    def key(self) -> str:
        """Names it in a link."""
        return f"{self.result.asset}.{self.check.name}"

    @property
    def verdict(self) -> Verdict:
        if self.result.passed:
            return "passed"
        return "failed" if self.result.blocking else "warned"


@dataclass(frozen=True)
class PhaseState:
    """checks: the worst first, then as the suites have them. stopped_before: the newest run never came this far, so
    that these are verdicts of an earlier one."""

    phase: Phase
    checks: tuple[CheckState, ...]
    stopped_before: bool = False

    def count(self, verdict: Verdict) -> int:
        """How many of its checks ended so."""
        return sum(state.verdict == verdict for state in self.checks)

    @property
    def verdict(self) -> Verdict | None:
        """The worst of its checks; None before any ran."""
        return next((verdict for verdict in _WORST_FIRST if self.count(verdict)), None)


@dataclass(frozen=True)
class QualityOverview:
    """phases: all of them, in order. runs: oldest first. stopped: the blocking check that ended the newest run."""

    phases: tuple[PhaseState, ...]
    runs: tuple[RunVerdict, ...]
    stopped: CheckState | None

    @property
    def checked_at(self) -> datetime | None:
        """When the newest run's last check ran."""
        return self.runs[-1].at if self.runs else None


def quality_overview(workspace: Workspace, tenant: str) -> QualityOverview:
    """The tenant's checks as they stand. Raises UsageError for an unknown tenant, Unreachable."""
    results = {(each.asset, each.check): each for each in newest_results(workspace.database, tenant)}
    runs = tuple(run_verdicts(workspace.database, tenant))
    newest = runs[-1].run_id if runs else ""
    # Checks that a later release no longer has are told no more.
    states = [
        CheckState(check, results[asset, check.name])
        for asset in ASSETS
        for check in suites().get(asset, ())
        if (asset, check.name) in results
    ]
    stopped = next((s for s in states if s.verdict == "failed" and s.result.run_id == newest), None)
    return QualityOverview(tuple(_phase(phase, states, stopped) for phase in PHASES), runs, stopped)


def history_of(workspace: Workspace, tenant: str, state: CheckState) -> list[CheckResult]:
    """What the check found in the runs that are kept, oldest first."""
    return check_history(workspace.database, tenant, state.result.asset, state.check.name)


def _phase(phase: Phase, states: Sequence[CheckState], stopped: CheckState | None) -> PhaseState:
    own = [state for state in states if state.result.phase == phase]
    ordered = sorted(own, key=lambda state: _WORST_FIRST.index(state.verdict))
    after = stopped is not None and PHASES.index(phase) > PHASES.index(_phase_of(stopped))
    return PhaseState(phase, tuple(ordered), after)


def _phase_of(state: CheckState) -> Phase:
    return next(phase for phase in PHASES if phase == state.result.phase)
