"""Connection tables as uniform lazy records: what their words mean, both ends as numbers, the likely server's port.

Names and addresses are numbered by categories, so that ten million rows are grouped by integers.
Keep out: grouping (connections), and which assets the ends are.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.dependencies.ports.registry import is_open, is_turned, service_rank
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
    """A table's records as an expression source. codes, words: the categories that number its names and its words.

    spelled: the distinct values of its columns of words, as written. shared: addresses of several assets; their records
    are kept apart by day. measures_bytes: whether any record has bytes.
    """

    frame: pl.LazyFrame
    columns: frozenset[str]
    codes: pl.Categories
    words: pl.Categories
    spelled: dict[str, tuple[str, ...]] = field(default_factory=dict)
    shared: tuple[str, ...] = ()
    measures_bytes: bool = False

    def has(self, column: str) -> bool:
        return column in self.columns

    def at(self, addresses: pl.Series) -> Records:
        """The records of these addresses (name codes)."""
        texts = (addresses - 1).cast(pl.UInt32).cat.to(pl.Categorical(self.codes)).cast(pl.String).to_list()
        sides = [side for side in ("source_ip", "destination_ip") if self.has(side)]
        return replace(self, frame=self.frame.filter(pl.any_horizontal(pl.col(side).is_in(texts) for side in sides)))

    def part(self, start: int, rows: int) -> Records:
        """So many records from one on."""
        return replace(self, frame=self.frame.slice(start, rows))

    @property
    def tcp(self) -> int:
        """The protocol number of TCP."""
        return transports().index("tcp") + 1

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


def open_records(table: CleanTable, codes: pl.Categories, words: pl.Categories, shared: tuple[str, ...]) -> Records:
    """The table's records; reads the distinct values of its columns of words."""
    columns = frozenset(table.frame.collect_schema().names()) & clean_schema("connection").keys()
    spelled = {
        column: tuple(table.frame.select(pl.col(column).drop_nulls().unique()).collect(engine="streaming")[column])
        for column in _WORD_COLUMNS
        if column in columns
    }
    largest = (
        table.frame.select(pl.col("bytes").max()).collect(engine="streaming").item() if "bytes" in columns else None
    )
    measures = largest is not None and largest > 0
    return Records(table.frame, columns, codes, words, spelled, shared, measures)


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


def name_code(records: Records, column: str) -> pl.Expr:
    """UInt32: 1 + the number of the column's value among the categories; 0 where none is given."""
    if not records.has(column):
        return pl.lit(0, pl.UInt32)
    number = pl.col(column).cast(pl.Categorical(records.codes)).to_physical()
    return (number + 1).fill_null(0).cast(pl.UInt32)


def port(records: Records, side: str) -> pl.Expr:
    """The side's port as UInt16; 0 for none, and for numbers that are no port."""
    column = f"{side}_port"
    if not records.has(column):
        return pl.lit(0, pl.UInt16)
    given = pl.col(column)
    return pl.when((given > 0) & (given <= _MAX_PORT)).then(given).otherwise(0).cast(pl.UInt16)


def protocol_number(records: Records) -> pl.Expr:
    """UInt8: 1 + place in transports(), 0 for any other protocol."""
    known = _words()["protocols"]
    return _numbered(records, "protocol", {word: n for n, t in enumerate(transports(), 1) for word in known[t]})


def day_of_shared(records: Records) -> pl.Expr:
    """UInt16: day since 1970 of a record with an address that several assets claim; 0 of all others."""
    if not records.shared or not records.has("observed_at"):
        return pl.lit(0, pl.UInt16)
    ends = [side for side in ("source_ip", "destination_ip") if records.has(side)]
    touched = pl.any_horizontal(pl.col(side).is_in(records.shared) for side in ends) if ends else pl.lit(value=False)
    day = pl.col("observed_at").dt.epoch("d").clip(0, 2**16 - 1)
    return pl.when(touched).then(day).otherwise(0).fill_null(0).cast(pl.UInt16)


def program(records: Records, side: str) -> pl.Expr:
    """UInt8: twice 1 + place in PROGRAM_ROLES of what the side's program offers, 0 where it offers nothing known;
    plus 1 where it is a program that somebody sits in front of.
    """
    known = _words()["programs"]
    offering = {word: 2 * n for n, role in enumerate(PROGRAM_ROLES, 1) for word in known[role]}
    return _numbered(records, f"{side}_process", {**offering, **dict.fromkeys(known["person"], 1)})


def _numbered(records: Records, column: str, numbers: dict[str, int]) -> pl.Expr:
    """UInt8: the number of the column's word, 0 where it has none; looked up by category."""
    raw = {value: numbers.get(_folded(column, value), 0) for value in records.spelled.get(column, ())}
    if not any(raw.values()):
        return pl.lit(0, pl.UInt8)
    words = pl.Series(list(raw), dtype=pl.Categorical(records.words))
    table = np.zeros(int(words.to_physical().max()) + 2, dtype=np.uint8)  # type: ignore[arg-type]  # there are words
    table[words.to_physical().to_numpy() + 1] = list(raw.values())
    code = pl.col(column).cast(pl.Categorical(records.words)).to_physical() + 1
    return looked_up(code.fill_null(0), table)


def looked_up(index: pl.Expr, table: NDArray[np.uint8]) -> pl.Expr:
    """UInt8: the table's entry for each number; a gather by numpy, which is ten times as fast as a join on it."""
    return index.map_batches(
        lambda numbers: pl.Series(table[numbers.to_numpy()]), return_dtype=pl.UInt8(), is_elementwise=True
    )


def bare_packets() -> pl.Expr:
    """Whether a record's packets are so few and small that they carried nothing: a call that nobody took."""
    few = pl.col("packet_count") <= _BARE_PACKETS
    return (few & (pl.col("bytes") <= _BARE_BYTES)).fill_null(value=False)


@cache
def _rank_tables() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Rank by port number on the source's and on the destination's side."""
    ports = pl.DataFrame({"port": range(_MAX_PORT + 1)})
    ranks = ports.select(
        source=service_rank(pl.col("port"), client_side=True),
        destination=service_rank(pl.col("port"), client_side=False),
    )
    return ranks["source"].to_numpy().astype(np.uint8), ranks["destination"].to_numpy().astype(np.uint8)


def with_ranks(frame: pl.LazyFrame) -> pl.LazyFrame:
    """frame plus srank and drank, of columns sport and dport."""
    source, destination = _rank_tables()
    return frame.with_columns(srank=looked_up(pl.col("sport"), source), drank=looked_up(pl.col("dport"), destination))


def told_by_ports(*, keep_both: bool) -> tuple[pl.Expr, pl.Expr]:
    """(whether source and destination change places, whether the ports leave it open), of sport, dport and ranks."""
    source, destination = pl.col("sport"), pl.col("dport")
    turned = is_turned(pl.col("srank"), pl.col("drank"), destination)
    if not keep_both:
        return turned, pl.lit(value=False)
    same = (source == destination) & (source > 0)
    return turned, is_open(pl.col("srank"), pl.col("drank"), source, destination) | same
