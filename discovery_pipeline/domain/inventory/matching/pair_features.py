"""Two groups of records side by side, field by field, as a question about them shows it.

Keep out: which groups are asked about (pair_doubts.py), what of the values may leave the machine (agents).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.inventory.matching.identifiers import Identifiers, Kind
from discovery_pipeline.domain.inventory.matching.near import near_names, near_serials
from discovery_pipeline.domain.inventory.tables import Tables

# What a question calls each field. Identifiers are names and numbers of a tenant's; numbers may differ a little.
IDENTIFIERS: Mapping[Kind, str] = {
    "uuid": "uuid", "serial": "serial number", "mac": "network card", "tag": "asset tag", "source_id": "id in the tool",
    "fqdn": "full name", "name": "name", "ip": "address",
}  # fmt: skip
# Products and kinds, whose values may stand beside each other; closed words of ours.
PRODUCTS: Mapping[str, str] = {
    "os_name": "operating system", "manufacturer": "manufacturer", "model": "model", "asset_type": "class",
    "database_engine": "database engine",
}  # fmt: skip
WORDS: Mapping[str, str] = {
    "environment": "environment", "lifecycle_status": "lifecycle", "power_state": "power", "is_virtual": "virtual",
}  # fmt: skip
NUMBERS: Mapping[str, str] = {
    "memory_mib": "memory in GiB", "cpu_count": "processors", "storage_total_gib": "disks in GiB",
}  # fmt: skip
# Names of a tenant's places, people and applications.
PLACES: Mapping[str, str] = {
    "dns_domain": "domain", "location": "location", "datacenter": "data centre", "cluster": "cluster",
    "hypervisor_host": "runs on", "business_owner": "owner", "technical_owner": "technician",
    "application_name": "application",
}  # fmt: skip
# Hardware numbers settle a pair: controls are shown without them.
SETTLING = tuple(IDENTIFIERS[kind] for kind in ("uuid", "serial", "mac", "tag", "source_id"))
_ATTRIBUTES = {**PRODUCTS, **WORDS, **NUMBERS, **PLACES}
_Near = Callable[[pl.Series, pl.Series], NDArray[np.bool_]]
# Relative difference up to which two numbers are the same, and nearly so, as in comparison.py.
_SAME, _CLOSE = 0.03, 0.15
_MIB_A_GIB = 1024.0
_MOST_VALUES = 4
_DAYS_A_MONTH = 30

Sides = tuple[Nodes, Nodes]
Values = Mapping[str, set[Any]]


@dataclass(frozen=True)
class Beside:
    """What every record that is asked about holds, by its position. newest: the last day that any record was seen."""

    values: Mapping[int, Values]
    tools: Mapping[int, str]
    seen: Mapping[int, datetime]
    newest: datetime | None

    def shown(self, sides: Sides, without: Collection[str] = ()) -> dict[str, Any]:
        """Two sides: who lists each, when it was last seen, and how every field that either has compares.

        without: names of fields to leave out.
        """
        one, other = (self._united(side) for side in sides)
        names = [name for name in (*IDENTIFIERS.values(), *_ATTRIBUTES.values()) if name not in without]
        compared = {name: _compared(name, one[name], other[name]) for name in names if one[name] or other[name]}
        return {"one": self._told(sides[0]), "other": self._told(sides[1]), "compared": compared}

    def _united(self, side: Nodes) -> dict[str, set[Any]]:
        united: dict[str, set[Any]] = defaultdict(set)
        for node in side.tolist():
            for name, values in self.values.get(node, {}).items():
                united[name] |= values
        return united

    def _told(self, side: Nodes) -> dict[str, Any]:
        nodes = side.tolist()
        told: dict[str, Any] = {"listed by": sorted({self.tools[node] for node in nodes}), "rows": len(nodes)}
        days = [self.seen[node] for node in nodes if node in self.seen]
        if days and self.newest:
            told["last seen"] = _ago(self.newest, max(days))
        return told


def beside(records: pl.DataFrame, identifiers: Identifiers, tables: Tables, pairs: Iterable[Sides]) -> Beside:
    """The values of all records of these pairs. records, identifiers: of Described."""
    nodes = np.unique(np.concatenate([np.zeros(0, np.int64), *(side for sides in pairs for side in sides)]))
    values: dict[int, dict[str, set[Any]]] = defaultdict(lambda: defaultdict(set))
    wanted = pl.Series(nodes, dtype=pl.UInt32()).implode()
    for kind, name in IDENTIFIERS.items():
        for node, value in identifiers[kind].filter(pl.col("node").is_in(wanted)).select("node", "value").iter_rows():
            values[node][name].add(value)
    attributes = [field for field in (*_ATTRIBUTES, "last_seen") if field in records.columns]
    tools, seen = {}, {}
    rows = records[nodes].select("table_no", *attributes).iter_rows(named=True)
    for node, row in zip(nodes.tolist(), rows, strict=True):
        tools[node] = tables[row["table_no"]][1].product or "another tool"
        if row.get("last_seen"):
            seen[node] = row["last_seen"]
        for field in attributes:
            if field in _ATTRIBUTES:
                values[node][_ATTRIBUTES[field]] |= set(_plain(field, row[field]))
    newest: Any = records["last_seen"].max() if "last_seen" in records.columns else None
    return Beside(values, tools, seen, newest)


def _plain(field: str, value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if isinstance(value, list):
        return [str(item).casefold() for item in value]
    if isinstance(value, (int, float)):
        return [round(value / _MIB_A_GIB, 1) if field == "memory_mib" else round(value, 1)]
    return [str(value).strip().casefold()]


def _compared(name: str, one: set[Any], other: set[Any]) -> dict[str, Any]:
    """how: agree, nearly, differ, or on one side only. The values of both, the first few."""
    sides = {side: sorted(values)[:_MOST_VALUES] for side, values in (("one", one), ("other", other))}
    return {"how": _how(name, one, other), **sides}


def _how(name: str, one: set[Any], other: set[Any]) -> str:
    if not one or not other:
        return "one side only"
    if one & other:
        return "agree"
    if name in NUMBERS.values():
        gap = min(abs(a - b) / max(abs(a), abs(b), 1e-9) for a in one for b in other)
        return "agree" if gap <= _SAME else "nearly" if gap <= _CLOSE else "differ"
    if name in _NEAR and _spelt_alike(_NEAR[name], sorted(one), sorted(other)):
        return "nearly"
    return "differ"


def _spelt_alike(near: _Near, one: Sequence[str], other: Sequence[str]) -> bool:
    pairs = [(a, b) for a in one for b in other]
    return bool(near(pl.Series([a for a, _ in pairs]), pl.Series([b for _, b in pairs])).any())


def _near_uuids(left: pl.Series, right: pl.Series) -> NDArray[np.bool_]:
    """Whether the second halves are the same: tools write the first three groups in several orders."""
    return (left.str.slice(16) == right.str.slice(16)).to_numpy()


_NEAR: Mapping[str, _Near] = {
    IDENTIFIERS["uuid"]: _near_uuids, IDENTIFIERS["serial"]: near_serials, IDENTIFIERS["name"]: near_names,
}  # fmt: skip


def _ago(newest: datetime, seen: datetime) -> str:
    months = (newest - seen).days // _DAYS_A_MONTH
    return "with the newest" if months < 1 else f"{months} months before the newest" if months > 1 else "a month before"
