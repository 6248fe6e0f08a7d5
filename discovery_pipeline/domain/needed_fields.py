"""Which facts inventory and assessment want of an estate, and what is lost where no export carries them.

Keep out: what an asset loses that lacks a fact (analysis/readiness.yaml), and what tells records apart
(identity_fields.py).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class NeededFact:
    """fields: any one of them is enough. loss: what goes without it downstream. source: where it can be had."""

    name: str
    fields: tuple[str, ...]
    loss: str
    source: str


NEEDED_FACTS = (
    NeededFact(
        "operating system", ("os_name",),
        "no end of vendor support is known, readiness falls and no rule on platforms applies",
        "the hypervisor's or the configuration manager's export has it",
    ),
    NeededFact(
        "processors", ("cpu_count", "cpu_cores", "cpu_sockets"),
        "no server can be sized and readiness falls", "the hypervisor's export or a hardware scan has it",
    ),
    NeededFact(
        "memory", ("memory_mib",),
        "no server can be sized and readiness falls", "the hypervisor's export or a hardware scan has it",
    ),
    NeededFact(
        "storage", ("storage_total_gib",),
        "storage in the target can't be sized and readiness falls",
        "the hypervisor's export or its table of disks has it",
    ),
    NeededFact(
        "environment", ("environment",),
        "production can't be told from test, so the waves' order is a guess", "the CMDB or the owners have it",
    ),
    NeededFact(
        "application or owner",
        ("application_name", "business_owner", "technical_owner", "contact_email", "department"),
        "servers can't be grouped by what they serve, and nobody is known who could agree to a date",
        "the CMDB or the application list has it",
    ),
)  # fmt: skip


def missing_facts(carried: Collection[str]) -> tuple[NeededFact, ...]:
    """The facts that an estate whose tables carry these fields lacks."""
    return tuple(fact for fact in NEEDED_FACTS if set(fact.fields).isdisjoint(carried))
