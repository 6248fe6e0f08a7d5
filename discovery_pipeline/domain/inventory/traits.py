"""What entries are, beside their identifiers: traits that speak against a pair when they differ.

Keep out: identifiers and their agreement (pairs.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.components import Nodes
from discovery_pipeline.domain.inventory.entries import Entries
from discovery_pipeline.domain.inventory.hints import TYPES
from discovery_pipeline.domain.inventory.identifiers import fqdn_key
from discovery_pipeline.domain.inventory.params import Weights
from discovery_pipeline.domain.names import domain_of

_Code = TypeVar("_Code", np.int8, np.int32)

UNKNOWN = -1
LIVE, RETIRED = 0, 1
_VIRTUAL = TYPES.index("virtual_machine")
_HARDWARE = tuple(TYPES.index(name) for name in ("physical_server", "hypervisor", "network_device", "storage"))
# Any of these may be said of the same machine by sources that look from different sides.
_MACHINES = tuple(
    TYPES.index(name)
    for name in ("physical_server", "virtual_machine", "hypervisor", "container_node", "cloud_service", "other",
                 "end_user_device")
)  # fmt: skip


@dataclass(frozen=True)
class Traits:
    """Per entry, as small codes (-1 unknown): table, family, type where clear, is_virtual, OS family, retired, domain.

    domains: the texts of the domain codes.
    """

    table_no: NDArray[np.uint32]
    family: NDArray[np.int8]
    kind: NDArray[np.int8]
    virtual: NDArray[np.int8]
    system: NDArray[np.int8]
    retired: NDArray[np.int8]
    domain: NDArray[np.int32]
    domains: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.family)

    def against(self, left: Nodes, right: Nodes, weights: Weights) -> NDArray[np.float64]:
        """Sum (<= 0) of what the traits say against each pair."""
        score = np.zeros(len(left))
        score += weights.virtual_against_physical * _differ(self.virtual, left, right)
        score += weights.os_families_differ * _differ(self.system, left, right)
        score += weights.retired_against_live * _differ(self.retired, left, right)
        score += weights.retired_against_unknown * self._one_retired_alone(left, right)
        score += weights.types_differ * self._types_differ(left, right)
        return score + weights.other_domain * self._domains_differ(left, right)

    def _one_retired_alone(self, left: Nodes, right: Nodes) -> NDArray[np.bool_]:
        one, other = self.retired[left], self.retired[right]
        return np.asarray((np.maximum(one, other) == RETIRED) & (np.minimum(one, other) == UNKNOWN))

    def _types_differ(self, left: Nodes, right: Nodes) -> NDArray[np.bool_]:
        machine = np.isin(self.kind, _MACHINES)
        return _differ(self.kind, left, right) & ~(machine[left] & machine[right])

    def _domains_differ(self, left: Nodes, right: Nodes) -> NDArray[np.bool_]:
        """Different domains, neither a part of the other: "example.com" and "eu.example.com" may be one."""
        differ = _differ(self.domain, left, right)
        codes = np.unique(np.stack([self.domain[left][differ], self.domain[right][differ]], axis=1), axis=0)
        related = {(int(a), int(b)) for a, b in codes if _nested(self.domains[a], self.domains[b])}
        if related:
            size = len(self.domains)
            keys = self.domain[left].astype(np.int64) * size + self.domain[right]
            differ &= ~np.isin(keys, np.array([a * size + b for a, b in sorted(related)]))
        return differ


def _differ(codes: NDArray[np.int8] | NDArray[np.int32], left: Nodes, right: Nodes) -> NDArray[np.bool_]:
    a, b = codes[left], codes[right]
    return np.asarray((a != b) & (a != UNKNOWN) & (b != UNKNOWN))


def _nested(one: str, other: str) -> bool:
    return one.endswith(f".{other}") or other.endswith(f".{one}")


def traits_of(records: pl.DataFrame, entries: Entries, kinds: NDArray[np.int8]) -> Traits:
    """kinds: clear type per record (-1 where unclear). The first record of an entry that knows a trait decides."""
    domains = _column(records, _domain(records.columns))
    texts = tuple(domains.drop_nulls().unique().sort())
    codes = domains.replace_strict(texts, range(len(texts)), default=UNKNOWN, return_dtype=pl.Int32())
    return Traits(
        entries.table_no,
        entries.family,
        _of_entries(kinds, entries),
        _of_entries(_virtual(records, kinds), entries),
        _of_entries(_codes(records, _SYSTEMS), entries),
        _of_entries(_codes(records, _RETIRED), entries),
        _of_entries(codes.fill_null(UNKNOWN).to_numpy(), entries),
        texts,
    )


def _of_entries(codes: NDArray[_Code], entries: Entries) -> NDArray[_Code]:
    result = np.full(len(entries), UNKNOWN, dtype=codes.dtype)
    known = np.flatnonzero(codes != UNKNOWN)[::-1]
    result[entries.of_record[known]] = codes[known]
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
_RETIRED: _Tests = (
    ("power_state", "^on$", LIVE),
    ("lifecycle_status", "^retired$", RETIRED),
    ("lifecycle_status", "^(in_use|in_maintenance)$", LIVE),
)


def _codes(records: pl.DataFrame, tests: _Tests) -> NDArray[np.int8]:
    cases = [
        pl.when(pl.col(field).str.contains(pattern)).then(pl.lit(code, pl.Int8()))
        for field, pattern, code in tests
        if field in records.columns
    ]
    return _column(records, pl.coalesce([*cases, pl.lit(UNKNOWN, pl.Int8())])).to_numpy()


def _domain(columns: list[str]) -> pl.Expr:
    """The DNS domain of a record in lower case; a NetBIOS domain or workgroup has no dot and says nothing."""
    sources = [domain_of(fqdn_key(pl.col(c))) for c in ("fqdn", "hostname") if c in columns]
    if "dns_domain" in columns:
        text = pl.col("dns_domain").str.strip_chars(" .").str.to_lowercase()
        sources.append(pl.when(text.str.contains(r"\.")).then(text))
    return pl.coalesce([*sources, pl.lit(None, pl.String())])
