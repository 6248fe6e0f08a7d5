"""Claims: every value that a record or a table of details states about an asset, ready to be weighed.

Keep out: weighing them (merge.py, united.py); how trust of a kind of source is set (precedence.yaml).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.handoffs import FrameSchema
from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.tables import Tables
from discovery_pipeline.domain.inventory.values.precedence import (
    OBSERVING,
    OF_THE_MOMENT,
    Preferences,
    SourceKind,
    precedence,
    preferred_for,
    rank_among,
    source_kind,
)
from discovery_pipeline.domain.names import own_name
from discovery_pipeline.domain.schema import clean_schema

# The sum of an asset's disks is good evidence, yet the source that states the total knows it better.
_DETAIL_FACTOR = 0.5
_DAY = 86_400_000_000
_NEVER = 2**63 - 1
_LATE = 0.9

# What a run believed of each table: `kind` of source; `as_of`: the date that its rows speak for where they have none of
# their own, null where nobody can tell.
STANDINGS: FrameSchema = {"table_no": pl.UInt32(), "kind": pl.String(), "as_of": pl.Datetime("us")}
# What an older claim counts, by age: fresh, stale, old.
_AGE_FACTORS = np.array([1.0, 0.5, 0.25])


@dataclass(frozen=True)
class Claims:
    """frame: one row per claimant: asset, record_no, table_no, detail, observed, seen, age, then fields.

    Sorted by asset and record_no. seen: when the claimant last saw the asset, microseconds since 1970, 0 where it does
    not say. age: 0 fresh, 1 stale, 2 old, against the asset's newest claim. trust: per group of fields the trust in
    each row, by kind of source and age. assets: how many there are. horizon: times after it lie in the future.
    preferred: per field that a tenant gave an order for, each row's place in it, the best 0. standings: STANDINGS.
    voices: per table the first table of its file; what the sheets of one export repeat is said once.
    """

    frame: pl.DataFrame
    trust: Mapping[str, NDArray[np.float64]]
    assets: int
    horizon: int
    preferred: Mapping[str, Nodes]
    standings: pl.DataFrame
    voices: Mapping[int, int]

    def order(self, group: str, preferred: Nodes | None = None) -> Nodes:
        """Row positions by asset, then preference, trust (most first), last seen (newest first), then record_no."""
        levels, level = np.unique(-self.trust[group], return_inverse=True)
        rank = level if preferred is None else preferred * len(levels) + level
        keys = self.frame["asset"].to_numpy().astype(np.int64) * (int(rank.max(initial=0)) + 1) + rank
        # A stable sort of what is nearly in order is far cheaper than sorting by all four keys.
        newest = self.newest_first
        return np.asarray(newest[np.argsort(keys[newest], kind="stable")])

    @cached_property
    def newest_first(self) -> Nodes:
        """Row positions by asset, then last seen (newest first), then record_no."""
        return np.lexsort((-self.frame["seen"].to_numpy(), self.frame["asset"].to_numpy()))


def gather_claims(
    records: pl.DataFrame,
    details: pl.DataFrame,
    tables: Tables,
    assets: int,
    params: InventoryParams,
) -> Claims:
    """records: asset records with `asset`, without exact repeats. details: summarise_details."""
    stacked = pl.concat(
        [
            records.drop("row", "line", "original", "duplicate").with_columns(detail=pl.lit(value=False)),
            details.drop("rows").with_columns(detail=pl.lit(value=True)),
        ],
        how="diagonal",
    ).sort("asset", "record_no")
    kinds = _kinds(stacked, tables)
    standings = _standings(stacked, kinds, tables)
    newest = standings["as_of"].cast(pl.Int64).max()
    horizon = _NEVER if newest is None else int(newest) + params.future_days * _DAY  # type: ignore[arg-type]
    observing = [no for no, kind in kinds.items() if kind in OBSERVING]
    dated = stacked.with_columns(_seen(stacked, horizon), pl.col("table_no").is_in(observing).alias("observed"))
    frame = dated.with_columns(_age(standings, params), *_own_names(dated.columns))
    return Claims(
        frame,
        {group: trust_of(group, frame, kinds) for group in precedence().trust},
        assets,
        horizon,
        _preferred(frame, kinds, tables, params.preferred),
        standings,
        _voices(kinds, tables),
    )


def trust_of(group: str, claims: pl.DataFrame, kinds: Mapping[int, SourceKind]) -> NDArray[np.float64]:
    """Trust in each claim on a field of the group, in (0, 1]. claims: table_no, age, detail. kinds: per table."""
    by_table = {no: precedence().trust[group][kind] for no, kind in kinds.items()}
    base = claims["table_no"].replace_strict(by_table, return_dtype=pl.Float64()).to_numpy()
    detail = np.where(claims["detail"].to_numpy(), _DETAIL_FACTOR, 1.0)
    return np.asarray(base * _AGE_FACTORS[claims["age"].to_numpy()] * detail)


def age_of(moment: pl.Expr, newest: pl.Expr, params: InventoryParams) -> pl.Expr:
    """0 fresh, 1 stale, 2 old. Both in microseconds since 1970; a claim without a date is taken for fresh."""
    behind = (newest - moment).fill_null(0)
    stale, old = ((behind > days * _DAY).cast(pl.Int8) for days in (params.stale_days, params.old_days))
    return stale + old


def _kinds(stacked: pl.DataFrame, tables: Tables) -> dict[int, SourceKind]:
    """Per table its source kind, told by the fields in which it holds any value."""
    schema = clean_schema("asset")
    present = [c for c in stacked.columns if c in schema]
    filled = stacked.group_by("table_no").agg(pl.col(present).is_not_null().any())
    carried = {
        row.pop("table_no"): {name for name, any_ in row.items() if any_} for row in filled.iter_rows(named=True)
    }
    return {no: source_kind(*tables[no], names) for no, names in sorted(carried.items())}


def _own_names(columns: Sequence[str]) -> list[pl.Expr]:
    """What tools show machines under stays in the records, so that others may refer to it."""
    known = {"hostname", "fqdn"} <= set(columns)
    return [own_name(pl.col("hostname"), pl.col("fqdn")).alias("hostname")] if known else []


def _voices(numbers: Iterable[int], tables: Tables) -> dict[int, int]:
    first: dict[tuple[str, str], int] = {}
    return {no: first.setdefault((tables[no][0].source, tables[no][0].file), no) for no in sorted(numbers)}


def _standings(stacked: pl.DataFrame, kinds: Mapping[int, SourceKind], tables: Tables) -> pl.DataFrame:
    """As of when a table speaks: as was stated, else a late date among its rows', not the last, which may be mistyped.

    A list of what is there at the moment, without a date, is as new as the newest of the others.
    """
    found: dict[int, datetime | None] = {}
    if "last_seen" in stacked.columns:
        late = pl.col("last_seen").quantile(_LATE, "nearest")
        found = dict(stacked.group_by("table_no").agg(late).iter_rows())
    as_of = {no: _plain(tables[no][0].as_of) or found.get(no) for no in kinds}
    newest = max((date for date in as_of.values() if date), default=None)
    rows = [(no, kind, as_of[no] or (newest if kind in OF_THE_MOMENT else None)) for no, kind in kinds.items()]
    return pl.DataFrame(rows, schema=STANDINGS, orient="row")


def _plain(moment: datetime | None) -> datetime | None:
    """The moment in UTC without saying so, as clean records have it."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment and moment.tzinfo else moment


