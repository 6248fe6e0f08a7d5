"""Whom to believe: the kind of each source, its trust per group of fields (precedence.yaml), what a tenant prefers.

Keep out: choosing values (merge.py).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from discovery_pipeline.domain.handoffs import TableInfo, TableKind
from discovery_pipeline.domain.packaged import packaged_yaml

SourceKind = Literal[
    "hypervisor", "agent", "cloud", "monitoring", "scanner", "ipam", "directory", "cmdb", "list"
]  # fmt: skip
SOURCE_KINDS: tuple[SourceKind, ...] = get_args(SourceKind)
# Kinds that look at the running machine; the others hold what people wrote down.
OBSERVING: tuple[SourceKind, ...] = ("hypervisor", "agent", "cloud", "monitoring", "scanner")
# Their exports list what is there at that moment, so rows without a date are as of the newest date around them.
OF_THE_MOMENT: tuple[SourceKind, ...] = ("hypervisor", "cloud")

# Per field (or group of fields) kinds or names of sources, the best first.
Preferences = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Precedence:
    """products: pattern per source kind, the first found wins. trust: per group and kind. group_of: per field."""

    products: Mapping[SourceKind, str]
    trust: Mapping[str, Mapping[SourceKind, float]]
    group_of: Mapping[str, str]


@cache
def precedence() -> Precedence:
    """The packaged table."""
    data = packaged_yaml(__package__, "precedence.yaml")
    groups = data["groups"]
    return Precedence(
        data["products"],
        {name: group["trust"] for name, group in groups.items()},
        {field: name for name, group in groups.items() for field in group["fields"]},
    )


def source_kind(info: TableInfo, kind: TableKind, carried: Collection[str]) -> SourceKind:
    """By the product, else by the names of source, file and table, else by the fields that the table carries."""
    for text in (kind.product, f"{info.source} {info.file} {info.table}"):
        for name, pattern in precedence().products.items():
            if text and re.search(rf"(?i)(?:^|[^a-z])(?:{pattern})", text):
                return name
    return _kind_by_fields(set(carried))


def _kind_by_fields(carried: set[str]) -> SourceKind:
    if {"hypervisor_host", "power_state"} <= carried:
        return "hypervisor"
    if "cloud_account" in carried:
        return "cloud"
    if {"last_seen", "os_name"} <= carried and not carried & {"business_owner", "technical_owner", "environment"}:
        return "agent"
    if "source_id" in carried and carried & {"lifecycle_status", "technical_owner", "business_owner"}:
        return "cmdb"
    return "list"


def preferred_for(field: str, preferences: Preferences) -> tuple[str, ...]:
    """What a tenant prefers for a field: what it says of the field itself, else of its group; empty where nothing."""
    return preferences.get(field) or preferences.get(precedence().group_of[field], ())


def rank_among(preferred: tuple[str, ...], source: str, kind: SourceKind) -> int:
    """Place of a source in a list of preferences, its name before its kind; len(preferred) where it isn't in it."""
    for name in (source, kind):
        if name in preferred:
            return preferred.index(name)
    return len(preferred)
