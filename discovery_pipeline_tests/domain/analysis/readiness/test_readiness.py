"""Points of readiness and the gaps that cost them."""

from __future__ import annotations

from discovery_pipeline_tests.domain.analysis.small_assessments import GOOD, run
from discovery_pipeline_tests.domain.estate import server


def test_readiness_is_100_less_the_points_that_the_reasons_tell() -> None:
    row = run(server("x", **{**GOOD, "os_name": "CentOS 7", "memory_mib": None})).analysis.row(0, named=True)
    told = [int(reason.split("-")[1].split(":")[0]) for reason in row["reasons"] if reason.startswith("Readiness -")]
    assert len(told) >= 3
    assert row["readiness"] == 100 - sum(told)
