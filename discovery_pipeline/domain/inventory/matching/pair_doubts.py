"""Pairs put up for a second opinion: look-alikes that stay apart, joins that hardly held, and sure pairs as controls.

A control is shown without the hardware numbers that make it sure, so that it is as hard as a doubt. Keep out: how a
pair is shown (pair_features.py), what follows from an answer (advised_pairs.py).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.inventory.matching.doubtful_joins import still_one
from discovery_pipeline.domain.inventory.matching.match import Matching
from discovery_pipeline.domain.inventory.matching.pair_features import SETTLING, Beside, Sides, beside
from discovery_pipeline.domain.inventory.matching.surely_two import OF_HARDWARE
from discovery_pipeline.domain.inventory.tables import Tables
from discovery_pipeline.domain.opinions.doubts import Doubt

SAME, DIFFERENT, UNSURE = "same", "different", "unsure"
OFFERS = (SAME, DIFFERENT, UNSURE)
_CONTROLS = 60
# With fewer pairs that share an identifier, neighbours in name are taken as well: they are easier to tell apart.
_ENOUGH = 40
# With fewer sure pairs of a kind no answer of that kind can earn a weight to speak of: it is not worth asking.
_LEAST_SURE = 8
# Probabilities are told in such steps.
_SHARE_STEP = 1e-4


@dataclass(frozen=True)
class DoubtfulPair:
    """Two assets, or an asset and the part of it that may be another.

    sides: positions of records. ids: asset ids of both, twice the same of a join. odds: log-odds that they are one.
    barred: something rules that out, whatever the odds. reasons: what spoke for and against it. rows: table_no and row
    of the second side of a join, which a split takes off.
    """

    sides: Sides
    ids: tuple[str, str]
    odds: float
    barred: bool = False
    reasons: tuple[str, ...] = ()
    rows: tuple[tuple[int, int], ...] = ()

    @property
    def is_joined(self) -> bool:
        return self.ids[0] == self.ids[1]


@dataclass(frozen=True)
class PairDoubts:
    """doubts: the least sure first. pairs: by the doubts' keys."""

    doubts: tuple[Doubt, ...] = ()
    controls: tuple[Doubt, ...] = ()
    pairs: Mapping[str, DoubtfulPair] = field(default_factory=dict)


def pair_doubts(
    matching: Matching, records: pl.DataFrame, tables: Tables, asset_id: pl.Series, decided: Collection[str]
) -> PairDoubts:
    """What is in doubt about who is one with whom. records: AssetRecords.assets. asset_id: per cluster.

    decided: ids of assets of which people decided anything: with another id, after a merge or a split, what they said
    would be of nobody. Nothing of that is in doubt. Empty where the matching gathered no doubts, and where too little
    is sure to tell what an answer would be worth.
    """
    if matching.surely_two is None:
        return PairDoubts()
    found = [*_apart(matching, asset_id), *_joined(matching, records, asset_id)]
    pairs = [pair for pair in found if not {*pair.ids} & set(decided)]
    if not pairs:
        return PairDoubts()
    pairs.sort(key=lambda pair: (abs(pair.odds), pair.ids, pair.sides[0].tolist()))
    same, two = list(_surely_one(matching, records)), list(_surely_two(matching, matching.surely_two))
    if min(len(same), len(two)) < _LEAST_SURE:
        return PairDoubts()
    shown = beside(records, matching.identifiers, tables, [*(pair.sides for pair in pairs), *same, *two])
    by_key = {f"pair/{number}": pair for number, pair in enumerate(pairs)}
    return PairDoubts(
        tuple(Doubt(key, shown.shown(pair.sides), OFFERS) for key, pair in by_key.items()),
        (*_controls(SAME, same, shown), *_controls(DIFFERENT, two, shown)),
        by_key,
    )


def _apart(matching: Matching, asset_id: pl.Series) -> Iterator[DoubtfulPair]:
    """Look-alikes that are two assets still and of which people said nothing."""
    told = matching.decided.assets if matching.decided else frozenset()
    for row in matching.close.iter_rows(named=True):
        one, other = (int(matching.cluster[matching.first_record[row[end]]]) for end in ("low", "high"))
        if one != other and not {one, other} & told:
            sides = np.flatnonzero(matching.cluster == one), np.flatnonzero(matching.cluster == other)
            odds = _log_odds(row["probability"])
            yield DoubtfulPair(sides, (asset_id[one], asset_id[other]), odds, row["barred"], tuple(row["reasons"]))


