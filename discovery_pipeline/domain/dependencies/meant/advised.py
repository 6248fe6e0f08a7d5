"""Names that a model recognised, as evidence of a class of its own, and what that changed in the edges."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from discovery_pipeline.domain.dependencies.edges.evidence import EVIDENCE, evidence_frame
from discovery_pipeline.domain.handoffs import empty
from discovery_pipeline.domain.opinions.advice import ADVISED, Advised
from discovery_pipeline.domain.opinions.doubts import NONE

AGENT = "dependencies"
GRADE = "model"
_LABEL = "model:"
_AGAINST = "no asset has the name; a model chose whom it means"

# The part of dependencies with what a model took names for (MEANT); absent where it took none.
MEANT_NAMES = "meant"
# Whom each name means. confidence: of the model's answer, in (0, 1). why: whose it is and what it rests on.
MEANT = {
    "name": pl.String(), "meant": pl.String(), "model": pl.String(), "confidence": pl.Float64(), "why": pl.String(),
}  # fmt: skip


def meant_names(found: Sequence[Advised]) -> pl.DataFrame:
    """MEANT: of each name the asset that a model chose; "none" says nothing new. found: about LooseNames.doubts."""
    rows = [
        (
            each.doubt.shown["name"], each.doubt.shown["assets"][each.chosen], each.advice.model,
            each.advice.confidence, str(each.advice),
        )
        for each in found if each.chosen != NONE
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=MEANT, orient="row").unique("name").sort("name")


def meant_evidence(loose: pl.DataFrame, meant: pl.DataFrame) -> pl.DataFrame:
    """EVIDENCE of the statements of which the missing end is known now. loose: LOOSE. meant: MEANT."""
    if meant.is_empty():
        return empty(EVIDENCE)
    joined = loose.join(meant.rename({"meant": "other"}), on="name").filter(pl.col("asset_id") != pl.col("other"))
    ends = joined.with_columns(
        from_asset=pl.when("provider").then("asset_id").otherwise("other"),
        to_asset=pl.when("provider").then("other").otherwise("asset_id"),
        weight="confidence",
        label=pl.lit(_LABEL) + pl.col("label").str.replace(r"^[a-z]+:", ""),
    )
    found = evidence_frame(ends, grade=GRADE, against=_AGAINST).select(*EVIDENCE)
    return found.sort("from_asset", "to_asset", "label", "weight")


def edge_changes(edges: pl.DataFrame, meant: pl.DataFrame) -> pl.DataFrame:
    """ADVISED: the edges that stand on what a model said, with the confidence of each without it; null = no edge.

    edges: DEPENDENCIES. meant: MEANT. What follows from these edges between applications is not told apart.
    """
    own = pl.col("reasons").list.eval(pl.element().filter(pl.element().str.starts_with(f"{GRADE}, "))).list.first()
    told = edges.with_columns(own=own).drop_nulls("own")
    if told.is_empty():
        return empty(ADVISED)
    # A reason ends in its class's contribution; the confidence is 1 - the product of what each leaves in doubt.
    share = pl.col("own").str.extract(r": ([0-9.]+)$", 1).cast(pl.Float64)
    without = (1 - (1 - pl.col("confidence")) / (1 - share)).round(4)
    alone = pl.col("reasons").list.len() == 1
    whose = meant.unique("meant", keep="first", maintain_order=True).select("meant", "model", "why", sure="confidence")
    by_to = told.join(whose, left_on="to_asset", right_on="meant", how="left", maintain_order="left")
    both = by_to.join(whose, left_on="from_asset", right_on="meant", how="left", suffix="_from", maintain_order="left")
    named = both.with_columns(pl.coalesce(name, f"{name}_from") for name in ("model", "why", "sure"))
    changes = named.with_columns(
        agent=pl.lit(AGENT),
        subject=pl.format("{}>{}", "from_asset", "to_asset"),
        field="kind",
        before=pl.when(~alone).then(without.cast(pl.String)),
        after=pl.col("confidence").cast(pl.String),
        confidence="sure",
    )
    return changes.select(pl.col(name).cast(dtype) for name, dtype in ADVISED.items())
