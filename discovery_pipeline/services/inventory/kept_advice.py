"""The advice that an inventory was made with, kept in its document: a what-if asks no model, and goes by what one said.

Keep out: where advice comes from (advice.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from discovery_pipeline.domain.learning.rules import Anchor, Rules, SameRule, TypeRule
from discovery_pipeline.domain.opinions.advice import Advice
from discovery_pipeline.domain.opinions.trust import Reliability

ADVICE = "advice"


def advice_document(rules: Rules) -> dict[str, list[dict[str, Any]]]:
    """The rules among these that a model advised, as JSON."""
    return {
        "types": [asdict(rule) for rule in rules.types if isinstance(rule.told, Advice)],
        "same": [asdict(rule) for rule in rules.same if isinstance(rule.told, Advice)],
    }


def beside_kept_advice(rules: Rules, meta: Mapping[str, Any]) -> Rules:
    """People's rules with the advice of a published inventory before them. meta: its document."""
    kept = meta.get(ADVICE) or {}
    types = tuple(
        TypeRule(each["asset_id"], each["classified_type"], _told(each["told"])) for each in kept.get("types", ())
    )
    same = tuple(
        SameRule(_anchor(each["one"]), _anchor(each["other"]), each["holds"], _told(each["told"]))
        for each in kept.get("same", ())
    )
    return replace(rules, types=(*types, *rules.types), same=(*same, *rules.same))


def _told(told: Mapping[str, Any]) -> Advice:
    return Advice(told["model"], Reliability(**told["reliability"]), told["confidence"])


def _anchor(anchor: Mapping[str, Any]) -> Anchor:
    return Anchor(anchor["asset_id"], tuple(anchor["texts"]), anchor["source"])
