"""Applications with their members."""

from __future__ import annotations

from discovery_pipeline.domain.handoffs import APPLICATIONS
from discovery_pipeline_tests.domain.analysis.small_assessments import GOOD, run
from discovery_pipeline_tests.domain.estate import application, server


def test_applications_list_named_and_hosting_members_and_follow_them() -> None:
    rows = [
        server("w1", **{**GOOD, "os_name": "CentOS 7", "application_name": ["crm"]}),
        server("w2", **{**GOOD, "os_name": "CentOS 7"}),
        server("w3", **{**GOOD, "application_name": ["CRM "]}),
        application("app", "CRM"),
        application("lost", "Lost"),
    ]
    outcome = run(*rows, ties=(("app", "w2", "hosting"),))
    assert dict(outcome.applications.schema) == APPLICATIONS
    assert outcome.applications.select("application_id", "name", "members", "origin").rows() == [
        ("app", "CRM", ["w1", "w2", "w3"], "inventory"), ("lost", "Lost", [], "inventory"),
    ]  # fmt: skip
    found = {r["asset_id"]: r for r in outcome.analysis.iter_rows(named=True)}
    assert found["app"]["strategy"] == "replatform"
    assert "2 of 3 replatform, 1 of 3 rehost" in found["app"]["reasons"][0]
    assert found["lost"]["strategy"] == "retain"
