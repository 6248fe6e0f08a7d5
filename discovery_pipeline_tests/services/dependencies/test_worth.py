"""What to ask first, what a failure reaches, what is told of one edge and one asset."""

from __future__ import annotations

from pathlib import Path

import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.files.frames import FrameStore, TenantFrames
from discovery_pipeline.services.dependencies.detail import asset_facts, edge_detail
from discovery_pipeline.services.dependencies.impact import impact
from discovery_pipeline.services.dependencies.network import Network, open_network
from discovery_pipeline.services.dependencies.words import evidence_in_words
from discovery_pipeline.services.dependencies.worklist import application_ties, edges_to_confirm
from discovery_pipeline.services.run_frames import run_frames
from discovery_pipeline_tests.services.dependencies.estate import (
    BANK,
    CLIENTS,
    DB,
    DNS,
    HUB,
    SHOP,
    WEB,
    edge,
    publish_map,
)


def test_the_doubtful_edge_that_most_rests_on_is_asked_first(network: Network, frames: TenantFrames) -> None:
    first, second, *_ = edges_to_confirm(network, run_frames(frames))
    assert (first.edge.start, first.edge.end, first.start, first.end) == (SHOP, BANK, "Shop", "Bank")
    assert first.behind == 90
    assert first.value > second.value
    assert (second.edge.key, second.edge.state) == (f"{WEB}>{DB}>hosting", "lead")


def test_what_is_sure_hopeless_decided_or_outside_is_not_asked(tmp_path: Path) -> None:
    frames = FrameStore(str(tmp_path)).open("acme")
    said = ["analyst:correction 1 by ann"], ["denied:correction 2 by bob"]
    publish_map(frames, (
        edge(WEB, DB, "tier", 0.5), edge(DB, WEB, "tier", 0.99), edge(HUB, WEB, "tier", 0.01),
        edge(HUB, DB, "tier", 0.6, evidence=said[0]), edge(WEB, HUB, "tier", 0.4, evidence=said[1]),
        edge(WEB, None, "external", 0.5, to_address="203.0.113.9"),
    ))  # fmt: skip
    asked = edges_to_confirm(open_network(frames), run_frames(frames))
    assert [each.edge.key for each in asked] == [f"{WEB}>{DB}>tier"]


def test_applications_by_their_ties(network: Network) -> None:
    ties = {each.name: each for each in application_ties(network)}
    assert (ties["Shop"].depends_on, ties["Shop"].used_by, ties["Shop"].members) == (1, 0, 2)
    # The application edge itself and the lead between its servers.
    assert ties["Shop"].doubtful == 2
    assert (ties["Bank"].depends_on, ties["Bank"].used_by, ties["Bank"].doubtful) == (0, 1, 1)


def test_a_failure_reaches_what_needs_the_asset_step_by_step(network: Network) -> None:
    found = impact(network, DB)
    reached = {
        key: (step, kind, via) for key, step, kind, via in found.reached.select("key", "step", "kind", "via").rows()
    }
    assert reached[WEB] == (1, "tier", "db")
    assert reached[BANK] == (1, "hosting", "db")
    assert reached[SHOP] == (1, "serves", "db")
    assert reached[HUB] == (2, "tier", "web")
    assert set(reached) == {WEB, BANK, SHOP, HUB}
    assert (found.total, found.applications, found.steps) == (4, 2, ((1, 3), (2, 1)))
    assert dict(found.types)["application"] == 2


@pytest.mark.parametrize(
    ("key", "steps", "kinds", "total"),
    [
        (DB, 1, ("tier",), 2),
        (HUB, 6, ("access",), 60),
        (DNS, 1, ("infrastructure",), 32),
        (SHOP, 6, ("tier",), 1),
        (CLIENTS[0], 6, ("tier",), 0),
    ],
    ids=["fewer steps", "another kind", "a name server", "what serves it goes too", "nobody needs it"],
)
def test_a_failure_within_bounds(network: Network, key: str, steps: int, kinds: tuple[str, ...], total: int) -> None:
    found = impact(network, key, steps, kinds)
    assert found.total == total
    assert sum(count for _, count in found.types) == total


def test_leads_and_edges_that_only_follow_from_others_spread_nothing(tmp_path: Path) -> None:
    frames = FrameStore(str(tmp_path)).open("acme")
    derived = edge(SHOP, BANK, "application", 0.9, evidence=["derived:2 tier edges"])
    publish_map(frames, (derived, edge(HUB, BANK, "tier", 0.3), edge(WEB, BANK, "tier", 0.5)))
    assert impact(open_network(frames), BANK, steps=1).reached["key"].to_list() == [WEB]


def test_an_impact_of_nobody_is_refused(network: Network) -> None:
    with pytest.raises(UsageError, match="no asset has the id"):
        impact(network, "a_none")


def test_all_that_is_known_of_an_edge(frames: TenantFrames) -> None:
    run = run_frames(frames)
    detail = edge_detail(run, WEB, DB, "hosting")
    assert detail is not None
    assert detail.contradictions == ("seen once in a long time",)
    assert edge_detail(run, DB, WEB, "hosting") is None


def test_facts_of_an_asset(frames: TenantFrames) -> None:
    run = run_frames(frames)
    assert asset_facts(run, WEB) == {
        "environment": "production",
        "ip_address": ["10.0.0.1"],
        "strategy": "rehost",
        "wave": 2,
    }
    assert asset_facts(run, "a_none") == {}


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("observed:443/tcp https", "traffic to 443/tcp (https) was seen"),
        ("observed:443/tcp", "traffic to 443/tcp was seen"),
        ("stated:cmdb_rel_ci", "stated in cmdb_rel_ci"),
        ("hosting:hypervisor_host", "its hypervisor host says so"),
        ("naming:one stem", "their names have one stem"),
        ("derived:3 tier edges", "follows from 3 tier edges between their servers"),
        ("analyst:correction 4 by ann", "confirmed by a person (correction 4 by ann)"),
        ("denied:correction 4 by ann", "rejected by a person (correction 4 by ann)"),
        ("nonsense", "nonsense"),
        ("other:thing", "other:thing"),
    ],
    ids=str,
)
def test_evidence_in_words(label: str, words: str) -> None:
    assert evidence_in_words(label) == words
