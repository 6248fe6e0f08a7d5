"""Which end of a relation a column speaks of, where the neighbours decide."""

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
)
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView
from discovery_pipeline.domain.vocabulary.end_words import DESTINATION, SOURCE

_HARDLY_ANY = 0.3


def other_columns_of_relations(table: TableView) -> Iterator[Evidence]:
    """Where both ends are named with words for ends, a column without such a word names neither."""
    ends = {"parent": SOURCE, "child": DESTINATION}
    named = {f: [p for p in table.strong.get(f, ()) if table.sides[p] == side] for f, side in ends.items()}
    if not all(named.values()):
        return
    for position in of_no_end(table):
        for field in ends:
            if table.claim(position, field):
                yield says(table, position, field, -REFUSES, f"{header_text(table, named[field][0])} names that end")


def names_of_relations(table: TableView) -> Iterator[Evidence]:
    """The second best word for the kind of relation counts where no better one stands and both ends are named."""
    if table.strong.get("relationship_type") or not (table.strong.get("parent") and table.strong.get("child")):
        return
    for position in of_no_end(table):
        profile = table.profiles[position]
        claim = table.claim(position, "relationship_type")
        repeated = profile.filled > 1 and table.distinct_share(position) < 1
        if claim and repeated and profile.share("number", "date", "bool", "ip") < _HARDLY_ANY:
            yield says(table, position, "relationship_type", LEANS, "no other column says the kind of relation")


def one_sided_relations(table: TableView) -> Iterator[Evidence]:
    """Beside a column that plainly names the second end, the only column of names is the first end, and vice versa."""
    for field, other in (("parent", "child"), ("child", "parent")):
        named = table.strong.get(other, ())
        if not named or any(table.sides[p] for p in table.strong.get(field, ())):
            continue
        able = [p for p in of_no_end(table) if p not in named and _may_be(table, p, field)]
        sure = [p for p in table.strong.get(field, ()) if p not in named]
        for position in able if len(able) == 1 or not sure else ():
            weight = SETTLES if len(able) == 1 else LEANS
            yield says(table, position, field, weight, f"{header_text(table, named[0])} is the other end")


def _may_be(table: TableView, position: int, field: str) -> bool:
    claim = table.claim(position, field)
    return claim is not None and claim.weight > 0


def keys_of_ends(table: TableView) -> Iterator[Evidence]:
    """'VM id' beside 'VM' is the key of the end that 'VM' names."""
    for position in of_no_end(table):
        thing = set(table.headers[position].concepts) - {"id"}
        for field in ("parent", "child") if "id" in table.headers[position].concepts and thing else ():
            named = [p for p in table.strong.get(field, ()) if set(table.headers[p].concepts) - {"name"} == thing]
            if named:
                yield says(table, position, field, TURNS, f"the key of what {header_text(table, named[0])} names")


def hosts_of_guests(table: TableView) -> Iterator[Evidence]:
    """Beside a column of virtual machines, the hypervisor is what they run on."""
    guests = [*table.with_concepts("vm"), *table.with_concepts("vm", "name")]
    for position, header in enumerate(table.headers):
        if guests and "hypervisor" in header.concepts:
            why = f"{header_text(table, guests[0])} runs on it"
            yield from settles(table, position, "child", ("parent",), why)
