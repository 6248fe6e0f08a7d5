"""What goes, and why the rest does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from discovery_pipeline.domain.handoffs import ANALYSIS, APPLICATIONS
from discovery_pipeline.domain.vendors.estate import Estate
from discovery_pipeline.domain.vendors.export import vendor_export
from discovery_pipeline.domain.vendors.readme import left_out_counts, quota_notes, readme, reasons
from discovery_pipeline.domain.vendors.rules import rules_of
from discovery_pipeline.domain.vendors.selection import VendorParams, select
from discovery_pipeline_tests.domain.vendors.estates import estate, frame, large, server

TAKES = rules_of("aws-ads").takes


def planned(strategy: str | None, wave: int | None = None, **values: Any) -> Estate:
    plan = frame([{"asset_id": "a_1", "strategy": strategy, "wave": wave}], ANALYSIS)
    return estate(server("a_1", **values), analysis=plan)


@pytest.mark.parametrize(
    ("source", "params", "reason"),
    [
        pytest.param(planned("rehost"), VendorParams(), None, id="a server"),
        pytest.param(planned("retire"), VendorParams(), None, id="one to be retired goes unless others are chosen"),
        pytest.param(planned(None), VendorParams(), None, id="not assessed"),
        pytest.param(planned("not_applicable"), VendorParams(), "not_applicable", id="nothing that migrates"),
        pytest.param(planned("rehost", vanished=True), VendorParams(), "vanished", id="vanished"),
        pytest.param(planned("rehost", is_template=True), VendorParams(), "template", id="a template"),
        pytest.param(planned("rehost", classified_type="printer"), VendorParams(), "type", id="a printer"),
        pytest.param(planned("rehost", classified_type=None), VendorParams(), "type", id="nobody knows what"),
        pytest.param(planned("retire"), VendorParams(frozenset({"rehost"})), "strategy", id="another strategy"),
        pytest.param(planned(None), VendorParams(frozenset({"rehost"})), "strategy", id="no strategy"),
        pytest.param(planned("rehost", 2), VendorParams(waves=frozenset({2})), None, id="its wave"),
        pytest.param(planned("rehost", 1), VendorParams(waves=frozenset({2})), "wave", id="another wave"),
        pytest.param(planned("rehost"), VendorParams(waves=frozenset({2})), "wave", id="no wave"),
    ],
)
def test_an_asset_goes_or_is_left_out_with_its_reason(source: Estate, params: VendorParams, reason: str | None) -> None:
    chosen = select(source, TAKES, params)
    assert chosen.left_out["reason"].to_list() == ([reason] if reason else [])
    assert len(chosen.taken) == (0 if reason else 1)
    assert chosen.left_out["why"].null_count() == 0


def test_aws_s_quotas_leave_out_the_applications_and_servers_beyond_them() -> None:
    source = large(401)
    everyone = frame(
        [{"application_id": "p", "name": "Huge, app", "members": source.inventory["asset_id"].to_list()}], APPLICATIONS
    )
    made = vendor_export("aws-ads", Estate(source.inventory, applications=everyone))
    assert made.accepted == 401
    assert {one["rule"]: one["assets"] for one in reasons(made, "left_blank")} == {"per_application": 1}
    assert {one["rule"]: one["assets"] for one in reasons(made, "changed")} == {"forbidden": 401}
    assert made.files[0].content.decode().count("Huge app") == 400


def test_the_readme_counts_rows_and_names_limits_and_their_date() -> None:
    made = vendor_export(
        "azure-migrate", estate(server("a_1"), server("a_2", cpu_count=None), server("p", classified_type="printer"))
    )
    text = readme(made)
    for said in ("2 assets selected, 1 written, 1 rejected", "left out, type: 1", "1 assets, *Cores", "2023-09-21"):
        assert said in text
    assert "rows in a file: 20,000" in text
    assert left_out_counts(made) == {"type": 1}


@pytest.mark.parametrize(("count", "said"), [(10_000, []), (10_001, ["quota is raised"]), (25_001, ["own account"])])
def test_quotas_across_files_are_told(count: int, said: list[str]) -> None:
    notes = quota_notes(replace(vendor_export("aws-ads", large(1)), accepted=count))
    assert len(notes) == len(said)
    assert all(words in note for words, note in zip(said, notes, strict=True))


def test_beyond_an_account_s_applications_the_smallest_go_without() -> None:
    source = large(1001)
    ids = source.inventory["asset_id"].to_list()
    named = [{"application_id": f"p_{n}", "name": f"app {n:04}", "members": [one]} for n, one in enumerate(ids)]
    named[1000]["members"] = ids[:2]
    made = vendor_export("aws-ads", Estate(source.inventory, applications=frame(named, APPLICATIONS)))
    assert made.issues.select("rule", "value").unique().rows() == [("per_account", "app 0999")]
    assert made.accepted == 1001
