"""Which assets go into a vendor's files, and why the others don't. Keep out: whether their rows are valid."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.handoffs import FrameSchema, Strategy
from discovery_pipeline.domain.vendors.estate import Estate

# reason: a code; why: for people.
LEFT_OUT: FrameSchema = {
    "asset_id": pl.String(), "name": pl.String(), "classified_type": pl.String(), "reason": pl.String(),
    "why": pl.String(),
}  # fmt: skip


@dataclass(frozen=True)
class VendorParams:
    """strategies, waves: only assets of these; None: of any, those whose strategy is not_applicable left out."""

    strategies: frozenset[Strategy] | None = None
    waves: frozenset[int] | None = None


@dataclass(frozen=True)
class Selection:
    """taken: rows of the inventory with strategy, readiness and wave. left_out: LEFT_OUT, by name."""

    taken: pl.DataFrame
    left_out: pl.DataFrame


def display_name() -> pl.Expr:
    """What people call an asset."""
    return pl.coalesce(
        "hostname", "fqdn", pl.col("application_name").list.drop_nulls().list.first(), "serial_number", "asset_id"
    )


def select(estate: Estate, takes: tuple[str, ...], params: VendorParams) -> Selection:
    """The living assets of the types that the vendor takes, as the parameters narrow them."""
    assessed = estate.analysis.select("asset_id", "strategy", "readiness", "wave")
    known = estate.inventory.join(assessed, on="asset_id", how="left").with_columns(_reason(takes, params))
    out = known.filter(pl.col("_reason").is_not_null())
    left_out = out.select(
        "asset_id",
        display_name().alias("name"),
        "classified_type",
        pl.col("_reason").alias("reason"),
        _why(takes).alias("why"),
    )
    taken = known.filter(pl.col("_reason").is_null()).drop("_reason")
    return Selection(taken, left_out.sort("reason", "name", "asset_id"))


def _reason(takes: tuple[str, ...], params: VendorParams) -> pl.Expr:
    strategy, wave = pl.col("strategy"), pl.col("wave")
    reasons = [
        ("type", ~pl.col("classified_type").is_in(takes).fill_null(value=False)),
        ("vanished", pl.col("vanished").fill_null(value=False)),
        ("template", pl.col("is_template").fill_null(value=False)),
    ]
    if params.strategies is None:
        reasons.append(("not_applicable", (strategy == "not_applicable").fill_null(value=False)))
    else:
        reasons.append(("strategy", ~strategy.is_in(sorted(params.strategies)).fill_null(value=False)))
    if params.waves is not None:
        reasons.append(("wave", ~wave.is_in(sorted(params.waves)).fill_null(value=False)))
    return pl.coalesce([pl.when(holds).then(pl.lit(code)) for code, holds in reasons]).alias("_reason")


def _why(takes: tuple[str, ...]) -> pl.Expr:
    kind = pl.col("classified_type").fill_null("of an unknown type").str.replace_all("_", " ")
    taken = ", ".join(f"{one.replace('_', ' ')}s" for one in takes)
    sentences = {
        "type": pl.format("the import takes {}; this is: {}", pl.lit(taken), kind),
        "vanished": pl.lit("no source names it any more"),
        "template": pl.lit("a template, no running machine"),
        "not_applicable": pl.lit("nothing that migrates: its strategy is not_applicable"),
        "strategy": pl.format("its strategy is {}", pl.col("strategy").fill_null("unknown")),
        "wave": pl.format("its wave is {}", pl.col("wave").cast(pl.String).fill_null("none")),
    }
    return pl.coalesce([pl.when(pl.col("_reason") == code).then(text) for code, text in sentences.items()])
