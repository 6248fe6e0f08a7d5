"""What the checks of every phase found, why it matters, the rows behind it, and how it went over runs."""

from __future__ import annotations

import streamlit as st

from discovery_pipeline.quality.words import title
from discovery_pipeline.services.quality.conservation import Conservation, conservation
from discovery_pipeline.services.quality.overview import (
    CheckState,
    PhaseState,
    QualityOverview,
    Verdict,
    quality_overview,
)
from discovery_pipeline.services.run_frames import run_frames
from streamlit_app import services, state, widgets
from streamlit_app.app_pages.quality.check import show_check

# The look of a run's phases: done, in doubt, failed, not there.
_LOOKS = {"passed": "d-done", "warned": "d-running", "failed": "d-failed", None: "d-waiting"}
_COUNTED: dict[Verdict, str] = {"passed": "passed", "warned": "warnings", "failed": "failed"}
COLOURS = ("#2e8b57", "#8aa4b0", "#1f6f8b", "#c0392b", "rgba(90,110,125,.35)")


@widgets.guarded
def page() -> None:
    """The data quality of the tenant."""
    st.title("Data quality", anchor=False)
    widgets.show_notice()
    tenant = state.tenant()
    found = quality_overview(services.workspace(), tenant)
    if not found.runs:
        widgets.empty(
            "No run has left its checks yet",
            "Every phase is checked on the way: that no row is lost, that values are plausible, that sources agree. "
            "The next run shows here what it found.",
            f"discovery run {tenant}",
            ways=("runs",),
        )
        return
    _told(found)
    chosen = _tiles(found)
    accounted = _conservation(tenant, tuple(sorted(run_frames(services.frames(tenant)).versions.items())))
    if accounted:
        st.html(_conservation_html(accounted))
    _checks(tenant, chosen)


def _told(found: QualityOverview) -> None:
    """The newest run in a sentence, or why it stopped."""
    run = found.runs[-1]
    if found.stopped:
        st.error(
            f"**The run of {widgets.clock(run.at)} stopped at a check: "
            f"{widgets.plain(found.stopped.check.description)}**  \n"
            f"What to do: {widgets.plain(found.stopped.check.advice)}. "
            "What later phases show is from an earlier run.",
            icon=":material/block:",
        )
        return
    warned = f"{run.warned:,} with a warning" if run.warned else "none with a warning"
    st.caption(f"Newest run, {widgets.clock(run.at)}: {run.passed:,} checks passed, {warned}.")


def _tiles(found: QualityOverview) -> PhaseState:
    """A tile per phase; returns the one that is shown: the link's, else the worst."""
    wanted = state.item("phase")
    checked = [phase for phase in found.phases if phase.checks]
    worst = max(checked, key=lambda phase: (phase.count("failed"), phase.count("warned")))
    chosen = next((phase for phase in checked if phase.phase == wanted), worst)
    for column, phase in zip(st.columns(len(found.phases), gap="small"), found.phases, strict=True):
        with column, st.container(key=f"tile_{phase.phase}"):
            st.html(_tile_html(phase))
            st.button(
                f"Show {phase.phase}",
                key=f"phase/{phase.phase}",
                type="primary" if phase is chosen else "secondary",
                disabled=not phase.checks,
                width="stretch",
                on_click=_choose,
                args=(phase.phase,),
            )
    return chosen


def _choose(phase: str) -> None:
    state.show_item("phase", phase)
    state.show_item("check", "")


def _tile_html(phase: PhaseState) -> str:
    counts = "".join(
        f'<div><span class="d-dot {_LOOKS[verdict] if phase.count(verdict) else ""}"></span>{words}'
        f'<span class="d-s">{phase.count(verdict):,}</span></div>'
        for verdict, words in _COUNTED.items()
    )
    note = "not reached, from an earlier run" if phase.stopped_before else "" if phase.checks else "not checked yet"
    quiet = f'<div class="d-quiet">{note}</div>' if note else ""
    return f'<div class="d-phase {_LOOKS[phase.verdict]}"><b>{phase.phase}</b>{counts}{quiet}</div>'


@st.cache_data(max_entries=16, show_spinner=False)
def _conservation(tenant: str, versions: tuple[tuple[str, str], ...]) -> Conservation | None:  # noqa: ARG001 - the key
    return conservation(services.frames(tenant))


def _conservation_html(found: Conservation) -> str:
    """One bar of all rows read, by what became of them."""
    if found.complete and not found.unaccounted:
        told = f"Every one of the {found.rows:,} rows read has exactly one place."
    elif found.complete:
        told = f"{found.unaccounted:,} of the {found.rows:,} rows read have no place: a defect, please report it."
    else:
        told = f"{found.rows:,} rows read; the run did not come far enough to place them all."
    parts = [(words, count, colour) for (words, count), colour in zip(found.places, COLOURS, strict=True) if count]
    bar = "".join(f'<i style="width:{100 * n / max(found.rows, 1):.2f}%;background:{c}"></i>' for _, n, c in parts)
    legend = "".join(
        f'<span style="white-space:nowrap;margin-right:1.1rem"><span class="d-dot" style="display:inline-block;'
        f'background:{c}"></span>{n:,} {words}</span>'
        for words, n, c in parts
    )
    style = "display:flex;height:.6rem"
    return (
        f'<div style="margin-top:.6rem"><b>{told}</b></div>'
        f'<div class="d-bar" style="{style}" role="img" aria-label="{told}">{bar}</div>'
        f'<div style="margin-top:.3rem;font-size:.86rem">{legend}</div>'
    )


def _checks(tenant: str, phase: PhaseState) -> None:
    """The checks of a phase, the worst first, and the one that is chosen."""
    by_key = {check.key: check for check in phase.checks}
    left, right = st.columns([1, 2.6], gap="medium")
    with left:
        st.subheader(f"Checks of {phase.phase}", anchor=False)
        with st.container(key="list_checks", gap=None):
            for check in phase.checks:
                _check_button(check, chosen=check.key == _chosen(by_key), label=_label(check, phase))
    with right, st.container(border=True):
        show_check(tenant, by_key[_chosen(by_key)])


def _chosen(by_key: dict[str, CheckState]) -> str:
    wanted = state.item("check")
    return wanted if wanted in by_key else next(iter(by_key))


def _label(check: CheckState, phase: PhaseState) -> str:
    """The check's name, and the asset where several of the phase have one of that name."""
    alike = sum(other.check.name == check.check.name for other in phase.checks)
    return title(check.check.name) + (f" ({check.result.asset.replace('_', ' ')})" if alike > 1 else "")


def _check_button(check: CheckState, *, chosen: bool, label: str) -> None:
    icon = {"passed": "check_circle", "warned": "warning", "failed": "block"}[check.verdict]
    st.button(
        label if check.verdict == "passed" else f"**{label}**",
        key=f"check/{check.key}",
        icon=f":material/{icon}:",
        type="primary" if chosen else "tertiary",
        width="stretch",
        wrap=False,
        help=widgets.plain(check.check.description),
        on_click=state.show_item,
        args=("check", check.key),
    )
