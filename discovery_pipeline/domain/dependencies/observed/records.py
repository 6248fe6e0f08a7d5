"""Connection tables as uniform lazy records: what their words mean, both ends as numbers, the likely server's port.

An end is (host, address); ENDS numbers it by the categories of both, so that ten million rows are grouped by integers.
Keep out: grouping (connections), and which assets the ends are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import polars as pl

from discovery_pipeline.domain.dependencies.ports.registry import is_reversed, is_unclear
from discovery_pipeline.domain.handoffs import CleanTable
from discovery_pipeline.domain.packaged import packaged_yaml
from discovery_pipeline.domain.schema import clean_schema

PROGRAM_ROLES = ("database", "web", "infrastructure", "management")
_WORD_COLUMNS = ("state", "protocol", "source_process", "destination_process")
_MAX_PORT = 65535
# A TCP handshake and its repeats: at most three packets of headers with their options.
_BARE_PACKETS, _BARE_BYTES = 3, 3 * 64


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    data = packaged_yaml(__package__, "words.yaml")
    return {part: data[part] for part in ("states", "protocols", "programs")}


@cache
def transports() -> tuple[str, ...]:
    """The transports that words.yaml names; a protocol's number in a record is its place here plus one."""
    return tuple(sorted(_words()["protocols"]))


@dataclass(frozen=True)
class Records:
    """A table's records as an expression source. codes: the categories in which its names are numbered.

    spelled: the distinct values of its columns of words, as written. shared: addresses of several assets; their records
    are kept apart by day.
    """

    frame: pl.LazyFrame
    columns: frozenset[str]
    codes: pl.Categories
    spelled: dict[str, tuple[str, ...]] = field(default_factory=dict)
    shared: tuple[str, ...] = ()

    def has(self, column: str) -> bool:
        return column in self.columns

    def means(self, column: str, words: list[str]) -> pl.Expr:
        """Whether the column's value is one of these words, however it is written; false where there is none."""
        raw = [value for value in self.spelled.get(column, ()) if _folded(column, value) in words]
        return pl.col(column).is_in(raw).fill_null(value=False) if raw else pl.lit(value=False)


def _folded(column: str, value: str) -> str:
    word = value.strip().lower()
    if not column.endswith("process"):
        return word
    program = word.replace("\\", "/").rsplit("/", 1)[-1]
    return program.split(" ", 1)[0].removesuffix(".exe").split(":", 1)[0]


def open_records(table: CleanTable, codes: pl.Categories, shared: tuple[str, ...]) -> Records:
    """The table's records; reads the distinct values of its columns of words."""
    columns = frozenset(table.frame.collect_schema().names()) & clean_schema("connection").keys()
    spelled = {
        column: tuple(table.frame.select(pl.col(column).drop_nulls().unique()).collect(engine="streaming")[column])
        for column in _WORD_COLUMNS
        if column in columns
    }
    return Records(table.frame, columns, codes, spelled, shared)


def is_listening(records: Records) -> pl.Expr:
    """Whether a record says that a port is open."""
    return records.means("state", _words()["states"]["listening"])


def is_silent(records: Records) -> pl.Expr:
    """Whether a record is no completed connection: denied, listening, unanswered, or counted zero."""
    silent = is_listening(records) | records.means("state", _words()["states"]["unanswered"])
    if records.has("action"):
        silent = silent | (pl.col("action") == "denied").fill_null(value=False)
    for counter in ("connection_count", "packet_count"):
        if records.has(counter):
            silent = silent | (pl.col(counter) <= 0).fill_null(value=False)
    return silent


def end_code(records: Records, side: str) -> pl.Expr:
    """UInt64: the end's host in the upper half, its address in the lower; 0 for what is not given."""

    def code(column: str) -> pl.Expr:
        if not records.has(column):
            return pl.lit(0, pl.UInt64)
        number = pl.col(column).cast(pl.Categorical(records.codes)).to_physical().cast(pl.UInt64)
        return (number + 1).fill_null(0)

    return code(f"{side}_host") * 2**32 + code(f"{side}_ip") if records.has(f"{side}_host") else code(f"{side}_ip")


def port(records: Records, side: str) -> pl.Expr:
    """The side's port as UInt16; 0 for none, and for numbers that are no port."""
    column = f"{side}_port"
    if not records.has(column):
        return pl.lit(0, pl.UInt16)
    given = pl.col(column)
    return pl.when((given > 0) & (given <= _MAX_PORT)).then(given).otherwise(0).cast(pl.UInt16)


def protocol_number(records: Records) -> pl.Expr:
    """UInt8: 1 + place in transports(), 0 for any other protocol."""
    number = pl.lit(0, pl.UInt8)
    for place, name in enumerate(transports(), 1):
        meant = records.means("protocol", _words()["protocols"][name])
        number = pl.when(meant).then(pl.lit(place, pl.UInt8)).otherwise(number)
    return number


def day_of_shared(records: Records) -> pl.Expr:
    """UInt16: day since 1970 of a record with an address that several assets claim; 0 of all others."""
    if not records.shared or not records.has("observed_at"):
        return pl.lit(0, pl.UInt16)
    ends = [side for side in ("source_ip", "destination_ip") if records.has(side)]
    touched = pl.any_horizontal(pl.col(side).is_in(records.shared) for side in ends) if ends else pl.lit(value=False)
    day = pl.col("observed_at").dt.epoch("d").clip(0, 2**16 - 1)
    return pl.when(touched).then(day).otherwise(0).fill_null(0).cast(pl.UInt16)


def program_role(records: Records, side: str) -> pl.Expr:
    """UInt8: 1 + place in PROGRAM_ROLES of what the side's program offers, 0 where it offers nothing known."""
    number = pl.lit(0, pl.UInt8)
    for place, role in enumerate(PROGRAM_ROLES, 1):
        meant = records.means(f"{side}_process", _words()["programs"][role])
        number = pl.when(meant).then(pl.lit(place, pl.UInt8)).otherwise(number)
    return number


def is_persons(records: Records, side: str) -> pl.Expr:
    """Whether the side's program is one that somebody sits in front of."""
    return records.means(f"{side}_process", _words()["programs"]["person"])


def bare_packets() -> pl.Expr:
    """Whether a record's packets are so few and small that they carried nothing: a call that nobody took."""
    few = pl.col("packet_count") <= _BARE_PACKETS
    return (few & (pl.col("bytes") <= _BARE_BYTES)).fill_null(value=False)


def told_by_ports(keep_both: bool) -> tuple[pl.Expr, pl.Expr]:
    """(whether source and destination change places, whether the ports leave it open), of columns sport and dport."""
    source, destination = pl.col("sport"), pl.col("dport")
    same = (source == destination) & (source > 0)
    unclear = (is_unclear(source, destination) | same) if keep_both else pl.lit(value=False)
    return is_reversed(source, destination), unclear
