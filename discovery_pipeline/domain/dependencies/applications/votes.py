"""How much the known servers speak for an application of another: by a common trait, and by talking to it.

A server whose application is known is judged by the others alone (leave one out), so that what is found of it measures
what is found of the unknown. All sums are of whole numbers: no order of rows changes a digit. Keep out: the weighing of
one basis against another (model.py).
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.dependencies.applications.params import MembershipParams

# share: how likely the application is by this basis alone, in [0, 1). behind: servers that speak for it; others: that
# speak for another; by: the trait.
VOTES = {
    "s": pl.UInt32(), "a": pl.UInt32(), "share": pl.Float64(), "behind": pl.Int64(), "others": pl.Int64(),
    "by": pl.String(),
}  # fmt: skip
# Below this share of its known servers a trait offers no application, so that "web" offers no thousand.
_LEAST_OFFER = 0.15
_SCALE = 1_000_000
# A database and its server are worth so many calls.
_HOSTED = 4.0
HOSTED = "hosting"


def trait_votes(
    traits: pl.DataFrame, labels: pl.DataFrame, asked: pl.DataFrame, coverage: float, params: MembershipParams
) -> pl.DataFrame:
    """VOTES of common traits: per application the trait of the highest share among its known servers.

    traits: TRAITS. labels: s, a, sure (per cent). asked: column s. coverage: the share of servers that are known.
    """
    known = traits.select("s", "trait").join(labels, on="s")
    sizes = known.group_by("trait", "s").agg(pl.col("sure").max()).group_by("trait").agg(all=pl.col("sure").sum())
    bearers = traits.group_by("trait").agg(bearers=100 * pl.len().cast(pl.Int64))
    counts = known.group_by("trait", "a").agg(mine=pl.col("sure").sum()).join(sizes, on="trait")
    offers = counts.filter(pl.col("mine") >= _LEAST_OFFER * pl.col("all")).join(bearers, on="trait")
    offered = traits.select("s", "trait").join(asked, on="s", how="semi").join(offers, on="trait")
    own = labels.select("s", "a", own="sure")
    itself = labels.group_by("s").agg(itself=pl.col("sure").max())
    left = offered.join(own, on=["s", "a"], how="left").join(itself, on="s", how="left")
    mine = pl.col("mine") - pl.col("own").fill_null(0)
    others = pl.col("all") - pl.col("itself").fill_null(0) - mine
    # More bearers than two standard deviations above those that so many known ones let expect are another
    # application's, one that nothing names.
    heard = pl.col("all") / 100 + 1
    silent = (pl.col("bearers") - 100 * (heard + 2 * heard.sqrt()) / coverage).clip(lower_bound=0)
    shares = left.with_columns(
        share=mine / (mine + others + silent + 100 * params.doubt),
        behind=mine // 100,
        others=others // 100,
        by="trait",
    ).filter(mine > 0)
    best = shares.sort(["s", "a", "share", "behind", "by"], descending=[False, False, True, True, False])
    return best.unique(["s", "a"], keep="first", maintain_order=True).select(*VOTES)


def without_silent(
    votes: pl.DataFrame, traits: pl.DataFrame, labels: pl.DataFrame, coverage: float, params: MembershipParams
) -> pl.DataFrame:
    """VOTES with less share where the trait behind it has a part of its own that no known server bears.

    "rg" may be one application's and "rg11" another's: if twenty servers with "rg11" belonged to the first, some of
    them would be known. The chance that all are unknown is weighed against params.unnamed, that of an application
    which nothing names. Only parts whose bearers all bear the trait count (a silent site is no application).
    """
    known = traits.join(labels.select("s").unique(), on="s", how="semi").select("trait").unique()
    sizes = traits.group_by("trait").agg(size=pl.len().cast(pl.Int64))
    silent = sizes.filter(pl.col("size") >= 2, pl.col("size") <= params.few).join(known, on="trait", how="anti")
    parts = traits.select("s", "trait").join(silent, on="trait").rename({"trait": "part"})
    borne = votes.select("s", "by").unique().join(parts, on="s")
    pairs = borne.select("by", "part", "size").unique()
    both = pairs.join(parts.select("s", "part"), on="part").join(
        traits.select("s", by="trait"), on=["s", "by"], how="semi"
    )
    inside = both.group_by("by", "part", "size").agg(n=pl.len()).filter(pl.col("n") == pl.col("size"))
    unnamed = params.unnamed / (params.unnamed + (1 - min(coverage, 0.99)) ** (pl.col("size") - 1))
    doubted = borne.join(inside, on=["by", "part"]).group_by("s", "by").agg(left=(1 - unnamed).min())
    joined = votes.join(doubted, on=["s", "by"], how="left", maintain_order="left")
    return joined.with_columns(pl.col("share") * pl.col("left").fill_null(1.0)).select(*VOTES)


def _homes(links: pl.DataFrame, labels: pl.DataFrame) -> tuple[pl.DataFrame, float]:
    """(u, a, met, same: known neighbours of u, those of its application a; the share of all that are of one's own).

    An integration bus talks to all applications: its neighbours are seldom of its own, so it says little.
    """
    mine = labels.select(u="s", a="a")
    met = links.join(labels.select("s").unique(), on="s", how="semi").group_by("u").agg(met=pl.len().cast(pl.Int64))
    of_same = links.join(labels.select("s", "a"), on="s").join(mine, on=["u", "a"])
    same = of_same.group_by("u", "a").agg(same=pl.len().cast(pl.Int64))
    homes = mine.join(met, on="u").join(same, on=["u", "a"], how="left").with_columns(pl.col("same").fill_null(0))
    pairs = homes.group_by("u").agg(pl.col("met").first(), pl.col("same").max())
    total = int(pairs["met"].sum())
    return homes, int(pairs["same"].sum()) / total if total else 0.5


def traffic_votes(
    links: pl.DataFrame, labels: pl.DataFrame, asked: pl.DataFrame, coverage: float, params: MembershipParams
) -> pl.DataFrame:
    """VOTES of the neighbours: each counts by how sure the link and its application are and how much it keeps to it.

    Unknown neighbours count as far as they are more than one expects: they may be of an application that nothing names.
    links: LINKS. labels: s, a, sure (per cent). asked: column s. coverage: the share of servers that are known. by:
    HOSTED where a neighbour is what the server runs on, or runs on it.
    """
    homes, usual = _homes(links, labels)
    speaking = labels.select(u="s", a="a", u_sure="sure", of=pl.len().over("s"))
    near = links.join(asked, on="s", how="semi").join(speaking, on="u").join(homes, on=["u", "a"], how="left")
    own = labels.select("s", "a", own=pl.lit(1, pl.Int64))
    known = labels.select("s", known=pl.lit(1, pl.Int64)).unique()
    left = near.join(own, on=["s", "a"], how="left").join(known, on="s", how="left")
    met = (pl.col("met").fill_null(0) - pl.col("known").fill_null(0)).clip(lower_bound=0)
    same = (pl.col("same").fill_null(0) - pl.col("own").fill_null(0)).clip(lower_bound=0)
    home = (same + params.home * usual) / (met + params.home)
    # What a database runs on is nearly always its application's; a call may go anywhere.
    kept = pl.when("hosted").then(pl.lit(_HOSTED)).otherwise(home)
    vote = pl.col("sure") * pl.col("u_sure") / 10_000 * kept / pl.col("of")
    voted = left.with_columns(vote=(vote * _SCALE).round().cast(pl.Int64))
    counts = voted.group_by("s", "a").agg(
        pl.col("vote").sum(), pl.col("hosted").any(), behind=pl.col("u").n_unique().cast(pl.Int64)
    )
    asked_links = links.join(asked, on="s", how="semi")
    strange = asked_links.join(labels.select(u="s").unique(), on="u", how="anti").group_by("s").agg(strange=pl.len())
    counts = counts.join(strange, on="s", how="left")
    total, seen = pl.col("vote").sum().over("s"), pl.col("behind").sum().over("s")
    silent = (pl.col("strange").fill_null(0) * coverage - seen * (1 - coverage)).clip(lower_bound=0) * usual
    shares = counts.with_columns(
        share=pl.col("vote") / (total + (silent + params.vote_doubt) * _SCALE),
        others=seen - pl.col("behind"),
        by=pl.when("hosted").then(pl.lit(HOSTED)),
    )
    return shares.select(*VOTES).sort("s", "a")
