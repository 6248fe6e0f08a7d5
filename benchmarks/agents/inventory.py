"""Classification and reconciliation on labelled estates: types and pairs that the inventory is unsure of.

Estates lack columns, as exports of a company that keeps less do. Judged are types (classification), and things that are
exactly one asset of their own (reconciliation).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from benchmarks.agents.oracle import Oracle, scripted
from benchmarks.agents.worlds import After, World
from benchmarks.estate.noise import Profile
from benchmarks.inventory import second_opinion as estates
from discovery_pipeline.agents import classification, reconciliation
from discovery_pipeline.agents.choosing import Opinion, ask_about
from discovery_pipeline.agents.known_names import KnownNames
from discovery_pipeline.domain.handoffs import REGISTRY, empty
from discovery_pipeline.domain.inventory.matching.pair_doubts import DIFFERENT, SAME
from discovery_pipeline.domain.inventory.reconcile import InventoryOutcome
from discovery_pipeline.domain.learning.rules import Rules
from discovery_pipeline.domain.opinions.doubts import Doubt
from discovery_pipeline.services.inventory.advice import Basis, advice_of

_ASSETS = 1_000
# Profile, seed, and what its exports lack: the more, the more is left to ask about.
_UNSURE_TYPES: tuple[tuple[Profile, int, str], ...] = (
    ("messy", 31, "no class, hardware, tables"),
    ("hard", 31, "no class, hardware"),
)
# Few estates leave any pair in doubt: look-alikes are rare where hardware numbers are known.
_UNSURE_PAIRS: tuple[tuple[Profile, int, str], ...] = (("messy", 31, "all columns"), ("hard", 31, "no uuid, no MAC"))


def type_worlds() -> Iterator[World]:
    """Estates that hardly tell types."""
    return (_type_world(_estate(*named)) for named in _UNSURE_TYPES)


def pair_worlds() -> Iterator[World]:
    """Estates with things that look alike."""
    return (_pair_world(_estate(*named)) for named in _UNSURE_PAIRS)


def _estate(profile: Profile, seed: int, lacking: str) -> estates.World:
    return estates.world(profile, _ASSETS, seed, estates.WITHOUT[lacking])


def _type_world(given: estates.World) -> World:
    first = estates.made(given, Rules(), gather_doubts=True)
    found, owners = first.doubts.types, true_ids(given, first)
    before = _right_types(given, first)

    def truth(doubt: Doubt) -> Sequence[str]:
        types = Counter(given.types.get(owners.get(a, ""), "") for a in found.members[doubt.key].asset_ids)
        return (types.most_common(1)[0][0],)

    def ask(oracle: Oracle) -> After:
        desk = scripted(oracle, truth)
        opinion = ask_about(desk, desk.agent(classification.AGENT), found.doubts, found.controls, KnownNames())
        after = _right_types(given, _again(given, first, opinion, Opinion(reconciliation.AGENT.name)))
        return After(len(after), len(before - after), opinion.trust.earned, desk.cost)

    return World("classification", len(given.types), len(before), len(found.doubts), ask)


def _pair_world(given: estates.World) -> World:
    first = estates.made(given, Rules(), gather_doubts=True)
    found, owners = first.doubts.pairs, true_ids(given, first)
    of_row = {(table_no, row): true_id for table_no, row, true_id in given.rows.iter_rows()}
    before = _exact(given, first)

    def truth(doubt: Doubt) -> Sequence[str]:
        pair = found.pairs[doubt.key]
        own = {owners.get(pair.ids[0])}
        other = {of_row.get(row) for row in pair.rows} if pair.is_joined else {owners.get(pair.ids[1])}
        return (SAME if own == other else DIFFERENT,)

    def ask(oracle: Oracle) -> After:
        desk = scripted(oracle, truth)
        opinion = ask_about(desk, desk.agent(reconciliation.AGENT), found.doubts, found.controls, KnownNames())
        after = _exact(given, _again(given, first, Opinion(classification.AGENT.name), opinion))
        return After(len(after), len(before - after), opinion.trust.earned, desk.cost)

    return World("reconciliation", given.rows["true_id"].n_unique(), len(before), len(found.doubts), ask)


def _again(given: estates.World, first: InventoryOutcome, types: Opinion, pairs: Opinion) -> InventoryOutcome:
    advice = advice_of(types, pairs, first, Basis(given.tables, empty(REGISTRY), Rules()))
    return estates.made(given, advice.rules) if advice.changes_rules else first


def _owned(given: estates.World, outcome: InventoryOutcome) -> pl.DataFrame:
    return outcome.lineage.join(given.rows, on=["table_no", "row"]).select("asset_id", "true_id")


def true_ids(given: estates.World, outcome: InventoryOutcome) -> Mapping[str, str]:
    """asset_id -> the thing that most of its rows are of."""
    counted = _owned(given, outcome).group_by("asset_id", "true_id").len()
    best = counted.sort("len", "true_id", descending=[True, False]).unique(
        "asset_id", keep="first", maintain_order=True
    )
    return dict(best.select("asset_id", "true_id").iter_rows())


def _right_types(given: estates.World, outcome: InventoryOutcome) -> set[str]:
    """Things whose type is right."""
    types = dict(outcome.inventory.select("asset_id", "classified_type").iter_rows())
    return {true for asset, true in true_ids(given, outcome).items() if given.types.get(true) == types.get(asset)}


def _exact(given: estates.World, outcome: InventoryOutcome) -> set[str]:
    """Things all of whose rows are in one asset with no other's."""
    owned = _owned(given, outcome).unique()
    alone = owned.filter(pl.len().over("asset_id") == 1, pl.len().over("true_id") == 1)
    return set(alone["true_id"])
