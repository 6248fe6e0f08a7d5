"""Sizes and prices of the machines that move, per provider.

Machines are what runs a system of its own; a database or application is priced with its machine. Keep out: how each
figure comes about (needs, fitting, costs) and what it is called (reasons).
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.rules import facts_named
from discovery_pipeline.domain.analysis.sizing.assumptions import assumptions
from discovery_pipeline.domain.analysis.sizing.catalogue import Catalogue
from discovery_pipeline.domain.analysis.sizing.costs import costed
from discovery_pipeline.domain.analysis.sizing.fitting import Steps, fitting, largest
from discovery_pipeline.domain.analysis.sizing.needs import needs
from discovery_pipeline.domain.analysis.sizing.params import SizingParams
from discovery_pipeline.domain.analysis.sizing.reasons import choice_sentences, no_type
from discovery_pipeline.domain.analysis.sizing.regional import terms, usable
from discovery_pipeline.domain.handoffs import SIZING, empty

_MONEY = (
    "compute_on_demand", "compute_reserved", "storage", "total_on_demand", "total_reserved", "total_low", "total_high",
)  # fmt: skip


# What sizing reads of the facts, besides what the notes of sizing.yaml name.
_READ = (
    "asset_id", "type", "environment", "os_label", "os_name", "os_platform", "architecture", "as_of", "cpu_count",
    "cpu_cores", "cpu_sockets", "cores_per_socket", "cpu_peak_pct", "cpu_utilization_pct", "memory_mib",
    "memory_used_mib", "memory_peak_pct", "memory_utilization_pct", "storage_total_gib", "storage_used_gib",
)  # fmt: skip


def moving(facts: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """What sizing reads of the machines that move to the cloud, and their strategy; what has vanished doesn't move."""
    named = [name for note in assumptions()["notes"] for name in (*note["when"], *facts_named(note["reason"]))]
    read = list(dict.fromkeys([*_READ, *named]))
    runs = facts.lazy().filter("runs_os", ~pl.col("vanished").fill_null(value=False)).select(read).collect()
    moved = decisions.filter(pl.col("strategy").is_in(assumptions()["moving"])).select("asset_id", "strategy")
    return runs.join(moved, on="asset_id", maintain_order="left")


def _slotted(needed: pl.DataFrame, steps: Steps) -> pl.DataFrame:
    """needed plus slot, low_slot, high_slot: of the need and of the ends of its range; null where it can't be sized.

    The high end of a machine whose system isn't known has Windows.
    """
    unsure = pl.col("windows") | ~pl.col("os_known")
    told = needed.with_columns(
        steps.slots(needed, "cpus", "memory", pl.col("windows")).alias("slot"),
        steps.slots(needed, "cpus_low", "memory_low", pl.col("windows")).alias("low_slot"),
        steps.slots(needed, "cpus_high", "memory_high", unsure).alias("high_slot"),
    )
    return told.with_columns(pl.when(pl.col("blocked").is_null()).then(pl.col("slot", "low_slot", "high_slot")))


def _fitted(slotted: pl.DataFrame, fits: pl.DataFrame, choices: pl.DataFrame, offer: pl.DataFrame) -> pl.DataFrame:
    """slotted plus the type and choice of one provider, the prices at the range's ends, and its TERMS.

    fits: FITS of the provider. choices: slot, choice. offer: one row of TERMS.
    """
    prices = fits.select("slot", "hour", "licence_hour")
    low, high = (prices.rename({n: f"{end}_{n}" for n in prices.columns}) for end in ("low", "high"))
    return (
        slotted.join(fits.drop("windows"), on="slot", how="left", maintain_order="left")
        .join(choices, on="slot", how="left", maintain_order="left")
        .join(low, on="low_slot", how="left", maintain_order="left")
        .join(high, on="high_slot", how="left", maintain_order="left")
        .with_columns(pl.lit(value).alias(name) for name, value in offer.drop("provider").row(0, named=True).items())
        .with_columns(provider=pl.lit(offer["provider"][0]))
    )


def _rows(fitted: pl.DataFrame, limits: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """SIZING of one provider, in the order of fitted."""
    priced = costed(fitted, catalogue.hours_per_month).join(
        limits, on=["provider", "arch"], how="left", maintain_order="left"
    )
    sized, none = pl.col("type").is_not_null(), pl.lit([], dtype=pl.List(pl.String))
    told = priced.select(
        "asset_id", "provider", "region", pl.col("type").alias("instance_type"),
        basis=pl.when(sized).then("basis"),
        cpus_needed="cpus", memory_needed_gib="memory", storage_needed_gib="storage", cpus="vcpus",
        memory_gib="memory_gib", compute_on_demand="compute_on_demand", compute_reserved="compute_reserved",
        storage="storage_price", total_on_demand="total_on_demand", total_reserved="total_reserved",
        total_low="total_low", total_high="total_high", currency=pl.lit(catalogue.currency),
        price_date=pl.when(pl.col("hour").is_not_null()).then(pl.min_horizontal("priced_at", "disk_priced_at")),
        confidence="confidence",
        alternatives=pl.col("others").fill_null(none),
        reasons=pl.when(sized | pl.col("blocked").is_not_null())
        .then(pl.concat_list("why", pl.col("choice").fill_null(none)))
        .otherwise(pl.concat_list(pl.concat_list(no_type()), "why")),
    )  # fmt: skip
    return told.select(_rounded(name, kind) for name, kind in SIZING.items())


def _rounded(name: str, kind: pl.DataType) -> pl.Expr:
    """Money to cents: more is not meant."""
    return pl.col(name).round(2).cast(kind) if name in _MONEY else pl.col(name).cast(kind)


def _interleaved(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Frames of equal height row by row: the first of each, the second of each ..."""
    height = parts[0].height
    place = pl.int_range(height * len(parts), eager=True)
    return pl.concat(parts)[place % len(parts) * height + place // len(parts)]


def size(facts: pl.DataFrame, decisions: pl.DataFrame, catalogue: Catalogue, params: SizingParams) -> pl.DataFrame:
    """SIZING, one row per machine that moves and provider of the plan, sorted by both.

    facts: of gather. decisions: asset_id and strategy. A machine that can't be sized has a row without type and prices
    whose first reason says why. Raises UsageError for regions and providers that the catalogue doesn't have.
    """
    wanted = terms(catalogue, params)
    types = usable(catalogue, wanted, params)
    machines = moving(facts, decisions)
    if machines.is_empty():
        return empty(SIZING)
    steps = Steps.of(types)
    slotted = _slotted(needs(machines, params).sort("asset_id"), steps)
    slots = pl.concat([slotted[name].rename("slot") for name in ("slot", "low_slot", "high_slot")])
    included = params.windows_licence == "included"
    fits = fitting(steps.asked(slots), types, included)
    choices = fits.join(wanted, on="provider").select(
        "slot", "provider", choice=choice_sentences(catalogue.currency, params.term, included)
    )
    limits = largest(types)
    parts = []
    for provider in sorted(params.providers):
        own = pl.col("provider") == provider
        fitted = _fitted(
            slotted, fits.filter(own).drop("provider"), choices.filter(own).drop("provider"), wanted.filter(own)
        )
        parts.append(_rows(fitted, limits, catalogue))
    return _interleaved(parts)
