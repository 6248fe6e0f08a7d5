"""Connection records in numbers: names, ports, marks and the key of a talk, client first.

Keep out: what the columns' words say (records) and how rows are grouped (grouping).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.dependencies.observed.records import (
    Records,
    bare_packets,
    day_of_shared,
    is_listening,
    is_silent,
    name_code,
    port,
    program,
    protocol_number,
    told_by_ports,
    with_ranks,
)

SILENT, LISTENING = 1, 2
CARRIED = 2**7
_MAX_COUNT = 2**20


@dataclass(frozen=True)
class Codes:
    """The categories of names and of words of one run. kept: categories live as long as a column of theirs does."""

    names: pl.Categories
    words: pl.Categories
    kept: pl.Series
    kept_words: pl.Series

    @classmethod
    def fresh(cls) -> Codes:
        names, words = pl.Categories.random(), pl.Categories.random()
        kept = (pl.Series([""], dtype=pl.Categorical(of)) for of in (names, words))
        return cls(names, words, *kept)


def _mark(records: Records, role: pl.Expr) -> pl.Expr:
    """UInt8: the program's number, and whether the record carried anything as far as the table measures it."""
    idle = pl.lit(value=False)
    if records.measures_bytes:
        idle = (pl.col("bytes") <= 0).fill_null(value=False)
    if records.measures_bytes and records.has("packet_count"):
        idle = idle | (bare_packets() & (protocol_number(records) == records.tcp))
    return role + pl.when(idle).then(0).otherwise(CARRIED).cast(pl.UInt8)


def coded_records(records: Records) -> pl.LazyFrame:
    """Every record in numbers: names, ports and what is counted."""
    silent = pl.when(is_listening(records)).then(LISTENING).when(is_silent(records)).then(SILENT).otherwise(0)
    count = pl.col("connection_count").fill_null(1) if records.has("connection_count") else pl.lit(1)
    seen = pl.col("observed_at") if records.has("observed_at") else pl.lit(None, pl.Datetime("us"))
    return with_ranks(
        records.frame.select(
            ch=name_code(records, "source_host"),
            ci=name_code(records, "source_ip"),
            sh=name_code(records, "destination_host"),
            si=name_code(records, "destination_ip"),
            sport=port(records, "source"),
            dport=port(records, "destination"),
            protocol=protocol_number(records).cast(pl.UInt64),
            day=day_of_shared(records).cast(pl.UInt64),
            silent=silent.cast(pl.UInt64),
            count=count.clip(0, _MAX_COUNT).cast(pl.UInt64),
            source_mark=_mark(records, program(records, "source")),
            mark=_mark(records, program(records, "destination")),
            seen=seen,
        )
    )


def oriented(coded: pl.LazyFrame, *, keep_both: bool) -> pl.LazyFrame:
    """Client first; key: ports, protocol, day and marks in one number."""
    turned, unclear = told_by_ports(keep_both=keep_both)
    # Where the ports leave it open the end whose program offers a service is the server.
    offers = (pl.col("source_mark") % CARRIED >= 2) & (pl.col("mark") % CARRIED < 2)
    told = coded.with_columns(turned=turned | (unclear & offers), unclear=unclear)
    keeps = pl.col("unclear") | (pl.col("silent") == LISTENING)
    server, client = (pl.when("turned").then(a).otherwise(b) for a, b in (("sport", "dport"), ("dport", "sport")))
    key = (
        server.cast(pl.UInt64)
        + pl.when(keeps).then(client).otherwise(0).cast(pl.UInt64) * 2**16
        + pl.col("protocol") * 2**32
        + pl.col("day") * 2**40
        + pl.col("unclear").cast(pl.UInt64) * 2**56
        + pl.col("silent") * 2**57
    )
    # The client's program tells whether a person called, the server's what it offers.
    person = pl.when("turned").then("mark").otherwise("source_mark") % 2
    offer = pl.when("turned").then("source_mark").otherwise("mark")
    pairs = (("ch", "sh"), ("ci", "si"), ("sh", "ch"), ("si", "ci"))
    return told.with_columns(
        **{a: pl.when("turned").then(b).otherwise(a) for a, b in pairs},
        key=key,
        counts=pl.col("count") * pl.when("turned").then(2**32).otherwise(1),
        mark=offer - offer % 2 + person,
    )
