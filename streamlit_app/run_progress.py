"""A run as six phases with their assets. Keep out: asking Dagster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from discovery_pipeline.domain.handoffs import PHASES
from discovery_pipeline.quality.words import title
from discovery_pipeline.services.dagster_api.activity import Happening, Made
from discovery_pipeline.services.dagster_api.client import RunDetail, Step, StepStatus
from discovery_pipeline.services.dagster_api.names import APPLY_CORRECTIONS, DISCOVERY
from streamlit_app.widgets import clock, html_text, seconds

JOBS = {DISCOVERY: "Discovery", APPLY_CORRECTIONS: "Corrections"}
STATUS_WORDS = {
    "queued": "○ queued", "starting": "○ starting", "running": "▶ running", "done": "✓ done", "failed": "✗ failed",
    "cancelling": "– cancelling", "cancelled": "– cancelled", "pausing": "– pausing", "paused": "– paused",
}  # fmt: skip
NOTHING_MADE: Mapping[str, Made] = MappingProxyType({})
# The first of these that a step of the phase has is the phase's own.
_WORST_FIRST: tuple[StepStatus, ...] = ("failed", "retrying", "running", "waiting", "skipped", "done")


def share_done(steps: Sequence[Step]) -> float:
    """How many of the steps are behind, in [0, 1]."""
    return sum(step.status in ("done", "skipped") for step in steps) / max(len(steps), 1)


def now_doing(run: RunDetail) -> str:
    """The asset being made, or what the run waits for."""
    active = next((step.asset for step in run.steps if step.status in ("running", "retrying")), None)
    if active:
        return active.replace("_", " ")
    return "starting" if run.started else "waiting for a worker"


def phases_html(run: RunDetail, made: Mapping[str, Made] = NOTHING_MADE) -> str:
    """One box per phase, in order; a phase that this run leaves as it was says so. made: rows and checks by asset."""
    steps = [_settled(step, run) for step in run.steps]
    boxes = "".join(_phase(phase, [step for step in steps if step.phase == phase], made) for phase in PHASES)
    others = [step for step in steps if step.phase is None]
    legend = '<div class="d-quiet">Figures are rows in → rows out.</div>' if made else ""
    return f'<div class="d-flow">{boxes}{_phase("other", others, made) if others else ""}</div>{legend}'


def happenings_html(latest: Sequence[Happening]) -> str:
    """The latest events, newest first."""
    if not latest:
        return '<div class="d-quiet">Nothing happened yet.</div>'
    lines = (
        f'<div class="d-quiet">{clock(one.at)} &nbsp; <b>{html_text(one.asset.replace("_", " "))}</b> '
        f"{html_text(one.text)}</div>"
        for one in reversed(latest)
    )
    return "".join(lines)


def phase_status(steps: Sequence[Step]) -> StepStatus:
    """done when every step is; running from the first to the last; otherwise the state that matters most."""
    found = {step.status for step in steps}
    if "done" in found and "waiting" in found and not found & {"failed", "retrying"}:
        return "running"
    return next(status for status in _WORST_FIRST if status in found)


def _settled(step: Step, run: RunDetail) -> Step:
    """The step that a run was at when it paused or was cancelled has made nothing: to Dagster it was interrupted."""
    interrupted = (run.paused_before or run.status == "cancelled") and step.status in ("failed", "running")
    return replace(step, status="waiting", started=None, ended=None) if interrupted else step


def _phase(name: str, steps: Sequence[Step], made: Mapping[str, Made]) -> str:
    if not steps:
        return f'<div class="d-phase d-waiting"><b>{name}</b><br><span class="d-quiet">as it was</span></div>'
    took = sum(step.seconds or 0.0 for step in steps)
    head = f'<div><b>{name}</b><span class="d-s">{seconds(took) if took else ""}</span></div>'
    checks = _checks([made[step.asset] for step in steps if step.asset in made])
    rows = "".join(_step(step, made.get(step.asset)) for step in steps)
    return f'<div class="d-phase d-{phase_status(steps)}">{head}{rows}{checks}</div>'


def _step(step: Step, made: Made | None) -> str:
    asset = html_text(step.asset.replace("_", " "))
    rows = ""
    if made and made.rows_out is not None:
        into = "" if made.rows_in is None else f"{made.rows_in:,} → "
        rows = f'<div class="d-quiet" style="padding-left: 1rem">{into}{made.rows_out:,}</div>'
    line = f'<div><i class="d-dot d-{step.status}"></i>{asset}<span class="d-s">{seconds(step.seconds)}</span></div>'
    return line + rows


def _checks(made: Sequence[Made]) -> str:
    """How many checks of a phase were met, and the names of those that were not."""
    passed = sum(one.passed for one in made)
    met = f'<div class="d-quiet">✓ {passed:,} check{"" if passed == 1 else "s"} met</div>' if passed else ""
    failed = [("failed", name) for one in made for name in one.failed]
    missed = [*failed, *(("retrying", name) for one in made for name in one.warned)]
    return met + "".join(f'<div><i class="d-dot d-{look}"></i>{html_text(title(name))}</div>' for look, name in missed)
