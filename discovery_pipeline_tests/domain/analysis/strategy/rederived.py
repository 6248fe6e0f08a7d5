"""A strategy derived again from nothing but the facts that ANALYSIS shows and the rule file, by plain Python.

Written against the rule file's own description, not against the engine that it checks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from discovery_pipeline.domain.analysis.rules import read_fact
from discovery_pipeline.domain.packaged import packaged_yaml

BOOK = packaged_yaml("discovery_pipeline.domain.analysis.strategy", "strategy.yaml")
SOFT = ("rehost", "replatform", "refactor", "rearchitect", "replace", "retire", "retain")


def rederived(shown: list[str]) -> str:
    """The strategy that the shown facts lead to."""
    facts = dict(read_fact(fact) for fact in shown)
    if "decided" in facts:
        return str(facts["decided"])
    for rule in BOOK["hard"]:
        if _holds(rule["when"], facts):
            return re.sub(r"{(\w+)}", lambda name: str(facts[name.group(1)]), rule["strategy"])
    scores = dict(BOOK["prior"])
    for rule in BOOK["evidence"]:
        if _holds(rule["when"], facts):
            for strategy, points in rule["points"].items():
                scores[strategy] += points * facts.get(f"weight_{rule['class']}", 1.0)
    avoided = str(facts.get("avoid", "")).split("+")
    return max(SOFT, key=lambda strategy: -math.inf if strategy in avoided else round(scores[strategy], 9))


def _holds(when: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    return all(_passes(facts.get(name), wanted) for name, wanted in when.items())


def _passes(value: Any, wanted: Any) -> bool:
    if not isinstance(wanted, dict):
        return value in (wanted if isinstance(wanted, list) else [wanted])
    if value is None:
        return False
    compare = {
        "above": lambda operand: value > operand,
        "below": lambda operand: value < operand,
        "matches": lambda operand: re.search(operand, str(value).lower()) is not None,
        "not": lambda operand: value != operand,
    }
    return all(compare[operator](operand) for operator, operand in wanted.items())
