"""How a need came about and what a price is, as sentences. Keep out: every figure, which others work out."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.rules import condition, sentence
from discovery_pipeline.domain.analysis.sizing.assumptions import assumptions
from discovery_pipeline.domain.analysis.sizing.params import SizingParams

# What a need rests on, the surest first.
BASES = ("peak", "average", "allocated")
PEAK, AVERAGE, ALLOCATED = range(len(BASES))


def need_sentences(params: SizingParams) -> list[pl.Expr]:
    """How the needs came about, in the order CPU, memory, storage, system; null where nothing is to say."""
    disks = pl.when(pl.col("storage_need").is_null()).then(pl.lit("its disks are not known: no storage in the price"))
    return [
        _cpu(params),
        _memory(f"{params.headroom * 100:.0f} %"),
        disks.otherwise(pl.format("{} GiB of disks", pl.col("storage_need").round(1))),
        pl.when(~pl.col("os_known")).then(
            pl.lit("its system is not known: priced without licence, the range reaches to Windows")
        ),
        pl.when(pl.col("threads_unknown")).then(
            pl.lit("cores are known, threads are not: the range reaches to two vCPUs for a core")
        ),
        pl.when(pl.col("foreign") & pl.col("rebuilt")).then(
            pl.lit("runs on another kind of processor today: speeds differ, the range reaches to twice the vCPUs")
        ),
    ]


def noted(machines: pl.DataFrame) -> list[pl.Expr]:
    """The notes of sizing.yaml that hold for at least one of the machines (facts); null where one doesn't."""
    found: list[pl.Expr] = []
    for note in assumptions()["notes"]:
        holds = condition(note["when"])
        if machines.select(holds.any()).item():
            found.append(pl.when(holds).then(sentence(note["reason"])))
    return found


def no_type() -> pl.Expr:
    """Which limit a need is over that no type holds; over NEEDS with what the largest types have."""
    cpus = pl.format("it needs {} vCPU, and the largest type has {}", pl.col("cpus").cast(pl.Int64), "most_cpus")
    memory = pl.format("it needs {} GiB memory, and the largest type has {}", pl.col("memory").round(0), "most_memory")
    return (
        pl.when(pl.col("most_cpus").is_null())
        .then(pl.format("the catalogue has no {} types of this provider", "arch"))
        .when(pl.col("cpus") > pl.col("most_cpus"))
        .then(cpus)
        .when(pl.col("memory") > pl.col("most_memory"))
        .then(memory)
        .otherwise(pl.lit("no type has as many vCPUs and as much memory together"))
    )


def _cpu(params: SizingParams) -> pl.Expr:
    has, need = pl.col("cpus").cast(pl.Int64), pl.col("cpus_need").cast(pl.Int64)
    room, times = pl.lit(f"{params.headroom * 100:.0f} %"), pl.lit(f"{params.average_to_peak:g}")
    peak, average = pl.col("cpu_peak").round(1), pl.col("cpu_average").round(1)
    by_peak = pl.format("{} vCPU allocated, peak {} %: {} needed with {} headroom", has, peak, need, room)
    by_average = pl.format(
        "{} vCPU allocated, average {} %, no peak known: {} needed if it peaks at {} times that, with {} headroom",
        has, average, need, times, room,
    )  # fmt: skip
    plain = pl.format("{} vCPU allocated, use not known: sized as allocated", has)
    basis = pl.col("cpu_basis")
    return pl.when(basis == PEAK).then(by_peak).when(basis == AVERAGE).then(by_average).otherwise(plain)


def _memory(headroom: str) -> pl.Expr:
    has, need, room = pl.col("memory_has").round(1), pl.col("memory_need").round(2), pl.lit(headroom)
    peak, share = pl.col("memory_peak").round(1), pl.col("memory_share").round(1)
    by_peak = pl.format("{} GiB memory, peak {} %: {} GiB needed with {} headroom", has, peak, need, room)
    by_used = pl.format("{} GiB memory used, its size not known: {} GiB needed", pl.col("memory_used").round(1), need)
    by_average = pl.format(
        "{} GiB memory, {} % used, no peak known: {} GiB needed with {} headroom", has, share, need, room
    )
    plain = pl.format("{} GiB memory, use not known: sized as allocated", has)
    basis = pl.col("memory_basis")
    measured = pl.when(basis == PEAK).then(by_peak).when(pl.col("memory").is_null()).then(by_used)
    return measured.when(basis == AVERAGE).then(by_average).otherwise(plain)


def choice_sentences(currency: str, term: str, included: bool) -> pl.Expr:
    """What was chosen at which price of which day; over FITS with TERMS, a list. term: of the reservation."""
    years = {"1y": "one year", "3y": "three years"}[term]
    machine = pl.format("{} ({} vCPU, {} GiB) in {}", "type", "vcpus", pl.col("memory_gib").round(1), "region")
    price = pl.format(
        "{} at {} {} an hour, by the price list of {}", machine, pl.col("hour").round(4), pl.lit(currency), "priced_at"
    )
    licence = pl.when(pl.col("licence_hour") > 0).then(
        pl.format("{}; Windows adds {}", price, pl.col("licence_hour").round(4))
    )
    unpriced = pl.format("{}: its price is not in the catalogue", machine)
    percent = [(pl.col(name) * 100).round(0).cast(pl.Int64) for name in ("save", "save_least", "save_most")]
    return pl.concat_list(
        pl.when(pl.col("hour").is_null()).then(unpriced).otherwise(pl.coalesce(licence, price)),
        pl.when(pl.col("scaled")).then(pl.lit("its price follows from the listed ones of its family, per vCPU")),
        pl.when(pl.col("shares")).then(pl.lit("it has its full speed for a part of the time only: enough for peaks")),
        pl.when(pl.col("region") != pl.col("base")).then(
            pl.format(
                "prices in {} are those in {} times {} ({} to {}), an estimate",
                "region", "base", "factor", (pl.col("factor") * pl.col("low")).round(3),
                (pl.col("factor") * pl.col("high")).round(3),
            )
        ),
        pl.when(pl.col("hour").is_not_null()).then(
            pl.format(
                "committed for {} the machine costs about {} % less ({} to {} %), an estimate", pl.lit(years), *percent
            )
        ),
        pl.format(
            "disks: {} at {} {} a GiB and month with {} operations a second, by the price list of {}",
            "disk", pl.col("gib_month").round(4), pl.lit(currency), "iops", "disk_priced_at",
        ),
        pl.when(pl.col("windows") & pl.lit(not included)).then(
            pl.col("provider").replace_strict(assumptions()["own_windows"], default=None, return_dtype=pl.String)
        ),
    ).list.drop_nulls()  # fmt: skip
