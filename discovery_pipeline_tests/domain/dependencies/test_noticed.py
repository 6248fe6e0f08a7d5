"""Types of assets that serve everybody are told, with rounded numbers and no names."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.dependencies.noticed import noticed
from discovery_pipeline.domain.handoffs import DEPENDENCIES

INVENTORY = pl.DataFrame(
    {
        "asset_id": ["dns", "lb", *(f"s{number}" for number in range(40))],
        "classified_type": ["virtual_machine", "load_balancer", *["physical_server"] * 40],
    }
)


def edges(*rows: tuple[str, str, str, float]) -> pl.DataFrame:
    shown = pl.DataFrame(
        list(rows), schema=["from_asset", "to_asset", "kind", "confidence"], orient="row"
    )  # fmt: skip
    return pl.concat([pl.DataFrame(schema=DEPENDENCIES), shown], how="diagonal")


def test_shared_services_by_type() -> None:
    served = [(f"s{number}", "dns", "infrastructure", 0.9) for number in range(37)]
    managed = [("lb", f"s{number}", "management", 0.9) for number in range(6)]
    assert [insight.content.text for insight in noticed(edges(*served, *managed), INVENTORY)] == [
        "1 of type virtual_machine are shared infrastructure services, used by up to 30 and more",
        "1 of type load_balancer are shared management services, used by up to 6 and more",
    ]


def test_leads_other_kinds_and_few_users_tell_nothing() -> None:
    leads = [(f"s{number}", "dns", "infrastructure", 0.3) for number in range(20)]
    tiers = [(f"s{number}", "dns", "tier", 0.9) for number in range(20)]
    few = [(f"s{number}", "lb", "infrastructure", 0.9) for number in range(4)]
    assert noticed(edges(*leads, *tiers, *few), INVENTORY) == []
    assert noticed(edges(), INVENTORY) == []
