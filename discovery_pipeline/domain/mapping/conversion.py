"""The unit and the transform of a mapped column: from its header, its tool's convention, or the size of its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from discovery_pipeline.domain.handoffs import Transform
from discovery_pipeline.domain.schema import RecordKind, fields
from discovery_pipeline.domain.vocabulary.products import Product
from discovery_pipeline.domain.vocabulary.units import is_convertible

# Middle value of a column without any unit -> the unit in which that is an ordinary machine. Upper bounds.
_BY_SIZE: dict[str, tuple[tuple[float, str], ...]] = {
    "memory_mib": ((512, "GiB"), (2e6, "MiB"), (2.7e8, "KiB"), (1e15, "bytes")),
    "storage_total_gib": ((16_000, "GiB"), (5e7, "MiB"), (1e15, "bytes")),
    "cpu_speed_mhz": ((10, "GHz"), (20_000, "MHz"), (1e12, "Hz")),
}
_OTHER_COLUMN = {"memory_used_mib": "memory_mib", "storage_used_gib": "storage_total_gib"}
_INVERTED = {"is_virtual": frozenset({"physical"}), "lifecycle_status": frozenset({"disabled"})}
_HOST_AND_DOMAIN = frozenset({"hostname"})
_MOSTLY = 0.5


def unit_of(
    record: RecordKind, field: str, profile: Mapping[str, Any], product: Product | None
) -> tuple[str | None, str | None]:
    """(unit of the cells, why), None where the field has no unit, cells carry their own, or nothing tells.

    profile: a row of PROFILES.
    """
    expected = fields(record)[field].unit
    named = profile["unit"]
    if named and is_convertible(named, expected):
        return (f"{named}/s" if expected == "MB/s" and "/" not in named else named), None
    convention = product.convention(profile["header"]) if product else None
    if product and convention and convention.unit and is_convertible(convention.unit, expected):
        return convention.unit, f"{product.name} writes it in {convention.unit}"
    return _by_size(_OTHER_COLUMN.get(field, field), profile)


def _by_size(field: str, profile: Mapping[str, Any]) -> tuple[str | None, str | None]:
    shares = {s["shape"]: s["share"] for s in profile["shapes"]}
    if profile["middle"] is None or shares.get("quantity", 0.0) >= _MOSTLY:
        return None, None
    unit = next((unit for bound, unit in _BY_SIZE.get(field, ()) if profile["middle"] < bound), None)
    return unit, f"middle value {profile['middle']:g} without a unit read as {unit}" if unit else None


def transform_of(field: str, profile: Mapping[str, Any], product: Product | None) -> Transform | None:
    """What to do with the cells beyond reading them."""
    convention = product.convention(profile["header"]) if product else None
    if convention and convention.transform and convention.field in (None, field):
        return convention.transform
    shares = {s["shape"]: s["share"] for s in profile["shapes"]}
    words = set(profile["concepts"])
    flags = max(shares.get("bool", 0.0), shares.get("bool01", 0.0))
    if words & _INVERTED.get(field, frozenset()) and "virtual" not in words and flags >= _MOSTLY:
        return "invert"
    # A database instance is written server\\instance.
    instances = words & {"instance", "database"}
    if field in _HOST_AND_DOMAIN and shares.get("with_domain", 0.0) >= _MOSTLY and not instances:
        return "split_host_domain"
    return None
