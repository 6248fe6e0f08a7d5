"""Junk guards: which identifier values identify nothing, by a list of known placeholders and learned from the data.

Keep out: how identifiers are written (identifiers.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.matching.identifiers import SCOPE_END, Identifiers, Kind
from discovery_pipeline.domain.inventory.params import Limits
from discovery_pipeline.domain.names import IPV4

# Firmware and tool defaults in the comparable form of identifiers.py.
_PLACEHOLDER_WORDS = (
    "notspecified", "notavailable", "notapplicable", "tobefilledbyoem", "systemserialnumber", "systemserial",
    "defaultstring", "serialnumber", "chassisserialnumber", "baseboardserialnumber", "none", "null", "unknown",
    "invalid", "empty", "oem", "notset", "unspecified", "123456789", "1234567890", "0123456789", "12345678", "1234567",
    "123456", "tbd", "test", "virtual", "vmware", "unbekannt", "keine", "nichtverfügbar", "inconnu", "desconocido",
)  # fmt: skip
PLACEHOLDERS: dict[Kind, tuple[str, ...]] = {
    # The lesser byte order, as uuid_key writes it.
    "uuid": (
        "00020003000400050006000700080009", "44454c4c00001020802080c04f202020", "7856341234127856" + "90abcddeefaabbcc",
        "12345678123456789" + "0abcddeefaabbcc", "fefefefefefefefefefefefefefefefe", "4c4c454400002010802080c04f202020",
    ),
    "serial": _PLACEHOLDER_WORDS,
    "tag": (*_PLACEHOLDER_WORDS, "noassettag", "noassetinformation", "assettag", "unassigned"),
    "mac": (
        "020054554e01", "02004c4f4f50", "505054503030", "33506f453030", "204153594eff", "00059a3c7a00", "005056c00001",
        "005056c00008",
    ),
    "name": (
        "localhost", "localdomain", "unknown", "none", "null", "host", "hostname", "server", "vm", "default",
        "template", "test", "new virtual machine", "unbekannt", "n/a", "na", "-", "tbd",
    ),
    "fqdn": ("localhost.localdomain", "localhost.local"),
}  # fmt: skip
# Addresses that are no address of their own: unspecified, loopback, link-local, multicast, broadcast; for MACs the
# bridge of Docker and every group address. A name that is an address names nothing.
_SHAPES: dict[Kind, str] = {
    "ip": r"^(0\.|127\.|169\.254\.|22[4-9]\.|23\d\.|255\.|::1?$|fe[89ab]|ff)",
    "mac": r"^(0242ac|01005e|3333|.[13579bdf])",
    "name": rf"^{IPV4}$|^[0-9a-f]*:[0-9a-f:]*$",
}


# How many entries of one table hold a value: one, two or three, more.
UNIQUE, SHARED, COMMON = 0, 1, 2
_FEW = 3
WORD = 64


@dataclass(frozen=True)
class Guarded:
    """values: per kind VALUES by entry with key (of value and family), spread and alone (no other entry
    holds it), what may identify only.

    standing: per kind (entries, words) a bit per table that holds one of the entry's values, on whichever entry; values
    that a table repeats left out. dropped: per kind how many distinct values identify nothing.
    """

    values: Identifiers
    standing: Mapping[Kind, NDArray[np.uint64]]
    dropped: Mapping[Kind, int]


def without_placeholders(identifiers: Identifiers) -> Identifiers:
    """Values without the known placeholders and those made of one character."""
    return {kind: frame.filter(_means_something(kind)) for kind, frame in identifiers.items()}


def _means_something(kind: Kind) -> pl.Expr:
    value = pl.col("value")
    listed = value.is_in(list(PLACEHOLDERS.get(kind, ())))
    shaped = value.str.contains(_SHAPES[kind]) if kind in _SHAPES else pl.lit(value=False)
    if kind in ("name", "ip", "source_id"):
        return ~(listed | shaped)
    same_character = value.str.strip_chars(value.str.slice(0, 1)) == ""
    return ~(listed | shaped | same_character)


def learn_guards(
    identifiers: Identifiers, retired: NDArray[np.bool_], positions: Mapping[int, int], limits: Limits
) -> Guarded:
    """Drop what stands on too many entries and mark the values that a single table repeats.

    identifiers: VALUES with key, by entry. retired: per entry; a retired machine and its successor under the same name
    do not make the name ambiguous. positions: of each table_no among the tables. A source id that is a short number may
    be a row counter, equal in every sheet.
    """
    kept: Identifiers = {}
    standing: dict[Kind, NDArray[np.uint64]] = {}
    dropped: dict[Kind, int] = {}
    for kind, frame in identifiers.items():
        live = pl.Series("live", ~retired[frame["node"].to_numpy()])
        junk = pl.col("repeats") > limits.most_repeats
        if kind == "source_id":
            junk = junk | pl.col("value").str.contains(f"{SCOPE_END}\\d{{1,{limits.counter_digits}}}$")
        counted = _counted(frame.with_columns(live), positions)
        dropped[kind] = counted.filter(junk)["key"].n_unique()
        usual = counted.filter(~junk)
        standing[kind] = _standing(usual, len(retired), words(positions))
        kept[kind] = usual.select("node", "table_no", "value", "key", "spread", "alone")
    return Guarded(kept, standing, dropped)


def _counted(values: pl.DataFrame, positions: Mapping[int, int]) -> pl.DataFrame:
    """Adds alone, repeats (entries beyond one a table), spread and the words of `standing`."""
    marked = values.with_columns(pl.col("key").is_unique().alias("alone"))
    shared = marked.filter(~pl.col("alone"))
    bits = {f"word{word}": _bit(word, positions) for word in range(words(positions))}
    held = (
        shared.lazy()
        .group_by("key", "table_no")
        .agg(pl.len().cast(pl.Int64).alias("entries"), pl.col("live").sum())
        .with_columns(**bits)
        .group_by("key")
        .agg(
            (pl.col("entries").sum() - pl.len()).alias("repeats"),
            _spread(pl.col("live").max()).alias("spread"),
            *(pl.col(word).sum() for word in bits),
        )
    )
    nothing = {word: pl.lit(0, pl.UInt64()) for word in bits}
    single = marked.filter("alone").with_columns(
        pl.lit(0, pl.Int64()).alias("repeats"), pl.lit(UNIQUE, pl.Int8()).alias("spread"), **nothing
    )
    return pl.concat([single, shared.lazy().join(held, on="key").collect().select(single.columns)])


def _bit(word: int, positions: Mapping[int, int]) -> pl.Expr:
    """The bit of the row's table, 0 where it belongs to another word."""
    number = pl.col("table_no")
    bits = {no: 1 << place % WORD if place // WORD == word else 0 for no, place in positions.items()}
    # Without tables there are no rows; polars' replace_strict would still return the numbers' type then.
    return number.replace_strict(bits, return_dtype=pl.UInt64()) if positions else number.cast(pl.UInt64)


def _spread(most: pl.Expr) -> pl.Expr:
    return pl.when(most <= 1).then(UNIQUE).when(most <= _FEW).then(SHARED).otherwise(COMMON).cast(pl.Int8)


def words(positions: Mapping[int, int]) -> int:
    """How many words of WORD bits hold one bit per table."""
    return max(len(positions) - 1, 0) // WORD + 1


def _standing(values: pl.DataFrame, size: int, count: int) -> NDArray[np.uint64]:
    firm = values.filter((pl.col("spread") == UNIQUE) & ~pl.col("alone"))
    standing = np.zeros((size, count), dtype=np.uint64)
    for word in range(count):
        np.bitwise_or.at(standing[:, word], firm["node"].to_numpy(), firm[f"word{word}"].to_numpy())
    return standing
