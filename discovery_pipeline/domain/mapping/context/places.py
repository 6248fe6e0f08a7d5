"""Words that are places only among places."""

from __future__ import annotations

from collections.abc import Iterator

from discovery_pipeline.domain.mapping.context.weights import SETTLES, says, settles, turns
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView

_ADDRESS = ("city", "country", "zip", "street")
_HARDLY_ANY = 0.2
_HIGHEST_MACHINE = 6


def state_of_country(table: TableView) -> Iterator[Evidence]:
    """'State' between city and country is a place."""
    places = {position for concept in _ADDRESS for position in table.with_concepts(concept)}
    for position in table.with_concepts("status"):
        if {position - 1, position + 1} & places:
            why = "stands among the columns of an address"
            yield from settles(table, position, "location", ("lifecycle_status", "power_state"), why)


def plain_region(table: TableView) -> Iterator[Evidence]:
    """A region whose values are no cloud's is a place on the map."""
    for position in table.with_concepts("region"):
        profile = table.profiles[position]
        if profile.has_values and profile.share("region") < _HARDLY_ANY:
            yield from turns(table, position, "location", ("datacenter",), "values are no cloud regions")


def unit_position(table: TableView) -> Iterator[Evidence]:
    """'U' in a list of racks is where in the rack a machine begins; figures up to six may be its height."""
    racks = set(table.strong.get("rack", ()))
    for position, header in enumerate(table.headers):
        high = table.profiles[position].high
        is_unit = header.raw.strip().casefold() == "u" and racks - {position}
        if is_unit and table.profiles[position].has_values and (high is None or high > _HIGHEST_MACHINE):
            yield says(table, position, "rack", SETTLES, "a unit position, beside the rack")


def row_of_racks(table: TableView) -> Iterator[Evidence]:
    """'Row' beside a rack is a row of racks, not the number of the line."""
    racks = set(table.strong.get("rack", ()))
    for position, header in enumerate(table.headers):
        if position > 0 and header.raw.strip().casefold() == "row" and racks - {position}:
            yield says(table, position, "location", SETTLES, "a row of racks")
