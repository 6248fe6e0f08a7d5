"""Evidence from the columns beside a column: words that mean one thing here and another there."""

from __future__ import annotations

from collections.abc import Iterator

from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView

# A decided neighbour turns a tie; it can't overrule values that contradict.
_TURNS = 2.5
_LEANS = 1.2
_RUNS_ON = ("hypervisor", "host", "node", "device", "server", "machine")
_VIRTUAL_TABLE = ("vm", "vcpu", "guest", "vlan", "cluster", "datastore")


def context_evidence(table: TableView) -> Iterator[Evidence]:
    """All rules of neighbourhood, asset tables only: the other records name both ends in full."""
    if table.kind.record == "asset":
        for rule in (_host_column, _application_table, _version_column, _sized_part, _already_carried, _generic_name):
            yield from rule(table)


def _names(table: TableView) -> tuple[int, ...]:
    """Columns that name the row's own thing whatever stands beside them."""
    certain = {p for p in table.strong.get("hostname", ()) if set(table.headers[p].concepts) - {"host", "server", "node"}}
    return tuple(sorted(certain))


def _host_column(table: TableView) -> Iterator[Evidence]:
    """'Host' beside a column that names the row is where the row runs; alone it is the row."""
    named = set(_names(table))
    runs = bool(table.mentions(*_VIRTUAL_TABLE))
    for concept in _RUNS_ON:
        for position in table.with_concepts(concept):
            others = named - {position}
            if others and (runs or concept in ("hypervisor", "host")) and min(others) < position:
                why = f"beside '{table.headers[min(others)].raw}', which names the row"
                yield Evidence(table.table_no, position, "hypervisor_host", "context", _TURNS, why)
                yield Evidence(table.table_no, position, "hostname", "context", -_TURNS, why)
            elif not others and concept != "hypervisor":
                why = "no other column names the row"
                yield Evidence(table.table_no, position, "hostname", "context", _TURNS, why)
                yield Evidence(table.table_no, position, "hypervisor_host", "context", -_TURNS, why)


def _is_application_table(table: TableView) -> bool:
    machine = table.mentions("os", "memory", "cpu", "vcpu", "serial", "mac")
    named = [p for p in table.strong.get("application_name", ()) if "name" in table.headers[p].concepts]
    software = table.mentions("version", "edition", "process", "path", "port", "pid")
    owners = table.mentions("application", "owner", "criticality", "dr", "users")
    return machine == 0 and (software >= 3 or (bool(named) and owners >= 2 and not _names(table)))


def _application_table(table: TableView) -> Iterator[Evidence]:
    """On rows that are applications, the bare name is the application's."""
    if _is_application_table(table):
        for position in [*table.with_concepts("name"), *table.with_concepts("application"), *table.with_concepts("title")]:
            yield Evidence(table.table_no, position, "application_name", "context", _TURNS, "the rows are applications")
        for position in [*table.with_concepts("server"), *table.with_concepts("host")]:
            yield Evidence(table.table_no, position, "depends_on", "context", _TURNS + 1.5, "the rows are applications")
            yield Evidence(table.table_no, position, "hostname", "context", -_TURNS, "the rows are applications")


def _version_column(table: TableView) -> Iterator[Evidence]:
    """A bare version (release, edition) belongs to the nearest thing on its left that has versions."""
    for concept in ("version", "edition", "build"):
        for position in table.with_concepts(concept):
            left = [(p, f) for f in ("os_name", "software", "application_name", "database_engine")
                    for p in table.strong.get(f, ()) if p < position]  # fmt: skip
            if left:
                nearest, field = max(left)
                target = "os_version" if field == "os_name" else "software_version"
                why = f"follows '{table.headers[nearest].raw}'"
                yield Evidence(table.table_no, position, target, "context", _TURNS, why)


def _sized_part(table: TableView) -> Iterator[Evidence]:
    """Sizes without a noun are those of what the table is about."""
    disks = table.mentions("disk", "partition", "volume", "storage", "datastore")
    memory = table.mentions("memory", "reserved", "vram")
    if table.mentions("cpu", "core") or disks == memory:
        return
    total, used = ("storage_total_gib", "storage_used_gib") if disks > memory else ("memory_mib", "memory_used_mib")
    for position, header in enumerate(table.headers):
        words = set(header.concepts)
        if words and words <= {"size", "total"}:
            yield Evidence(table.table_no, position, total, "context", _LEANS, "the table is about it")
        elif words and words <= {"used"}:
            yield Evidence(table.table_no, position, used, "context", _LEANS, "the table is about it")


def _already_carried(table: TableView) -> Iterator[Evidence]:
    """A doubtful reading is less likely where another column plainly carries that field."""
    for position, claims in enumerate(table.claims):
        for claim in claims:
            others = [p for p in table.strong.get(claim.field, ()) if p != position]
            if claim.field and 0 < claim.weight <= 2.2 and others:
                why = f"'{table.headers[others[0]].raw}' plainly carries it"
                yield Evidence(table.table_no, position, claim.field, "context", -_LEANS, why)


def _generic_name(table: TableView) -> Iterator[Evidence]:
    """The first column of a table that nothing else names is its name."""
    if not table.strong.get("hostname") and not table.strong.get("application_name") and table.headers:
        position = 0
        if table.profiles[position].share("numbered_name") >= 0.6 and not table.headers[position].words:
            yield Evidence(table.table_no, position, "hostname", "context", _TURNS, "first column, names, no other name column")