def _seen(stacked: pl.DataFrame, horizon: int) -> pl.Expr:
    """When the claimant last saw the asset, as microseconds since 1970; 0 where it does not say, or in the future."""
    if "last_seen" not in stacked.columns:
        return pl.lit(0, pl.Int64).alias("seen")
    moment = pl.col("last_seen").cast(pl.Int64)
    return pl.when(moment <= horizon).then(moment).otherwise(0).alias("seen")


def _age(standings: pl.DataFrame, params: InventoryParams) -> pl.Expr:
    as_of = dict(standings.select("table_no", pl.col("as_of").cast(pl.Int64)).iter_rows())
    if not as_of:
        return pl.lit(0, pl.Int8).alias("age")
    of_table = pl.col("table_no").replace_strict(as_of, return_dtype=pl.Int64())
    moment = pl.when(pl.col("seen") > 0).then("seen").otherwise(of_table)
    return age_of(moment, moment.max().over("asset"), params).alias("age")


def _preferred(
    frame: pl.DataFrame, kinds: Mapping[int, SourceKind], tables: Tables, preferences: Preferences
) -> dict[str, Nodes]:
    ranks = {}
    for field in frame.columns:
        wanted = preferred_for(field, preferences) if field in precedence().group_of else ()
        if wanted:
            by_table = {no: rank_among(wanted, tables[no][0].source, kind) for no, kind in kinds.items()}
            ranks[field] = frame["table_no"].replace_strict(by_table, return_dtype=pl.Int64()).to_numpy()
    return ranks
