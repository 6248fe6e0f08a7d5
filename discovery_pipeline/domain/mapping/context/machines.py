"""Which machine a column speaks of: the row itself, or the one it runs on."""

from __future__ import annotations

from collections.abc import Iterator

from discovery_pipeline.domain.mapping.context.applications import rows_are_applications
from discovery_pipeline.domain.mapping.context.weights import REFUSES, header_text, row_names, says, settles, turns
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView

_RUNS_ON = ("hypervisor", "host", "node", "device", "server", "machine")
_ALWAYS_BESIDE_A_NAME = ("hypervisor", "host")
_OF_VIRTUAL_MACHINES = ("vm", "vcpu", "guest", "vlan", "cluster", "datastore", "namespace", "container", "pod")
_SERVED = frozenset(("instance", "service", "listener", "database", "sid", "application"))
# What tables of database and middleware instances speak of.
_OF_INSTANCES = ("database", "port", "edition", "listener", "software", "engine", "process", "version", "sid")
_TOLD = 2
_SHARED = 0.9
_OWN = 0.95
_PRODUCTS = 0.3


def host_columns(table: TableView) -> Iterator[Evidence]:
    """'Host' beside a column that names the row is where the row runs; alone it is the row, if that is a machine."""
    if rows_are_applications(table):
        return
    named = set(row_names(table))
    virtual = bool(table.mentions(*_OF_VIRTUAL_MACHINES))
    for concept in _RUNS_ON:
        for position in _saying(table, concept):
            others = named - {position}
            if _holds_platforms(table, position):
                why = "the values are products, no machines"
                yield from turns(table, position, "platform", ("hypervisor_host", "hostname"), why)
            elif not others or _only_instances(table, others):
                if concept != "hypervisor":
                    yield from turns(table, position, "hostname", ("hypervisor_host",), "no other column names the row")
            elif not virtual and _is_own_name(table, position, others):
                yield from turns(
                    table, position, "hostname", ("hypervisor_host",), "comes first, different on every row"
                )
            elif virtual or concept in _ALWAYS_BESIDE_A_NAME:
                why = f"beside {header_text(table, min(others))}, which names the row"
                yield from turns(table, position, "hypervisor_host", ("hostname", "fqdn"), why)
                yield from _host_keys(table, concept, virtual)


def _saying(table: TableView, concept: str) -> Iterator[int]:
    """Headers that say this and nothing more; for the unmistakable word 'hypervisor', its name too."""
    allowed = {concept, "name"} if concept == "hypervisor" else {concept}
    for position, header in enumerate(table.headers):
        words = {word for word in header.concepts if not word.isdigit()}
        if concept in words and words <= allowed:
            yield position


def _holds_platforms(table: TableView, position: int) -> bool:
    """'Hypervisor' with ESX, KVM, Hyper-V as values."""
    profile = table.profiles[position]
    named = profile.share("numbered_name", "fqdn", "ip", "uuid", "with_domain", "domain")
    return "hypervisor" in table.headers[position].concepts and profile.share("platform") > max(named, _PRODUCTS)


def _only_instances(table: TableView, others: set[int]) -> bool:
    """Only instances of databases and middleware are named beside it: the machine that they run on is the row's."""
    named = all(_SERVED & set(table.headers[p].concepts) for p in others)
    return named and not table.mentions("vm", "vcpu", "guest", "datastore") and table.mentions(*_OF_INSTANCES) >= _TOLD


def _is_own_name(table: TableView, position: int, others: set[int]) -> bool:
    """A second name of the row: it stands before the other name and is different on every row."""
    return position < min(others) and table.distinct_share(position) >= _OWN


def _host_keys(table: TableView, concept: str, virtual: bool) -> Iterator[Evidence]:
    for position in table.with_concepts(concept, "id") if virtual else ():
        yield says(table, position, "source_id", -REFUSES, f"the key of a {concept} that a column names")


def shared_names(table: TableView) -> Iterator[Evidence]:
    """Beside the name of a VM, another machine's name that many rows share is where they run."""
    guests = [p for p in row_names(table) if {"vm", "guest"} & set(table.headers[p].concepts)]
    if not guests or table.distinct_share(guests[0]) < _SHARED:
        return
    for concept in ("computer", "server", "host", "node", "machine"):
        for position in table.with_concepts(concept, "name"):
            if position != guests[0] and table.distinct_share(position) < _SHARED:
                why = f"rows of {header_text(table, guests[0])} share it"
                yield from settles(table, position, "hypervisor_host", ("hostname",), why)
