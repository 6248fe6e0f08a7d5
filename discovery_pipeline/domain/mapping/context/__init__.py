"""Evidence from the columns beside a column: words that mean one thing here and another there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from discovery_pipeline.domain.mapping.context.applications import application_columns, version_columns
from discovery_pipeline.domain.mapping.context.carried import already_carried, sellers
from discovery_pipeline.domain.mapping.context.flows import (
    amounts_by_unit,
    bare_machines,
    bare_process,
    far_machines,
    named_beside_address,
    other_things_of_an_end,
    ports_by_order,
    ranges_of_addresses,
    reporting_machines,
    told_by_values,
)
from discovery_pipeline.domain.mapping.context.identity import (
    ids_of_others,
    key_column,
    label_is_name,
    named_by_kind,
    names_of_addresses,
    names_of_people,
    unnamed_name,
    unnamed_values,
    zone_of_names,
)
from discovery_pipeline.domain.mapping.context.kinds import (
    business_domains,
    firmware_of_machines,
    part_columns,
    status_of_life,
    type_is_model,
)
from discovery_pipeline.domain.mapping.context.machines import host_columns, shared_names
from discovery_pipeline.domain.mapping.context.places import plain_region, row_of_racks, state_of_country, unit_position
from discovery_pipeline.domain.mapping.context.processors import bare_loads, beside_maximum, clocks, counted_sockets
from discovery_pipeline.domain.mapping.context.rates import rates, unnamed_rates
from discovery_pipeline.domain.mapping.context.relations import (
    hosts_of_guests,
    keys_of_ends,
    names_of_relations,
    one_sided_relations,
    other_columns_of_relations,
)
from discovery_pipeline.domain.mapping.context.sizes import (
    counted_disks,
    drive_letters,
    memory_amounts,
    memory_of_guests,
    sized_flavours,
    sized_parts,
)
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView
from discovery_pipeline.domain.schema import RecordKind

__all__ = ["context_evidence"]

Rule = Callable[[TableView], Iterator[Evidence]]

_OF_ASSETS: tuple[Rule, ...] = (
    host_columns,
    shared_names,
    application_columns,
    version_columns,
    sized_parts,
    counted_disks,
    counted_sockets,
    rates,
    unnamed_rates,
    clocks,
    bare_loads,
    beside_maximum,
    memory_amounts,
    memory_of_guests,
    sized_flavours,
    drive_letters,
    part_columns,
    type_is_model,
    status_of_life,
    firmware_of_machines,
    business_domains,
    state_of_country,
    plain_region,
    unit_position,
    row_of_racks,
    key_column,
    named_by_kind,
    names_of_people,
    names_of_addresses,
    label_is_name,
    zone_of_names,
    ids_of_others,
    unnamed_name,
    unnamed_values,
    already_carried,
    sellers,
)
_OF_CONNECTIONS: tuple[Rule, ...] = (
    bare_machines,
    reporting_machines,
    far_machines,
    bare_process,
    named_beside_address,
    ranges_of_addresses,
    other_things_of_an_end,
    ports_by_order,
    amounts_by_unit,
    told_by_values,
)
_OF_RELATIONSHIPS: tuple[Rule, ...] = (
    other_columns_of_relations,
    names_of_relations,
    one_sided_relations,
    keys_of_ends,
    hosts_of_guests,
)
_RULES: dict[RecordKind, tuple[Rule, ...]] = {
    "asset": _OF_ASSETS,
    "connection": _OF_CONNECTIONS,
    "relationship": _OF_RELATIONSHIPS,
}


def context_evidence(table: TableView) -> Iterator[Evidence]:
    """All rules of neighbourhood for the kind of record that the table's rows are."""
    for rule in _RULES[table.kind.record]:
        yield from rule(table)
