"""Points of readiness and the gaps that cost them; applications by what runs them."""

from __future__ import annotations

import json
from typing import Any

from discovery_pipeline.domain.analysis.readiness.applications import NOTHING_KNOWN
from discovery_pipeline_tests.domain.analysis.small_assessments import GOOD, run
from discovery_pipeline_tests.domain.estate import Row, application, server


def test_readiness_is_100_less_the_points_that_the_reasons_tell() -> None:
    row = run(server("x", **{**GOOD, "os_name": "CentOS 7", "memory_mib": None})).analysis.row(0, named=True)
    told = [int(reason.split("-")[1].split(":")[0]) for reason in row["reasons"] if reason.startswith("Readiness -")]
    assert len(told) >= 3
    assert row["readiness"] == 100 - sum(told)


WEAK: Row = {**GOOD, "os_name": "CentOS 6"}


def assessed(*rows: Row) -> dict[str, dict[str, Any]]:
    return {row["asset_id"]: row for row in run(*rows).analysis.iter_rows(named=True)}


def test_an_application_is_as_ready_as_the_least_ready_of_what_runs_it() -> None:
    of = {"application_name": ["CRM"]}
    found = assessed(server("a", **GOOD, **of), server("b", **WEAK, **of), application("crm", "CRM"))
    assert found["crm"]["readiness"] == found["b"]["readiness"] < found["a"]["readiness"]
    assert "Its readiness is that of b, the least ready of the 2 that run it." in found["crm"]["reasons"]


def test_what_an_application_lacks_itself_counts_where_it_is_more() -> None:
    crm = application("crm", "CRM", description="needs a USB dongle")
    found = assessed(server("a", **GOOD, application_name=["CRM"]), crm)
    assert found["crm"]["readiness"] == 70 < found["a"]["readiness"]
    assert not any(reason.startswith("Its readiness is that of") for reason in found["crm"]["reasons"])


def test_the_readiness_of_an_application_that_nothing_runs_is_unknown_and_no_machine_of_the_summary() -> None:
    outcome = run(server("a", **GOOD, application_name=["CRM"]), application("crm", "CRM"), application("erp", "ERP"))
    found = {row["asset_id"]: row for row in outcome.analysis.iter_rows(named=True)}
    assert found["erp"]["readiness"] is None
    assert NOTHING_KNOWN in found["erp"]["reasons"]
    assert found["a"]["readiness"] is not None
    assert outcome.summary["readiness"] == {"blocked": 0, "needs work": 0, "ready": 1}
    assert json.loads(json.dumps(outcome.summary)) == outcome.summary
