"""Evidence from the columns beside a column: words that mean one thing here and another there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from discovery_pipeline.domain.mapping.context.amounts import counted_disks, counted_sockets, rates, sized_parts
from discovery_pipeline.domain.mapping.context.applications import application_columns, version_columns
from discovery_pipeline.domain.mapping.context.carried import already_carried
from discovery_pipeline.domain.mapping.context.identity import (
    ids_of_others,
    key_column,
    label_is_name,
    named_by_kind,
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
from discovery_pipeline.domain.mapping.context.places import plain_region, state_of_country
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView

__all__ = ["context_evidence"]

_RULES: tuple[Callable[[TableView], Iterator[Evidence]], ...] = (
    host_columns,
    shared_names,
    application_columns,
    version_columns,
    sized_parts,
    counted_disks,
    counted_sockets,
    rates,
    part_columns,
    type_is_model,
    status_of_life,
    firmware_of_machines,
    business_domains,
    state_of_country,
    plain_region,
    key_column,
    named_by_kind,
    names_of_people,
    label_is_name,
    zone_of_names,
    ids_of_others,
    unnamed_name,
    unnamed_values,
    already_carried,
)


def context_evidence(table: TableView) -> Iterator[Evidence]:
    """All rules of neighbourhood. Asset tables only: the other records name both ends in full."""
    if table.kind.record == "asset":
        for rule in _RULES:
            yield from rule(table)
