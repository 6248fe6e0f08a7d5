"""Junk guards: which identifier values identify nothing, by a list of known placeholders and learned from the data.

Keep out: how identifiers are written (identifiers.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.identifiers import SCOPE_END, Identifiers, Kind
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


@dataclass(frozen=True)
class Guarded:
    """identifiers: what may identify, with `repeated`: some table holds the value on several entries of the family.

    dropped: per kind how many distinct values identify nothing.
    """

    identifiers: Identifiers
    dropped: dict[Kind, int]

    def firm(self) -> Identifiers:
        """What no table repeats."""
        return {kind: frame.filter(~pl.col("repeated")) for kind, frame in self.identifiers.items()}


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
    identifiers: Identifiers, retired: NDArray[np.bool_], most_entries: int, counter_digits: int
) -> Guarded:
    """Drop what stands on too many entries; mark the values that a single table repeats.

    identifiers: by entry, with family. retired: per entry; a retired machine and its successor under the same name do
    not make the name ambiguous. A source id that is a short number may be a row counter, equal in every sheet.
    """
    kept: Identifiers = {}
    dropped: dict[Kind, int] = {}
    for kind, frame in identifiers.items():
        live = pl.Series("live", ~retired[frame["node"].to_numpy()])
        usual = pl.col("entries") <= most_entries
        if kind == "source_id":
            usual = usual & ~pl.col("value").str.contains(f"{SCOPE_END}\\d{{1,{counter_digits}}}$")
        counted = _counted(frame.lazy().with_columns(live)).with_columns(usual.alias("usual")).collect()
        dropped[kind] = counted.filter(~pl.col("usual"))["value"].n_unique()
        kept[kind] = counted.filter("usual").drop("live", "entries", "usual")
    return Guarded(kept, dropped)


def _counted(values: pl.LazyFrame) -> pl.LazyFrame:
    """Adds entries (that hold the value) and repeated."""
    in_table = (
        values.group_by("value", "family", "table_no")
        .agg(pl.len().alias("entries"), pl.col("live").sum())
        .group_by("value", "family")
        .agg(pl.col("entries").sum(), (pl.col("live").max() > 1).alias("repeated"))
    )
    over_all = in_table.with_columns(pl.col("entries").sum().over("value"))
    return values.join(over_all, on=["value", "family"], how="left", maintain_order="left")
