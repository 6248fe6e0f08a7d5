"""What a phase is told of what was learned: the rules that concern it, and up to which correction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from discovery_pipeline.domain.learning.kinds import FIRST_ASSET, KINDS, Kind
from discovery_pipeline.domain.learning.patterns import Pattern
from discovery_pipeline.domain.learning.rules import (
    Anchor,
    AssetValueRule,
    EdgeRule,
    Rules,
    SameRule,
    StrategyRule,
    Told,
    TypeRule,
    ValueRule,
)
from discovery_pipeline.services.learning.lessons import newest_snapshot
from discovery_pipeline.services.learning.trust import trust_of
from discovery_pipeline.store.corrections import newest_correction
from discovery_pipeline.store.patterns import current_patterns
from discovery_pipeline.store.session import Database


@dataclass(frozen=True)
class Taught:
    """What an asset is told. corrections: the highest number considered; published with the asset's frames."""

    rules: Rules
    corrections: int


def kinds_of(asset: str) -> tuple[Kind, ...]:
    """The kinds of corrections that have their first say in an asset."""
    return tuple(kind for kind in KINDS if FIRST_ASSET[kind] == asset)


def rules_for(database: Database, tenant: str, asset: str) -> Taught:
    """The rules that concern an asset, in the order of their newest corrections. Raises UsageError (no such tenant)."""
    kinds = kinds_of(asset)
    newest = newest_correction(database, tenant, kinds)
    patterns = current_patterns(database, tenant, kinds) if newest else ()
    today = newest_snapshot(database, tenant) if patterns else None
    return Taught(rules_of(patterns, today), newest)


def rules_of(patterns: Iterable[Pattern], today: datetime | None) -> Rules:
    """The rules that patterns of any kind but mappings are, in the order of their newest corrections."""
    found: dict[str, list[Any]] = {}
    for pattern in sorted(patterns, key=lambda pattern: pattern.corrections[-1]):
        told = Told(pattern.corrections, pattern.authors[-1], round(trust_of(pattern, today), 4))
        name, rule = _rule(pattern, told)
        found.setdefault(name, []).append(rule)
    return Rules(**{name: tuple(rules) for name, rules in found.items()})


def _rule(pattern: Pattern, told: Told) -> tuple[str, object]:
    """The rule of a pattern, with the name under which Rules has it."""
    return _READ[pattern.kind](pattern.target, pattern.said, told)


def _value(target: Mapping[str, Any], said: Mapping[str, Any], told: Told) -> tuple[str, object]:
    if "asset_id" in target:
        return "asset_values", AssetValueRule(target["asset_id"], target["field"], said["value"], told)
    return "values", value_rule(target, said, told)


def value_rule(target: Mapping[str, Any], said: Mapping[str, Any], told: Told) -> ValueRule:
    """The rule of a correction of a spelling, or of the cells of single rows."""
    cells = tuple(sorted(target.get("cells", {}).items()))
    return ValueRule(
        target["record"], target["field"], target.get("raw", ""), said["value"], target["source"], told, cells
    )


def _same(_: Mapping[str, Any], said: Mapping[str, Any], told: Told) -> tuple[str, object]:
    one, other = (Anchor(a["asset_id"], tuple(a["texts"]), a.get("source")) for a in said["anchors"])
    return "same", SameRule(one, other, said["holds"], told)


def _type(target: Mapping[str, Any], said: Mapping[str, Any], told: Told) -> tuple[str, object]:
    return "types", TypeRule(target["asset_id"], said["type"], told)


def _edge(target: Mapping[str, Any], said: Mapping[str, Any], told: Told) -> tuple[str, object]:
    return "edges", EdgeRule(target["from_asset"], target["to_asset"], target["kind"], said["holds"], told)


def _strategy(target: Mapping[str, Any], said: Mapping[str, Any], told: Told) -> tuple[str, object]:
    return "strategies", StrategyRule(target["asset_id"], said["strategy"], told)


_READ: Mapping[Kind, Callable[[Mapping[str, Any], Mapping[str, Any], Told], tuple[str, object]]] = {
    "value": _value, "merge": _same, "split": _same, "type": _type, "edge": _edge, "strategy": _strategy,
}  # fmt: skip
