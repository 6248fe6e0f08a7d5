"""What pieces of evidence say about each other: the opposite of what was observed, ends that are gone, companions.

Keep out: how classes make a confidence (evidence) and what people decided (decided).
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.dependencies.edges.evidence import evidence_frame
from discovery_pipeline.domain.dependencies.ends.directory import GONE_STATES
from discovery_pipeline.domain.dependencies.params import DependencyParams

# Classes that people wrote down; kinds in which a direction can be contradicted.
_SAID = ("stated", "stated_unclear", "text", "model")
_DIRECTED = ("tier", "application")
_PAIR = ["from_asset", "to_asset", "kind"]


def gone_assets(inventory: pl.DataFrame) -> pl.Series:
    """The assets that are retired, or no longer in the exports."""
    retired = pl.col("lifecycle_status").is_in(GONE_STATES).fill_null(value=False)
    return inventory.filter(retired | pl.col("vanished").fill_null(value=False))["asset_id"]


def _pairs(evidence: pl.DataFrame, grades: tuple[str, ...], name: str) -> pl.DataFrame:
    pairs = evidence.filter(pl.col("grade").is_in(grades), pl.col("cap") == 1, pl.col("kind").is_in(_DIRECTED))
    return pairs.select(_PAIR).unique().with_columns(pl.lit(value=True).alias(name))


def _turned(pairs: pl.DataFrame, name: str) -> pl.DataFrame:
    renamed = pairs.rename({"from_asset": "to_asset", "to_asset": "from_asset"})
    return renamed.rename({pairs.columns[-1]: name}).select(*_PAIR, name)


def weighed(evidence: pl.DataFrame, gone: pl.Series, params: DependencyParams) -> pl.DataFrame:
    """Evidence with what was said weighed less, and why, where the other way round was seen or said, or an end is gone.

    evidence: EVIDENCE plus kind. What was observed keeps its weight: it happened.
    """
    seen, said = _pairs(evidence, ("observed",), "seen"), _pairs(evidence, ("stated", "text"), "said")
    if said.is_empty() and not (evidence["grade"] == "model").any():
        return evidence
    joined = evidence
    for pairs in (seen, _turned(seen, "back_seen"), _turned(said, "back_said")):
        joined = joined.join(pairs, on=_PAIR, how="left", maintain_order="left")
    flags = [pl.col(name).fill_null(value=False) for name in ("seen", "back_seen", "back_said")]
    forward, back_seen, back_said = flags
    words = pl.col("grade").is_in(_SAID)
    left = pl.any_horizontal(pl.col(end).is_in(gone.implode()) for end in ("from_asset", "to_asset"))
    steps = [
        (words & back_seen & ~forward, params.opposed, "observed the other way round"),
        (words & left.fill_null(value=False) & ~forward, params.gone, "one end is retired"),
        (words & back_said & ~forward & ~back_seen, params.both_ways, "stated the other way round, too"),
    ]
    weight, against = pl.col("weight"), pl.col("against")
    for condition, factor, reason in reversed(steps):
        weight = pl.when(condition).then(pl.col("weight") * factor).otherwise(weight)
        against = pl.when(condition).then(pl.lit(reason)).otherwise(against)
    return joined.with_columns(weight=weight, against=against).select(evidence.columns)


def companions(evidence: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """EVIDENCE plus kind, in support of observed tier edges between servers of one application; never alone.

    evidence: EVIDENCE plus kind. members: MEMBERSHIP by names.
    """
    observed = evidence.filter(
        pl.col("grade") == "observed", pl.col("kind") == "tier", pl.col("cap") == 1, pl.col("to_asset").is_not_null()
    )
    pairs = observed.select("from_asset", "to_asset").unique()
    client = pairs.join(members, left_on="from_asset", right_on="asset_id")
    both = client.join(members, left_on=["to_asset", "application_id"], right_on=["asset_id", "application_id"])
    known = both.select("from_asset", "to_asset").unique().sort("from_asset", "to_asset")
    made = evidence_frame(known, relation="companions", label="naming:same application", grade="naming", records=1)
    return made.with_columns(kind=pl.lit("tier"))
