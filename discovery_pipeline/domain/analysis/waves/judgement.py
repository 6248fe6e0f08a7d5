"""Risk, priority and confidence of a wave, and the sentences that say how they come about.

Keep out: counting what is in a wave (rows.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from discovery_pipeline.domain.analysis.waves.risk import weights


def _fullness(bounds: Sequence[float]) -> pl.Expr:
    loads = zip(("assets", "storage_tib", "production", "weight"), bounds, strict=True)
    return pl.max_horizontal([pl.col(name) / bound for name, bound in loads if bound < float("inf")])


def judged(frame: pl.DataFrame, bounds: Sequence[float]) -> pl.DataFrame:
    """frame plus full, size, undiscovered, risk, ease, priority, confidence. bounds: per LOADS."""
    parts = frame.with_columns(
        full=_fullness(bounds), undiscovered=1 - (-pl.col("expected") / pl.col("assets")).exp()
    ).with_columns(size=pl.col("full").clip(upper_bound=1.0))
    risk = _weighted("wave_risk")
    sure = [pl.col("known"), pl.col("coverage"), pl.col("firm"), pl.col("stability")]
    # A geometric mean of what is there: one thing that is not known at all is not made up for by the rest.
    logs = pl.mean_horizontal([part.clip(lower_bound=0.01).log() for part in sure])
    return (
        parts.with_columns(risk=risk.round(4))
        .with_columns(ease=1 - pl.col("risk"))
        .with_columns(priority=_weighted("wave_priority").round(4), confidence=logs.exp().round(4))
    )


def _weighted(name: str) -> pl.Expr:
    return pl.sum_horizontal([pl.col(part) * weight for part, weight in weights()[name].items()])


def _share(column: str) -> pl.Expr:
    return (pl.col(column) * 100).round(0).cast(pl.Int64).cast(pl.String) + " %"


def _strongest() -> pl.Expr:
    """The two parts that count most in the risk."""
    words = {
        "criticality": "what is at stake", "crossing": "needs that cross", "undiscovered": "needs not found yet",
        "size": "its size", "readiness": "what its assets lack",
    }  # fmt: skip
    parts = [
        pl.struct(
            points=(pl.col(name) * weight).round(4),
            text=pl.when((pl.col(name) * weight).round(2) > 0).then(
                pl.format("{} {}", pl.lit(words[name]), (pl.col(name) * weight).round(2))
            ),
        )
        for name, weight in weights()["wave_risk"].items()
    ]
    first = pl.concat_list(parts).list.sort(descending=True).list.head(2)
    return first.list.eval(pl.element().struct.field("text").drop_nulls()).list.join(", ")


def _sureness() -> pl.Expr:
    """What the confidence is made of, as far as there is any."""
    words = {"known": "of the facts asked for are known", "coverage": "of its needs are known",
             "firm": "is how sure these are", "stability": "of its groups are stable"}  # fmt: skip
    parts = [pl.format("{} {}", _share(name), pl.lit(text)) for name, text in words.items()]
    return pl.concat_list(parts).list.drop_nulls().list.join(", ")


def reasons() -> pl.Expr:
    """The sentences of a wave; from the columns of rows.py and `judged`."""
    some = pl.col("services").fill_null(0) > 0
    return pl.concat_list(
        pl.when(pl.col("waited") != "").then(pl.format("starts behind {}", "waited")),
        pl.when("pilot").then(pl.lit("pilot: little at stake, to learn from")),
        pl.when(pl.col("full") > 1 + 1e-9).then(pl.format("over its capacity: {} of it", _share("full"))),
        pl.format("risk {}, most of it: {}", pl.col("risk").round(2), _strongest()),
        pl.when(pl.col("cuts") > 0).then(
            pl.format("known needs that cross its border: {}; the riskiest: {}", "cuts", "worst")
        ),
        pl.when(some).then(
            pl.format("shared services to be reached from both sides: {} ({})", "services", "examples")
        ),
        pl.format(
            "{} that a need nobody has found crosses its border ({} expected); by estimate {} of its needs are known",
            _share("crossing_chance"), pl.col("expected_crossings"), _share("coverage"),
        ),
        pl.format(
            "priority {}: {} of the groups behind it need it, {} of its machines are out of support or soon will be",
            pl.col("priority").round(2), _share("enabling"), _share("urgency"),
        ),
        pl.format("confidence {}: {}", pl.col("confidence").round(2), _sureness()),
    ).list.drop_nulls()  # fmt: skip
