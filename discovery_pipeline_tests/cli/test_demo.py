"""`discovery demo`: the loop on a packaged sample, and that repeating it neither grows nor overrules anybody."""

from __future__ import annotations

import json
from typing import Any

import pytest

from discovery_pipeline import sample_tenants
from discovery_pipeline.cli.app import execute
from discovery_pipeline.cli.demo_loop import show_loop
from discovery_pipeline.services.mapping.corrections import Decision, correct
from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.corrections import newest_correction


@pytest.fixture
def only_solo(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The environment of a home in which the demo knows one sample."""
    monkeypatch.setenv("DISCOVERY_HOME", str(settings.home))
    monkeypatch.setenv("DATABASE_URL", settings.database_url or "")
    monkeypatch.setenv("DAGSTER_DATABASE_URL", settings.dagster_url or "")
    monkeypatch.setattr(sample_tenants, "sample_names", lambda: ["solo"])
    return settings


def demo(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert execute(["demo", "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    (tenant,) = document["tenants"]
    assert tenant["run"]["status"] == "done"
    assert tenant["overview"]["counts"]
    return dict(tenant["loop"])


def chosen(loop: dict[str, Any]) -> dict[str, str | None]:
    return {column["header"]: column["field"] for column in loop["columns"]}


def test_corrects_once_and_leaves_later_decisions_alone(
    only_solo: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    first = demo(capsys)
    assert (first["applied"], first["already_applied"]) == (3, 0)
    assert first["run"]["status"] == "done"
    assert first["run"]["phases"][0]["asset"] == "column_mapping"
    assert chosen(first) == {
        "Blech": "hypervisor_host",
        "FKZ": "application_name",
        "Zuständig": "technical_owner",
    }
    assert {(c["change"], c["field"]): c["count"] for c in first["inventory_changes"]}["added", None] == 6

    with open_workspace(only_solo) as workspace:
        file = "Serverliste_2025-06-30.csv"
        overruled = Decision(file, file.removesuffix(".csv"), 12, "Zuständig", "contact_email", overrules=3)
        correct(workspace, "solo", [overruled], "an analyst")
    again = demo(capsys)
    assert (again["applied"], again["already_applied"], again["run"]) == (0, 3, None)
    assert chosen(again) == chosen(first) | {"Zuständig": "contact_email"}
    with open_workspace(only_solo) as workspace:
        assert newest_correction(workspace.database, "solo") == 4


COLUMN = {
    "header": "FKZ", "was_field": None, "was_confidence": 0.99, "field": "application_name", "confidence": 0.95,
    "method": "pattern", "reason": "our own codes",
}  # fmt: skip
CHANGE = {"change": "added", "field": None, "count": 6, "asset": "TMS", "old": None, "new": None}


def test_a_repeated_loop_says_so_and_still_shows_its_effect(capsys: pytest.CaptureFixture[str]) -> None:
    loop = {"applied": 0, "already_applied": 3, "run": None, "columns": [COLUMN], "inventory_changes": [CHANGE]}
    show_loop("solo", loop)
    said = capsys.readouterr().out
    assert "3 corrections already applied" in said
    column = next(line.split() for line in said.splitlines() if line.startswith("FKZ"))
    assert column == ["FKZ", "not", "mapped", "0.99", "application_name", "0.95", "pattern", "our", "own", "codes"]
    assert any(line.split() == ["added", "(asset)", "6", "TMS"] for line in said.splitlines())
