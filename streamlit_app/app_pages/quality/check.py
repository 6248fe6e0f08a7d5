"""One check: what it means, what to do, what it measured over runs, and the rows behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import polars as pl
import streamlit as st

from discovery_pipeline.quality.words import figure, title
from discovery_pipeline.services.quality.failing import MOST_IN_FILE, count_failing, failing_csv, failing_rows
from discovery_pipeline.services.quality.overview import CheckState, history_of
from discovery_pipeline.store.quality import CheckResult, RuleResult
from streamlit_app import services, sign_in, state, widgets
from streamlit_app.run_chart import show_over_runs

PER_PAGE = 15
VERDICTS = {
    "passed": ":green-badge[:material/check_circle: passed]",
    "warned": ":orange-badge[:material/warning: warning, the run went on]",
    "failed": ":red-badge[:material/block: failed, the run stopped here]",
}
# Where a person mends it: page, its items, what the button says.
MENDED_ON: dict[str, tuple[str, dict[str, str], str]] = {
    **dict.fromkeys(
        (
            "identity_mapped", "needed_facts_mapped", "mostly_accepted", "accepted_within_budget", "no_forbidden_pairs",
            "no_conflicting_columns", "values_plausible", "values_well_formed",
        ),
        ("mappings", {}, "Look at the mappings"),
    ),
    "quarantine_small": ("records", {"part": "quarantine"}, "Look at the quarantine"),
    "sources_mostly_agree": ("records", {"part": "conflicts"}, "Look at the conflicts"),
    "no_source_stands_alone": ("records", {"part": "conflicts"}, "Look at the conflicts"),
    "few_vanished": ("inventory", {"only": "vanished"}, "Look at what vanished"),
    "no_wholesale_change": ("inventory", {"only": "changed"}, "Look at what changed"),
    "no_contradicting_strong_patterns": ("learning", {}, "Look at the decisions"),
    "recalled_patterns_calibrated": ("learning", {}, "Look at what was learned"),
    "model_answered": ("agents", {}, "Look at the calls"),
    "model_trusted": ("agents", {}, "Look at the agents"),
    "something_to_read": ("upload", {}, "Hand over files"),
    "all_files_readable": ("upload", {}, "Hand over files"),
    "inventory_present": ("upload", {}, "Hand over files"),
}  # fmt: skip


def show_check(tenant: str, check: CheckState) -> None:
    """Everything about one check."""
    result = check.result
    st.subheader(title(check.check.name), anchor=False)
    blocks = "stops a run when it fails" if check.check.blocking else "warns, and lets the run go on"
    st.markdown(VERDICTS[check.verdict])
    asked = widgets.plain(check.check.description)
    st.markdown(asked if check.verdict == "passed" else f"**What should hold:** {asked}")
    if check.verdict != "passed":
        st.markdown(f"**What to do:** {widgets.plain(check.check.advice)}.")
        _mend(check)
    judged = f"{result.rows:,} rows judged, " if result.rows else ""
    st.caption(f"{judged}{widgets.clock(result.made_at)}; it {blocks}. Run {result.run_id[:8]}.")
    _rules(result)
    _history(history_of(services.workspace(), tenant, check))
    shown = [rule for rule in result.rules if not rule.passed] or [r for r in result.rules if r.observed]
    if shown:
        _rows(tenant, result, shown)


def _mend(check: CheckState) -> None:
    page, items, words = MENDED_ON.get(check.check.name, ("", {}, ""))
    if state.page_named(page) is None:
        return
    if st.button(words, key=f"mend/{check.key}", icon=":material/arrow_forward:"):
        state.go_to(page, **items)


def _rules(result: CheckResult) -> None:
    """What failed, and what facts measured."""
    if not result.rules:
        st.write("Every rule of it holds, on every row.")
        return
    rows = [
        {
            "": "✓" if rule.passed else "✗",
            "Measured": title(rule.column),
            "Found": figure(rule.column, rule.observed) if rule.observed is not None else f"{rule.unexpected:,} cells",
            "Expected": rule.expected,
            "Share of rows": _share(rule, result.rows),
        }
        for rule in result.rules
    ]
    shown = pd.DataFrame(rows)
    if not any(shown["Share of rows"]):
        shown = shown.drop(columns="Share of rows")
    st.dataframe(shown, hide_index=True, placeholder="", width="content")


def _share(rule: RuleResult, rows: int) -> str:
    """Cells among the rows judged; a fact has none."""
    if rule.observed is not None or not rows:
        return ""
    share = rule.unexpected / rows
    return "below 0.1 %" if 0 < share < 0.001 else f"{100 * share:.1f} %"


def _history(results: Sequence[CheckResult]) -> None:
    """The trend over runs: of the first measured fact, else of the cells that broke a rule."""
    if len(results) < 2:
        st.caption("Checked in one run so far; the next one begins a trend.")
        return
    measured = next((rule.column for rule in results[-1].rules if rule.observed is not None), None)
    name = title(measured) if measured else "Cells that break a rule"
    values = [_measured(result, measured) for result in results]
    failed = sum(not result.passed for result in results)
    st.caption(f"{name} over {len(results):,} runs; not passed in {failed:,} of them.")
    show_over_runs([result.made_at for result in results], {name: values})


def _measured(result: CheckResult, fact: str | None) -> float | None:
    """What the run measured; None where that run did not measure the fact."""
    if fact is None:
        return float(result.unexpected)
    return next((rule.observed for rule in result.rules if rule.column == fact), None)


@st.fragment
@widgets.guarded
def _rows(tenant: str, result: CheckResult, rules: Sequence[RuleResult]) -> None:
    """The rows behind a rule, a page at a time."""
    key = f"rows/{tenant}/{result.asset}.{result.check}"
    names = [title(rule.column) for rule in rules]
    chosen = rules[0]
    if len(rules) > 1:
        number = st.selectbox("Rows behind", range(len(rules)), key=f"{key}/rule", format_func=names.__getitem__)
        chosen = rules[number or 0]
    frames = services.frames(tenant)
    counted = count_failing(frames, result, chosen)
    if not counted.total:
        st.info(counted.why_not, icon=":material/info:")
        return
    first = widgets.pager(key, (result.run_id, chosen.rule), counted.total, PER_PAGE, "rows")
    _table(failing_rows(frames, result, chosen, first, PER_PAGE), f"{key}/{chosen.rule}/{first}")
    st.download_button(
        "Download CSV",
        data=sign_in.for_its_people(tenant, lambda: failing_csv(frames, result, chosen)),
        file_name=f"{tenant}-{result.asset}-{chosen.rule}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        help=f"All of them, at most {MOST_IN_FILE:,}; no cell starts a formula.",
    )


def _table(rows: pl.DataFrame, key: str) -> None:
    """One page of rows; a click opens the asset of a row that has one."""
    rows = rows.select(column for column in rows if column.null_count() < len(rows))
    shown = rows.to_pandas()
    linked = "asset_id" in shown.columns and state.page_named("asset") is not None
    # Selectable or not are two overloads.
    dataframe: Any = st.dataframe
    event = dataframe(
        shown,
        key=key,
        hide_index=True,
        placeholder="",
        height="content",
        column_config={name: title(name) for name in shown.columns},
        on_select="rerun" if linked else "ignore",
        selection_mode=["single-row", "single-cell"],
    )
    if not linked:
        return
    row = widgets.selected_row(event, len(shown))
    asset = rows.item(row, "asset_id") if row is not None else None
    if not asset:
        st.caption("Click a row to open its asset." if row is None else "This row became part of no asset.")
    elif st.button(f"Open {asset}", key=f"{key}/open", icon=":material/search:"):
        state.go_to("asset", asset=asset)
