"""What entries are, beside their identifiers, as small codes: status, kind, system, domain, and further attributes.

Keep out: identifiers (identifiers.py) and comparing (comparison.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.classification.hints import TYPES
from discovery_pipeline.domain.inventory.matching.comparison import (
    LIVE,
    NUMBER_ATTRIBUTES,
    OFF,
    RETIRED,
    TEXT_ATTRIBUTES,
    UNKNOWN,
    Codes,
    Mask,
    Numbers,
)
from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.inventory.matching.identifiers import fqdn_key
from discovery_pipeline.domain.names import domain_of, name_key

_VIRTUAL = TYPES.index("virtual_machine")
_HARDWARE = tuple(TYPES.index(name) for name in ("physical_server", "hypervisor", "network_device", "storage"))
# Any of these may be said of the same machine by sources that look from different sides.
_MACHINES = tuple(
    TYPES.index(name)
    for name in ("physical_server", "virtual_machine", "hypervisor", "container_node", "cloud_service", "other",
                 "end_user_device")
)  # fmt: skip
# Most rows of a live feed were seen lately: what is this much older than nine tenths of its table is stale.
_FRESH = 0.9
_STALE_AFTER = pl.duration(days=60)
# So many rows with a NetBIOS and a DNS domain, and this share of them, make the one stand for the other.
_LEAST_TOGETHER, _MOSTLY = 3, 0.9


@dataclass(frozen=True)
class Traits:
    """codes: per trait of comparison.py a number per record or entry, UNKNOWN where not known. domains: their texts."""

    codes: Mapping[str, Codes]
    domains: tuple[str, ...]

    @property
    def retired(self) -> Mask:
        return np.asarray(self.codes["status"] == RETIRED)

    def of_entries(self, of_record: Nodes, size: int) -> Traits:
        """Of entries instead of records: the first record of an entry that knows a trait decides.

        of_record: entry per record. size: number of entries.
        """
        codes = {name: _of_entries(codes, of_record, size) for name, codes in self.codes.items()}
        return Traits(codes, self.domains)

    def nested(self) -> Nodes:
        """Pairs of domain codes, as low * domains + high, of which one lies within the other."""
        places = {text: code for code, text in enumerate(self.domains)}
        found = {
            (min(code, places[above]), max(code, places[above]))
            for text, code in places.items()
            for above in _above(text)
            if above in places
        }
        return np.array(sorted(low * len(places) + high for low, high in found), dtype=np.int64)


def _above(domain: str) -> list[str]:
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(1, len(labels))]


def traits_of(records: pl.DataFrame, kinds: NDArray[np.int8]) -> Traits:
    """Traits of the records. kinds: clear type per record (-1 where unclear)."""
    domain, domains = _domains(records)
    stale, said = _stale(records), _codes(records, _STATUS)
    codes = {
        "type": np.where(np.isin(kinds, _MACHINES), len(TYPES), kinds),
        "virtual": _virtual(records, kinds),
        "system": _codes(records, _SYSTEMS),
        "status": np.where((said == UNKNOWN) & (stale == 0), LIVE, said),
        "stale": stale,
        "domain": domain,
    }
    return Traits({name: given.astype(np.int32) for name, given in codes.items()}, domains)


def _of_entries(codes: Codes, of_record: Nodes, size: int) -> Codes:
    result = np.full(size, UNKNOWN, dtype=np.int32)
    known = np.flatnonzero(codes != UNKNOWN)[::-1]
    result[of_record[known]] = codes[known]
    return result


def _column(records: pl.DataFrame, expression: pl.Expr) -> pl.Series:
    return records.select(expression.alias("value")).to_series()


def _virtual(records: pl.DataFrame, kinds: NDArray[np.int8]) -> NDArray[np.int8]:
    derived = np.where(kinds == _VIRTUAL, 1, np.where(np.isin(kinds, _HARDWARE), 0, UNKNOWN)).astype(np.int8)
    if "is_virtual" not in records.columns:
        return derived
    said = records["is_virtual"].cast(pl.Int8).fill_null(UNKNOWN).to_numpy()
    return np.where(said != UNKNOWN, said, derived)


# Field, pattern and the code that it means; the first that is found decides.
_Tests = tuple[tuple[str, str, int], ...]
_SYSTEMS: _Tests = (
    ("os_name", r"(?i)windows|\bwin ?(20|nt|2k|1[01])", 0),
    ("os_name", r"(?i)esxi?\b|hypervisor|ahv|xenserver|proxmox", 1),
    (
        "os_name",
        r"(?i)linux|red ?hat|rhel|centos|ubuntu|debian|suse|sles|\bol ?\d|oracle l|rocky|alma|fedora|photon",
        2,
    ),
    ("os_name", r"(?i)\baix\b|hp-?ux|solaris|sunos|bsd|z/os|os/400|ibm i\b", 3),
)
_STATUS: _Tests = (
    ("power_state", "^on$", LIVE),
    ("lifecycle_status", "^retired$", RETIRED),
    ("lifecycle_status", "^(in_use|in_maintenance)$", LIVE),
    ("power_state", "^off$", OFF),
)


def _codes(records: pl.DataFrame, tests: _Tests) -> NDArray[np.int8]:
    """Patterns are tried on the distinct values of their field."""
    result = np.full(len(records), UNKNOWN, dtype=np.int8)
    for field, pattern, code in tests:
        if field in records.columns:
            values = records[field]
            distinct = values.unique().drop_nulls()
            meant = distinct.filter(distinct.str.contains(pattern))
            met = values.is_in(meant.implode()).fill_null(value=False).to_numpy()
            result[met & (result == UNKNOWN)] = code
    return result


def _stale(records: pl.DataFrame) -> NDArray[np.int8]:
    """1 where a record was not seen for long, 0 where it was seen lately, for its table."""
    if "last_seen" not in records.columns:
        return np.full(len(records), UNKNOWN, dtype=np.int8)
    newest = pl.col("last_seen").quantile(_FRESH).over("table_no")
    stale = (pl.col("last_seen") < newest - _STALE_AFTER).cast(pl.Int8).fill_null(UNKNOWN)
    return records.lazy().select(stale).collect().to_series().to_numpy()


def _domains(records: pl.DataFrame) -> tuple[Codes, tuple[str, ...]]:
    """The DNS domain of each record as a code, and the texts of the codes.

    A NetBIOS domain or workgroup (no dot) stands for the DNS domain that nearly all rows with both give beside it, else
    for the one that has it as a label; where several have, or none, it says nothing.
    """
    stated = _column(records, _stated_domain(records.columns))
    texts = tuple(stated.drop_nulls().unique().sort())
    codes = stated.replace_strict(texts, range(len(texts)), default=UNKNOWN, return_dtype=pl.Int32())
    if "dns_domain" in records.columns:
        short = records["dns_domain"].str.to_lowercase()
        meant = {**_of_workgroups(short.unique().drop_nulls(), texts), **_given_together(short, codes)}
        by_short = short.replace_strict(list(meant), list(meant.values()), default=UNKNOWN, return_dtype=pl.Int32())
        codes = pl.select(pl.when(codes != UNKNOWN).then(codes).otherwise(by_short)).to_series()
    return codes.fill_null(UNKNOWN).to_numpy(), texts


def _given_together(short: pl.Series, codes: pl.Series) -> dict[str, int]:
    """Workgroup -> code of the domain that stands beside it. short, codes: per record."""
    both = pl.LazyFrame({"short": short, "code": codes})
    rows = both.filter((pl.col("code") != UNKNOWN) & ~pl.col("short").str.contains(".", literal=True))
    counted = rows.group_by("short", "code").len()
    mostly = pl.col("len") >= _MOSTLY * pl.col("len").sum().over("short")
    found = counted.filter(mostly & (pl.col("len") >= _LEAST_TOGETHER)).select("short", "code").sort("short")
    return dict(found.collect().iter_rows())


def _of_workgroups(distinct: pl.Series, domains: tuple[str, ...]) -> dict[str, int]:
    """Workgroup -> code of the domain that it stands for."""
    labels = [(label, code) for code, domain in enumerate(domains) for label in domain.split(".")[:-1]]
    bearing = pl.DataFrame(labels, schema={"label": pl.String(), "code": pl.Int32()}, orient="row").unique()
    one = bearing.group_by("label").agg(pl.col("code").min(), pl.len().alias("domains")).filter(pl.col("domains") == 1)
    met = one.join(distinct.rename("label").to_frame(), on="label", how="semi")
    return dict(met.select("label", "code").sort("label").iter_rows())


def _stated_domain(columns: list[str]) -> pl.Expr:
    sources = [domain_of(fqdn_key(pl.col(c))) for c in ("fqdn", "hostname") if c in columns]
    if "dns_domain" in columns:
        text = pl.col("dns_domain").str.strip_chars(" .").str.to_lowercase()
        sources.append(pl.when(text.str.contains(r"\.")).then(text))
    return pl.coalesce([*sources, pl.lit(None, pl.String())])


@dataclass(frozen=True)
class Attributes:
    """codes and numbers of the attributes of comparison.py per entry; UNKNOWN and NaN where not known or not wanted."""

    codes: Mapping[str, Codes]
    numbers: Mapping[str, Numbers]


def attributes_of(records: pl.DataFrame, of_record: Nodes, wanted: Mask) -> Attributes:
    """Attributes of the wanted entries (a flag per entry): only those in doubt are worth reading."""
    places = np.flatnonzero(wanted[of_record])
    some, entry, size = records[places], of_record[places], len(wanted)
    codes = {
        name: _of_entries(_text_codes(some, _ATTRIBUTES[name][1]), entry, size)
        for name in TEXT_ATTRIBUTES
        if _ATTRIBUTES[name][0] in some.columns
    }
    numbers = {name: _numbers(some[name], entry, size) for name in NUMBER_ATTRIBUTES if name in some.columns}
    return Attributes(codes, numbers)


def _letters(field: str) -> pl.Expr:
    return pl.col(field).str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]", "")


# Attribute -> field and the form in which sources agree on it.
_ATTRIBUTES: Mapping[str, tuple[str, pl.Expr]] = {
    **{name: (name, _letters(name)) for name in TEXT_ATTRIBUTES},
    "release": ("os_name", pl.col("os_name").str.extract(r"(\d+)")),
    "hypervisor_host": ("hypervisor_host", name_key(pl.col("hypervisor_host"))),
    "application_name": (
        "application_name",
        pl.col("application_name").list.first().str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]", ""),
    ),
}


def _text_codes(records: pl.DataFrame, form: pl.Expr) -> Codes:
    text = _column(records, form)
    return text.rank("dense").cast(pl.Int32).fill_null(UNKNOWN).to_numpy()


def _numbers(values: pl.Series, entry: Nodes, size: int) -> Numbers:
    result = np.full(size, np.nan, dtype=np.float32)
    known = np.flatnonzero(values.is_not_null().to_numpy())[::-1]
    result[entry[known]] = values.cast(pl.Float32).to_numpy()[known]
    return result
