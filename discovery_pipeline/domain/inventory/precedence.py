"""Whom to believe: the kind of each source and its trust per group of fields (precedence.yaml).

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

SourceKind = Literal["hypervisor", "agent", "cloud", "cmdb", "list"]
SOURCE_KINDS: tuple[SourceKind, ...] = get_args(SourceKind)
# Kinds that look at the running machine; the others hold what people wrote down.
OBSERVING: tuple[SourceKind, ...] = ("hypervisor", "agent", "cloud")


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
    """By the product, else by the names of source and file, else by the fields that the table carries."""
    for text in (kind.product, f"{info.source} {info.file}"):
        for name in SOURCE_KINDS:
            pattern = precedence().products.get(name)
            if text and pattern and re.search(rf"(?i)(?:^|[^a-z])(?:{pattern})", text):
                return name
    return _kind_by_fields(set(carried))


def _kind_by_fields(carried: set[str]) -> SourceKind:
    if {"hypervisor_host", "power_state"} <= carried:
        return "hypervisor"
    if {"last_seen", "os_name"} <= carried and not carried & {"business_owner", "technical_owner", "environment"}:
        return "agent"
    if "source_id" in carried and carried & {"lifecycle_status", "technical_owner", "business_owner"}:
        return "cmdb"
    return "list"
