"""Candidate pairs of entries and what speaks for and against their being one thing.

Candidates share an identifier that may identify, so their number grows with the entries, not with their square.
Keep out: joining pairs to clusters (clusters.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.components import Nodes
from discovery_pipeline.domain.inventory.guards import Guarded
from discovery_pipeline.domain.inventory.identifiers import KINDS, Identifiers, Kind
from discovery_pipeline.domain.inventory.params import Weights
from discovery_pipeline.domain.inventory.traits import Traits

# An address alone never makes a candidate: it moves from machine to machine.
_BLOCKING: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind != "ip")
# Two bits a kind: agreed in a value that stands once per table, agreed in one that a table repeats.
_UNIQUE = {kind: 1 << (2 * position) for position, kind in enumerate(KINDS)}
_REPEATED = {kind: 2 << (2 * position) for position, kind in enumerate(KINDS)}

Bits = NDArray[np.int64]


@dataclass(frozen=True)
class Pairs:
    """left < right: entries. agreed: which kinds agree, two bits a kind. score: sum of the evidence."""

    left: Nodes
    right: Nodes
    agreed: Bits
    score: NDArray[np.float64]

    def agree(self, *kinds: Kind) -> NDArray[np.bool_]:
        """Whether the pair agrees in any of the kinds, in a value that no table repeats."""
        return np.asarray((self.agreed & sum(_UNIQUE[kind] for kind in kinds)) != 0)


def score_pairs(guarded: Guarded, traits: Traits, weights: Weights) -> Pairs:
    """Candidates of different tables and one family, with their scores."""
    found = _candidates(guarded.identifiers)
    left, right = (found[side].to_numpy().astype(np.int64) for side in ("left", "right"))
    agreed = found["agreed"].to_numpy()
    score = _identifier_scores(agreed, _present(guarded.firm(), len(traits)), left, right, weights)
    return Pairs(left, right, agreed, score + traits.against(left, right, weights))


def _candidates(identifiers: Identifiers) -> pl.DataFrame:
    """Columns left, right, agreed; sorted."""
    blocked = pl.concat([_agreeing(kind, identifiers[kind]) for kind in _BLOCKING])
    summed = blocked.group_by("left", "right").agg(pl.col("agreed").sum())
    supported = summed.join(_agreeing("ip", identifiers["ip"]), on=["left", "right"], how="left", suffix="_ip")
    agreed = pl.col("agreed") + pl.col("agreed_ip").fill_null(0)
    return supported.select("left", "right", agreed).sort("left", "right").collect()


def _agreeing(kind: Kind, values: pl.DataFrame) -> pl.LazyFrame:
    """Pairs that share a value of this kind; one row a pair, the better bit where several values agree."""
    bit = pl.when("repeated").then(_REPEATED[kind]).otherwise(_UNIQUE[kind]).cast(pl.Int64)
    side = values.lazy().filter(pl.len().over("value") > 1).with_columns(bit.alias("bit"))
    return (
        side.join(side, on=["value", "family"], suffix="_right")
        .filter((pl.col("node") < pl.col("node_right")) & (pl.col("table_no") != pl.col("table_no_right")))
        .group_by(pl.col("node").alias("left"), pl.col("node_right").alias("right"))
        .agg(pl.col("bit").min().alias("agreed"))
    )


def _present(firm: Identifiers, size: int) -> Bits:
    """Per entry which kinds it has in a value that no table repeats: only those can contradict."""
    present = np.zeros(size, dtype=np.int64)
    for kind, frame in firm.items():
        present[frame["node"].to_numpy()] |= _UNIQUE[kind]
    return present


def _identifier_scores(agreed: Bits, present: Bits, left: Nodes, right: Nodes, weights: Weights) -> NDArray[np.float64]:
    """Sum over the kinds. The qualified name contains the short one: of the two only the stronger evidence counts."""
    both = present[left] & present[right]
    score = np.zeros(len(left))
    names: dict[Kind, NDArray[np.float64]] = {}
    for kind in KINDS:
        part = np.select(
            [(agreed & _UNIQUE[kind]) != 0, (agreed & _REPEATED[kind]) != 0, (both & _UNIQUE[kind]) != 0],
            [weights.agreeing[kind], weights.repeated[kind], weights.differing[kind]],
        )
        if kind in ("fqdn", "name"):
            names[kind] = part
        else:
            score += part
    agreeing, differing = np.maximum(names["fqdn"], names["name"]), np.minimum(names["fqdn"], names["name"])
    return score + np.where(agreeing > 0, agreeing, differing)
