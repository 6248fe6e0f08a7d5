"""What a report's tables say of single assets."""

from __future__ import annotations

from typing import Any

import pytest

from discovery_pipeline.files.report.data import names
from discovery_pipeline.services.inventory.asset_search import display_name
from discovery_pipeline_tests.domain.estate import inventory


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        pytest.param({"classified_type": "application", "application_name": ["CRM"], "hostname": "crm01"}, "CRM",
                     id="application-by-its-name"),
        pytest.param({"classified_type": "application", "hostname": "crm01"}, "crm01", id="application-by-its-host"),
        pytest.param({"hostname": "web1", "fqdn": "web1.lab.example"}, "web1", id="host-name-first"),
        pytest.param({"fqdn": "web1.lab.example"}, "web1.lab.example", id="full-name"),
        pytest.param({"classified_type": "database", "application_name": ["CRM"], "source_id": "DB7"}, "DB7",
                     id="never-by-the-application-it-serves"),
        pytest.param({}, "a1", id="id-where-nothing-else-is-known"),
    ],
)  # fmt: skip
def test_report_and_explanation_call_an_asset_the_same(fields: dict[str, Any], name: str) -> None:
    estate = inventory({"asset_id": "a1", "classified_type": "virtual_machine", **fields})
    assert names(estate)["name"].to_list() == [name]
    assert display_name(estate.row(0, named=True)) == name
