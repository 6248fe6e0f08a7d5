"""Rows of one connection table -> groups of equal talks: by address where each has one name, else by name and address.

Tools give a name to some rows of an address and not to others; taking both into the key would make four groups of one
talk. Keep out: what the columns say (records) and what the groups mean (connections).
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.dependencies.observed.coding import CARRIED, SILENT, coded_records, oriented
from discovery_pipeline.domain.dependencies.observed.records import Records, port, told_by_ports, with_ranks

# c, s: end codes (host * 2**32 + address). key: server's port, client's port, protocol, day, unclear and silent in one
# number. counts: connections, and those written from the server's side * 2**32. mark: program, + 2**7 if it carried.
GROUPS: dict[str, pl.DataType] = {
    "c": pl.UInt64(), "s": pl.UInt64(), "key": pl.UInt64(), "rows": pl.Int64(), "counts": pl.UInt64(),
    "mark": pl.UInt8(), "first_seen": pl.Datetime("us"), "last_seen": pl.Datetime("us"),
}  # fmt: skip
# The bit that tells a host's code from an address's.
_IS_HOST = 2**31
# More than any key.
_KEYS = 2**60
# Rows whose ports leave the server open keep both ports; a table with more of them is taken as written instead.
_MAX_UNCLEAR_ROWS = 2_000_000
_PART_ROWS = 5_000_000


def _keeps_both(records: Records, rows: int) -> bool:
    if rows <= _MAX_UNCLEAR_ROWS:
        return True
    ports = with_ranks(records.frame.select(sport=port(records, "source"), dport=port(records, "destination")))
    unclear = ports.select(told_by_ports(keep_both=True)[1].sum()).collect(engine="streaming").item()
    return int(unclear) <= _MAX_UNCLEAR_ROWS


_SUMS = {
    "rows": pl.len().cast(pl.Int64),
    "counts": pl.col("counts").sum(),
    "mark": pl.col("mark").max(),
    "first_seen": pl.col("seen").min(),
    "last_seen": pl.col("seen").max(),
}


# How the sums of two parts of a table make those of both.
_MERGED = {
    "rows": "sum", "counts": "sum", "mark": "max", "first_seen": "min", "last_seen": "max", "c_least": "min",
    "c_most": "max", "s_least": "min", "s_most": "max",
}  # fmt: skip


def _in_parts(records: Records, rows: int, *, keep_both: bool, hosts: bool) -> pl.DataFrame:
    """`_by_address` of a table, part by part: memory is that of a part and of the groups."""
    starts = range(0, max(rows, 1), _PART_ROWS)
    parts = [
        _by_address(oriented(coded_records(records.part(start, _PART_ROWS)), keep_both=keep_both), hosts=hosts)
        for start in starts
    ]
    if len(parts) == 1:
        return parts[0]
    whole = pl.concat(parts)
    sums = [getattr(pl.col(name), how)() for name, how in _MERGED.items() if name in whole.columns]
    return whole.group_by("ce", "se", "key").agg(sums)


def _by_address(directed: pl.LazyFrame, *, hosts: bool) -> pl.DataFrame:
    """Groups by address (host where there is none): columns ce, se, key and the sums, and the names on both sides."""
    wide = {side: pl.col(f"{side}i").cast(pl.UInt64) for side in "cs"}
    if hosts:
        wide = {
            side: pl.when(pl.col(f"{side}i") > 0).then(f"{side}i").otherwise(
                pl.when(pl.col(f"{side}h") > 0).then(pl.col(f"{side}h") + _IS_HOST).otherwise(0)
            ).cast(pl.UInt64)
            for side in "cs"
        }  # fmt: skip
    named: dict[str, pl.Expr] = {}
    for side in "cs" if hosts else "":
        given = pl.when(pl.col(f"{side}h") > 0).then(f"{side}h")
        named |= {f"{side}_least": given.min(), f"{side}_most": given.max()}
    # One wide number: several columns of keys are written row by row first, which costs more than the grouping.
    pair = (wide["c"] * 2**32 + wide["s"]).cast(pl.Int128)
    talks = directed.group_by(talk=pair * _KEYS + pl.col("key").cast(pl.Int128)).agg(**_SUMS, **named)
    pairs = (pl.col("talk") // _KEYS).cast(pl.UInt64)
    ends = {"ce": pairs // 2**32, "se": pairs % 2**32, "key": (pl.col("talk") % _KEYS).cast(pl.UInt64)}
    return talks.collect(engine="streaming").with_columns(**ends).drop("talk")


def _names(groups: pl.DataFrame) -> pl.DataFrame:
    """Columns end, host (the least code), several: what each address is called."""
    sides = [
        groups.select(end=f"{side}e", host=f"{side}_{which}").filter(pl.col("end") < _IS_HOST).drop_nulls()
        for side in "cs"
        for which in ("least", "most")
    ]
    listed = pl.concat(sides).unique()
    return listed.group_by("end").agg(host=pl.col("host").min(), several=pl.len() > 1)


def _exact(groups: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """GROUPS from groups by address, each address under its one name."""
    for side in "cs":
        known = names.select(pl.col("end").alias(f"{side}e"), pl.col("host").cast(pl.UInt64).alias(f"{side}n"))
        joined = groups.join(known, on=f"{side}e", how="left")
        end, bit = pl.col(f"{side}e"), pl.lit(_IS_HOST, pl.UInt64)
        code = pl.when(end >= bit).then((end - bit) * 2**32).otherwise(end + pl.col(f"{side}n").fill_null(0) * 2**32)
        groups = joined.with_columns(code.alias(side))
    return groups.select(pl.col(n).cast(t) for n, t in GROUPS.items())


def _touches(contested: pl.Series, ends: tuple[str, str]) -> pl.Expr:
    return pl.any_horizontal(pl.col(end).is_in(contested.implode()) for end in ends)


def grouped_records(records: Records) -> pl.DataFrame:
    """GROUPS of a table; of an address that stands under several names, or changed hands, one per name."""
    rows = int(records.frame.select(pl.len()).collect(engine="streaming").item())
    keep_both = _keeps_both(records, rows)
    hosts = records.has("source_host") or records.has("destination_host")
    groups = _in_parts(records, rows, keep_both=keep_both, hosts=hosts)
    if not hosts:
        none = pl.DataFrame(schema={"end": pl.UInt64(), "host": pl.UInt32(), "several": pl.Boolean()})
        return _unanswered(_exact(groups, none))
    names = _names(groups)
    contested = names.filter("several")["end"]
    if contested.is_empty():
        return _unanswered(_exact(groups, names))
    plain = groups.filter(~_touches(contested, ("ce", "se")))
    again = oriented(coded_records(records.at(contested)), keep_both=keep_both)
    both = again.with_columns(
        c=pl.col("ch").cast(pl.UInt64) * 2**32 + pl.col("ci"), s=pl.col("sh").cast(pl.UInt64) * 2**32 + pl.col("si")
    )
    apart = both.group_by("c", "s", "key").agg(**_SUMS).collect(engine="streaming")
    return _unanswered(pl.concat([_exact(plain, names), apart.select(pl.col(n).cast(t) for n, t in GROUPS.items())]))


def _unanswered(groups: pl.DataFrame) -> pl.DataFrame:
    """GROUPS in which what carried nothing is silent."""
    nothing = (pl.col("mark") < CARRIED) & (pl.col("key") // 2**57 == 0)
    return groups.with_columns(
        key=pl.when(nothing).then(pl.col("key") + SILENT * 2**57).otherwise("key"), mark=pl.col("mark") % CARRIED
    )
