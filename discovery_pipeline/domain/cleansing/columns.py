"""The plan of one column: which stages its field asks for, given what was read from the whole column."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as default
from functools import cache

import polars as pl

from discovery_pipeline.domain.cleansing import hosts, identifiers, lists, makers, mangled, operating, stand_ins
from discovery_pipeline.domain.cleansing.addresses import MAC_STAGES, ip_stages
from discovery_pipeline.domain.cleansing.choices import boolean_stages, enum_stages
from discovery_pipeline.domain.cleansing.corrected import Corrections
from discovery_pipeline.domain.cleansing.dates import DateOrder, date_stages
from discovery_pipeline.domain.cleansing.numbers import ColumnUnit, NumberStyle, number_stages
from discovery_pipeline.domain.cleansing.plan import ColumnPlan
from discovery_pipeline.domain.cleansing.rules import TEXT, Stage, nothing_recorded, run
from discovery_pipeline.domain.cleansing.text import absent, tidy_text
from discovery_pipeline.domain.handoffs import ColumnBinding
from discovery_pipeline.domain.schema import Field

# What the schema's "string" does not say of these fields.
_FORMS: dict[str, tuple[Stage, ...]] = {
    "hostname": (*mangled.NAME, *stand_ins.LOST, *hosts.HOSTNAME),
    "hypervisor_host": hosts.OTHER_HOST,
    "source_host": hosts.OTHER_HOST,
    "destination_host": hosts.OTHER_HOST,
    "dns_domain": hosts.DOMAIN,
    "contact_email": hosts.EMAIL,
    "uuid": identifiers.UUID,
    "serial_number": (*mangled.NUMBER, *identifiers.SERIAL),
    "asset_tag": (*mangled.NUMBER, *identifiers.TAG),
    "source_id": (*mangled.NUMBER, *identifiers.RECORD_ID),
    "os_name": operating.NAME,
    "os_version": operating.VERSION,
    "os_architecture": operating.ARCHITECTURE,
    "manufacturer": makers.maker_stages(),
    "model": makers.MODEL,
}
_SPLITS = {"ip": lists.ADDRESSES, "mac": lists.HARDWARE_ADDRESSES, "string": lists.NAMES}


@dataclass(frozen=True)
class Reading:
    """What a whole column says about how its values are to be read. width: of numbers that lost leading zeros."""

    style: NumberStyle = default(default_factory=NumberStyle)
    unit: ColumnUnit | None = None
    order: DateOrder = default(default_factory=DateOrder)
    width: int | None = None


@cache
def tidy(field: Field) -> tuple[Stage, ...]:
    """The stages that every field begins with."""
    return (_tidy_text(field), mangled.ERRORS, absent(field))


def _tidy_text(field: Field) -> Stage:
    return tidy_text(field.is_list or field.base == "fqdn")


def plan_column(
    field: Field, binding: ColumnBinding, reading: Reading, corrections: Corrections | None = None
) -> ColumnPlan:
    """The stages for a column bound to this field."""
    stages = _value_stages(field, binding, reading)
    tidied, empty = (_tidy_text(field),), absent(field)
    if not field.is_list:
        return ColumnPlan(field, tidied, (mangled.ERRORS, empty, *stages), (), (), corrections)
    split = _SPLITS[field.base]
    return ColumnPlan(field, tidied, (mangled.ERRORS, empty, split), (empty, *stages), (lists.UNIQUE,), corrections)


@cache
def plan_value(field: Field) -> ColumnPlan:
    """The stages for values that are written as the schema has them: no column says more, and no word means nothing."""
    alone = ColumnBinding(field.name, field.name, 0, "", None, None, 1.0, "accepted")
    stages = _value_stages(field, alone, Reading())
    if not field.is_list:
        return ColumnPlan(field, (_tidy_text(field),), stages, (), ())
    return ColumnPlan(field, (_tidy_text(field),), (_SPLITS[field.base],), stages, (lists.UNIQUE,))


def _value_stages(field: Field, binding: ColumnBinding, reading: Reading) -> tuple[Stage, ...]:
    match field.base:
        case "integer" | "number":
            return number_stages(field, reading.style, reading.unit)
        case "datetime":
            return date_stages(reading.order)
        case "boolean":
            return boolean_stages(field, binding.transform == "invert")
        case "enum":
            return enum_stages(field, binding.header)
        case "ip":
            return ip_stages(own=field.is_list)
        case "mac":
            return MAC_STAGES
        case "fqdn":
            return hosts.FQDN_STAGES
        case "string":
            return (*mangled.restored(reading.width), *_FORMS.get(field.name, ()))


def tidied(field: Field, values: pl.DataFrame) -> pl.DataFrame:
    """Values after the stages every field begins with: what evidence is read from."""
    return run(values, tidy(field), nothing_recorded).filter(TEXT.is_not_null())