def _joined(matching: Matching, records: pl.DataFrame, asset_id: pl.Series) -> Iterator[DoubtfulPair]:
    """Doubtful joins that hold still; the smaller side second, which is what would be split off."""
    for number, join in still_one(matching.joins, matching.cluster, matching.decided):
        rows = tuple(records[join.smaller].select("table_no", "row").rows())
        yield DoubtfulPair((join.larger, join.smaller), (asset_id[number], asset_id[number]), join.odds, rows=rows)


def _log_odds(share: float) -> float:
    bounded = min(max(share, _SHARE_STEP), 1 - _SHARE_STEP)
    return math.log(bounded / (1 - bounded))


def _surely_one(matching: Matching, records: pl.DataFrame) -> Iterator[Sides]:
    """Assets that several tables describe with one hardware number: the rows of one table beside all others."""
    held = pl.concat([matching.identifiers[kind] for kind in OF_HARDWARE])
    of_cluster = pl.Series("cluster", matching.cluster).gather(held["node"])
    shared = (
        held.with_columns(of_cluster)
        .group_by("value")
        .agg(pl.col("cluster", "table_no").n_unique().name.prefix("count_"), pl.col("cluster").first())
        .filter((pl.col("count_cluster") == 1) & (pl.col("count_table_no") > 1))
    )
    chosen = _spread(shared["cluster"].unique().sort().to_numpy())
    mine = np.flatnonzero(np.isin(matching.cluster, chosen))
    tables = records["table_no"].to_numpy()
    for cluster in chosen.tolist():
        rows = mine[matching.cluster[mine] == cluster]
        of_first = tables[rows] == tables[rows[0]]
        yield rows[of_first], rows[~of_first]


def _surely_two(matching: Matching, two: Nodes) -> Iterator[Sides]:
    """Things that share an identifier and have hardware numbers of their own; else neighbours in name that have."""
    found = matching.cluster[two].reshape(-1, 2)
    if len(found) < _ENOUGH:
        found = np.concatenate([found, _neighbours(matching)])
    apart = np.unique(found[found[:, 0] != found[:, 1]], axis=0)
    for one, other in apart[_spread(np.arange(len(apart)))].tolist():
        yield np.flatnonzero(matching.cluster == one), np.flatnonzero(matching.cluster == other)


def _neighbours(matching: Matching) -> Nodes:
    """Clusters (pairs, 2) next to each other among the names of one form, both with a number of the same kind."""
    cluster = pl.Series("cluster", matching.cluster, dtype=pl.Int64())
    names = matching.identifiers["name"].select(cluster.gather(matching.identifiers["name"]["node"]), "value")
    form = pl.col("value").str.replace_all(r"\d+", "0").alias("form")
    found = [np.zeros((0, 2), dtype=np.int64)]
    for kind in OF_HARDWARE:
        having = cluster.gather(matching.identifiers[kind]["node"]).unique()
        ordered = names.filter(pl.col("cluster").is_in(having.implode())).with_columns(form).sort("form", "value")
        following = pl.col("cluster", "form", "value").shift(-1).name.suffix("_next")
        alike = (pl.col("form") == pl.col("form_next")) & (pl.col("value") != pl.col("value_next"))
        pairs = ordered.with_columns(following).filter(alike)
        found.append(pairs.select("cluster", "cluster_next").to_numpy()[_spread(np.arange(len(pairs)))])
    return np.concatenate(found)


def _spread(places: Nodes) -> Nodes:
    """At most so many as there are controls of a kind, evenly over all."""
    return places[np.linspace(0, len(places) - 1, min(len(places), _CONTROLS)).astype(np.int64)]


def _controls(expected: str, sides: list[Sides], shown: Beside) -> Iterator[Doubt]:
    """Those of which something that can be compared is left."""
    for number, each in enumerate(sides):
        told = shown.shown(each, SETTLING)
        if any(compared["how"] != "one side only" for compared in told["compared"].values()):
            yield Doubt(f"{expected}/{number}", told, OFFERS, expected=expected)
