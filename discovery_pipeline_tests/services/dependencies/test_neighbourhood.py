"""What is around a node: near ones shown, many alike counted, each edge between what is shown told."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.services.dependencies.layout import places
from discovery_pipeline.services.dependencies.model import Edge, Neighbourhood, Node, Scope
from discovery_pipeline.services.dependencies.neighbourhood import neighbourhood
from discovery_pipeline.services.dependencies.network import Network
from discovery_pipeline.services.dependencies.numbering import ADDRESS
from discovery_pipeline_tests.services.dependencies.estate import BANK, CLIENTS, DB, DNS, HUB, NTP, SEEN, SHOP, WEB

OUTSIDE = f"{ADDRESS}203.0.113.9"


def keys(around: Neighbourhood) -> set[str]:
    return {node.key for node in around.nodes}


def drawn(around: Neighbourhood) -> set[tuple[str, str, str]]:
    return {(edge.start, edge.end, edge.kind) for edge in around.edges}


def test_one_step_around_a_server(network: Network) -> None:
    around = neighbourhood(network, WEB, Scope())
    assert keys(around) == {WEB, DB, DNS, NTP, HUB, OUTSIDE}
    assert drawn(around) == {
        (WEB, DB, "tier"), (WEB, DB, "hosting"), (WEB, DNS, "infrastructure"), (DB, DNS, "infrastructure"),
        (WEB, NTP, "infrastructure"), (WEB, OUTSIDE, "external"), (HUB, WEB, "tier"),
    }  # fmt: skip
    assert {node.key: node.hop for node in around.nodes}[WEB] == 0
    assert {node.hop for node in around.nodes} == {0, 1}


def test_an_edge_tells_what_the_frames_have_of_it(network: Network) -> None:
    found = neighbourhood(network, WEB, Scope()).edge(f"{WEB}>{DB}>tier")
    assert found is not None
    assert (found.confidence, found.evidence, found.observations, found.last_seen, found.state) == (
        0.99, ("observed:443/tcp https",), 3, SEEN.date(), "believed",
    )  # fmt: skip
    lead = neighbourhood(network, WEB, Scope()).edge(f"{WEB}>{DB}>hosting")
    assert lead is not None
    assert lead.state == "lead"


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(direction="needs"), {WEB, DB, DNS, NTP, OUTSIDE}),
        (Scope(direction="needed by"), {WEB, HUB}),
        (Scope(kinds=("tier",)), {WEB, DB, HUB}),
        (Scope(least=0.99), {WEB, DB}),
        (Scope(kinds=("management",)), {WEB}),
        (Scope(kinds=("nonsense",), least=0.99), {WEB, DB}),
    ],
    ids=["what it needs", "what needs it", "one kind", "sure ones", "nothing of the kind", "a kind that is none"],
)
def test_a_scope_lets_through_what_it_says(network: Network, scope: Scope, expected: set[str]) -> None:
    assert keys(neighbourhood(network, WEB, scope)) == expected


def test_an_application_is_shown_with_what_serves_it(network: Network) -> None:
    around = neighbourhood(network, SHOP, Scope())
    assert {SHOP, WEB, DB, BANK} <= keys(around)
    assert {(SHOP, WEB, "serves"), (SHOP, DB, "serves"), (SHOP, BANK, "application"), (BANK, DB, "hosting")} <= drawn(
        around
    )
    assert {node.key: node.hop for node in around.nodes}[WEB] == 0


def test_a_member_that_an_edge_ties_to_the_application_is_tied_once(network: Network) -> None:
    around = neighbourhood(network, SHOP, Scope(hops=2))
    ties = [edge.kind for edge in around.edges if (edge.start, edge.end) == (SHOP, WEB)]
    assert ties == ["serves"]


def test_a_hub_shows_some_and_counts_the_others(network: Network) -> None:
    around = neighbourhood(network, HUB, Scope())
    (group,) = [node for node in around.nodes if node.is_group]
    alone = keys(around) & set(CLIENTS)
    assert group.count + len(alone) == len(CLIENTS)
    assert around.hidden == group.count
    assert (group.type, group.name) == ("end_user_device", "end user device")
    assert {key for key, _ in group.sample} == set(CLIENTS) - alone
    (bundle,) = [edge for edge in around.edges if edge.start == group.key]
    assert (bundle.end, bundle.kind, bundle.count, bundle.can_be_decided) == (HUB, "access", group.count, False)
    # The surest are the ones that stand for themselves.
    assert alone == set(CLIENTS[: len(alone)])


def test_a_shared_service_is_no_way_to_other_assets(network: Network) -> None:
    around = neighbourhood(network, DB, Scope(hops=2, kinds=("infrastructure",)))
    assert {node.key: node.shared for node in around.nodes} == {DB: False, DNS: True}


def test_in_the_middle_a_shared_service_shows_who_uses_it(network: Network) -> None:
    around = neighbourhood(network, DNS, Scope())
    assert around.hidden + len(around.nodes) - len([n for n in around.nodes if n.is_group]) == 1 + 2 + 30


def test_folded_shared_services_are_one_node(network: Network) -> None:
    around = neighbourhood(network, WEB, Scope(folded=True))
    (group,) = [node for node in around.nodes if node.is_group]
    assert (group.name, group.count, group.shared) == ("shared service", 2, True)
    assert dict(group.sample) == {DNS: "dns", NTP: "ntp"}
    bundles = {(edge.start, edge.end): edge.count for edge in around.edges if edge.kind == "infrastructure"}
    assert bundles == {(WEB, group.key): 2, (DB, group.key): 1}


@pytest.mark.parametrize("most", [30, 60], ids=str)
def test_no_more_nodes_than_asked_for_beside_a_few_groups(network: Network, most: int) -> None:
    around = neighbourhood(network, HUB, Scope(hops=4, most=most))
    groups = {key for key in keys(around) if key.startswith("group:")}
    assert 1 <= len(groups) <= 6
    assert len(keys(around) - groups) <= most + 6 - len(groups)
    assert len(around.nodes) + around.hidden - len(groups) == len(network.nodes)


def test_every_edge_is_between_nodes_that_are_shown(network: Network) -> None:
    for key in (SHOP, WEB, HUB, DNS, OUTSIDE, CLIENTS[0]):
        around = neighbourhood(network, key, Scope(hops=3))
        assert {end for edge in around.edges for end in (edge.start, edge.end)} <= keys(around)
        assert len({edge.key for edge in around.edges}) == len(around.edges)


def test_the_same_frames_give_the_same_map(network: Network) -> None:
    one, two = (neighbourhood(network, SHOP, Scope(hops=3)) for _ in range(2))
    assert one == two
    assert places(one.nodes, one.edges) == places(two.nodes, two.edges)


def test_an_unknown_asset_is_refused_in_words(network: Network) -> None:
    with pytest.raises(UsageError, match="no asset has the id 'a_none'"):
        neighbourhood(network, "a_none", Scope())


def test_what_depends_stands_left_of_what_it_needs() -> None:
    nodes = [Node(key, key, "virtual_machine", 0) for key in "abc"]
    edges = [Edge(start, end, "tier", 0.9, "believed") for start, end in ("ab", "bc", "ac")]
    (a, _), (b, _), (c, _) = places(nodes, edges)
    assert a < b < c


def test_a_hundred_neighbours_stand_in_several_columns_none_on_another() -> None:
    nodes = [Node("hub", "hub", "other", 0), *(Node(f"n{i}", f"n{i}", "other", 1) for i in range(100))]
    edges = [Edge("hub", node.key, "tier", 0.9, "believed") for node in nodes[1:]]
    found = places(nodes, edges)
    assert len(set(found)) == len(nodes)
    assert max(y for _, y in found) < 20
    assert min(x for x, _ in found) == 0


@pytest.mark.parametrize("count", [0, 1], ids=["no node", "one node"])
def test_a_layout_of_hardly_anything(count: int) -> None:
    assert places([Node("a", "a", "other", 0)] * count, []) == [(0.0, 0.0)] * count
