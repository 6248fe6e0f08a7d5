"""A few machines, and how the tests ask for the edges between them."""

from __future__ import annotations

from typing import Any

import polars as pl

from discovery_pipeline.domain.dependencies.graph import DependencyOutcome, build
from discovery_pipeline.domain.handoffs import CleanTable
from discovery_pipeline_tests.domain.estate import server

ENDS = "source_host source_ip source_port destination_host destination_ip destination_port"
ESX = {"asset_id": "esx1", "classified_type": "hypervisor", "hostname": "esx1.lab.example"}
CLUSTER = {"asset_id": "cl1", "classified_type": "cluster", "hostname": "prod-a"}
LAPTOP = {"asset_id": "pc1", "classified_type": "end_user_device", "hostname": "pc1", "ip_address": ["10.9.0.1"]}
WEB, DB = server("web1", "10.0.0.1"), server("db1", "10.0.0.2")


def run(estate: pl.DataFrame, *tables: CleanTable) -> DependencyOutcome:
    return build(estate, tables)


def edges(outcome: DependencyOutcome) -> list[tuple[str, str | None, str]]:
    return outcome.dependencies.select("from_asset", pl.coalesce("to_asset", "to_address"), "kind").rows()


def flow(client: str, service: str, port: int | None, **names: Any) -> tuple[Any, ...]:
    return (names.get("client_host"), client, 51000, names.get("server_host"), service, port)
