"""Which end of a flow a column speaks of, and what flows: where the neighbours decide."""

from __future__ import annotations

from collections.abc import Iterator

from discovery_pipeline.domain.mapping.context.weights import (
    LEANS,
    REFUSES,
    SETTLES,
    TURNS,
    header_text,
    of_no_end,
    says,
    settles,
    turns,
)
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView
from discovery_pipeline.domain.vocabulary.end_words import DESTINATION, SOURCE
from discovery_pipeline.domain.vocabulary.units import SIZES

_MACHINE_NAMES = frozenset(
    """
    host server vm machine computer device node system asset instance agent name fqdn workstation resource hypervisor
    """.split()  # noqa: SIM905  # words, not a list
)
_AMOUNTS = frozenset(
    """
    total in out volume size average source destination local remote bytes transferred exchanged flow connection detail
    storage used per age network
    """.split()  # noqa: SIM905  # words, not a list
)
_LOCAL = frozenset(("local", "lokal", "lokale", "lokaler", "locale", "remote", "foreign", "peer"))
_MOSTLY = 0.6
_HARDLY_ANY = 0.3


def bare_machines(table: TableView) -> Iterator[Evidence]:
    """A machine without a word for its end: the observer's own end where only the other is named; else the reporter."""
    for field, other in (("source_host", "source_ip"), ("source_ip", "source_host")):
        named = [p for f in (field, other) for p in table.strong.get(f, ()) if table.sides[p] == SOURCE]
        own = [p for p in named if p in table.strong.get(field, ())]
        for position in of_no_end(table):
            if own and table.claim(position, field):
                yield says(table, position, field, -REFUSES, f"{header_text(table, own[0])} names that end")
            elif not named and table.profiles[position].share("ip") < _MOSTLY and _of_machine(table, position):
                yield says(table, position, "source_host", TURNS, "no other column names where the flow starts")


def reporting_machines(table: TableView) -> Iterator[Evidence]:
    """Where flows are told as local and remote, the machine that reports them is the local one."""
    local = [p for p, h in enumerate(table.headers) if any(word.text in _LOCAL for word in h.words)]
    if not local or any(table.sides[p] for p in table.strong.get("source_host", ())):
        return
    for position in of_no_end(table):
        address = table.profiles[position].share("ip") >= _MOSTLY
        if not address and _of_machine(table, position) and table.claim(position, "source_host"):
            yield says(table, position, "source_host", SETTLES, f"{header_text(table, local[0])} is an end of its own")


def _of_machine(table: TableView, position: int) -> bool:
    return _MACHINE_NAMES.issuperset(table.headers[position].concepts)


def far_machines(table: TableView) -> Iterator[Evidence]:
    """Where the far end is plainly named, a bare name is not another far end."""
    for field in ("destination_host", "destination_ip"):
        own = [p for p in table.strong.get(field, ()) if table.sides[p] == DESTINATION]
        for position in of_no_end(table):
            if own and table.claim(position, field):
                yield says(table, position, field, -TURNS, f"{header_text(table, own[0])} names that end")


def bare_process(table: TableView) -> Iterator[Evidence]:
    """A process without a word for its end is the observer's: where flows start, or the other end of a named one."""
    taken = [p for p in table.strong.get("source_process", ()) if table.sides[p]]
    for position, header in enumerate(table.headers):
        if "process" in header.concepts and not table.sides[position]:
            field = "destination_process" if taken else "source_process"
            yield says(table, position, field, LEANS, "a process of the observer's own end")


def named_beside_address(table: TableView) -> Iterator[Evidence]:
    """'Source' beside 'Source IP' is a name; a bare end that holds addresses is an address."""
    for position, header in enumerate(table.headers):
        side = table.sides[position]
        if not side or len(header.words) != 1:
            continue
        address = table.profiles[position].share("ip") >= _MOSTLY
        field, other = (f"{side}_ip", f"{side}_host") if address else (f"{side}_host", f"{side}_ip")
        yield from turns(table, position, field, (other,), "holds addresses" if address else "holds no addresses")


def ranges_of_addresses(table: TableView) -> Iterator[Evidence]:
    """'IP / range' with plain addresses as values holds addresses."""
    for position, header in enumerate(table.headers):
        side, profile = table.sides[position], table.profiles[position]
        plain = profile.share("ip") >= _MOSTLY and profile.share("cidr") < _MOSTLY
        if side and "subnet" in header.concepts and plain and not table.strong.get(f"{side}_ip"):
            yield says(table, position, f"{side}_ip", SETTLES, "plain addresses, and no other column's are")


def other_things_of_an_end(table: TableView) -> Iterator[Evidence]:
    """'Source' and a word that nobody knows, with values that are no names of machines, says something else of it."""
    for position, header in enumerate(table.headers):
        side, profile = table.sides[position], table.profiles[position]
        unknown = [word.text for word in header.words if not word.known and not word.concept.isdigit()]
        if side and unknown and profile.share("ip", "numbered_name", "fqdn", "with_domain") < _HARDLY_ANY:
            for field in (f"{side}_host", f"{side}_ip"):
                yield says(table, position, field, -TURNS, f"'{unknown[0]}' is no name of a machine")


def ports_by_order(table: TableView) -> Iterator[Evidence]:
    """Of two bare ports the first is the source's; one that follows a named end at once is that end's."""
    ports = list(table.with_concepts("port"))
    named = {end for end in (SOURCE, DESTINATION) if any(table.sides[p] for p in table.strong.get(f"{end}_port", ()))}
    if len(ports) == 2:
        for position, field, other in zip(
            ports, ("source_port", "destination_port"), ("destination_port", "source_port"), strict=True
        ):
            yield from settles(table, position, field, (other,), "one of two ports")
    elif len(ports) == 1 and DESTINATION in named and SOURCE not in named:
        yield from settles(table, ports[0], "source_port", ("destination_port",), "the other end's port is named")


def amounts_by_unit(table: TableView) -> Iterator[Evidence]:
    """Whatever flows and is measured in bytes is the traffic."""
    for position, header in enumerate(table.headers):
        if header.unit in SIZES and _AMOUNTS.issuperset(header.concepts):
            yield says(table, position, "bytes", SETTLES, f"an amount in {header.unit}")


def told_by_values(table: TableView) -> Iterator[Evidence]:
    """A state that holds verdicts is an action; one that holds no states of connections is neither."""
    for position in table.with_concepts("status"):
        profile = table.profiles[position]
        if profile.has_values and profile.share("tcp_state", "verdict") < _HARDLY_ANY:
            for field in ("state", "action"):
                yield says(table, position, field, -REFUSES, "values are no states of connections")
    for position in table.strong.get("protocol", ()):
        profile = table.profiles[position]
        if table.headers[position].concepts[-1:] != ("protocol",) and profile.share("person", "date") >= _MOSTLY:
            yield says(table, position, "protocol", -TURNS, "values are no protocols")
