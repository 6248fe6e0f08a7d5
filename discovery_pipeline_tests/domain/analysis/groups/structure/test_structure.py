"""What the failure of an asset takes with it."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from discovery_pipeline.domain.analysis.groups.structure.reach import reach
from discovery_pipeline.domain.analysis.groups.structure.structure import structure
from discovery_pipeline.domain.analysis.params import AnalysisParams
from discovery_pipeline.domain.handoffs import STRUCTURE
from discovery_pipeline_tests.domain.analysis.small_assessments import edges
from discovery_pipeline_tests.domain.estate import Row, application, inventory, server

NONE: dict[str, str] = {}


def placed(
    *rows: Row, ties: tuple[tuple[str, str, str], ...] = (), members: dict[str, str] = NONE, **groups: Any
) -> dict[str, Row]:
    held = pl.DataFrame({"asset_id": list(members), "application_id": list(members.values())},
                        schema={"asset_id": pl.String, "application_id": pl.String})  # fmt: skip
    params = AnalysisParams.model_validate({"groups": groups})
    frame = structure(inventory(*rows), edges(*ties), held, params)
    assert dict(frame.schema) == STRUCTURE
    return {row["asset_id"]: row for row in frame.iter_rows(named=True)}


def calls(*pairs: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((a, b, "tier") for a, b in pairs)


@pytest.mark.parametrize("exact", [100, 0], ids=["counted", "estimated"])
def test_a_failure_reaches_all_that_need_it_by_any_steps(exact: int) -> None:
    found = placed(*[server(s) for s in "abcde"], ties=calls("ab", "bc", "dc"), exact_assets=exact)
    assert {s: found[s]["blast_radius"] for s in "abcde"} == {"a": 0, "b": 1, "c": 3, "d": 0, "e": 0}
    assert (found["c"]["dependents"], found["c"]["providers"]) == (2, 0)


def test_members_of_a_circle_reach_each_other() -> None:
    found = placed(*[server(s) for s in "abcd"], ties=calls("ab", "bc", "ca", "dc"))
    assert {s: (found[s]["blast_radius"], found[s]["cycle"]) for s in "abcd"} == {
        "a": (3, 1), "b": (3, 1), "c": (3, 1), "d": (0, None),
    }  # fmt: skip
    assert "it stands in a circle of needs with 2 others: b, c" in found["a"]["reasons"]


def test_a_failure_reaches_the_applications_of_what_needs_it() -> None:
    rows = [server("web"), server("db"), application("crm", "CRM"), application("tax", "Tax")]
    found = placed(*rows, ties=calls(("web", "db")), members={"web": "crm"})  # type: ignore[arg-type]
    assert (found["db"]["blast_radius"], found["db"]["applications"]) == (2, 1)
    assert "its failure reaches 2 assets, 1 application among them" in found["db"]["reasons"]


@pytest.mark.parametrize("kind", ["management", "access", "external"])
def test_what_is_no_need_spreads_no_failure(kind: str) -> None:
    assert placed(server("a"), server("b"), ties=(("a", "b", kind),))["b"]["blast_radius"] == 0


def test_the_only_provider_of_a_service_is_a_single_point_of_failure() -> None:
    found = placed(*[server(s) for s in ("w1", "w2", "db")], ties=(("w1", "db", "tier"), ("w2", "db", "tier")))
    assert found["db"]["single_point_of_failure"]
    assert found["db"]["reasons"][0] == "2 assets have no other provider of tier: w1, w2"


def test_with_a_second_provider_it_is_none() -> None:
    ties = calls("ax", "ay", "bx", "by")
    found = placed(*[server(s) for s in "abxy"], ties=ties)
    assert not any(row["single_point_of_failure"] for row in found.values())


def test_a_hypervisor_in_a_cluster_is_no_single_point_of_failure_and_one_alone_is() -> None:
    hosts: list[Row] = [{"asset_id": h, "classified_type": "hypervisor", "hostname": h} for h in ("h1", "h2")]
    cluster: Row = {"asset_id": "cl", "classified_type": "cluster", "hostname": "cl"}
    ties = (*((f"{h}v{n}", h, "hosting") for h in ("h1", "h2") for n in (1, 2)), ("h2", "cl", "hosting"))
    guests = [server(f"{h}v{n}") for h in ("h1", "h2") for n in (1, 2)]
    found = placed(*hosts, cluster, *guests, ties=ties)
    assert (found["h1"]["single_point_of_failure"], found["h2"]["single_point_of_failure"]) == (True, False)
    assert not found["cl"]["single_point_of_failure"]


def test_vanished_assets_have_no_place() -> None:
    assert set(placed(server("a"), server("b", vanished=True), ties=calls("ab"))) == {"a"}


def test_estimates_are_near_the_counts() -> None:
    rng = np.random.default_rng(4)
    count = 4_000
    d = rng.integers(1, count, 6_000)
    pairs = pl.DataFrame({"d": d, "p": (d * rng.random(6_000)).astype(np.int64)}).unique().sort("d", "p")
    applications = np.zeros(count, dtype=bool)
    applications[::7] = True
    counted, estimated = (reach(count, pairs, applications, most) for most in (count, 0))
    large = counted.assets > 100
    assert large.sum() > 20
    off = np.abs(estimated.assets[large] / counted.assets[large] - 1)
    assert (float(np.median(off)) < 0.1, float(off.max()) < 0.4) == (True, True)
    assert (estimated.assets[estimated.exact] == counted.assets[estimated.exact]).all()


def test_an_empty_estate() -> None:
    params = AnalysisParams()
    none = pl.DataFrame(schema={"asset_id": pl.String(), "application_id": pl.String()})
    assert structure(inventory(server("a")).clear(), edges(), none, params).is_empty()


def test_a_shared_service_of_several_servers_is_none_though_each_client_was_seen_with_one() -> None:
    clients = [server(s) for s in "abcd"]
    several = tuple((s, "d1" if s in "ab" else "d2", "infrastructure") for s in "abcd")
    found = placed(*clients, server("d1"), server("d2"), ties=several)
    assert not any(row["single_point_of_failure"] for row in found.values())
    alone = placed(*clients, server("d1"), ties=tuple((s, "d1", "infrastructure") for s in "abcd"))
    assert alone["d1"]["single_point_of_failure"]
