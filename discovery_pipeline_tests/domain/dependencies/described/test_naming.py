"""Host names that go together."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.dependencies.described.naming import naming_evidence
from discovery_pipeline.domain.dependencies.params import DependencyParams
from discovery_pipeline_tests.domain.dependencies.small_graphs import ENDS, edges, flow, run
from discovery_pipeline_tests.domain.estate import connections, inventory, server


@pytest.mark.parametrize(
    ("names", "pairs"),
    [
        (["crm-app01", "crm-db01"], [("crm-app01", "crm-db01")]),
        (["parcrm01as", "parcrm01sql"], [("parcrm01as", "parcrm01sql")]),
        (["db-inv01", "web-inv02"], [("web-inv02", "db-inv01")]),
        (["crm-app01", "erp-db01"], []),
        (["app01", "db01"], []),
        (["crm-db01", "crm-db02"], []),
        ([], []),
    ],
    ids=["ending", "number before the tier", "leading", "other stem", "no stem", "no caller", "nobody"],
)
def test_stems(names: list[str], pairs: list[tuple[str, str]]) -> None:
    found = naming_evidence(inventory(*[server(name) for name in names]), DependencyParams())
    assert found.select("from_asset", "to_asset").rows() == pairs


def test_a_stem_of_many_hosts_tells_nothing() -> None:
    hosts = [server(f"prod-app{n:02}") for n in range(9)]
    assert naming_evidence(inventory(*hosts, server("prod-db01")), DependencyParams()).is_empty()


def test_names_alone_make_leads_and_support_what_was_seen() -> None:
    estate = inventory(server("crm-app01", "10.0.0.1"), server("crm-db01", "10.0.0.2"))
    lead = run(estate).dependencies
    assert lead["evidence"].to_list() == [["naming:one stem"]]
    assert lead["confidence"].item() < 0.5
    seen = run(estate, connections(ENDS, flow("10.0.0.1", "10.0.0.2", 5432)))
    alone = run(
        inventory(server("crm-app01", "10.0.0.1"), server("x", "10.0.0.2")),
        connections(ENDS, flow("10.0.0.1", "10.0.0.2", 5432)),
    )
    assert edges(seen) == [("crm-app01", "crm-db01", "tier")]
    assert seen.dependencies["confidence"].item() > alone.dependencies["confidence"].item()
