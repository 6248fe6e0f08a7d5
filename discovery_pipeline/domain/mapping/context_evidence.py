"""Evidence from the columns beside a column: words that mean one thing here and another there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView

# A decided neighbour turns a tie; it can't overrule values that contradict.
_TURNS = 2.5
_LEANS = 1.2
_RUNS_ON = ("hypervisor", "host", "node", "device", "server", "machine")
_OF_PARTS = frozenset("running type label enabled role level class category tier number name size version start flag".split())
_STATES = frozenset("power_state lifecycle_status asset_type tags criticality application_role environment is_virtual".split())
_MOST_DISKS = 64
_VIRTUAL_TABLE = ("vm", "vcpu", "guest", "vlan", "cluster", "datastore")


def context_evidence(table: TableView) -> Iterator[Evidence]:
    """All rules of neighbourhood, asset tables only: the other records name both ends in full."""
    if table.kind.record == "asset":
        for rule in _RULES:
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
        for position in _saying(table, concept):
            others = named - {position}
            if others and (runs or concept in ("hypervisor", "host")):
                why = f"beside '{table.headers[min(others)].raw.strip()}', which names the row"
                yield from _turn(table, position, "hypervisor_host", ("hostname", "fqdn"), why)
                for key in table.with_concepts(concept, "id"):
                    yield Evidence(table.table_no, key, "source_id", "context", -2 * _TURNS, f"the key of a {concept} that a column names")
            elif not others and concept != "hypervisor":
                yield from _turn(table, position, "hostname", ("hypervisor_host",), "no other column names the row")


def _saying(table: TableView, concept: str) -> Iterator[int]:
    """Headers that say this and nothing more; for the unmistakable word 'hypervisor', whatever of it."""
    yield from table.with_concepts(concept)
    if concept == "hypervisor":
        yield from table.with_concepts(concept, "name")
        yield from (i for i, h in enumerate(table.headers) if {*h.concepts} - {"0", "name"} == {concept} and len(h.words) > 2)


def _turn(table: TableView, position: int, field: str, others: Sequence[str], why: str) -> Iterator[Evidence]:
    yield Evidence(table.table_no, position, field, "context", _TURNS, why)
    for other in others:
        yield Evidence(table.table_no, position, other, "context", -_TURNS, why)


def _part_columns(table: TableView) -> Iterator[Evidence]:
    """In a table of parts, a bare state, type or label is the part's, not the asset's."""
    if table.kind.grain != "detail":
        return
    for position, header in enumerate(table.headers):
        if header.words and set(header.concepts) <= _OF_PARTS:
            for claim in table.claims[position]:
                if claim.field in _STATES or (claim.field == "hostname" and set(_names(table)) - {position}):
                    why = "the rows are parts of an asset"
                    yield Evidence(table.table_no, position, claim.field, "context", -_TURNS - _LEANS, why)


def _address_block(table: TableView) -> Iterator[Evidence]:
    """'State' between city and country is a place."""
    places = {p for c in ("city", "country", "zip", "street") for p in table.with_concepts(c)}
    for position in table.with_concepts("status"):
        if {position - 1, position + 1} & places:
            yield from _turn(table, position, "location", ("lifecycle_status", "power_state"), "stands among address columns")
            yield Evidence(table.table_no, position, "location", "context", _LEANS, "a state of a country")


def _plain_region(table: TableView) -> Iterator[Evidence]:
    """A region whose values are no cloud's is a place on the map."""
    for position in table.with_concepts("region"):
        profile = table.profiles[position]
        if profile.has_values and profile.share("region") < 0.2:
            yield from _turn(table, position, "location", ("datacenter",), "values are no cloud regions")


def _type_is_model(table: TableView) -> Iterator[Evidence]:
    """Beside a manufacturer and without a model column, a type with product codes as values is the model."""
    if table.strong.get("manufacturer") and not table.strong.get("model"):
        for position in table.with_concepts("type"):
            share = table.profiles[position].share("numbered_name")
            if share >= 0.6:
                why = f"{share:.0%} product codes, beside a manufacturer and no model"
                yield from _turn(table, position, "model", ("asset_type",), why)


def _few_disks(table: TableView) -> Iterator[Evidence]:
    """'Disks' with small whole numbers and no unit counts them."""
    for position in table.with_concepts("disk"):
        profile, unit = table.profiles[position], table.headers[position].unit
        if unit is None and profile.share("integer") >= 0.9 and profile.high is not None and profile.high <= _MOST_DISKS:
            yield from _turn(table, position, "disk_count", ("storage_total_gib",), f"whole numbers up to {profile.high:g}")


def _key_column(table: TableView) -> Iterator[Evidence]:
    """A code that leads the row, is different on every row and beside which no other key stands, is its key."""
    if table.strong.get("source_id") or not table.headers:
        return
    profile = table.profiles[0]
    if set(table.headers[0].concepts) == {"code"} and profile.filled and profile.distinct >= 0.95 * profile.filled:
        yield Evidence(table.table_no, 0, "source_id", "context", _TURNS, "first column, different on every row")


def _is_application_table(table: TableView) -> bool:
    machine = table.mentions("os", "memory", "cpu", "vcpu", "serial", "mac")
    named = [p for p in table.strong.get("application_name", ()) if p <= 3 and "application" in table.headers[p].concepts]
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


def _id_of_other(table: TableView) -> Iterator[Evidence]:
    """The id of a cluster, folder or host adds nothing where another column names it."""
    for position, header in enumerate(table.headers):
        if "id" in header.concepts and len(header.words) > 1:
            for claim in table.claims[position]:
                others = [p for p in table.strong.get(claim.field, ()) if "id" not in table.headers[p].concepts]
                if claim.field not in ("", "source_id", "uuid", "asset_tag") and others:
                    why = f"an id of what '{table.headers[others[0]].raw.strip()}' names"
                    yield Evidence(table.table_no, position, claim.field, "context", -_TURNS, why)


def _generic_name(table: TableView) -> Iterator[Evidence]:
    """The first column of a table that nothing else names is its name."""
    if not table.strong.get("hostname") and not table.strong.get("application_name") and table.headers:
        position = 0
        if table.profiles[position].share("numbered_name") >= 0.6 and not table.headers[position].words:
            yield Evidence(table.table_no, position, "hostname", "context", _TURNS, "first column, names, no other name column")


_RULES: tuple[Callable[[TableView], Iterator[Evidence]], ...] = (
    _host_column, _application_table, _version_column, _sized_part, _part_columns, _address_block, _plain_region, _type_is_model,
    _few_disks, _key_column, _id_of_other, _already_carried, _generic_name,
)  # fmt: skip
