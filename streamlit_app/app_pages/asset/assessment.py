"""What becomes of an asset: strategy with reasons, alternatives, readiness, wave, size and cost, what to ask whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import streamlit as st

from discovery_pipeline.domain.handoffs import Strategy
from discovery_pipeline.services.inventory.opened import OpenedAsset
from discovery_pipeline.services.learning.deciding.decisions import StrategyDecision
from streamlit_app import decisions
from streamlit_app.asset_words import coded
from streamlit_app.people import may
from streamlit_app.record_effects import what_if
from streamlit_app.widgets import bullets, percent, plain


def show_assessment(tenant: str, opened: OpenedAsset) -> None:
    """Figures first, then why, then everything beside it; the strategy can be set."""
    assessment = opened.assessment()
    if assessment is None:
        st.info("It is not assessed yet, or has vanished.")
        return
    figures = st.columns(4)
    figures[0].metric("Strategy", coded("strategy", assessment["strategy"]))
    figures[1].metric("Sure", percent(assessment["confidence"]) if assessment["confidence"] is not None else "")
    ready = assessment["readiness"]
    figures[2].metric("Readiness", "" if ready is None else f"{ready:.0f} of 100")
    figures[3].metric("Wave", "none" if assessment["wave"] is None else assessment["wave"])
    why, beside = st.columns([3, 2], gap="medium")
    with why:
        st.markdown("**Why**")
        bullets(assessment["reasons"])
        for title, texts in _beside(assessment):
            st.markdown(f"**{title}**")
            bullets(texts)
    with beside, st.container(border=True):
        _strategy_form(tenant, opened, assessment["strategy"])


def _strategy_form(tenant: str, opened: OpenedAsset, now: str) -> None:
    st.markdown("**Set the strategy**")
    if not may("analyst"):
        st.caption("This takes the role analyst.")
        return
    asset, strategies = opened.asset_id, list(get_args(Strategy))
    key = f"strategy/{asset}"
    value = st.selectbox(
        "Strategy", strategies, index=strategies.index(now), key=f"{key}/value",
        format_func=lambda name: coded("strategy", name),
    )  # fmt: skip
    st.text_input("Reason", key=f"{key}/reason", placeholder="For who reads it later")
    st.button("Set it", key=f"{key}/decide", type="primary", on_click=_set_strategy, args=(tenant, asset, opened.name))
    decisions.show_question(tenant, key)
    if value != now:
        what_if(tenant, key, [StrategyDecision(asset, value)])


def _set_strategy(tenant: str, asset: str, name: str) -> None:
    key = f"strategy/{asset}"
    value, reason = st.session_state[f"{key}/value"], st.session_state[f"{key}/reason"]
    done = f"**{plain(name)}: {coded('strategy', value)}.**"
    decisions.decide(tenant, key, [StrategyDecision(asset, value, reason=reason.strip())], done)


def _written(told: Mapping[str, Any]) -> str:
    """A sentence with who worded it: a model's words are told as such, beside the facts that they are from."""
    by = f" (written by {told['model']} from: {'; '.join(told['facts'])})" if told["model"] else ""
    return f"{told['name']}: {told['text']}{by}"


def _beside(assessment: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """What else there is to tell, title by title: other strategies, what to ask, what it serves, group, size, price."""
    group = assessment["group"] or {}
    costs = [
        f"{each['provider']}: {each['instance_type']}, {each['total_low']:,.0f}-{each['total_high']:,.0f} "
        f"{each['currency']} a month, prices of {each['price_date']}"
        for each in assessment["sizing"]
        if each["total_low"] is not None
    ]
    told = {
        "Or else": assessment.get("alternatives") or [],
        "Ask": [assessment["next_question"]] if assessment.get("next_question") else [],
        "Whom to ask": [
            f"{each['owner'] or 'Nobody is known'}: {each['question']}" for each in assessment["questions"]
        ],
        "In short": [_written(each) for each in assessment["told"]],
        "Serves": [
            f"{each['name'] or each['application_id']} ({each['basis']})" for each in assessment["applications"]
        ],
        "Moves with": [group["reason"], *(group.get("wave_reasons") or [])] if group.get("reason") else [],
        "Size and cost": costs,
    }
    return [(title, texts) for title, texts in told.items() if texts]
