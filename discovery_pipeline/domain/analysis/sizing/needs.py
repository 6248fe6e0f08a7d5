"""What a machine needs in the cloud: from its peak, else its average, else what it is allocated; with a range.

Percentages are of what it has today; the speed of processors is not compared. A range's low end is what would do if the
assumptions are too careful, its high end if they are not careful enough. Keep out: types and prices.
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.sizing.amounts import amounts, written_out
from discovery_pipeline.domain.analysis.sizing.assumptions import assumptions
from discovery_pipeline.domain.analysis.sizing.params import SizingParams
from discovery_pipeline.domain.analysis.sizing.reasons import ALLOCATED, AVERAGE, BASES, PEAK, need_sentences, noted

# GiB. *_low, *_high: the range. basis: of the weaker of CPU and memory. arch: x86_64, arm64 or any. os_known: False:
# the price is that of Linux and the range reaches to Windows. blocked: why it can't be sized, or null. why: that,
# or how the needs came about and what goes with them, then what was set aside.
NEEDS = {
    "asset_id": pl.String(), "cpus": pl.Float64(), "cpus_low": pl.Float64(), "cpus_high": pl.Float64(),
    "memory": pl.Float64(), "memory_low": pl.Float64(), "memory_high": pl.Float64(), "storage": pl.Float64(),
    "storage_low": pl.Float64(), "storage_high": pl.Float64(), "basis": pl.String(), "windows": pl.Boolean(),
    "os_known": pl.Boolean(), "arch": pl.String(), "burstable": pl.Boolean(), "blocked": pl.String(),
    "as_of": pl.Date(), "why": pl.List(pl.String()),
}  # fmt: skip
_FOREIGN_PLATFORMS = ("unix", "mainframe", "appliance", "hypervisor")


def _share(peak: str, average: pl.Expr, ratio: float, headroom: float) -> pl.Expr:
    """The share of what is allocated that is needed, of the basis that is known (1 without one).

    From an average never above what is allocated, unless the average itself with the headroom is.
    """
    from_peak = pl.col(peak) / 100 * (1 + headroom)
    plain = average / 100 * (1 + headroom)
    from_average = pl.max_horizontal(pl.min_horizontal(plain * ratio, pl.lit(1.0)), plain)
    return pl.coalesce(from_peak, from_average, pl.lit(1.0))


def _range(peak: str, average: pl.Expr, params: SizingParams) -> tuple[pl.Expr, pl.Expr]:
    """Shares: low, high. Of a peak without headroom and with twice of it; of an average as if a peak, and all of it."""
    measured, plain = pl.col(peak) / 100, average / 100 * (1 + params.headroom)
    low = pl.coalesce(measured, plain, pl.lit(params.usual_share))
    high = pl.coalesce(measured * (1 + 2 * params.headroom), pl.max_horizontal(plain, pl.lit(1.0)), pl.lit(1.0))
    return low, high


def _basis(peak: str, average: pl.Expr) -> pl.Expr:
    found = pl.when(pl.col(peak).is_not_null()).then(PEAK).when(average.is_not_null()).then(AVERAGE)
    return found.otherwise(ALLOCATED).cast(pl.Int64)


def _name(basis: pl.Expr) -> pl.Expr:
    """In BASES' words."""
    peak, average, allocated = (pl.lit(name) for name in BASES)
    return pl.when(basis == PEAK).then(peak).when(basis == AVERAGE).then(average).otherwise(allocated)


def _up(expr: pl.Expr, step: float) -> pl.Expr:
    """Rounded up to a step; what is a step but for the error of floating point stays."""
    return ((expr / step - 1e-9).ceil() * step).cast(pl.Float64)


def _cpu(params: SizingParams) -> dict[str, pl.Expr]:
    average = pl.col("cpu_average")
    low, high = _range("cpu_peak", average, params)
    # A core runs two threads, and a vCPU is one: without the count of threads up to two vCPUs stand for a core.
    threads = pl.when(pl.col("threads_unknown") | pl.col("foreign")).then(2.0).otherwise(1.0)
    need = _share("cpu_peak", average, params.average_to_peak, params.headroom)
    return {
        "cpus_need": _up(pl.col("cpus") * need, 1).clip(lower_bound=1),
        "cpus_low": _up(pl.col("cpus") * low, 1).clip(lower_bound=1),
        "cpus_high": _up(pl.col("cpus") * high * threads, 1).clip(lower_bound=1),
        "cpu_basis": _basis("cpu_peak", average),
    }


