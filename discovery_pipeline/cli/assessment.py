"""What is to be done with one asset, as people read it. Keep out: finding it."""

from __future__ import annotations

from typing import Any

from discovery_pipeline.cli.output import cell_text, say, table

Assessment = dict[str, Any]
_COSTS = ("provider", "region", "instance_type", "basis", "total_on_demand", "total_reserved", "range", "prices of")


def show_assessment(assessment: Assessment) -> None:
    """Strategy with reasons, alternatives and what to ask; applications, place in the graph, wave, size and price."""
    say()
    ready = assessment["readiness"]
    readiness = "not known" if ready is None else cell_text(ready)
    say(f"strategy: {assessment['strategy']}{_how_sure(assessment)}, readiness {readiness}")
    _bullets(assessment["reasons"])
    if assessment.get("alternatives"):
        say(f"  or else: {'; '.join(assessment['alternatives'])}")
    if assessment.get("next_question"):
        say(f"  ask: {assessment['next_question']}")
    _show_told(assessment)
    _show_applications(assessment)
    _show_place(assessment)
    _show_wave(assessment)
    _show_sizing(assessment)


def _how_sure(assessment: Assessment) -> str:
    sure = assessment.get("confidence")
    rule = f" by rule {assessment['rule']}" if assessment.get("rule") else ""
    return rule + (f", confidence {sure:.2f}" if sure is not None else "")


def _bullets(texts: list[str] | None) -> None:
    for text in texts or []:
        say(f"  - {text}")


def _show_told(assessment: Assessment) -> None:
    """Sentences, each with who worded it and from what; whom to ask about it."""
    for each in assessment.get("told") or []:
        say(f"{each['name']}: {each['text']}")
        if each["model"]:
            say(f"  written by {each['model']} from: {'; '.join(each['facts'])}")
    for each in assessment.get("questions") or []:
        say(f"to ask {each['owner'] or 'somebody'}: {each['question']}")


def _show_applications(assessment: Assessment) -> None:
    for each in assessment["applications"]:
        sure = f", confidence {each['confidence']:.2f}" if each["confidence"] is not None else ""
        say(f"serves: {each['name'] or each['application_id']} ({each['basis']}{sure})")
        _bullets(each["reasons"])


def _show_place(assessment: Assessment) -> None:
    place = assessment["place"]
    if place is None:
        return
    single = ", a single point of failure" if place["single_point_of_failure"] else ""
    say(f"{cell_text(place['blast_radius'])} assets need it, directly or through others{single}")
    _bullets(place["reasons"])


def _show_wave(assessment: Assessment) -> None:
    if assessment["wave"] is None:
        return
    plan, group = assessment["wave_plan"] or {}, assessment["group"] or {}
    dates = f", {plan['starts']} to {plan['ends']}" if plan.get("starts") else ""
    say(f"wave {assessment['wave']}{dates}, group {group.get('group_id', '?')} of {group.get('members', '?')} assets")
    _bullets([group["reason"]] if group.get("reason") else [])
    _bullets(group.get("wave_reasons"))
    for edge in assessment["cut_edges"]:
        say(f"  - wave {edge['from_wave']} needs wave {edge['to_wave']}: {edge['reason']}")


def _show_sizing(assessment: Assessment) -> None:
    rows = [{**each, "range": _range(each), "prices of": each["price_date"]} for each in assessment["sizing"]]
    if rows:
        table(_COSTS, [[row[column] for column in _COSTS] for row in rows], title="size and cost a month")
        _bullets(rows[0]["reasons"])


def _range(sizing: dict[str, Any]) -> str:
    if sizing["total_low"] is None:
        return ""
    return f"{sizing['total_low']:,.0f}-{sizing['total_high']:,.0f} {sizing['currency']}"
