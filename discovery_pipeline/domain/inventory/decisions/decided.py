"""What people decided about merging and splitting, applied to clusters: it wins over scores, guards and contradictions.

Of two decisions that contradict each other the newer one holds. Keep out: finding the records (anchors.py), ids
(identity.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import polars as pl

from discovery_pipeline.domain.inventory.decisions.groups import Groups
from discovery_pipeline.domain.inventory.identities.wishes import Wishes, wishes
from discovery_pipeline.domain.inventory.matching.components import Nodes, components, dense
from discovery_pipeline.domain.inventory.matching.links import Links
from discovery_pipeline.domain.learning.rules import Anchor, SameRule


@dataclass(frozen=True)
class Located:
    """A rule with the records that its anchors mean, as positions; none where an anchor is not there."""

    rule: SameRule
    one: Nodes
    other: Nodes

    @classmethod
    def of(cls, rule: SameRule, one: Nodes, other: Nodes) -> Located:
        """Of two assets that are to stay two, records that carry texts of both are one side's where that leaves the
        other some: a delivery may give one of them what was the other's alone."""
        if rule.holds or rule.one.asset_id == rule.other.asset_id:
            return cls(rule, one, other)
        one_alone, other_alone = np.setdiff1d(one, other), np.setdiff1d(other, one)
        if len(one_alone) and len(other_alone):
            return cls(rule, one_alone, other_alone)
        return cls(rule, one, other_alone) if len(other_alone) else cls(rule, one_alone, other)

    def ends(self) -> tuple[tuple[Nodes, Anchor], tuple[Nodes, Anchor]]:
        """Both anchors with their records."""
        return (self.one, self.rule.one), (self.other, self.rule.other)

    @property
    def is_there(self) -> bool:
        """Whether both are found, as two things where they are not to be one."""
        apart = self.rule.holds or not np.intersect1d(self.one, self.other).size
        return len(self.one) > 0 and len(self.other) > 0 and apart


@dataclass(frozen=True)
class Decided:
    """cluster: number per record, dense, by first record. wishes: who keeps which id, by cluster.

    told: columns asset (number) and told, of the assets that a decision made. missing: decisions of which something has
    no record. merged: the rules that made one of two. parted: clusters that a decision keeps apart.
    """

    cluster: Nodes
    wishes: Wishes
    told: pl.DataFrame
    missing: tuple[Located, ...]
    merged: tuple[SameRule, ...]
    parted: tuple[tuple[int, int], ...]

    @property
    def assets(self) -> frozenset[int]:
        """The clusters that decisions made or keep apart."""
        return frozenset(self.told["asset"].to_list())


def decide(cluster: Nodes, located: Sequence[Located], links: Links) -> Decided:
    """Join and split the clusters as the rules say.

    A split leaves each anchor's records on a side of their own; what else the cluster held goes to the side of its
    best link, where both are as good to the side that was not split off.
    """
    there = sorted((each for each in located if each.is_there), key=lambda each: -each.rule.told.newest)
    groups = Groups()
    held = [each for each in there if _settle(groups, each)]
    label = _joined(cluster, groups, there)
    label = _parted(label, groups, links, _split_off(held))
    first = np.full(int(label.max(initial=-1)) + 1, len(label), dtype=np.int64)
    np.minimum.at(first, label, np.arange(len(label)))
    final = dense(first[label])
    return Decided(
        final,
        _wishes(final, located, held),
        _told(final, held),
        tuple(each for each in located if not each.is_there),
        tuple(each.rule for each in held if each.rule.holds),
        tuple((int(final[each.one[0]]), int(final[each.other[0]])) for each in held if not each.rule.holds),
    )


def _settle(groups: Groups, each: Located) -> bool:
    """Record one decision; False when newer ones say otherwise."""
    one, other = each.one.tolist(), each.other.tolist()
    if each.rule.holds:
        if not groups.join(one[0], other[0]):
            return False
        for record in (*one[1:], *other[1:]):
            groups.join(one[0], record)
        return True
    for side in (one, other):
        for record in side[1:]:
            groups.join(side[0], record)
    parted = [groups.part(*ends) for ends in product(one, other)]
    return all(parted)


def _joined(cluster: Nodes, groups: Groups, there: Sequence[Located]) -> Nodes:
    """The clusters joined whole, before any is split."""
    records = np.unique(np.concatenate([np.zeros(0, np.int64), *(nodes for e in there for nodes in (e.one, e.other))]))
    roots = np.array([groups.root(record) for record in records.tolist()], dtype=np.int64)
    size = int(cluster.max(initial=-1)) + 1
    return components(size, cluster[records], cluster[roots])[cluster]


def _parted(label: Nodes, groups: Groups, links: Links, split_off: Nodes) -> Nodes:
    """The clusters that hold records of two sides, taken apart and put together again along their best links."""
    torn = np.array([label[one] for one, other in groups.apart() if label[one] == label[other]], dtype=np.int64)
    if not len(torn):
        return label
    records = np.flatnonzero(np.isin(label, torn))
    for one, other in links.best_first(records, split_off):
        groups.join(one, other)
    parted = label.copy()
    parted[records] = [len(label) + groups.root(record) for record in records.tolist()]
    return parted


def _split_off(held: Sequence[Located]) -> Nodes:
    return np.concatenate([np.zeros(0, np.int64), *(each.other for each in held if not each.rule.holds)])


def _wishes(cluster: Nodes, located: Sequence[Located], held: Sequence[Located]) -> Wishes:
    """After a split the rest keeps the id, and what was split off never takes it, the rest being there or not."""
    barred, claimed = [], []
    splits = [each for each in located if not each.rule.holds]
    stands = {id(each) for each in held}
    for each in splits:
        rule, (one, other) = each.rule, ([int(n) for n in cluster[nodes[:1]]] for nodes in (each.one, each.other))
        if one and other and id(each) not in stands:
            continue
        barred += [(asset, rule.one.asset_id) for asset in other]
        if rule.one.asset_id != rule.other.asset_id:
            barred += [(asset, rule.other.asset_id) for asset in one]
        elif other:
            claimed += [(asset, rule.one.asset_id, float(rule.told.newest)) for asset in one]
    return wishes(barred, claimed)


def _told(cluster: Nodes, held: Sequence[Located]) -> pl.DataFrame:
    rows = [(int(cluster[end[0]]), str(each.rule.told)) for each in held for end in (each.one, each.other)]
    told = pl.DataFrame(rows, schema={"asset": pl.UInt32(), "told": pl.String()}, orient="row")
    return told.unique().sort("asset", "told")
