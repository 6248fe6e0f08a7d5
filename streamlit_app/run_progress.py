"""A run as six phases with their assets. Keep out: asking Dagster."""

from __future__ import annotations

from collections.abc import Sequence

from discovery_pipeline.domain.handoffs import PHASES
from discovery_pipeline.services.dagster_api.client import RunDetail, Step, StepStatus
from streamlit_app.widgets import html_text, seconds

STATUS_WORDS = {
    "queued": "○ queued", "starting": "○ starting", "running": "▶ running", "done": "✓ done", "failed": "✗ failed",
    "cancelling": "– cancelling", "cancelled": "– cancelled",
}  # fmt: skip
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


def phases_html(run: RunDetail) -> str:
    """One box per phase, in order; a phase that this run leaves as it was says so."""
    boxes = "".join(_phase(phase, [step for step in run.steps if step.phase == phase]) for phase in PHASES)
    others = [step for step in run.steps if step.phase is None]
    return f'<div class="d-flow">{boxes}{_phase("other", others) if others else ""}</div>'


def phase_status(steps: Sequence[Step]) -> StepStatus:
    """done when every step is; running from the first to the last; otherwise the state that matters most."""
    found = {step.status for step in steps}
    if "done" in found and "waiting" in found and not found & {"failed", "retrying"}:
        return "running"
    return next(status for status in _WORST_FIRST if status in found)


def _phase(name: str, steps: Sequence[Step]) -> str:
    if not steps:
        return f'<div class="d-phase d-waiting"><b>{name}</b><br><span class="d-quiet">as it was</span></div>'
    took = sum(step.seconds or 0.0 for step in steps)
    head = f'<div><b>{name}</b><span class="d-s">{seconds(took) if took else ""}</span></div>'
    return f'<div class="d-phase d-{phase_status(steps)}">{head}{"".join(map(_step, steps))}</div>'


def _step(step: Step) -> str:
    asset = html_text(step.asset.replace("_", " "))
    return f'<div><i class="d-dot d-{step.status}"></i>{asset}<span class="d-s">{seconds(step.seconds)}</span></div>'
