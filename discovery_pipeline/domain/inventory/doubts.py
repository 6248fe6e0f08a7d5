"""What the inventory is in doubt about: types of assets, and who is one with whom.

Keep out: how either is put together (classification/doubts.py, matching/pair_doubts.py).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from discovery_pipeline.domain.inventory.classification.doubts import TypedAssets, TypeDoubts, type_doubts
from discovery_pipeline.domain.inventory.described import Described
from discovery_pipeline.domain.inventory.identities.identity import Identity
from discovery_pipeline.domain.inventory.matching.pair_doubts import PairDoubts, pair_doubts
from discovery_pipeline.domain.inventory.tables import Tables
from discovery_pipeline.domain.learning.rules import Rules


@dataclass(frozen=True)
class InventoryDoubts:
    """Both kinds; nothing where no doubts were gathered."""

    types: TypeDoubts = field(default_factory=TypeDoubts)
    pairs: PairDoubts = field(default_factory=PairDoubts)


def inventory_doubts(
    described: Described, identity: Identity, tables: Tables, rules: Rules, spoken_of: Collection[str]
) -> InventoryDoubts:
    """Of a run whose matching gathered doubts. rules: what people decided, which is in no doubt. spoken_of: further
    assets of which people decided something."""
    ids = identity.asset_id.head(len(described))
    assets = TypedAssets(described.records, described.type_evidence(), described.family, ids)
    return InventoryDoubts(
        type_doubts(assets, tables, {rule.asset_id for rule in rules.types}),
        pair_doubts(described.matching, described.records, tables, ids, {*spoken_of, *_decided(rules)}),
    )


def _decided(rules: Rules) -> set[str]:
    """Ids of the assets of which people said what they are like."""
    return {rule.asset_id for rule in rules.types} | {rule.asset_id for rule in rules.asset_values}
