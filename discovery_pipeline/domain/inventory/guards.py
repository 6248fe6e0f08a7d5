"""Junk guards: which identifier values identify nothing, by a list of known placeholders and learned from the data.

Keep out: how identifiers are written (identifiers.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.inventory.identifiers import SCOPE_END, Identifiers, Kind

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
# bridge of Docker and every group address.
_SHAPES: dict[Kind, str] = {
    "ip": r"^(0\.|127\.|169\.254\.|22[4-9]\.|23\d\.|255\.|::1?$|fe[89ab]|ff)",
    "mac": r"^(0242ac|01005e|3333|.[13579bdf])",
}


@dataclass(frozen=True)
class Guarded:
    """identifiers: what may identify. repeated: per kind the values that some table holds on more than one entry.

    dropped: per kind how many distinct values identify nothing.
    """

    identifiers: Identifiers
    repeated: dict[Kind, pl.DataFrame]
    dropped: dict[Kind, int]


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


def learn_guards(identifiers: Identifiers, most_entries: int, counter_digits: int) -> Guarded:
    """Drop what stands on too many entries; say which values a single table repeats.

    A source id that is a short number may be a row counter, equal in every sheet: it proves nothing either.
    """
    kept: Identifiers = {}
    repeated: dict[Kind, pl.DataFrame] = {}
    dropped: dict[Kind, int] = {}
    for kind, frame in identifiers.items():
        counts = (
            frame.group_by("value", "table_no")
            .len()
            .group_by("value")
            .agg(pl.col("len").sum().alias("entries"), pl.col("len").max().alias("in_table"))
        )
        usual = pl.col("entries") <= most_entries
        if kind == "source_id":
            usual = usual & ~pl.col("value").str.contains(f"{SCOPE_END}\\d{{1,{counter_digits}}}$")
        junk = counts.filter(~usual).select("value")
        kept[kind] = frame.join(junk, on="value", how="anti", maintain_order="left") if len(junk) else frame
        repeated[kind] = counts.filter(usual & (pl.col("in_table") > 1)).select("value").sort("value")
        dropped[kind] = len(junk)
    return Guarded(kept, repeated, dropped)
