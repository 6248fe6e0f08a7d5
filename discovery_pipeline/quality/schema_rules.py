"""The rules that derive from the canonical schema: ranges, choices, dates and the forms in which values are written.

Keep out: which checks they belong to (suites).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache

from discovery_pipeline.domain.cleansing.plausible import bounds
from discovery_pipeline.domain.names import FQDN
from discovery_pipeline.domain.schema import Field, RecordKind, fields
from discovery_pipeline.quality.rules import Rule

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_HEX = "[0-9a-f]"
# How the clean values of a type, and of some fields, are written.
_WRITTEN = {
    "ip": rf"^(?:(?:{_OCTET}\.){{3}}{_OCTET}|{_HEX}{{0,4}}(?::{_HEX}{{0,4}}){{2,7}})$",
    "mac": rf"^{_HEX}{{2}}(?::{_HEX}{{2}}){{5}}$",
    "fqdn": FQDN,
}
_WRITTEN_FIELDS = {
    "uuid": rf"^{_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}$",
    "contact_email": r"^[^@\s]+@[^@\s]+$",
}
_EARLIEST_YEAR = 1980
_YEARS_AHEAD = 50


def field_rules(field: Field) -> Iterable[Rule]:
    """The rules that follow from a field's type, unit and choices."""
    if field.is_list:
        return
    if field.base == "datetime":
        yield Rule("dated", field.name, low=_EARLIEST_YEAR, high=datetime.now(UTC).year + _YEARS_AHEAD)
    elif field.choices:
        yield Rule("in_set", field.name, choices=field.choices)
    elif field.base in ("integer", "number"):
        low, high = bounds(field)
        yield Rule("between", field.name, low=low, high=high)


def format_rules(field: Field) -> Iterable[Rule]:
    """How the values of a field, or the items of its lists, have to be written; nothing for free text."""
    pattern = _WRITTEN_FIELDS.get(field.name) or _WRITTEN.get(field.base)
    if pattern:
        yield Rule("matches", field.name, pattern=pattern, items=field.is_list)


@cache
def schema_formats(record: RecordKind) -> tuple[Rule, ...]:
    """The formats of every field of a record kind."""
    return tuple(rule for field in fields(record).values() for rule in format_rules(field))


@cache
def schema_rules(record: RecordKind) -> tuple[Rule, ...]:
    """The rules of every field of a record kind."""
    return tuple(rule for field in fields(record).values() for rule in field_rules(field))
