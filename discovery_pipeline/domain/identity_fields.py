"""Which fields a record needs to be told from others: what mapping looks for, cleansing demands, inventory relies on.

Keep out: what an identifier is worth as evidence (inventory).
"""

from __future__ import annotations

from collections.abc import Collection

from discovery_pipeline.domain.schema import RecordKind

# Per record kind: groups of fields, of each of which a record needs one.
NEEDED: dict[RecordKind, tuple[tuple[str, ...], ...]] = {
    "asset": (
        ("hostname", "fqdn", "uuid", "serial_number", "asset_tag", "source_id", "mac_address", "ip_address",
         "application_name"),
    ),
    "relationship": (("parent",), ("child",)),
    "connection": (("source_host", "source_ip"), ("destination_host", "destination_ip")),
}  # fmt: skip


def tells_records_apart(record: RecordKind, carried: Collection[str]) -> bool:
    """Whether a table that carries these fields has one of every group that its records need."""
    return all(not set(group).isdisjoint(carried) for group in NEEDED[record])
