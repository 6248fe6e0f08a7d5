"""How often a talk was seen: what several tables tell of one connection is one sighting.

Keep out: how much a number of sightings is believed (edges/evidence), and what else is doubtful (traffic).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from discovery_pipeline.domain.dependencies.params import DependencyParams

# What speaks against a single sighting of a long watching.
RARE = "seen once in a long time"
_SECOND = 1_000_000


def _slots(talks: pl.DataFrame) -> pl.DataFrame:
    """Columns table_no, grain: the seconds that all of a table's times are apart, or a multiple of; 0 where unknown."""
    rows: list[tuple[int, int]] = []
    for (table_no,), part in talks.group_by("table_no", maintain_order=True):
        times = pl.concat([part["first_seen"], part["last_seen"]]).drop_nulls().unique().dt.epoch("us").to_numpy()
        apart = (times - times.min()) // _SECOND if len(times) else times
        rows.append((int(str(table_no)), int(np.gcd.reduce(apart)) if len(apart) else 0))
    return pl.DataFrame(rows, schema={"table_no": talks.schema["table_no"], "grain": pl.Int64()}, orient="row")


def _at_one_moment(params: DependencyParams) -> pl.Expr:
    """Whether a table of exact times writes several rows of one moment: collectors that saw the same connection."""
    exact = pl.col("grain").is_between(1, params.exact_seconds)
    return exact & (pl.col("first_seen") == pl.col("last_seen")) & (pl.col("records") <= pl.col("rows"))


def _met(told: pl.DataFrame, key: list[str], params: DependencyParams) -> pl.DataFrame:
    """Columns of key, records: the best table's of each stretch of time in which tables overlap, all stretches added.

    told: a row per key and table, with grain. Tables without times may tell of any of the others' connections.
    """
    slot = pl.duration(seconds=pl.col("grain").clip(params.slot_seconds, params.slot_seconds_most))
    dated = told.drop_nulls("first_seen").with_columns(
        start=pl.col("first_seen") - slot, end=pl.col("last_seen") + slot
    )
    ordered = dated.sort(*key, "start", "end", nulls_last=True)
    before = pl.col("end").cum_max().shift(1).over(key)
    stretched = ordered.with_columns(stretch=(pl.col("start") > before).fill_null(value=False).cast(pl.Int64))
    numbered = stretched.with_columns(pl.col("stretch").cum_sum().over(key))
    best = numbered.group_by(*key, "stretch").agg(pl.col("records").max()).group_by(key).agg(pl.col("records").sum())
    undated = told.filter(pl.col("first_seen").is_null()).group_by(key).agg(pl.col("records").max())
    return pl.concat([best, undated]).group_by(key).agg(pl.col("records").max())


def sighted(talks: pl.DataFrame, key: list[str], params: DependencyParams) -> pl.DataFrame:
    """Columns of key, records: how often the talks of each key were seen, whatever number of tables tell it.

    talks: columns of key, table_no, rows, records, first_seen, last_seen.
    """
    by_table = talks.group_by(*key, "table_no").agg(
        pl.col("rows", "records").sum(), pl.col("first_seen").min(), pl.col("last_seen").max()
    )
    grained = by_table.join(_slots(by_table), on="table_no", how="left")
    counted = grained.with_columns(records=pl.when(_at_one_moment(params)).then(1).otherwise("records"))
    several = pl.struct(key).is_duplicated()
    one = counted.filter(~several).select(*key, "records")
    return pl.concat([one, _met(counted.filter(several), key, params).select(*key, "records")])
