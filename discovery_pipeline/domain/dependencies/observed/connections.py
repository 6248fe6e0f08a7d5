"""Connection records -> distinct flows from client to server, with counts: one pass, before any name is looked up.

Keep out: which assets the ends are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.dependencies.ports.registry import EPHEMERAL_FROM, is_reversed, registry
from discovery_pipeline.domain.handoffs import CleanTable, empty
from discovery_pipeline.domain.schema import clean_schema

# Client and server as the records name them; port: the service's (null when it names none); protocol: lower case. rows:
# read; records: connections that they count.
FLOWS: dict[str, pl.DataType] = {
    "client_host": pl.String(), "client_ip": pl.String(), "server_host": pl.String(), "server_ip": pl.String(),
    "port": pl.Int64(), "protocol": pl.String(), "rows": pl.Int64(), "records": pl.Int64(), "bytes": pl.Float64(),
    "first_seen": pl.Datetime("us"), "last_seen": pl.Datetime("us"),
}  # fmt: skip
_FLOW_KEY = ["client_host", "client_ip", "server_host", "server_ip", "port", "protocol"]

# States in which nobody answered or nobody called, of netstat, ss and Zeek.
SILENT_STATES = (
    "listen", "listening", "s0", "sh", "shr", "rej", "rstos0", "rstrh", "syn_sent", "syn-sent", "syn sent", "synsent",
    "syn_recv", "syn-recv", "syn_received", "syn-received", "syn received", "unreplied", "no reply", "timeout",
    "incomplete", "rejected", "refused", "blocked", "dropped", "denied",
)  # fmt: skip
# Nobody's address: loopback, unspecified, multicast, limited broadcast, link-local.
NOBODY = r"(?i)^(?:127\.|0\.0\.0\.0$|22[4-9]\.|23\d\.|255\.255\.255\.255$|169\.254\.|::1?$|ff[0-9a-f]{2}:|fe80:)"
NOBODY_NAMES = ("localhost", "localhost.localdomain", "*", "-", "any", "broadcasthost", "ip6-localhost")
_PROTOCOLS = {
    "6": "tcp",
    "17": "udp",
    "1": "icmp",
    "58": "icmp",
    "132": "sctp",
    "tcp6": "tcp",
    "udp6": "udp",
    "icmpv6": "icmp",
}
PORTLESS = ("icmp",)


@dataclass(frozen=True)
class Observed:
    """flows: FLOWS. rows: connection records read. silent: those that are no connection (refused, unanswered)."""

    flows: pl.DataFrame
    rows: int
    silent: int


def _complete(table: CleanTable) -> pl.LazyFrame:
    """The table with every connection field, absent ones null."""
    present = table.frame.collect_schema().names()
    columns = [
        pl.col(name).cast(dtype) if name in present else pl.lit(None, dtype).alias(name)
        for name, dtype in clean_schema("connection").items()
    ]
    return table.frame.select(columns)


def is_silent() -> pl.Expr:
    """Whether a record is no completed connection: denied, listening, unanswered, or counted zero."""
    state = pl.col("state").str.strip_chars().str.to_lowercase().is_in(SILENT_STATES)
    return (
        state.fill_null(value=False)
        | (pl.col("action") == "denied").fill_null(value=False)
        | (pl.col("connection_count") <= 0).fill_null(value=False)
        | (pl.col("packet_count") <= 0).fill_null(value=False)
    )


def _service_port(port: pl.Expr, other: pl.Expr) -> pl.Expr:
    """The port where it names a service; an unregistered one in the ephemeral range names none."""
    chance = (port >= EPHEMERAL_FROM) & ~port.is_in(list(registry().roles)) & (other >= EPHEMERAL_FROM)
    return pl.when((port > 0) & ~chance.fill_null(value=False)).then(port)


def _oriented(records: pl.LazyFrame) -> pl.LazyFrame:
    """FLOWS-shaped records, client first."""
    source, destination = pl.col("source_port"), pl.col("destination_port")
    turned = records.with_columns(turned=is_reversed(source, destination))

    def side(when_turned: str, otherwise: str) -> pl.Expr:
        return pl.when("turned").then(pl.col(when_turned)).otherwise(pl.col(otherwise))

    protocol = pl.col("protocol").str.strip_chars().str.to_lowercase()
    return turned.select(
        client_host=side("destination_host", "source_host"),
        client_ip=side("destination_ip", "source_ip"),
        server_host=side("source_host", "destination_host"),
        server_ip=side("source_ip", "destination_ip"),
        port=pl.when("turned").then(_service_port(source, destination)).otherwise(_service_port(destination, source)),
        protocol=protocol.replace(_PROTOCOLS),
        records=pl.col("connection_count").fill_null(1),
        bytes="bytes",
        seen="observed_at",
        silent="silent",
    )


def _aggregated(table: CleanTable) -> pl.LazyFrame:
    records = _oriented(_complete(table).with_columns(silent=is_silent()))
    return records.group_by([*_FLOW_KEY, "silent"]).agg(
        rows=pl.len().cast(pl.Int64),
        records=pl.col("records").sum(),
        bytes=pl.col("bytes").sum(),
        measured=pl.col("bytes").is_not_null().any(),
        first_seen=pl.col("seen").min(),
        last_seen=pl.col("seen").max(),
    )


def _unanswered(flows: pl.DataFrame) -> pl.Expr:
    """Flows without a byte in a table that measures bytes."""
    if not len(flows) or not flows["bytes"].sum():
        return pl.lit(value=False)
    return pl.col("measured") & (pl.col("bytes") <= 0)


def observe(tables: Sequence[CleanTable]) -> Observed:
    """The distinct flows of all connection tables, sorted; memory is bound by the number of distinct flows."""
    flows: list[pl.DataFrame] = []
    rows = silent = 0
    for table in tables:
        if table.kind.record != "connection":
            continue
        counted = _aggregated(table).collect(engine="streaming")
        quiet = pl.col("silent") | _unanswered(counted)
        rows += int(counted["rows"].sum())
        silent += int(counted.filter(quiet)["rows"].sum())
        flows.append(counted.filter(~quiet).select(list(FLOWS)))
    if not flows:
        return Observed(empty(FLOWS), 0, 0)
    merged = (
        pl.concat(flows)
        .group_by(_FLOW_KEY)
        .agg(
            pl.col("rows", "records").sum(),
            pl.col("bytes").sum(),
            pl.col("first_seen").min(),
            pl.col("last_seen").max(),
        )
    )
    return Observed(merged.select(list(FLOWS)).sort(_FLOW_KEY, nulls_last=True), rows, silent)
