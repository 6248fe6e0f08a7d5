"""Edges by number: every node is found again, and every edge from both of its ends."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from discovery_pipeline.files.frames import FrameStore, MissingFrame
from discovery_pipeline.services.dependencies.finding import find_nodes
from discovery_pipeline.services.dependencies.network import Network, open_network
from discovery_pipeline.services.dependencies.numbering import ADDRESS
from discovery_pipeline_tests.services.dependencies.estate import BANK, CLIENTS, DB, DNS, EDGES, HUB, NTP, SHOP, WEB


def test_every_node_is_found_by_its_key(network: Network) -> None:
    assert [network.number(key) for key in network.nodes["key"]] == list(range(len(network.nodes)))


@pytest.mark.parametrize("key", ["", "a_zz", "zz", ADDRESS, f"{ADDRESS}10.0.0.1"], ids=repr)
def test_another_key_is_no_node(network: Network, key: str) -> None:
    assert network.number(key) is None


@pytest.mark.parametrize("outward", [True, False], ids=["outward", "inward"])
def test_the_edges_of_all_nodes_are_all_edges_once(network: Network, outward: bool) -> None:
    found = network.incident(np.arange(len(network.nodes)), outward=outward)
    keys = network.nodes["key"]
    one, other = (keys.gather(found[name]) for name in ("anchor", "other"))
    pairs = zip(one, other, strict=True) if outward else zip(other, one, strict=True)
    expected = [(e["from_asset"], e["to_asset"] or ADDRESS + e["to_address"]) for e in EDGES]
    assert sorted(pairs) == sorted(expected)
    assert sorted(found["row"]) == list(range(len(EDGES)))


def test_what_many_use_is_a_shared_service_and_what_many_visit_is_none(network: Network) -> None:
    shared = {key for key, is_shared in zip(network.nodes["key"], network.shared, strict=True) if is_shared}
    assert shared == {DNS, NTP}


def test_only_believed_members_serve_an_application(network: Network) -> None:
    keys = network.nodes["key"]
    assert sorted(keys.gather(network.members["asset_id"])) == [DB, WEB]
    assert set(keys.gather(network.members["application_id"])) == {SHOP}


def test_before_a_run_there_is_nothing_to_open(tmp_path: Path) -> None:
    with pytest.raises(MissingFrame, match="no dependencies yet") as refused:
        open_network(FrameStore(str(tmp_path)).open("acme"))
    assert "discovery run acme" in refused.value.advice


@pytest.mark.parametrize(
    ("text", "keys"),
    [("SHOP", [SHOP]), ("b", [DB, HUB, WEB, BANK]), ("pc 05", [CLIENTS[5], *CLIENTS[50:]]), ("", []), ("nobody", [])],
    ids=["application", "exact, shorter first", "two words", "nothing", "no match"],
)
def test_assets_are_found_by_a_part_of_their_name(network: Network, text: str, keys: list[str]) -> None:
    found = [key for key, _, _ in find_nodes(network, text)]
    assert sorted(found) == sorted(keys)


def test_exact_names_come_first_then_applications(network: Network) -> None:
    assert find_nodes(network, "db")[0] == (DB, "db", "database")
    assert next(key for key, _, _ in find_nodes(network, "b")) == BANK
    assert len(find_nodes(network, "pc", limit=3)) == 3
