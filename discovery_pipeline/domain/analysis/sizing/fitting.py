"""The cheapest machine type that holds a need, per provider, and the next best families.

A type holds a need when it has as many vCPUs and as much memory or more, so a larger need is never cheaper. Needs are
put on the steps of the types' own sizes first, which loses nothing and leaves few distinct ones, each with a number
(its slot). Keep out: what is needed (needs), and what it comes to per month (costs).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

ARCHITECTURES = ("x86_64", "arm64", "any")
# One row per slot and provider that has a type for it. hour: of the machine. licence_hour: what Windows adds. shares:
# it is burstable. others: of the next families the best type with its price per hour.
FITS = {
    "slot": pl.Int64(), "provider": pl.String(), "type": pl.String(), "vcpus": pl.Int64(), "memory_gib": pl.Float64(),
    "windows": pl.Boolean(), "hour": pl.Float64(), "licence_hour": pl.Float64(), "scaled": pl.Boolean(),
    "shares": pl.Boolean(), "priced_at": pl.Date(), "others": pl.List(pl.String()),
}  # fmt: skip
_OTHERS = 2


@dataclass(frozen=True)
class Steps:
    """The sizes that types have, ascending; a need counts as the next step, or as beyond the last."""

    cpus: pl.Series
    memory: pl.Series

    @classmethod
    def of(cls, types: pl.DataFrame) -> Steps:
        """types: TYPES."""
        return cls(
            types["vcpus"].cast(pl.Float64).unique().sort(), types["memory_gib"].cast(pl.Float64).unique().sort()
        )

    def slots(self, needed: pl.DataFrame, cpus: str, memory: str, windows: pl.Expr) -> pl.Series:
        """The slot of each row, null where a size isn't known. needed: with arch (of ARCHITECTURES) and burstable."""
        found = needed.select(
            windows=windows.cast(pl.Int64),
            arch=pl.col("arch").replace_strict(
                {name: no for no, name in enumerate(ARCHITECTURES)}, return_dtype=pl.Int64
            ),
            burstable=pl.col("burstable").cast(pl.Int64),
            cpus=self.cpus.search_sorted(needed[cpus].fill_null(0), side="left").cast(pl.Int64),
            memory=self.memory.search_sorted(needed[memory].fill_null(0), side="left").cast(pl.Int64),
            known=needed[cpus].is_not_null() & needed[memory].is_not_null(),
        )
        size = pl.col("cpus") * (len(self.memory) + 1) + pl.col("memory")
        slot = ((size * 2 + pl.col("windows")) * 3 + pl.col("arch")) * 2 + pl.col("burstable")
        return found.select(slot=pl.when("known").then(slot))["slot"]

    def asked(self, slots: pl.Series) -> pl.DataFrame:
        """Columns slot, step_cpus, step_memory, windows, arch, burstable: each slot once, none beyond the last step."""
        size = pl.col("slot") // 12
        told = slots.drop_nulls().unique().sort().to_frame("slot").select(
            "slot",
            step_cpus=size // (len(self.memory) + 1),
            step_memory=size % (len(self.memory) + 1),
            windows=pl.col("slot") // 6 % 2 == 1,
            arch=(pl.col("slot") // 2 % 3).replace_strict(dict(enumerate(ARCHITECTURES)), return_dtype=pl.String),
            burstable=pl.col("slot") % 2 == 1,
        )  # fmt: skip
        within = told.filter(pl.col("step_cpus") < len(self.cpus), pl.col("step_memory") < len(self.memory))
        return within.with_columns(
            step_cpus=self.cpus.gather(within["step_cpus"]), step_memory=self.memory.gather(within["step_memory"])
        )


def _ranked(types: pl.DataFrame, windows: bool, included: bool) -> pl.DataFrame:
    """The types for a system, cheapest first (of equal prices the smaller one, then by name); rank counts from 0."""
    offered = types.filter(pl.col("windows_hour").is_not_null()) if windows else types
    licence = pl.col("windows_hour") if windows and included else pl.lit(0.0)
    order = [pl.col("hour") + pl.col("licence_hour"), "vcpus", "memory_gib", "type", "provider"]
    return offered.with_columns(licence_hour=licence).sort(order, nulls_last=True).with_row_index("rank")


def _best(asked: pl.DataFrame, types: pl.DataFrame) -> pl.DataFrame:
    """Per slot and provider the first type that holds it, and the first of each of the next families."""
    sizes = types.select("rank", "provider", "family", "vcpus", "memory_gib", of_arch="arch", shares="burstable")
    held = (
        asked.lazy()
        .join(sizes.lazy(), how="cross")
        .filter(
            pl.col("vcpus") >= pl.col("step_cpus"),
            pl.col("memory_gib") >= pl.col("step_memory"),
            (pl.col("arch") == "any") | (pl.col("arch") == pl.col("of_arch")),
            pl.col("burstable") | ~pl.col("shares"),
        )
        .collect()
    )
    families = held.group_by("slot", "windows", "provider", "family").agg(pl.col("rank").min()).sort("slot", "rank")
    price = (pl.col("hour") + pl.col("licence_hour")).round(4)
    told = types.select("rank", text=pl.format("{} at {} an hour", "type", price))
    named = families.join(told, on="rank", how="left", maintain_order="left")
    chosen = named.group_by("slot", "windows", "provider", maintain_order=True).agg(
        pl.col("rank").first(), others=pl.col("text").slice(1, _OTHERS).drop_nulls()
    )
    columns = ["rank", "type", "vcpus", "memory_gib", "hour", "licence_hour", "scaled", "priced_at"]
    return chosen.join(types.select(*columns, shares="burstable"), on="rank")


def fitting(asked: pl.DataFrame, types: pl.DataFrame, included: bool) -> pl.DataFrame:
    """FITS of the slots asked for. types: TYPES that may be used. included: the Windows licence is in the price."""
    parts = [
        _best(asked.filter(pl.col("windows") == windows), _ranked(types, windows, included))
        for windows in (False, True)
    ]
    return pl.concat(part.select(pl.col(n).cast(t) for n, t in FITS.items()) for part in parts)


def largest(types: pl.DataFrame) -> pl.DataFrame:
    """Columns provider, arch (any: of all), most_cpus, most_memory (GiB): what the largest of the types have."""
    sizes = types.select("provider", "arch", "vcpus", "memory_gib")
    both = pl.concat([sizes, sizes.with_columns(arch=pl.lit("any"))])
    return both.group_by("provider", "arch").agg(
        most_cpus=pl.col("vcpus").max(), most_memory=pl.col("memory_gib").max()
    )
