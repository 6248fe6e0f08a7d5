"""A failure is told in the words of the asset that failed, whatever else the run's events say."""

from __future__ import annotations

from typing import Any

import pytest

from discovery_pipeline.services.dagster_api.run_failure import LOOK_IN_DAGSTER, RunFailure, read_failure


def text(label: str, said: str) -> dict[str, str]:
    return {"label": label, "text": said}


def check(name: str, severity: str, success: bool, *entries: dict[str, str]) -> dict[str, Any]:
    evaluation = {"checkName": name, "severity": severity, "success": success, "metadataEntries": list(entries)}
    place = {"assetKey": {"path": ["inventory"]}}
    return {"__typename": "AssetCheckEvaluationEvent", "message": "", "evaluation": {**evaluation, **place}}


def step(message: str, metadata: dict[str, Any] | None) -> dict[str, Any]:
    error = {"message": message, "causes": []}
    kind = {"__typename": "ExecutionStepFailureEvent", "stepKey": "raw_export", "message": "Execution failed."}
    return {**kind, "error": error, "failureMetadata": metadata}


def ended(message: str, *causes: str) -> dict[str, Any]:
    error = {"message": message, "causes": [{"message": cause} for cause in causes]}
    return {"__typename": "RunFailureEvent", "stepKey": None, "message": "Execution of run failed.", "error": error}


SAID = {"description": "no file counts", "metadataEntries": [text("where", "acme"), text("advice", "ingest one")]}


@pytest.mark.parametrize(
    ("events", "failure"),
    [
        pytest.param(
            [
                ended("x"),
                step("DagsterAssetCheckFailedError", None),
                check("rows", "ERROR", False, text("advice", "do")),
            ],
            RunFailure("blocking check failed: rows", "inventory", "do"),
            id="blocking check before its step",
        ),
        pytest.param(
            [check("rows", "WARN", False), check("keys", "ERROR", True), step("Failure", SAID)],
            RunFailure("no file counts", "raw_export: acme", "ingest one"),
            id="a warning and a passed check are no failure",
        ),
        pytest.param(
            [step("F", {"description": "gone", "metadataEntries": [text("where", "-"), text("advice", "-")]})],
            RunFailure("gone", "raw_export", LOOK_IN_DAGSTER),
            id="nothing to say about the place",
        ),
        pytest.param(
            [ended("a.DagsterResourceFunctionError: x\n", "discovery_pipeline.domain.errors.TenantBusy: acme: held\n")],
            RunFailure("acme: held", "", LOOK_IN_DAGSTER),
            id="the innermost cause of a run that never began",
        ),
        pytest.param(
            [{**ended(""), "error": None}],
            RunFailure("Execution of run failed.", "", LOOK_IN_DAGSTER),
            id="no error at all",
        ),
        pytest.param([], RunFailure("the run ended without a word", "", LOOK_IN_DAGSTER), id="no event"),
    ],
)
def test_failure_is_read_from_events(events: list[dict[str, Any]], failure: RunFailure) -> None:
    assert read_failure(events) == failure
