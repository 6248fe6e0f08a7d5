"""What people decided about dependencies: edges that hold whatever the data says of them, and edges that do not.

Keep out: how confidence follows from the data (evidence).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.dependencies.edges.evidence import EDGE_KEY, evidence_frame, reason
from discovery_pipeline.domain.dependencies.params import DependencyParams
from discovery_pipeline.domain.handoffs import DEPENDENCIES
from discovery_pipeline.domain.learning.rules import EdgeRule

# kind: null = every kind between the two; made: the kind of an edge that is there by the decision alone; confidence:
# that the decision stands; newest: its latest correction; told: who decided; records: the corrections behind it.
DECISIONS = {
    "from_asset": pl.String(), "to_asset": pl.String(), "kind": pl.String(), "made": pl.String(), "holds": pl.Boolean(),
    "confidence": pl.Float64(), "newest": pl.Int64(), "told": pl.String(), "records": pl.Int64(),
}  # fmt: skip
_PAIR = ["from_asset", "to_asset"]
_LISTS = [name for name, dtype in DEPENDENCIES.items() if isinstance(dtype, pl.List)]
_CONFIRMED, _DENIED = "analyst:", "denied:"


@dataclass(frozen=True)
class Decided:
    """edges: DECISIONS about two assets that are there, latest last. without_target: the rules about others."""

    edges: pl.DataFrame
    without_target: tuple[EdgeRule, ...]


def decided(rules: Sequence[EdgeRule], inventory: pl.DataFrame) -> Decided:
    """The rules whose ends are two assets of the inventory."""
    known = frozenset(inventory["asset_id"]) if rules else frozenset()
    apart = [{r.from_asset, r.to_asset} <= known and r.from_asset != r.to_asset for r in rules]
    rows = [
        (r.from_asset, r.to_asset, r.kind, r.kind, r.holds, r.told.confidence, r.told.newest, str(r.told),
         len(r.told.corrections))
        for r, is_apart in zip(rules, apart, strict=True) if is_apart
    ]  # fmt: skip
    edges = pl.DataFrame(rows, schema=DECISIONS, orient="row").sort("newest", maintain_order=True)
    return Decided(edges, tuple(r for r, is_apart in zip(rules, apart, strict=True) if not is_apart))


def said_evidence(decisions: pl.DataFrame) -> pl.DataFrame:
    """EVIDENCE of the pairs said to depend, one row each: for telling what kind of edge such a pair makes."""
    pairs = decisions.filter("holds").select(_PAIR).unique(maintain_order=True)
    return evidence_frame(pairs, relation="depends", label=_CONFIRMED, grade="analyst", records=1)


def with_kinds(decisions: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """DECISIONS with `made` filled. told: said_evidence plus kind."""
    by_pair = told.select(*_PAIR, by_types="kind")
    joined = decisions.join(by_pair, on=_PAIR, how="left", maintain_order="left")
    return joined.with_columns(made=pl.coalesce("made", "by_types")).select(*DECISIONS)


def settled(edges: pl.DataFrame, decisions: pl.DataFrame, params: DependencyParams) -> pl.DataFrame:
    """DEPENDENCIES as decided, sorted as they are: confirmed edges are surer, denied ones leads, missing ones made.

    Of several decisions about an edge the latest holds. A person's word is one more class of evidence; of a denied edge
    the evidence stays, behind who denied it.
    """
    if decisions.is_empty():
        return edges
    made = _missing(edges, decisions).with_columns(alone=pl.lit(value=True))
    whole = pl.concat([edges.with_columns(alone=pl.lit(value=False)), made])
    verdicts = _verdicts(whole, decisions)
    joined = whole.join(verdicts, on=EDGE_KEY, how="left", nulls_equal=True, maintain_order="left")
    held, belief = pl.col("holds"), pl.col("belief")
    surer = pl.max_horizontal((1 - (1 - pl.col("confidence")) * (1 - belief)).round(4), belief)
    lead = pl.min_horizontal(pl.col("confidence"), (1 - belief).round(4), pl.lit(params.lead))
    by = pl.when(held).then(pl.lit(_CONFIRMED)).otherwise(pl.lit(_DENIED)) + pl.col("told")
    told = joined.with_columns(
        confidence=pl.when(held).then(surer).when(~held).then(lead).otherwise("confidence"),
        evidence=pl.when(held.is_null()).then("evidence").otherwise(pl.concat_list(by, "evidence")),
        observations=pl.when("alone").then("records").otherwise("observations"),
        reasons=pl.when(held)
        .then(pl.concat_list("reasons", reason(pl.lit("analyst"), pl.col("records"), belief)))
        .when(~held)
        .then(pl.concat_list("reasons", pl.format("denied: at most {}", lead)))
        .otherwise("reasons"),
        contradictions=pl.when(~held)
        .then(pl.concat_list(pl.lit("denied by ") + pl.col("told"), "contradictions"))
        .otherwise("contradictions"),
    )
    # What was made for a decision that a later one takes back has nothing behind it.
    kept = told.filter(~pl.col("alone") | held)
    return kept.select(pl.col(n).cast(t) for n, t in DEPENDENCIES.items()).sort(EDGE_KEY, nulls_last=True)


def _missing(edges: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """DEPENDENCIES without evidence, of what is said to hold and is not among the edges."""
    said = decisions.filter("holds")
    of_any = said.filter(pl.col("kind").is_null()).join(edges, on=_PAIR, how="anti")
    of_one = said.filter(pl.col("kind").is_not_null()).join(edges, on=[*_PAIR, "kind"], how="anti")
    new = pl.concat([of_any, of_one]).select(*_PAIR, kind="made").unique().sort(*_PAIR, "kind")
    constants: dict[str, object] = {**{name: [] for name in _LISTS}, "confidence": 0.0, "observations": 0}
    return new.select(
        (pl.col(name) if name in new.columns else pl.lit(constants.get(name), dtype)).cast(dtype).alias(name)
        for name, dtype in DEPENDENCIES.items()
    )


def _verdicts(edges: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """EDGE_KEY, holds, belief, told, records: of the edges decided about, the latest decision."""
    about = decisions.select(*_PAIR, "holds", "newest", "told", "records", of="kind", belief="confidence")
    matched = edges.select(EDGE_KEY).join(about, on=_PAIR)
    applying = matched.filter(pl.col("of").is_null() | (pl.col("of") == pl.col("kind")))
    latest = applying.sort("newest", maintain_order=True).unique(EDGE_KEY, keep="last", maintain_order=True)
    return latest.drop("of", "newest")


def is_denied() -> pl.Expr:
    """Of DEPENDENCIES: whether a person said that it is no dependency."""
    return pl.col("evidence").list.first().str.starts_with(_DENIED).fill_null(value=False)
