"""How many of the estate's needs were found: two independent sources of evidence tell how much each of them misses.

Needs that were observed on the network and needs that people stated are two captures of the same population
(Lincoln-Petersen). Of the stated ones, the share that was observed, too, estimates the chance that observation finds a
need; and the other way round. Chapman's estimator (1951), (n1 + 1)(n2 + 1)/(m + 1) - 1, gives the size of the whole.
It holds where the captures are independent; what is both talked of and talking (a busy, well-known need) is likelier
in both, so the true number is rather higher: the figure is a lower bound in practice.
Needs are counted between applications (an asset of one application stands for it), because statements speak of those
and traffic of servers. Keep out: where the missing ones lie (robustness.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from discovery_pipeline.domain.analysis.waves.numbered import looked_up
from discovery_pipeline.domain.analysis.waves.risk import weights


@dataclass(frozen=True)
class Discovery:
    """What two captures tell. observed, stated, both: needs between applications found by each class, and by both.

    known: needs found at all; total: Chapman's estimate of how many there are, None where one class found none.
    covered: asset_id, by_observation, by_statement: of which assets each class speaks at all.
    """

    observed: int
    stated: int
    both: int
    known: int
    total: float | None
    covered: pl.DataFrame

    @property
    def observation(self) -> tuple[float, float]:
        """Beta(a, b): the chance that observation finds a need, seen from the stated ones; the prior where none is."""
        return self._beta(self.stated)

    @property
    def statement(self) -> tuple[float, float]:
        """Beta(a, b): the chance that a need is stated, seen from the observed ones."""
        return self._beta(self.observed)

    def _beta(self, tried: int) -> tuple[float, float]:
        prior = weights()["discovery"]
        return prior["prior_found"] + self.both, prior["prior_missed"] + tried - self.both


def _units(names: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Columns asset_id, unit: the one application that an asset serves, else the asset itself."""
    single = members.filter(pl.len().over("asset_id") == 1).select("asset_id", unit="application_id")
    joined = names.select("asset_id").join(single, on="asset_id", how="left")
    return joined.with_columns(unit=pl.coalesce("unit", "asset_id"))


def _covered(edges: pl.DataFrame, names: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Who is an end of any edge of a class; what is said of an application is said of what serves it."""
    direct = edges.filter(~pl.col("derived"))
    assets, applications = members["asset_id"].to_numpy(), members["application_id"].to_numpy()
    columns = (
        names["asset_id"],
        edges["from_asset"],
        edges["to_asset"],
        members["asset_id"],
        members["application_id"],
    )
    size = 1 + max((int(str(column.max())) for column in columns if len(column)), default=0)
    flags = {}
    for flag, name in (("observed", "by_observation"), ("stated", "by_statement")):
        hit = direct.filter(flag)
        spoken = np.zeros(size, dtype=bool)
        spoken[hit["from_asset"].to_numpy()] = True
        spoken[hit["to_asset"].to_numpy()] = True
        spoken[assets[spoken[applications]]] = True
        flags[name] = pl.Series(name, spoken[names["asset_id"].to_numpy()])
    return names.select("asset_id").with_columns(**flags)


def discovery(needs: pl.DataFrame, edges: pl.DataFrame, names: pl.DataFrame, members: pl.DataFrame) -> Discovery:
    """needs: believed needs; edges: all, to tell of whom each class speaks; names: asset_id of all assets."""
    calls = needs.filter(pl.col("kind") != "hosting", pl.col("observed") | pl.col("stated"))
    units = _units(names, members)
    ends = calls.select("from_asset", "to_asset", "observed", "stated")
    lifted = looked_up(looked_up(ends, "from_asset", units, "from_"), "to_asset", units, "to_")
    apart = lifted.filter(pl.col("from_unit") != pl.col("to_unit"))
    # One number for a pair: quicker to group by than two.
    pair = pl.col("from_unit").cast(pl.UInt64) * 2**32 + pl.col("to_unit")
    pairs = apart.group_by(pair.alias("pair")).agg(pl.col("observed", "stated").any())
    observed, stated = int(pairs["observed"].sum()), int(pairs["stated"].sum())
    both = len(pairs.filter("observed", "stated"))
    total = (observed + 1) * (stated + 1) / (both + 1) - 1 if observed and stated else None
    return Discovery(observed, stated, both, len(pairs), total, _covered(edges, names, members))
