"""A small estate to look at as a map: a shop of two servers, services that all use, many clients of one hub."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import (
    ANALYSIS,
    DEPENDENCIES,
    INVENTORY,
    MEMBERSHIPS,
    QUARANTINE,
    STRUCTURE,
    empty,
)
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.services.dependencies.numbering import numbered_edges
from discovery_pipeline_tests.services.hand_built import frame, publish, turned

SHOP, BANK, WEB, DB, DNS, NTP, HUB = "a_shop", "a_bank", "a_web", "a_db", "a_dns", "a_ntp", "a_hub"
CLIENTS = tuple(f"a_pc{number:03}" for number in range(60))
SEEN = datetime(2026, 5, 1, 12)
_TYPES = {SHOP: "application", BANK: "application", WEB: "virtual_machine", DB: "database", DNS: "physical_server"}


def edge(start: str, end: str | None, kind: str, confidence: float = 0.95, **more: Any) -> dict[str, Any]:
    """A row of DEPENDENCIES."""
    row = {"from_asset": start, "to_asset": end, "kind": kind, "confidence": confidence, "observations": 3}
    return {**row, "evidence": ["observed:443/tcp https"], "ports": [], "services": [], "reasons": [],
            "contradictions": [], **more}  # fmt: skip


EDGES = (
    edge(WEB, DB, "tier", 0.99, last_seen=SEEN, reasons=["observed, 3 records: 0.99"]),
    edge(WEB, DB, "hosting", 0.4, evidence=["naming:one stem"], contradictions=["seen once in a long time"]),
    edge(SHOP, BANK, "application", 0.55, evidence=["stated:cmdb_rel"]),
    edge(BANK, DB, "hosting", 0.9),
    edge(WEB, None, "external", to_address="203.0.113.9"),
    edge(WEB, DNS, "infrastructure"),
    edge(DB, DNS, "infrastructure"),
    edge(WEB, NTP, "infrastructure", 0.94),
    *(edge(client, NTP, "infrastructure") for client in CLIENTS[:25]),
    *(edge(client, DNS, "infrastructure", 0.9 - number / 1000) for number, client in enumerate(CLIENTS[:30])),
    *(edge(client, HUB, "access", 0.9 - number / 1000) for number, client in enumerate(CLIENTS)),
    edge(HUB, WEB, "tier", 0.8),
)


def publish_map(frames: TenantFrames, edges: tuple[dict[str, Any], ...] = EDGES, *, as_numbers: bool = True) -> None:
    """The inventory, the dependencies and the structure of the estate. as_numbers: as runs publish them, else as
    earlier versions did."""
    publish(frames, "raw_export", {}, {"tables": []})
    keys = sorted({SHOP, BANK, WEB, DB, DNS, NTP, HUB, *CLIENTS})
    rows = [{"asset_id": key, "classified_type": _TYPES.get(key, "end_user_device"), **_named(key)} for key in keys]
    inventory = turned(frame(rows, INVENTORY))
    publish(frames, "inventory", {"inventory": inventory})
    members = [
        {"asset_id": asset, "application_id": SHOP, "basis": "named", "confidence": sure, "reasons": []}
        for asset, sure in ((WEB, 0.9), (DB, 0.8), (HUB, 0.2))
    ]
    ordered = frame(list(edges), DEPENDENCIES).sort("from_asset", "to_asset", "to_address", "kind", nulls_last=True)
    parts = {"dependencies": ordered, "memberships": frame(members, MEMBERSHIPS), "quarantine": empty(QUARANTINE)}
    if as_numbers:
        parts |= numbered_edges(inventory.lazy(), ordered.lazy(), parts["memberships"].lazy())
    publish(frames, "dependencies", parts)
    behind = [{"asset_id": SHOP, "blast_radius": 90}, {"asset_id": WEB, "blast_radius": 1}]
    publish(frames, "analysis", {"analysis": _analysis(), "structure": frame(behind, STRUCTURE)})


def _named(key: str) -> dict[str, Any]:
    if _TYPES.get(key) == "application":
        return {"application_name": [key.removeprefix("a_").capitalize()]}
    address = {"ip_address": ["10.0.0.1"]} if key == WEB else {}
    return {"hostname": key.removeprefix("a_"), "environment": "production", "application_name": [], **address}


def _analysis() -> pl.DataFrame:
    return frame([{"asset_id": WEB, "strategy": "rehost", "wave": 2}], ANALYSIS)
