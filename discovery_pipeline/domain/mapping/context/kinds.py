"""Types, states and labels: of the asset, of its model, or of one of its parts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from discovery_pipeline.domain.mapping.context.applications import rows_are_applications
from discovery_pipeline.domain.mapping.context.weights import LEANS, REFUSES, TURNS, header_text, row_names, says, turns
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView
from discovery_pipeline.domain.vocabulary.headers import Header

_OF_PARTS = frozenset(
    """
    running type label enabled role level class category tier number name size version start flag
    """.split()  # noqa: SIM905  # words, not a list
)
# Words that, alone, are a part's own state or kind.
_STATES = frozenset({"running", "enabled", "start", "type"})
_OF_ASSETS = frozenset(
    """
    power_state lifecycle_status asset_type model platform tags criticality application_role environment is_virtual
    """.split()  # noqa: SIM905  # words, not a list
)
_MOSTLY = 0.6
# "PowerEdge R740", "Smart-UPS SRT 5000", "X9DRi-LN4+": letters and digits, as no plain kind of thing is called.
_PRODUCT = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[^,;=:@]{3,60}$")
_MODELLED = frozenset(("type", "platform", "series"))
_OF_MACHINES = ("os_name", "ip_address", "mac_address", "fqdn", "os_version", "memory_mib")


def part_columns(table: TableView) -> Iterator[Evidence]:
    """In a table of parts, a bare state, type or label is the part's, and so is a second name."""
    if table.kind.grain != "detail":
        return
    names = set(row_names(table))
    for position, header in enumerate(table.headers):
        if header.words and set(header.concepts) <= _OF_PARTS:
            for claim in table.claims[position]:
                if claim.field in _OF_ASSETS or (claim.field == "hostname" and names - {position}):
                    weight = REFUSES if _STATES.issuperset(header.concepts) else TURNS + LEANS
                    yield says(table, position, claim.field, -weight, "the rows are parts of an asset")


def type_is_model(table: TableView) -> Iterator[Evidence]:
    """Beside a manufacturer and without a model column, a type with product names as values is the model."""
    if not table.strong.get("manufacturer") or table.strong.get("model"):
        return
    for position, header in enumerate(table.headers):
        share = _product_share(table, position) if _may_be_model(header) else 0.0
        if share >= _MOSTLY:
            why = f"{share:.0%} product names, beside a manufacturer and no model"
            yield from turns(table, position, "model", ("asset_type", "asset_tag", "platform", "os_name"), why)


def _may_be_model(header: Header) -> bool:
    """'Type', 'Platform', 'Hardware', 'Series', and nothing else."""
    words = [word for word in header.words if not word.concept.isdigit()]
    return len(words) == 1 and (words[0].concept in _MODELLED or words[0].text == "hardware")


def _product_share(table: TableView, position: int) -> float:
    """Share of values that read like product names, judged on the most frequent ones where no shape tells."""
    profile = table.profiles[position]
    if profile.share("os", "instance_size", "device_class", "ip", "platform", "integer", "version") >= _MOSTLY:
        return 0.0
    named = sum(bool(_PRODUCT.match(value)) for value in profile.samples) / max(1, len(profile.samples))
    return max(profile.share("numbered_name"), named)


def status_of_life(table: TableView) -> Iterator[Evidence]:
    """'Production' under a status is a stage of life, and an environment only under other headers."""
    for position, header in enumerate(table.headers):
        if {"status", "lifecycle"}.isdisjoint(header.concepts) or "environment" in header.concepts:
            continue
        profile = table.profiles[position]
        told = profile.share("environment")
        if told > 0 and profile.share("lifecycle") >= told:
            why = "the values are stages of life as well"
            yield from turns(table, position, "lifecycle_status", ("environment",), why)


def firmware_of_machines(table: TableView) -> Iterator[Evidence]:
    """Where an operating system or a BIOS stands beside it, firmware is that of a part and not what the device runs."""
    beside = table.strong.get("os_name", ()) or ("bios" if table.mentions("bios") else ())
    for position, header in enumerate(table.headers):
        if beside and "firmware" in header.concepts:
            yield says(table, position, "os_version", -REFUSES, "the machine has an operating system beside it")


def business_domains(table: TableView) -> Iterator[Evidence]:
    """On rows that are no machines a 'domain' of plain words is one of the business, not of directories."""
    if not rows_are_applications(table) or any(table.strong.get(field) for field in _OF_MACHINES):
        return
    for position in (*table.with_concepts("domain"), *table.with_concepts("domain", "name")):
        if table.profiles[position].share("domain", "fqdn", "with_domain") == 0:
            why = f"the rows are applications, {header_text(table, position)} holds plain words"
            yield says(table, position, "dns_domain", -REFUSES, why)
            yield says(table, position, "department", TURNS, why)
