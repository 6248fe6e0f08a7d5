"""The plan of one column: which stages its field asks for, given what was read from the whole column."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from dataclasses import field as default
from functools import cache

import polars as pl

from discovery_pipeline.domain.cleansing import hosts, identifiers, lists
from discovery_pipeline.domain.cleansing.addresses import MAC_STAGES, ip_stages
from discovery_pipeline.domain.cleansing.choices import boolean_stages, enum_stages
from discovery_pipeline.domain.cleansing.dates import DateOrder, date_stages, date_value
from discovery_pipeline.domain.cleansing.numbers import ColumnUnit, NumberStyle, number_stages, number_value
from discovery_pipeline.domain.cleansing.rules import (
    SEPARATOR,
    TEXT,
    Record,
    Rule,
    Stage,
    nothing_recorded,
    run,
    run_items,
    values_frame,
)
from discovery_pipeline.domain.cleansing.text import absent, tidy_text
from discovery_pipeline.domain.handoffs import ColumnBinding
from discovery_pipeline.domain.schema import Field

# What the schema's "string" does not say of these fields.
_FORMS: dict[str, tuple[Stage, ...]] = {
    "hostname": hosts.HOSTNAME,
    "hypervisor_host": hosts.OTHER_HOST,
    "source_host": hosts.OTHER_HOST,
    "destination_host": hosts.OTHER_HOST,
    "dns_domain": hosts.DOMAIN,
    "contact_email": hosts.EMAIL,
    "uuid": identifiers.UUID,
    "serial_number": identifiers.SERIAL,
    "asset_tag": identifiers.TAG,
    "source_id": identifiers.RECORD_ID,
}
_SPLITS = {"ip": lists.ADDRESSES, "mac": lists.HARDWARE_ADDRESSES, "string": lists.NAMES}


@dataclass(frozen=True)
class Reading:
    """What a whole column says about how its values are to be read."""

    style: NumberStyle = default(default_factory=NumberStyle)
    unit: ColumnUnit | None = None
    order: DateOrder = default(default_factory=DateOrder)


@dataclass(frozen=True, eq=False)
class ColumnPlan:
    """Stages over the cell, then over each item of a list, then over the list again."""

    field: Field
    cell: tuple[Stage, ...]
    items: tuple[Stage, ...]
    after: tuple[Stage, ...]

    def clean(self, values: pl.DataFrame, record: Record) -> pl.DataFrame:
        """Values (`values_frame`) with `text` in canonical form, null where nothing is left."""
        tidied = run(values, self.cell, record)
        if not self.field.is_list:
            return tidied
        return run(run_items(tidied, self.items, record), self.after, record)

    def only(self, fired: Collection[Rule]) -> ColumnPlan:
        """The plan without the rules that no value of the column needs; it gives the same values."""
        cell, items, after = (
            tuple(kept for stage in stages if (kept := stage.only(fired)).rules)
            for stages in (self.cell, self.items, self.after)
        )
        return ColumnPlan(self.field, cell, items, after)

    def clean_series(self, raw: pl.Series) -> pl.Series:
        """The canonical text of each raw cell."""
        return self.clean(values_frame(raw), nothing_recorded).get_column("text").rename(raw.name)

    def typed(self, text: pl.Expr) -> pl.Expr:
        """Canonical text as the schema's type."""
        if self.field.is_list:
            return text.str.split(SEPARATOR)
        if self.field.base in ("integer", "number"):
            return number_value(self.field, text)
        if self.field.base == "datetime":
            return date_value(text)
        return text == "true" if self.field.base == "boolean" else text


@cache
def tidy(field: Field) -> tuple[Stage, ...]:
    """The stages that every field begins with."""
    return (tidy_text(field.is_list or field.base == "fqdn"), absent(field))


def plan_column(field: Field, binding: ColumnBinding, reading: Reading) -> ColumnPlan:
    """The stages for a column bound to this field."""
    stages = _value_stages(field, binding, reading)
    if not field.is_list:
        return ColumnPlan(field, (*tidy(field), *stages), (), ())
    return ColumnPlan(field, (*tidy(field), _SPLITS[field.base]), (absent(field), *stages), (lists.UNIQUE,))


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
            return _FORMS.get(field.name, ())


def tidied(field: Field, values: pl.DataFrame) -> pl.DataFrame:
    """Values after the stages every field begins with: what evidence is read from."""
    return run(values, tidy(field), nothing_recorded).filter(TEXT.is_not_null())
