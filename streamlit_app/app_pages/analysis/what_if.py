"""Another strategy for some assets: what a run would change, before it is decided."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st

from discovery_pipeline.domain.handoffs import Strategy
from discovery_pipeline.services.assessment_views.estate import AssessedEstate
from discovery_pipeline.services.assessment_views.matrix import STRATEGIES
from discovery_pipeline.services.learning.deciding.decide import prepare
from discovery_pipeline.services.learning.deciding.decisions import AnyDecision, StrategyDecision
from discovery_pipeline.services.learning.preview.proposed import Proposed
from streamlit_app import decisions, services, state, widgets
from streamlit_app.app_pages.analysis import assessed
from streamlit_app.app_pages.analysis.shown import counted, words
from streamlit_app.effects import show_effects
from streamlit_app.people import may

# More at once is no what-if any more; `discovery correct` takes files of any length.
_MOST = 200
_FOUND = 200


def show(tenant: str) -> None:
    """Choose assets and a strategy, see what changes, decide."""
    estate = assessed.estate(tenant)
    key = f"what_if/{tenant}"
    decisions.waiting_bar(tenant)
    decisions.show_question(tenant, key)
    chosen = _chosen(tenant, estate)
    strategy, reason = st.columns([2, 5], vertical_alignment="bottom")
    wanted = strategy.selectbox("Strategy instead", STRATEGIES, key=f"{key}/strategy", format_func=words)
    reason.text_input("Why", key=f"{key}/why", placeholder="Optional; kept with the decision")
    if not chosen:
        st.caption(
            "Choose assets to see what another strategy would change: of theirs, of others, in waves and findings."
        )
        return
    if len(chosen) > _MOST:
        st.info(
            f"{len(chosen):,} assets are chosen; {_MOST} at once is the most here. `discovery correct` takes a file."
        )
        return
    with st.container(border=True):
        prepared = prepare(services.workspace(), tenant, _proposal(chosen, wanted), state.author())
        show_effects(tenant, Proposed(prepared.corrections, prepared.tables))
        st.button("Decide so", key="decide_strategy", type="primary", disabled=not may("analyst"), on_click=_decide,
                  args=(tenant, key, tuple(chosen), wanted))  # fmt: skip


def _proposal(chosen: Sequence[str], strategy: Strategy, reason: str = "") -> list[AnyDecision]:
    return [StrategyDecision(asset=asset, value=strategy, reason=reason) for asset in chosen]


def _decide(tenant: str, key: str, chosen: Sequence[str], strategy: Strategy) -> None:
    """A button's callback. What was typed last is in the session, not in the arguments of the button drawn before."""
    reason = str(st.session_state.get(f"{key}/why") or "").strip()
    done = f"**{words(strategy)}** for {counted(len(chosen), 'asset')}."
    decisions.decide(tenant, key, _proposal(chosen, strategy, reason), done)


def _chosen(tenant: str, estate: AssessedEstate) -> Sequence[str]:
    """The ids of the assets chosen: those of an application, or single ones."""
    how, which = st.columns([2, 5], vertical_alignment="bottom")
    of_application = how.segmented_control("For", ["assets", "an application"], default="assets", key="what_if_of")
    if of_application == "an application":
        names = _applications(tenant, assessed.versions(tenant))
        name = which.selectbox("Application", names, index=None, key=f"what_if_app/{tenant}", placeholder="Choose one")
        if not name:
            return []
        mine = estate.assets.filter(pl.col("strategy") != "not_applicable", pl.col("application").list.contains(name))
        found = mine.select("asset_id").collect()["asset_id"]
        st.caption(f"{len(found):,} assets of {widgets.plain(name)} that something is to be decided for.")
        return found.to_list()
    with how:
        words_ = st.text_input("Find", key=f"what_if_find/{tenant}", placeholder="Part of a name")
    matching = _matching(estate, words_, st.session_state.get(f"what_if_assets/{tenant}", []))
    named = {asset: f"{name} ({words(kind)}, {words(strategy)})" for asset, name, kind, strategy in matching}
    return which.multiselect("Assets", list(named), key=f"what_if_assets/{tenant}", placeholder="Those that are found",
                             format_func=lambda asset: named.get(asset, asset))  # fmt: skip


def _matching(estate: AssessedEstate, text: str, kept: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """asset_id, name, type, strategy of those found, and of those chosen before."""
    told = estate.assets.select("asset_id", "name", "type", "strategy")
    decided = told.filter(pl.col("strategy") != "not_applicable")
    found = decided.filter(pl.col("name").str.to_lowercase().str.contains(text.lower().strip(), literal=True))
    both = pl.concat([told.filter(pl.col("asset_id").is_in(list(kept))), found.sort("name", "asset_id").head(_FOUND)])
    return list(both.collect().unique("asset_id", keep="first", maintain_order=True).iter_rows())


@st.cache_data(max_entries=8, show_spinner=False)
def _applications(tenant: str, published: object) -> list[str]:  # noqa: ARG001 - the cache is keyed by it
    names = assessed.estate(tenant).assets.select(pl.col("application").explode().drop_nulls().unique().sort())
    return names.collect()["application"].to_list()
