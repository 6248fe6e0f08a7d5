"""Decisions about edges over what a run published: marked, added, followed, taken back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from discovery_pipeline.services.dependencies.model import Edge, EdgeState, Scope, Waiting
from discovery_pipeline.services.dependencies.neighbourhood import neighbourhood
from discovery_pipeline.services.dependencies.network import Network
from discovery_pipeline.services.dependencies.waiting import UNTOLD, EdgeWord, EdgeWords, decided, with_words
from discovery_pipeline_tests.services.dependencies.estate import BANK, CLIENTS, DB, HUB, SHOP, WEB

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def word(
    start: str, end: str, kind: str | None, *, holds: bool = True, waits: bool = True, number: int = 1
) -> EdgeWord:
    return EdgeWord(number, "ada", NOW, start, end, kind, holds, waits, (start, end))


def words(*said: EdgeWord) -> EdgeWords:
    by_ends: dict[tuple[str, str], list[EdgeWord]] = {}
    for each in said:
        by_ends.setdefault((each.start, each.end), []).append(each)
    return EdgeWords(by_ends)


@pytest.mark.parametrize(
    ("state", "said", "waiting"),
    [
        ("lead", [], ""),
        ("confirmed", [], "undone"),
        ("rejected", [], "undone"),
        ("lead", [word(WEB, DB, "tier")], "confirmed"),
        ("believed", [word(WEB, DB, None, holds=False)], "rejected"),
        ("confirmed", [word(WEB, DB, "tier", waits=False)], ""),
        ("confirmed", [word(WEB, DB, "tier", holds=False)], "rejected"),
        ("rejected", [word(WEB, DB, "tier", waits=False)], "confirmed"),
        ("lead", [word(WEB, DB, "tier"), word(WEB, DB, "tier", holds=False, number=2)], "rejected"),
        ("lead", [word(WEB, DB, "hosting"), word(DB, WEB, "tier", number=2)], ""),
    ],
    ids=[
        "nothing said", "confirmation taken back", "rejection taken back", "confirmed", "rejected of every kind",
        "followed by a run", "rejected after a run", "what stood before stands again", "the newest", "of other edges",
    ],
)  # fmt: skip
def test_what_waits_for_a_run(state: EdgeState, said: list[EdgeWord], waiting: Waiting) -> None:
    edge = decided(Edge(WEB, DB, "tier", 0.4, state), words(*said))
    assert edge.waiting == waiting
    assert (edge.number is None) == (words(*said).about(edge) is None)


def test_an_added_edge_is_drawn_with_its_other_end(network: Network) -> None:
    around = neighbourhood(network, BANK, Scope())
    assert around.node(HUB) is None
    found = with_words(around, words(word(BANK, HUB, "tier")), network)
    added = found.edge(f"{BANK}>{HUB}>tier")
    assert added is not None
    assert (added.waiting, added.confidence, added.number) == ("confirmed", 0.0, 1)
    assert found.node(HUB) is not None


@pytest.mark.parametrize(
    "said",
    [
        word(WEB, CLIENTS[0], "tier"), word(BANK, HUB, "tier", holds=False), word(BANK, "a_gone", "tier"),
        word(BANK, HUB, "tier", waits=False),
    ],
    ids=["between others", "denied", "to an asset that is gone", "followed by a run"],
)  # fmt: skip
def test_what_adds_no_edge_here(network: Network, said: EdgeWord) -> None:
    around = neighbourhood(network, BANK, Scope())
    assert with_words(around, words(said), network) == around


def test_a_confirmed_edge_that_is_filtered_out_is_not_drawn_as_added(network: Network) -> None:
    around = neighbourhood(network, WEB, Scope(kinds=("tier",)))
    found = with_words(around, words(word(WEB, DB, "hosting"), word(SHOP, BANK, None, number=2)), network)
    assert {edge.key for edge in found.edges} == {edge.key for edge in around.edges}


def test_an_edge_of_no_kind_waits_under_no_kind(network: Network) -> None:
    found = with_words(neighbourhood(network, BANK, Scope()), words(word(BANK, HUB, None)), network)
    assert found.edge(f"{BANK}>{HUB}>{UNTOLD}") is not None
