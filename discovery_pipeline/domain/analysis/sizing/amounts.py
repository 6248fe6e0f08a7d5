"""What a machine has and uses, as far as it can be believed: values that can't be are set aside, and said.

Keep out: what it needs (needs).
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.sizing.assumptions import assumptions

# cpus: logical processors. threads_unknown: cores are known, but not how many threads they run. Percentages of what it
# has; memory and storage in GiB.
AMOUNTS = {
    "cpus": pl.Float64(), "threads_unknown": pl.Boolean(), "cpu_peak": pl.Float64(),
    "cpu_average": pl.Float64(), "memory": pl.Float64(), "memory_used": pl.Float64(), "memory_peak": pl.Float64(),
    "memory_average": pl.Float64(), "storage": pl.Float64(), "storage_used": pl.Float64(),
}  # fmt: skip
# Field of the inventory -> what it's called, which bounds of sizing.yaml it keeps, and its factor to our unit.
AMOUNT_FIELDS = {
    "cpu_count": ("processors", "cpus", 1.0),
    "cpu_cores": ("cores", "cpus", 1.0),
    "cpu_sockets": ("sockets", "cpus", 1.0),
    "cores_per_socket": ("cores per socket", "cpus", 1.0),
    "cpu_peak_pct": ("% peak CPU", "percent", 1.0),
    "cpu_utilization_pct": ("% average CPU", "percent", 1.0),
    "memory_mib": ("GiB memory", "memory_gib", 1 / 1024),
    "memory_used_mib": ("GiB memory used", "memory_gib", 1 / 1024),
    "memory_peak_pct": ("% peak memory", "percent", 1.0),
    "memory_utilization_pct": ("% average memory", "percent", 1.0),
    "storage_total_gib": ("GiB storage", "storage_gib", 1.0),
    "storage_used_gib": ("GiB storage used", "storage_gib", 1.0),
}
# What is used may exceed what there is by rounding and by when each was read.
_TOLERANCE = 1.05


def _value(field: str) -> pl.Expr:
    return pl.col(field).cast(pl.Float64) * AMOUNT_FIELDS[field][2]


def _believable(field: str) -> pl.Expr:
    low, high = assumptions()["plausible"][AMOUNT_FIELDS[field][1]]
    return _value(field).is_finite() & _value(field).is_between(low, high)


def _mistaken(field: str) -> pl.Expr:
    """A value is given and can't be; nothing used is idle, not a mistake."""
    name = AMOUNT_FIELDS[field][0]
    idle = (_value(field) == 0) & pl.lit("used" in name or "average" in name)
    return (~_believable(field) & ~idle).fill_null(value=False)


def _contradictions() -> dict[str, pl.Expr]:
    """Sentence -> whether it holds, over the believable values."""
    return {
        "more memory is used than there is: what is used is taken as unknown": pl.col("memory_used_mib")
        > pl.col("memory_mib") * _TOLERANCE,
        "more storage is used than there is: what is used counts": pl.col("storage_used_gib")
        > pl.col("storage_total_gib") * _TOLERANCE,
        "the average CPU is above its peak: the higher one counts as the peak": pl.col("cpu_utilization_pct")
        > pl.col("cpu_peak_pct"),
        "the average memory is above its peak: the higher one counts as the peak": pl.col("memory_utilization_pct")
        > pl.col("memory_peak_pct"),
    }


def _doubts(facts: pl.DataFrame, clean: pl.DataFrame) -> pl.DataFrame:
    """Columns asset_id, doubts of the machines that have any."""
    mistaken = facts.filter(pl.any_horizontal(_mistaken(field) for field in AMOUNT_FIELDS))
    said = [
        pl.when(_mistaken(field)).then(
            pl.format("{} {} can't be: taken as unknown", _value(field).round(2), pl.lit(name))
        )
        for field, (name, _, _) in AMOUNT_FIELDS.items()
    ]
    first = mistaken.select("asset_id", doubts=pl.concat_list(said).list.drop_nulls())
    told = [pl.when(holds).then(pl.lit(sentence)) for sentence, holds in _contradictions().items()]
    torn = clean.filter(pl.any_horizontal(*_contradictions().values()))
    then = torn.select("asset_id", doubts=pl.concat_list(told).list.drop_nulls())
    both = pl.concat([first, then]).explode("doubts", empty_as_null=False)
    return both.group_by("asset_id", maintain_order=True).agg("doubts")


def written_out(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every value in memory: polars 1.44 takes the horizontal maximum of constants for one row."""
    return pl.DataFrame(frame.get_columns())


def amounts(facts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """AMOUNTS, one row per machine in the order of facts (INVENTORY's columns and type), and asset_id, doubts.

    doubts: what was set aside, as sentences, of the machines of which something was.
    """
    clean = written_out(
        facts.with_columns(pl.when(_believable(field)).then(_value(field)).alias(field) for field in AMOUNT_FIELDS)
    )
    too_much, overfull, swapped, swapped_memory = (holds.fill_null(value=False) for holds in _contradictions().values())
    cores = pl.max_horizontal("cpu_cores", pl.col("cpu_sockets") * pl.col("cores_per_socket"))
    physical = pl.col("type") == "physical_server"
    # Sockets alone say nothing of a physical machine's cores; of a virtual one they are its processors.
    sockets = pl.when(~physical).then(pl.col("cpu_sockets"))
    known = pl.col("memory_mib").is_not_null()
    peak = pl.when(swapped_memory).then("memory_utilization_pct").otherwise("memory_peak_pct")
    has = clean.select(
        cpus=pl.coalesce(pl.max_horizontal("cpu_count", cores), sockets),
        threads_unknown=(physical & (cores >= pl.col("cpu_count").fill_null(0))).fill_null(value=False),
        cpu_peak=pl.when(swapped).then("cpu_utilization_pct").otherwise("cpu_peak_pct"),
        cpu_average="cpu_utilization_pct",
        memory="memory_mib",
        memory_used=pl.when(~too_much).then("memory_used_mib"),
        memory_peak=pl.when(known).then(peak),
        memory_average=pl.when(known).then("memory_utilization_pct"),
        storage=pl.when(overfull).then("storage_used_gib").otherwise("storage_total_gib"),
        storage_used="storage_used_gib",
    )
    return written_out(has), _doubts(facts, clean)
