"""The inventory frame: merged values of described assets, names of the others, types, counts and marks.

Keep out: how values are chosen (merge.py, united.py) and who is new (changes.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import polars as pl

from discovery_pipeline.domain.handoffs import CleanTable
from discovery_pipeline.domain.inventory.tables import Infos, text_of_table
from discovery_pipeline.domain.inventory.values.claims import Claims
from discovery_pipeline.domain.inventory.values.merge import Merged, merge_field
from discovery_pipeline.domain.inventory.values.precedence import precedence
from discovery_pipeline.domain.inventory.values.sense import LEADS
from discovery_pipeline.domain.inventory.values.united import unite_field
from discovery_pipeline.domain.schema import clean_schema, fields

OWN_NAME = "own_name"


_FIELDS_AT_ONCE = 2


@dataclass(frozen=True)
class Values:
    """Per field, by asset number: value, record_no of the winner, rule."""

    merged: Mapping[str, Merged]


def merge_values(claims: Claims) -> Values:
    """Every field that any claim carries."""
    orders = {group: claims.order(group) for group in precedence().trust}
    leads: dict[str, pl.Series] = {}

    def merge(field: str) -> Merged:
        group, preferred = precedence().group_of[field], claims.preferred.get(field)
        if fields("asset")[field].is_list:
            return unite_field(field, claims)
        order = orders[group] if preferred is None else claims.order(group, preferred)
        return merge_field(field, claims, group, order, leads)

    frame = claims.frame
    claimed = [f for f in fields("asset") if f in frame.columns and frame[f].null_count() < len(frame)]
    first = [f for f in claimed if f in LEADS]
    # Fields are independent and each is many small steps, between which polars leaves cores idle.
    with ThreadPoolExecutor(_FIELDS_AT_ONCE) as pool:
        merged = dict(zip(first, pool.map(merge, first), strict=True))
        leads |= {field: each.values for field, each in merged.items()}
        others = [f for f in claimed if f not in merged]
        merged |= zip(others, pool.map(merge, others), strict=True)
    return Values({field: merged[field] for field in claimed})


def value_columns(values: Values, assets: int) -> pl.DataFrame:
    """Every canonical field in the schema's order, by asset number; null where nothing was claimed."""
    columns = [
        values.merged[name].values.cast(dtype).alias(name) if name in values.merged else pl.lit(None, dtype).alias(name)
        for name, dtype in clean_schema("asset").items()
    ]
    numbers = pl.DataFrame({"number": pl.int_range(assets, eager=True)})
    return numbers.with_columns(*columns).drop("number")


def origin_columns(values: Values) -> pl.DataFrame:
    """Per claimed field f the columns f (record_no) and f__rule."""
    columns = []
    for name, merged in values.merged.items():
        columns += [merged.record_no.cast(pl.UInt32()).alias(name), merged.rule.alias(f"{name}__rule")]
    return pl.DataFrame(columns)


def with_own_names(inventory: pl.DataFrame, origin: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """An application that its record calls by a host name gets that name as its application's name."""
    nameless = (
        (pl.col("classified_type") == "application")
        & (pl.col("application_name").list.len().fill_null(0) == 0)
        & pl.col("hostname").is_not_null()
    )
    mask = inventory.select(nameless).to_series()
    if not mask.any():
        return inventory, origin
    named = inventory.with_columns(
        pl.when(nameless).then(pl.concat_list("hostname")).otherwise("application_name").alias("application_name")
    )
    given = [c for c in ("application_name", "application_name__rule") if c not in origin.columns]
    types = {"application_name": pl.UInt32(), "application_name__rule": pl.String()}
    filled = origin.with_columns([pl.lit(None, types[c]).alias(c) for c in given]).with_columns(
        pl.when(mask).then("hostname").otherwise("application_name").alias("application_name"),
        pl.when(mask).then(pl.lit(OWN_NAME)).otherwise("application_name__rule").alias("application_name__rule"),
    )
    return named, filled


def review_fields(values: Values, claims: Claims, tables: Sequence[CleanTable]) -> pl.Series:
    """Per asset the fields whose value, or any part of it, came through a mapping with status review."""
    marks = []
    for field, merged in values.merged.items():
        numbers = [t.info.table_no for t in tables if field in t.review]
        if numbers:
            marks.append(_resting_on(field, merged, claims, numbers))
    if not marks:
        return pl.repeat([], claims.assets, dtype=pl.List(pl.String()), eager=True).alias("review_fields")
    frame = pl.DataFrame(marks)
    named = [pl.when(pl.col(name)).then(pl.lit(name)) for name in frame.columns]
    # Out of a text: dropping nulls from as many lists takes five times as long.
    text = pl.concat_str(named, separator=";", ignore_nulls=True)
    listed = pl.when(text != "").then(text.str.split(";")).otherwise(pl.lit([], pl.List(pl.String())))
    return frame.select(listed.alias("review_fields")).to_series()


def _resting_on(field: str, merged: Merged, claims: Claims, numbers: list[int]) -> pl.Series:
    """Whether each asset's value comes from one of these tables; united values: whether any of them takes part."""
    stated = claims.frame.select("asset", "record_no").filter(
        claims.frame["table_no"].is_in(numbers) & claims.frame[field].is_not_null()
    )
    from_them = np.zeros(int(claims.frame["record_no"].max() or 0) + 1, dtype=np.bool_)  # type: ignore[arg-type]
    from_them[stated["record_no"].to_numpy()] = True
    naming = np.zeros(claims.assets, dtype=np.bool_)
    naming[stated["asset"].to_numpy()] = True
    several = merged.record_no.is_null() & merged.rule.is_not_null()
    winners = pl.Series(from_them).gather(merged.record_no).fill_null(value=False)
    return (winners | (several & pl.Series(naming))).alias(field)


def sources_and_counts(members: pl.DataFrame, assets: int, tables: Infos) -> pl.DataFrame:
    """Columns sources, record_count by asset number. members: asset and table_no of every row of the lineage."""
    names = {no: info.source for no, info in tables.items()}
    # Sorted as texts and handled as numbers: a million records come from a handful of sources.
    source = text_of_table(names).cast(pl.Enum(sorted(set(names.values()))))
    counted = members.group_by("asset", "table_no").len()
    total = np.zeros(assets, dtype=np.int64)
    np.add.at(total, counted["asset"].to_numpy(), counted["len"].to_numpy())
    listed = (
        counted.select("asset", source.alias("sources"))
        .unique()
        .sort("asset", "sources")
        .group_by("asset", maintain_order=True)
        .agg(pl.col("sources").cast(pl.String))
    )
    numbers = pl.DataFrame({"asset": pl.int_range(assets, dtype=pl.UInt32, eager=True), "record_count": total})
    return numbers.join(listed, on="asset", how="left", maintain_order="left").select("sources", "record_count")
