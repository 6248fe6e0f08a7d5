"""Tables whose rows are applications, and versions of whatever has versions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from discovery_pipeline.domain.mapping.context.weights import (
    LEANS,
    SETTLES,
    TURNS,
    header_text,
    row_names,
    says,
    settles,
)
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView

_MACHINE = ("os", "memory", "cpu", "vcpu", "serial", "mac")
_SOFTWARE = ("version", "edition", "process", "path", "port", "pid")
_PORTFOLIO = ("application", "owner", "criticality", "dr", "user")
_RUNNING = ("process", "path", "port", "pid")
_DATABASE = re.compile(r"\b(?:instances?|databases?|datenbank|sql|oracle|db)\b", re.IGNORECASE)
# An application table names its application early.
_EARLY = 3
_VERSIONED = ("os_name", "software", "application_name", "database_engine")
_WHY = "the rows are applications"


def rows_are_applications(table: TableView) -> bool:
    """No machine is described, and the columns are those of running software or of an application portfolio."""
    if table.mentions(*_MACHINE) or _rows_are_databases(table):
        return False
    if table.mentions(*_SOFTWARE) >= 2 and table.mentions(*_RUNNING):
        return True
    named = any(
        p <= _EARLY and "application" in table.headers[p].concepts for p in table.strong.get("application_name", ())
    )
    return named and table.mentions(*_PORTFOLIO) >= 2 and not row_names(table)


def _rows_are_databases(table: TableView) -> bool:
    """A class column says so: database instances run like applications and are none."""
    classes = [value for p in table.strong.get("asset_type", ()) for value in table.profiles[p].samples]
    return sum(bool(_DATABASE.search(value)) for value in classes) * 2 > len(classes)


def application_columns(table: TableView) -> Iterator[Evidence]:
    """On rows that are applications the bare name is the application's, and servers are what it needs."""
    if not rows_are_applications(table):
        return
    for concept in ("name", "application", "title"):
        for position in table.with_concepts(concept):
            yield says(table, position, "application_name", TURNS, _WHY)
    for concept in ("server", "host"):
        for position in table.with_concepts(concept):
            yield from settles(table, position, "depends_on", ("hostname",), _WHY)
    for position in table.with_concepts("interface"):
        yield says(table, position, "depends_on", SETTLES, _WHY)


def _only_software(table: TableView) -> bool:
    """Something with versions of its own is named, and no operating system nor any part of a machine."""
    named = any(table.strong.get(f) for f in _VERSIONED if f != "os_name")
    return named and not table.mentions(*_MACHINE)


def version_columns(table: TableView) -> Iterator[Evidence]:
    """A bare version (build, edition) belongs to the nearest thing on its left that has versions."""
    applications = rows_are_applications(table)
    for concept in ("version", "edition", "build"):
        for position in table.with_concepts(concept):
            left = [(p, f) for f in _VERSIONED for p in table.strong.get(f, ()) if p < position]
            if left:
                nearest, field = max(left)
                target = "os_version" if field == "os_name" else "software_version"
                yield says(table, position, target, TURNS, f"follows {header_text(table, nearest)}")
            elif applications or _only_software(table):
                yield says(table, position, "software_version", TURNS, _WHY)
            elif not any(table.strong.get(f) for f in _VERSIONED):
                for field in ("os_version", "software_version"):
                    yield says(table, position, field, -LEANS, "nothing here has versions")
