"""Every strategy of the sample tenants follows from the facts that are shown with it and the rule file alone."""

from __future__ import annotations

import pytest

from benchmarks.dependencies.pipeline import made
from discovery_pipeline.sample_tenants import sample_files, sample_names
from discovery_pipeline_tests.domain.analysis.strategy.rederived import rederived


@pytest.mark.parametrize("tenant", sample_names())
def test_the_shown_facts_lead_to_the_strategy(tenant: str) -> None:
    with sample_files(tenant) as exports:
        found = made(exports, None)
        analysis = found.analysis.analysis
    assert len(analysis) == len(found.inventory)
    rows = analysis.select("asset_id", "strategy", "facts").rows()
    assert [(asset, strategy) for asset, strategy, facts in rows if rederived(facts) != strategy] == []
