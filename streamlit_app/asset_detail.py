"""One asset: every field with where its value came from, its neighbours, its assessment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from discovery_pipeline.services.inventory.explain import Claim, Explanation, FieldExplanation, explain
from discovery_pipeline.services.inventory.standing import Standing
from streamlit_app import services
from streamlit_app.widgets import percent, plain


def show_asset(tenant: str, asset_id: str) -> None:
    """The asset below the grid. Raises UsageError when a run has replaced the inventory and it is gone."""
    found = _explained(tenant, asset_id, services.frames(tenant).version("inventory"))
    kind = found.type["classified_type"].replace("_", " ")
    st.subheader(plain(found.name), anchor=False)
    st.caption(
        f"{kind}, {percent(found.type['confidence'])} sure · {len(found.lineage):,} source rows · {found.asset_id}"
    )
    if found.note:
        st.warning(found.note)
    fields, neighbours, assessment = st.tabs(["Fields", "Dependencies", "Assessment"])
    with fields:
        _fields(found)
    with neighbours:
        _neighbours(found.dependencies)
    with assessment:
        _assessment(found)


@st.cache_data(max_entries=50, show_spinner="Tracing every value to its cell")
def _explained(tenant: str, asset_id: str, version: str | None) -> Explanation:  # noqa: ARG001 - the cache is keyed by it
    return explain(services.frames(tenant), asset_id)


def _fields(found: Explanation) -> None:
    rows = [_field_row(field) for field in found.fields]
    st.dataframe(pd.DataFrame(rows), hide_index=True, height=min(38 + 35 * len(rows), 460), placeholder="")
    names = [field.field for field in found.fields]
    chosen = st.selectbox("Every source's word on", names, key=f"claims/{found.asset_id}")
    field = next((field for field in found.fields if field.field == chosen), None)
    if field:
        st.dataframe(pd.DataFrame([_claim_row(claim) for claim in field.claims]), hide_index=True)


def _field_row(field: FieldExplanation) -> dict[str, str]:
    winner = next((claim for claim in field.claims if claim.chosen), None)
    return {
        "Field": field.field,
        "Value": as_text(field.value),
        "From": _place(winner) if winner else "",
        "Because": field.why or (field.rule or "").replace("_", " "),
        "Disputed": "sources disagree" if field.disputed else "",
    }


def _claim_row(claim: Claim) -> dict[str, str]:
    cells = [cell for cell in claim.cells if cell.used] or list(claim.cells)
    return {
        "": "✓" if claim.chosen else "✗",
        "Value": as_text(claim.value),
        "Found as": "; ".join(cell.raw for cell in cells),
        "Column": "; ".join(cell.header for cell in cells),
        "From": _place(claim),
        **_standing(claim.standing),
        "Because": (claim.rule or "").replace("_", " "),
        "Cleansed by": "; ".join(step.rule.replace("_", " ") for cell in cells for step in cell.steps),
    }


def _standing(standing: Standing | None) -> dict[str, str]:
    """What the claim counts; nothing for an inventory that does not tell it."""
    if standing is None:
        return {}
    seen = f"{standing.seen:%Y-%m-%d}" if standing.seen else "no date"
    return {"Kind of source": standing.kind, "As of": seen, "Trust": f"{standing.trust:.2f}"}


def _place(claim: Claim) -> str:
    """Row as the contract counts it: from 0, after the header."""
    line = f", line {claim.line}" if claim.line is not None else ""
    return f"{claim.file} › {claim.table} › row {claim.row}{line}"


def _neighbours(dependencies: Mapping[str, Any]) -> None:
    if not dependencies:
        st.write("There are no dependencies yet.")
        return
    for side, title in (("depends_on", "Depends on"), ("used_by", "Used by")):
        edges = dependencies[side]
        kinds = ", ".join(f"{count} {kind}" for kind, count in edges["kinds"].items())
        st.markdown(f"**{title}** {edges['edges']} {f'({kinds})' if kinds else ''}")
        if edges["surest"]:
            st.dataframe(pd.DataFrame(map(_edge_row, edges["surest"])), hide_index=True)


def _edge_row(edge: Mapping[str, Any]) -> dict[str, str]:
    return {
        "Asset": str(edge["name"]),
        "Kind": edge["kind"],
        "Confidence": percent(edge["confidence"]),
        "Evidence": "; ".join(edge["evidence"]),
        "asset_id": edge["asset_id"] or "",
    }


def _assessment(found: Explanation) -> None:
    assessment = found.assessment
    if assessment is None:
        st.write("It is not assessed yet.")
        return
    strategy, readiness, wave = st.columns(3)
    strategy.metric("Strategy", assessment["strategy"].replace("_", " "))
    readiness.metric("Readiness", "" if assessment["readiness"] is None else f"{assessment['readiness']:.0f} of 100")
    wave.metric("Wave", "none" if assessment["wave"] is None else assessment["wave"])
    _bullets(assessment["reasons"])
    for title, texts in _beside(assessment):
        st.markdown(f"**{title}**")
        _bullets(texts)
    st.markdown("**Why this type**")
    reasons = found.type["reasons"]
    _bullets(f"{r['field']}: {as_text(r['value']) or 'no value'} ({r['weight']:+.1f})" for r in reasons)


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


def _bullets(texts: Iterable[str]) -> None:
    st.markdown("\n".join(f"- {plain(text)}" for text in texts))


def as_text(value: Any) -> str:
    """A value as a person reads it: lists joined, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else str(value)
