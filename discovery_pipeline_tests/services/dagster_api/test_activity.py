"""What happened in a run, out of its events as Dagster answers them; and out of a real run."""

from __future__ import annotations

from typing import Any

import pytest

from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.services.dagster_api.activity import KEPT, NOTHING_YET, Made
from discovery_pipeline.services.dagster_api.client import DagsterApi
from discovery_pipeline.settings import Settings

AT = "1764000000000"


def event(kind: str, step: str | None = None, **said: Any) -> dict[str, Any]:
    return {"__typename": kind, "timestamp": AT, "stepKey": step, "message": "", **said}


def made(asset: str, rows_in: int, rows: int, published: bool = True) -> dict[str, Any]:
    entries = [
        {"label": "rows_in", "intValue": rows_in},
        {"label": "dagster/row_count", "intValue": rows},
        {"label": "published", "boolValue": published},
        {"label": "columns"},
    ]
    return event("MaterializationEvent", asset, assetKey={"path": [asset]}, metadataEntries=entries)


def check(asset: str, name: str, success: bool, severity: str = "WARN") -> dict[str, Any]:
    evaluation = {"checkName": name, "success": success, "severity": severity, "assetKey": {"path": [asset]}}
    return event("AssetCheckEvaluationEvent", asset, evaluation={**evaluation, "metadataEntries": []})


def failed(asset: str, said: str | None) -> dict[str, Any]:
    return event("ExecutionStepFailureEvent", asset, failureMetadata={"description": said} if said else None)


def test_rows_and_checks_are_kept_by_asset() -> None:
    events = [
        made("inventory", 1200, 900),
        check("inventory", "rows_kept", True),
        check("inventory", "few_other", False),
        check("inventory", "unique_ids", False, "ERROR"),
    ]
    found = NOTHING_YET.followed_by(events, "7")
    assert found.made == {"inventory": Made("inventory", 1200, 900, True, 1, ("unique_ids",), ("few_other",))}
    assert found.cursor == "7"


@pytest.mark.parametrize(
    ("happened", "words"),
    [
        pytest.param(made("inventory", 2, 1200), "was made: 1,200 rows", id="made"),
        pytest.param(made("inventory", 2, 1, False), "was made: 1 rows, held back by a check", id="held back"),
        pytest.param(event("ExecutionStepStartEvent", "inventory"), "began", id="began"),
        pytest.param(failed("inventory", "no file counts"), "failed: no file counts", id="failed"),
        pytest.param(failed("inventory", None), None, id="interrupted"),
        pytest.param(check("inventory", "rows_kept", True), None, id="check met"),
        pytest.param(
            check("inventory", "rows_kept", False, "ERROR"), "blocking check not met: rows kept", id="blocking"
        ),
        pytest.param(event("RunStartEvent"), "the run began", id="run"),
        pytest.param(event("RunCancelingEvent", message="Paused before mapping"), "Paused before mapping", id="paused"),
        pytest.param(event("EngineEvent"), None, id="of Dagster's own"),
    ],
)
def test_events_are_told_in_words(happened: dict[str, Any], words: str | None) -> None:
    latest = NOTHING_YET.followed_by([happened], "1").latest
    assert [told.text for told in latest] == ([words] if words else [])


def test_only_the_latest_are_kept() -> None:
    found = NOTHING_YET.followed_by([event("ExecutionStepStartEvent", str(i)) for i in range(KEPT + 3)], "1")
    assert (len(found.latest), found.latest[0].asset) == (KEPT, "3")


def test_a_real_run_is_read_once(api: DagsterApi, home: Settings) -> None:
    run_id = run_tenant(home, "acme", None, lambda _: None).run_id
    found = api.activity(run_id)
    said = [(told.asset, told.text) for told in found.latest]
    assert ("", "the run began") in said
    assert ("raw_export", "failed: no file counts") in said
    assert said[-1] == ("", "the run failed")
    again = api.activity(run_id, found)
    assert again.latest == found.latest