def _memory(params: SizingParams) -> dict[str, pl.Expr]:
    # Where only the used amount is known, it stands for what there is.
    has = pl.coalesce("memory", pl.col("memory_used") * params.memory_average_to_peak * (1 + params.headroom))
    used = pl.col("memory_used") / pl.col("memory") * 100
    # What was in use at one moment ("active" memory of a hypervisor is what was touched just then) is no average: alone
    # it only says that the low end may be higher than the usual share.
    average = pl.when(pl.col("memory_average").is_not_null()).then(pl.max_horizontal("memory_average", used))
    low, high = _range("memory_peak", average, params)
    moment = pl.min_horizontal(pl.max_horizontal(low, used / 100), pl.lit(1.0))
    low = pl.when(pl.col("memory_peak").is_null() & average.is_null()).then(moment).otherwise(low)
    need = _share("memory_peak", average, params.memory_average_to_peak, params.headroom)
    floors = assumptions()["floors"]
    floor = pl.min_horizontal(
        pl.when("windows").then(pl.lit(float(floors["windows"]))).otherwise(float(floors["other"])), has
    )
    basis = (
        pl.when(pl.col("memory").is_null())
        .then(pl.lit(AVERAGE, dtype=pl.Int64))
        .otherwise(_basis("memory_peak", average))
    )
    return {
        "memory_need": pl.max_horizontal(_up(has * need, 0.25), floor),
        "memory_low": pl.max_horizontal(_up(has * low, 0.25), floor),
        "memory_high": pl.max_horizontal(_up(has * high, 0.25), floor),
        "memory_basis": basis,
        "memory_has": has,
        "memory_share": average,
    }  # fmt: skip


def _storage(params: SizingParams) -> dict[str, pl.Expr]:
    used = pl.col("storage_used") * (1 + params.storage_headroom)
    smallest = pl.min_horizontal(used, "storage")
    whole = pl.coalesce("storage", used)
    return {
        "storage_need": whole if params.storage == "allocated" else smallest,
        "storage_low": smallest,
        "storage_high": whole,
    }


def _system(params: SizingParams) -> dict[str, pl.Expr]:
    words = assumptions()
    label = pl.coalesce("os_label", "os_name").str.to_lowercase()
    windows = label.str.contains(words["windows"]).fill_null(value=False)
    arch = pl.col("architecture").str.to_lowercase()
    rebuilt = pl.col("strategy").is_in(words["rebuilt"])
    on_arm = arch.str.contains(words["arm"]).fill_null(value=False)
    to_arm = pl.lit(params.arm) & rebuilt & ~windows
    foreign = arch.str.contains(words["foreign"]).fill_null(value=False) | pl.col("os_platform").is_in(
        _FOREIGN_PLATFORMS
    ).fill_null(value=False)
    return {
        "windows": windows,
        "os_known": label.is_not_null(),
        "foreign": foreign,
        "rebuilt": rebuilt,
        "arch": pl.when(on_arm).then(pl.lit("arm64")).when(to_arm).then(pl.lit("any")).otherwise(pl.lit("x86_64")),
    }  # fmt: skip


def _blocked() -> pl.Expr:
    system = pl.coalesce("os_label", "os_name", "architecture")
    return (
        pl.when(pl.col("foreign") & ~pl.col("rebuilt"))
        .then(pl.format("{} runs on no machine type of these clouds", system.fill_null("its system")))
        .when(pl.col("cpus").is_null() & pl.col("memory_has").is_null())
        .then(pl.lit("neither its processors nor its memory are known"))
        .when(pl.col("cpus").is_null())
        .then(pl.lit("its processors are not known"))
        .when(pl.col("memory_has").is_null())
        .then(pl.lit("its memory is not known"))
    )


def _burstable(params: SizingParams) -> pl.Expr:
    measured = (pl.col("cpu_basis") != ALLOCATED) & ~pl.col("foreign")
    return {
        "never": pl.lit(value=False),
        "always": measured,
        "non_production": measured & (pl.col("environment") != "production").fill_null(value=False),
    }[params.burstable]


def needs(facts: pl.DataFrame, params: SizingParams) -> pl.DataFrame:
    """NEEDS, one row per machine, in the order of facts: of gather, with strategy; all of them are to be sized."""
    has, doubts = amounts(facts)
    system = facts.select("asset_id", "environment", "os_label", "os_name", "architecture", **_system(params))
    whole = written_out(system).hstack(has)
    derived = written_out(whole.with_columns(**_cpu(params), **_memory(params), **_storage(params)))
    sized = derived.with_columns(blocked=_blocked())
    none = pl.lit([], dtype=pl.List(pl.String))
    said = noted(facts)
    notes = facts.select("asset_id", notes=pl.concat_list(said).list.drop_nulls() if said else none)
    told = sized.hstack(notes.drop("asset_id")).join(doubts, on="asset_id", how="left", maintain_order="left")
    why = pl.concat_list(need_sentences(params)).list.drop_nulls()
    set_aside = pl.col("doubts").fill_null(none)
    return told.select(
        "asset_id",
        pl.col("cpus_need").alias("cpus"),
        "cpus_low",
        pl.max_horizontal("cpus_high", "cpus_need").alias("cpus_high"),
        pl.col("memory_need").alias("memory"),
        "memory_low",
        pl.max_horizontal("memory_high", "memory_need").alias("memory_high"),
        pl.col("storage_need").alias("storage"),
        "storage_low",
        "storage_high",
        "windows",
        "os_known",
        "arch",
        "blocked",
        basis=_name(pl.max_horizontal("cpu_basis", "memory_basis")),
        burstable=_burstable(params),
        as_of=facts["as_of"],
        why=pl.when(pl.col("blocked").is_null())
        .then(pl.concat_list(why, "notes", set_aside))
        .otherwise(pl.concat_list(pl.concat_list("blocked"), set_aside)),
    )
