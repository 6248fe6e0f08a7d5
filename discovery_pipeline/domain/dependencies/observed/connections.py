"""Connection records -> distinct talks with counts: one pass over the rows, before any name is looked up.

Keep out: which assets the ends are, and who is the server where the ports leave it open (direction).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from discovery_pipeline.domain.dependencies.observed.records import (
    PROGRAM_ROLES,
    Records,
    bare_packets,
    day_of_shared,
    end_code,
    is_listening,
    is_persons,
    is_silent,
    open_records,
    port,
    program_role,
    protocol_number,
    told_by_ports,
    transports,
)
from discovery_pipeline.domain.handoffs import CleanTable, empty

# client, server: numbers of ENDS; server_port null: no port named. client_port: kept where the ports alone do not tell
# who is the server (unclear), else null. day: of a talk at an address of several assets, else null. rows: read;
# records: connections they count, replies: of those written from the server's side
# (both directions of one connection count once). role: of the server's program. person:
# whether the client's program is one that people use. measured: bytes of the largest record, where any are given.
TALKS: dict[str, pl.DataType] = {
    "client": pl.UInt32(), "server": pl.UInt32(), "server_port": pl.Int64(), "client_port": pl.Int64(),
    "protocol": pl.String(), "day": pl.Date(), "unclear": pl.Boolean(), "rows": pl.Int64(), "records": pl.Int64(),
    "replies": pl.Int64(), "role": pl.String(), "person": pl.Boolean(), "measured": pl.Float64(),
    "first_seen": pl.Datetime("us"), "last_seen": pl.Datetime("us"), "table_no": pl.UInt32(),
}  # fmt: skip
ENDS: dict[str, pl.DataType] = {"end": pl.UInt32(), "host": pl.String(), "ip": pl.String()}
# Who tried what in vain: targets are distinct ends, ports distinct ports.
ATTEMPTS: dict[str, pl.DataType] = {
    "end": pl.UInt32(), "targets": pl.Int64(), "ports": pl.Int64(), "rows": pl.Int64(),
}  # fmt: skip
OPEN_PORTS: dict[str, pl.DataType] = {"end": pl.UInt32(), "port": pl.Int64()}
# Rows whose ports leave the server open keep both ports; a table with more of them is taken as written instead.
_MAX_UNCLEAR_ROWS = 3_000_000
_CODES = ["c", "s"]


@dataclass(frozen=True)
class Observed:
    """talks: TALKS. ends: ENDS. listening: OPEN_PORTS. attempts: ATTEMPTS. rows: records read; silent: no talk."""

    talks: pl.DataFrame
    ends: pl.DataFrame
    listening: pl.DataFrame
    attempts: pl.DataFrame
    rows: int
    silent: int


def _coded(records: Records) -> pl.LazyFrame:
    """The completed records: c, s (end codes), sport, dport and what is counted of each."""
    wanted = [c for c in ("bytes", "packet_count", "connection_count", "observed_at") if records.has(c)]
    return records.frame.filter(~is_silent(records)).select(
        *wanted,
        c=end_code(records, "source"),
        s=end_code(records, "destination"),
        sport=port(records, "source"),
        dport=port(records, "destination"),
        protocol=protocol_number(records),
        day=day_of_shared(records),
        source_role=program_role(records, "source"),
        role=program_role(records, "destination"),
        source_person=is_persons(records, "source"),
        person=is_persons(records, "destination"),
    )


def _keeps_both(records: Records, rows: int) -> bool:
    if rows <= _MAX_UNCLEAR_ROWS:
        return True
    ports = records.frame.select(sport=port(records, "source"), dport=port(records, "destination"))
    unclear = ports.select(told_by_ports(keep_both=True)[1].sum()).collect(engine="streaming").item()
    return int(unclear) <= _MAX_UNCLEAR_ROWS


def _oriented(coded: pl.LazyFrame, *, keep_both: bool) -> pl.LazyFrame:
    """Client first; key: both ports, protocol, day and the unclear mark in one number."""
    turned, unclear = told_by_ports(keep_both)
    told = coded.with_columns(turned=turned, unclear=unclear)
    server_port = pl.when("turned").then("sport").otherwise("dport").cast(pl.UInt64)
    client_port = pl.when("unclear").then(pl.when("turned").then("dport").otherwise("sport")).otherwise(0)
    detail = server_port + client_port.cast(pl.UInt64) * 2**16 + pl.col("protocol").cast(pl.UInt64) * 2**32
    marked = detail + pl.col("day").cast(pl.UInt64) * 2**40 + pl.col("unclear").cast(pl.UInt64) * 2**56
    swapped = {
        a: pl.when("turned").then(b).otherwise(a)
        for a, b in (("c", "s"), ("s", "c"), ("role", "source_role"), ("source_person", "person"))
    }
    return told.with_columns(**swapped, key=marked)


def _grouped(records: Records, *, keep_both: bool, with_hosts: bool) -> pl.DataFrame:
    oriented = _oriented(_coded(records), keep_both=keep_both)
    counted = pl.col("connection_count").fill_null(1) if records.has("connection_count") else pl.lit(1)
    nothing = pl.lit(None, pl.Datetime("us"))
    seen = records.has("observed_at")
    sums = {
        "rows": pl.len().cast(pl.Int64),
        # An exporter that writes both directions of a connection writes it twice.
        "calls": counted.filter(~pl.col("turned")).sum().cast(pl.Int64),
        "replies": counted.filter("turned").sum().cast(pl.Int64),
        "role": pl.col("role").max() if records.has("destination_process") or records.has("source_process") else None,
        "person": pl.col("source_person").any() if records.has("source_process") else None,
        "measured": pl.col("bytes").max() if records.has("bytes") else None,
        "bare": bare_packets().all() if records.has("bytes") and records.has("packet_count") else None,
        "first_seen": pl.col("observed_at").min() if seen else None,
        "last_seen": pl.col("observed_at").max() if seen else None,
    }
    absent = {"role": pl.lit(0, pl.UInt8), "person": pl.lit(value=False), "bare": pl.lit(value=False),
              "measured": pl.lit(None, pl.Float64), "first_seen": nothing, "last_seen": nothing}  # fmt: skip
    made = {name: expr for name, expr in sums.items() if expr is not None}
    # Without hosts both ends fit into one number, which halves the cost of grouping.
    keys = _CODES if with_hosts else ["pair"]
    paired = oriented if with_hosts else oriented.with_columns(pair=pl.col("c") * 2**32 + pl.col("s"))
    grouped = paired.group_by(*keys, "key").agg(**made).collect(engine="streaming")
    if not with_hosts:
        grouped = grouped.with_columns(c=pl.col("pair") // 2**32, s=pl.col("pair") % 2**32)
    return grouped.with_columns(**{name: expr for name, expr in absent.items() if name not in made})


def _decoded(grouped: pl.DataFrame, table_no: int) -> pl.DataFrame:
    """TALKS, with end codes c and s in place of client and server."""
    key = pl.col("key")
    protocol = (
        (key // 2**32 % 2**8)
        .cast(pl.Int64)
        .replace_strict(dict(enumerate((None, *transports()))), return_dtype=pl.String)
    )
    day = (key // 2**40 % 2**16).cast(pl.Int32)
    roles = dict(enumerate((None, *PROGRAM_ROLES)))
    numbers = {"server_port": (key % 2**16).cast(pl.Int64), "client_port": (key // 2**16 % 2**16).cast(pl.Int64)}
    return grouped.select(
        *_CODES, "rows", "replies", "person", "measured", "bare", "first_seen", "last_seen",
        **{name: pl.when(number > 0).then(number) for name, number in numbers.items()},
        records=pl.max_horizontal("calls", "replies"),
        protocol=protocol,
        day=pl.when(day > 0).then(day.cast(pl.Date)),
        unclear=key // 2**56 > 0,
        role=pl.col("role").replace_strict(roles, return_dtype=pl.String),
        table_no=pl.lit(table_no, pl.UInt32),
    )  # fmt: skip


def _answered(decoded: pl.DataFrame) -> pl.DataFrame:
    """Without the talks in which no byte went over, where the table measures bytes, or nothing but bare TCP packets."""
    talks = decoded.filter(
        ~(pl.col("bare").fill_null(value=False) & (pl.col("protocol") == "tcp").fill_null(value=False))
    )
    measured = talks["measured"].max()
    if not isinstance(measured, int | float) or measured <= 0:
        return talks
    return talks.filter(~(pl.col("measured") <= 0).fill_null(value=False))


def _open_ports(records: Records) -> pl.DataFrame:
    """Columns s, port: what the records in a listening state name, on whichever side stands a port."""
    rows = records.frame.filter(is_listening(records))
    sides = [
        rows.select(s=end_code(records, side), port=port(records, side).cast(pl.Int64))
        for side in ("source", "destination")
    ]
    return pl.concat(sides).filter(pl.col("port") > 0, pl.col("s") > 0).unique().collect(engine="streaming")


def _attempts(records: Records) -> pl.DataFrame:
    """ATTEMPTS, with the end code s."""
    rows = records.frame.filter(is_silent(records) & ~is_listening(records))
    coded = rows.select(
        s=end_code(records, "source"), d=end_code(records, "destination"), p=port(records, "destination")
    )
    counted = coded.group_by("s").agg(
        targets=pl.col("d").n_unique().cast(pl.Int64), ports=pl.col("p").n_unique().cast(pl.Int64),
        rows=pl.len().cast(pl.Int64),
    )  # fmt: skip
    return counted.collect(engine="streaming")


def _numbered(codes: pl.Series, names: pl.Series) -> pl.DataFrame:
    """ENDS plus column s (the code), numbered in the order of host and address."""

    def name(number: pl.Expr) -> pl.Expr:
        known = pl.when(number > 0).then(number - 1).cast(pl.UInt32)
        return known.cast(names.dtype).cast(pl.String)

    distinct = pl.DataFrame({"s": codes.unique()}, schema={"s": pl.UInt64()})
    named = distinct.with_columns(host=name(pl.col("s") // 2**32), ip=name(pl.col("s") % 2**32))
    return named.sort("host", "ip", nulls_last=True).with_row_index("end").select("s", *ENDS)


def first_day(tables: Sequence[CleanTable]) -> date | None:
    """The day of the oldest connection record; None where none is dated."""
    days = []
    for table in tables:
        if table.kind.record == "connection" and "observed_at" in table.frame.collect_schema().names():
            oldest = table.frame.select(pl.col("observed_at").min()).collect(engine="streaming").item()
            days += [oldest.date()] if oldest is not None else []
    return min(days, default=None)


def observe(tables: Sequence[CleanTable], shared: Sequence[str] = ()) -> Observed:
    """The distinct talks of all connection tables, sorted; memory is bound by their number, not by that of the rows.

    shared: addresses that changed hands; talks at them are kept apart by day.
    """
    categories = pl.Categories.random()
    # Categories live as long as a column of theirs does: this one spans the tables.
    kept = pl.Series([""], dtype=pl.Categorical(categories))
    talks, listening, attempts, rows, silent = [], [], [], 0, 0
    for table in tables:
        if table.kind.record != "connection":
            continue
        records = open_records(table, categories, tuple(shared))
        read = int(table.frame.select(pl.len()).collect(engine="streaming").item())
        hosts = records.has("source_host") or records.has("destination_host")
        grouped = _grouped(records, keep_both=_keeps_both(records, read), with_hosts=hosts)
        made = _answered(_decoded(grouped, table.info.table_no))
        rows, silent = rows + read, silent + read - int(made["rows"].sum())
        talks.append(made)
        if silent:
            listening.append(_open_ports(records))
            attempts.append(_attempts(records))
    return _assembled(talks, listening, attempts, kept, rows, silent)


def _assembled(
    talks: list[pl.DataFrame], listening: list[pl.DataFrame], attempts: list[pl.DataFrame],
    names: pl.Series, rows: int, silent: int,
) -> Observed:  # fmt: skip
    coded = [*(t[side] for t in talks for side in _CODES), *(t["s"] for t in (*listening, *attempts))]
    ends = _numbered(pl.concat(coded) if coded else pl.Series(dtype=pl.UInt64), names)

    def places(frames: list[pl.DataFrame], schema: dict[str, pl.DataType]) -> pl.DataFrame:
        if not frames:
            return empty(schema)
        joined = pl.concat(frames).join(ends.select("s", "end"), on="s").select(*schema)
        return joined.unique().sort(*schema)

    known = empty(TALKS)
    if talks:
        by_code = ends.select("s", "end")
        both = pl.concat(talks).join(by_code.rename({"s": "c", "end": "client"}), on="c")
        known = both.join(by_code.rename({"end": "server"}), on="s").select(*TALKS)
    return Observed(known, ends.select(*ENDS), places(listening, OPEN_PORTS), places(attempts, ATTEMPTS), rows, silent)
