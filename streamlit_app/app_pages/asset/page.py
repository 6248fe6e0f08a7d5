"""One asset: what it is, where every value came from, what it needs, what becomes of it. Reached by ?asset=ID."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.handoffs import AssetType
from discovery_pipeline.services.inventory.opened import OpenedAsset, open_asset
from discovery_pipeline.services.learning.deciding.decisions import TypeDecision
from streamlit_app import decisions, services, state, widgets
from streamlit_app.app_pages.asset.assessment import show_assessment
from streamlit_app.app_pages.asset.asset_fields import show_fields
from streamlit_app.app_pages.asset.past import show_history, show_source_rows
from streamlit_app.app_pages.asset.relations import show_relations
from streamlit_app.asset_preview import facts_html, facts_of
from streamlit_app.asset_words import as_text, coded, in_words
from streamlit_app.people import may

TABS = ("Fields", "Dependencies", "Assessment", "Source rows", "History")


@widgets.guarded
def page() -> None:
    """The asset that the URL names."""
    widgets.show_notice()
    tenant, asset = state.tenant(), state.item("asset")
    if not asset:
        widgets.empty("No asset is chosen", "Choose one in the inventory.", ways=("inventory",))
        return
    versions = map(services.frames(tenant).version, ("inventory", "dependencies", "analysis"))
    try:
        opened = _opened(tenant, asset, *versions)
    except UsageError as error:  # of a link that is old, or another tenant's
        advice = f"{error.advice[:1].upper()}{error.advice[1:]}"
        text = f"{widgets.plain(error.message[:1].upper() + error.message[1:])}. {widgets.plain(advice)}"
        widgets.empty("There is no such asset", text, ways=("inventory",))
        return
    _header(tenant, opened)
    decisions.waiting_bar(tenant)
    _tabs(tenant, opened)


@st.cache_resource(max_entries=32, show_spinner="Opening the asset")
def _opened(tenant: str, asset: str, *versions: str | None) -> OpenedAsset:  # noqa: ARG001 - the cache is keyed by them
    return open_asset(services.frames(tenant), asset)


def _header(tenant: str, opened: OpenedAsset) -> None:
    row = services.inventory_search(tenant).asset(opened.asset_id)
    title, doors = st.columns([4, 2], vertical_alignment="bottom")
    title.title(widgets.plain(opened.name), anchor=False)
    kind = coded("type", str(opened.row["classified_type"]))
    title.caption(
        f"{kind}, {widgets.percent(opened.row['type_confidence'])} sure · {widgets.plain(opened.asset_id)}"
        f" · {as_text(opened.row['record_count'])} source row{'' if opened.row['record_count'] == 1 else 's'}"
    )
    with doors.container(horizontal=True, horizontal_alignment="right"):
        _type_form(tenant, opened)
        if state.page_named("dependencies") and st.button("On the map", icon=":material/hub:", key="asset/map"):
            state.go_to("dependencies", asset=opened.asset_id)
    decisions.show_question(tenant, f"type/{opened.asset_id}")
    if opened.note:
        st.warning(opened.note)
    if row is not None:
        facts = [(name, value) for name, value in facts_of(row) if value]
        with st.container(border=True):
            share = -(-len(facts) // 3)
            for number, place in enumerate(st.columns(3)):
                place.html(facts_html(dict(facts[number * share : (number + 1) * share])))


def _type_form(tenant: str, opened: OpenedAsset) -> None:
    """Correct the type."""
    asset = opened.asset_id
    with st.popover("Type", icon=":material/category:", help="Why it has this type, and to correct it."):
        st.markdown("**What speaks for its type**")
        reasons = opened.type["reasons"]
        widgets.bullets(
            [f"{in_words(r['field'])}: {as_text(r['value']) or 'no value'} ({r['weight']:+.1f})" for r in reasons]
            or ["The estate as a whole: no record of its own says it."]
        )
        at, why = f"type/{asset}", f"type_reason/{asset}"
        if not may("analyst"):
            return
        types = list(get_args(AssetType))
        st.selectbox(
            "Its type is", types, index=types.index(opened.row["classified_type"]), key=f"{at}/value",
            format_func=lambda name: coded("type", name),
        )  # fmt: skip
        st.text_input("Reason", key=why, placeholder="For who reads it later")
        st.button(
            "Correct the type", key=f"{at}/decide", type="primary",
            on_click=_correct_type, args=(tenant, asset, opened.name),
        )  # fmt: skip


def _correct_type(tenant: str, asset: str, name: str) -> None:
    value, reason = st.session_state[f"type/{asset}/value"], st.session_state[f"type_reason/{asset}"]
    done = f"**{widgets.plain(name)} is a {coded('type', value)}.**"
    decisions.decide(tenant, f"type/{asset}", [TypeDecision(asset, value, reason=reason.strip())], done)


@st.fragment
@widgets.guarded
def _tabs(tenant: str, opened: OpenedAsset) -> None:
    """Only the tab that is open is computed; what an action has to say stands above the tabs."""
    if state.notice_waits():
        st.rerun()
    shows = (show_fields, show_relations, show_assessment, show_source_rows, show_history)
    for tab, show in zip(st.tabs(TABS, key="tab", bind="query-params"), shows, strict=True):
        if tab.open:
            with tab:
                show(tenant, opened)
