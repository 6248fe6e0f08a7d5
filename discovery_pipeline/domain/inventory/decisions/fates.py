"""What became of people's decisions: which assets they made or changed, and which found nothing to be applied to.

Keep out: applying them (decided.py, absorbed.py, corrected.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import Severity, finding, findings_frame
from discovery_pipeline.domain.inventory.decisions.absorbed import Absorbed
from discovery_pipeline.domain.inventory.decisions.corrected import (
    CORRECTED,
    IDENTITY_FIELD,
    TYPE_FIELD,
    Applied,
    told_of,
)
from discovery_pipeline.domain.inventory.described import Described
from discovery_pipeline.domain.inventory.identities.identity import Identity
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.learning.rules import Rules, SameRule, Told
from discovery_pipeline.domain.opinions.advice import Advice

WITHOUT_TARGET, UNUSABLE = "correction_without_target", "correction_unusable"
_ADVICE = {
    WITHOUT_TARGET: "nothing to do where it is gone for good, it holds again on return; else undo the correction",
    UNUSABLE: "undo the correction and decide again with a value of the field",
}


@dataclass(frozen=True)
class Fate:
    """merged_ids: of assets that a person made one with another. told: CORRECTED of merges and splits. lost: rules of
    which something is not there."""

    merged_ids: frozenset[str]
    told: pl.DataFrame
    lost: tuple[SameRule, ...]


def fate_of_decisions(described: Described, absorbed: Absorbed, identity: Identity) -> Fate:
    """What became of merges and splits."""
    decided = described.matching.decided
    if decided is None:
        return Fate(frozenset(), pl.DataFrame(schema=CORRECTED), ())
    merged = (*decided.merged, *absorbed.merged)
    told = pl.concat([decided.told, absorbed.told]).unique().sort("asset", "told")
    joined = told.group_by("asset", maintain_order=True).agg(pl.col("told").str.join("; "))
    rows = joined.select(
        identity.asset_id.gather(joined["asset"]).alias("asset_id"), pl.lit(IDENTITY_FIELD).alias("field"), "told"
    )
    ids = frozenset(end.asset_id for rule in merged for end in (rule.one, rule.other))
    return Fate(ids, rows, absorbed.without_target)


def corrected(applied: Applied, fate: Fate, rules: Rules) -> pl.DataFrame:
    """CORRECTED of the run, by asset and field."""
    types = told_of([(rule.asset_id, TYPE_FIELD, rule.told) for rule in rules.types], applied.inventory)
    return pl.concat([applied.corrected, types, fate.told]).sort("asset_id", "field")


def find_unapplied(applied: Applied, fate: Fate, rules: Rules, params: InventoryParams) -> pl.DataFrame:
    """FINDINGS: a decision whose asset is not there, a value that is none; up to params.conflict_findings of them.

    A model's advice that finds nothing to be applied to is nobody's to undo.
    """
    here = set(applied.inventory["asset_id"]) if rules.types or rules.asset_values else set()
    types = [rule for rule in rules.types if not isinstance(rule.told, Advice)]
    gone = [(rule.asset_id, rule.told, "the asset") for rule in types if rule.asset_id not in here]
    gone += [(rule.asset_id, rule.told, "the asset") for rule in rules.asset_values if rule.asset_id not in here]
    lost = [rule for rule in fate.lost if not isinstance(rule.told, Advice)]
    gone += [(rule.one.asset_id, rule.told, "an asset or a row") for rule in lost]
    unusable = [(r.asset_id, r.told, r.field) for r in applied.unusable]
    rows = [_finding(WITHOUT_TARGET, a, t, f"{what} of {t} is not in this inventory") for a, t, what in gone]
    rows += [_finding(UNUSABLE, a, t, f"the value of {t} is none that {field} can have") for a, t, field in unusable]
    ordered = [row for _, row in sorted(rows, key=lambda each: each[0])]
    return findings_frame(_listed(ordered, params.conflict_findings))


def _finding(code: str, asset_id: str, told: Told | Advice, detail: str) -> tuple[int, dict[str, Any]]:
    severity: Severity = "warning" if code == UNUSABLE else "info"
    return told.newest, finding("inventory", severity, code, detail, _ADVICE[code], asset_id=asset_id)


def _listed(rows: Sequence[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    if len(rows) <= most:
        return list(rows)
    detail = f"{len(rows) - most} further corrections had nothing to be applied to"
    return [*rows[:most], finding("inventory", "info", f"{WITHOUT_TARGET}_more", detail, _ADVICE[WITHOUT_TARGET])]
