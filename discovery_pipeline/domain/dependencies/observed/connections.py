"""Connection records -> distinct talks with counts: one pass over the rows, before any name is looked up.

Keep out: what a record's columns say (records), how rows are grouped (grouping), which assets the ends are (places).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from discovery_pipeline.domain.dependencies.observed.coding import LISTENING, SILENT, Codes
from discovery_pipeline.domain.dependencies.observed.grouping import grouped_records
from discovery_pipeline.domain.dependencies.observed.records import PROGRAM_ROLES, open_records, transports
from discovery_pipeline.domain.handoffs import CleanTable, empty

# client, server: numbers of ENDS; server_port null: no port named. client_port: kept where the ports alone do not tell
# who is the server (unclear), else null. day: of a talk at an address that changed hands, else null. rows: read;
# records: connections they count, replies: of those written from the server's side (both directions of one connection
# count once). role: of the server's program. person: whether the client's program is one that people use.
TALKS: dict[str, pl.DataType] = {
    "client": pl.UInt32(), "server": pl.UInt32(), "server_port": pl.Int64(), "client_port": pl.Int64(),
    "protocol": pl.String(), "day": pl.Date(), "unclear": pl.Boolean(), "rows": pl.Int64(), "records": pl.Int64(),
    "replies": pl.Int64(), "role": pl.String(), "person": pl.Boolean(), "first_seen": pl.Datetime("us"),
    "last_seen": pl.Datetime("us"), "table_no": pl.UInt32(),
}  # fmt: skip
ENDS: dict[str, pl.DataType] = {"end": pl.UInt32(), "host": pl.String(), "ip": pl.String()}
# Who tried what in vain: targets are distinct ends, ports distinct ports.
ATTEMPTS: dict[str, pl.DataType] = {
    "end": pl.UInt32(), "targets": pl.Int64(), "ports": pl.Int64(), "rows": pl.Int64(),
}  # fmt: skip
OPEN_PORTS: dict[str, pl.DataType] = {"end": pl.UInt32(), "port": pl.Int64()}


@dataclass(frozen=True)
class Observed:
    """talks: TALKS. ends: ENDS. listening: OPEN_PORTS. attempts: ATTEMPTS. rows: records read; silent: no talk."""

    talks: pl.DataFrame
    ends: pl.DataFrame
    listening: pl.DataFrame
    attempts: pl.DataFrame
    rows: int
    silent: int


def _decoded(grouped: pl.DataFrame, table_no: int) -> pl.DataFrame:
    """TALKS plus silent, with end codes c and s in place of client and server."""
    key = pl.col("key")
    small = {name: (key // 2**shift % 2**bits).cast(pl.Int64) for name, shift, bits in (
        ("server_port", 0, 16), ("client_port", 16, 16), ("protocol", 32, 8), ("day", 40, 16), ("unclear", 56, 1),
        ("silent", 57, 2),
    )}  # fmt: skip
    parts = grouped.with_columns(**small)
    names = dict(enumerate((None, *transports())))
    roles = dict(enumerate((None, *PROGRAM_ROLES)))
    program = pl.col("mark") % 2**7
    return parts.select(
        "c", "s", "silent", "rows", "first_seen", "last_seen",
        *(pl.when(pl.col(port) > 0).then(port).alias(port) for port in ("server_port", "client_port")),
        protocol=pl.col("protocol").replace_strict(names, return_dtype=pl.String),
        day=pl.when(pl.col("day") > 0).then(pl.col("day").cast(pl.Int32).cast(pl.Date)),
        unclear=pl.col("unclear") > 0,
        records=pl.max_horizontal(pl.col("counts") // 2**32, pl.col("counts") % 2**32).cast(pl.Int64),
        replies=(pl.col("counts") // 2**32).cast(pl.Int64),
        role=(program // 2).cast(pl.Int64).replace_strict(roles, return_dtype=pl.String),
        person=program % 2 == 1,
        table_no=pl.lit(table_no, pl.UInt32),
    )  # fmt: skip


def _open_ports(silent: pl.DataFrame) -> pl.DataFrame:
    """Columns s, port: what records in a listening state name, on whichever side stands a port."""
    rows = silent.filter(silent=LISTENING)
    sides = [rows.select(s="s", port="server_port"), rows.select(s="c", port="client_port")]
    return pl.concat(sides).filter(pl.col("port") > 0, pl.col("s") > 0).unique()


def _attempts(silent: pl.DataFrame) -> pl.DataFrame:
    """ATTEMPTS, with the end code s."""
    return silent.filter(silent=SILENT).group_by(s="c").agg(
        targets=pl.col("s").n_unique().cast(pl.Int64), ports=pl.col("server_port").n_unique().cast(pl.Int64),
        rows=pl.col("rows").sum(),
    )  # fmt: skip


def _numbered(codes: pl.Series, names: pl.Series) -> pl.DataFrame:
    """ENDS plus column s (the code), numbered in the order of host and address."""

    def name(number: pl.Expr) -> pl.Expr:
        known = pl.when(number > 0).then(number - 1).cast(pl.UInt32)
        return known.cat.to(names.dtype).cast(pl.String)

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
    codes = Codes.fresh()
    decoded: list[pl.DataFrame] = []
    for table in tables:
        if table.kind.record == "connection":
            records = open_records(table, codes.names, codes.words, tuple(shared))
            decoded.append(_decoded(grouped_records(records), table.info.table_no))
    if not decoded:
        nothing = (empty(TALKS), empty(ENDS), empty(OPEN_PORTS), empty(ATTEMPTS))
        return Observed(*nothing, 0, 0)
    return _assembled(pl.concat(decoded), codes)


def _assembled(decoded: pl.DataFrame, codes: Codes) -> Observed:
    ends = _numbered(pl.concat([decoded["c"], decoded["s"]]), codes.kept)
    by_code = ends.select("s", "end")
    silent, told = decoded.filter(pl.col("silent") > 0), decoded.filter(silent=0)

    def places(frame: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
        return frame.join(by_code, on="s").select(*schema).unique().sort(*schema)

    both = told.join(by_code.rename({"s": "c", "end": "client"}), on="c")
    return Observed(
        both.join(by_code.rename({"end": "server"}), on="s").select(*TALKS),
        ends.select(*ENDS),
        places(_open_ports(silent), OPEN_PORTS),
        places(_attempts(silent), ATTEMPTS),
        int(decoded["rows"].sum()),
        int(silent["rows"].sum()),
    )
