"""What is said of move groups and their members: reasons, weights, stability, ids."""

from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.assess import AnalysisOutcome
from discovery_pipeline.domain.handoffs import GROUP_MEMBERS
from discovery_pipeline_tests.domain.analysis.small_assessments import GOOD, edges, run
from discovery_pipeline_tests.domain.estate import application, server


def reasons(outcome: AnalysisOutcome) -> dict[str, str]:
    assert dict(outcome.group_members.schema) == GROUP_MEMBERS
    return dict(outcome.group_members.select("asset_id", "reason").rows())


def test_every_member_of_every_group_has_its_reason() -> None:
    rows = [
        server("w", **GOOD, application_name=["CRM"]),
        server("d", **GOOD, application_name=["CRM"]),
        {"asset_id": "db", "classified_type": "database", "hostname": "x@d"},
        application("crm", "CRM"),
        server("near", **GOOD),
        server("alone", **GOOD),
    ]
    outcome = run(*rows, ties=(("db", "d", "hosting"), ("near", "w", "tier")))
    told = reasons(outcome)
    listed = outcome.move_groups.explode("members", empty_as_null=False)
    assert sorted(told) == sorted(listed["members"])
    assert told["w"] == "it serves CRM (production) with 1 other here"
    assert told["db"] == "it runs on d, which is here"
    assert told["crm"] == "its servers are here (d among them)"
    assert told["near"] == "it needs w (confidence 0.9); 1 of its ties are here, 0 lead out"
    assert told["alone"] == "alone: nothing believed ties it to another asset that moves"


def test_nodes_of_a_cluster_of_their_own_move_together() -> None:
    node = {**GOOD, "classified_type": "physical_server"}
    rows = [server(name, **{**node, "cluster": "SQLCL1"}) for name in ("n1", "n2")]
    guests = [server(name, **{**GOOD, "cluster": "PROD"}) for name in ("v1", "v2")]
    outcome = run(*rows, *guests)
    assert sorted(outcome.move_groups["members"].to_list()) == [["n1", "n2"], ["v1"], ["v2"]]
    assert reasons(outcome)["n1"] == "it forms a cluster with n2"


def test_weights_are_those_of_the_ties_inside_and_across() -> None:
    ties = [
        ("a0", "a1", "tier"),
        ("a1", "a2", "tier"),
        ("a0", "a2", "tier"),
        ("a0", "b0", "tier"),
        ("b0", "b1", "tier"),
    ]
    outcome = run(
        *[server(s, **GOOD) for s in ("a0", "a1", "a2", "b0", "b1")], ties=tuple(ties), groups={"density": 0.4}
    )
    figures = {
        tuple(m): (i, c) for m, i, c in outcome.move_groups.select("members", "inner_weight", "cut_weight").rows()
    }
    assert figures == {("a0", "a1", "a2"): (2.7, 0.9), ("b0", "b1"): (0.9, 0.9)}
    assert outcome.summary["groups"]["cut_share"] == pytest.approx(0.2)


def test_a_group_that_hangs_on_one_tie_is_less_stable_than_a_clique() -> None:
    clique = [(f"c{i}", f"c{j}", "tier") for i in range(6) for j in range(i + 1, 6)]
    chain = [(f"k{i}", f"k{i + 1}", "tier") for i in range(5)]
    rows = [server(f"{t}{n}", **GOOD) for t in "ck" for n in range(6)]
    outcome = run(*rows, ties=(*clique, *chain), groups={"trials": 20, "dropped": 0.3, "density": 0.05})
    stable = {m[0][0]: s for m, s in outcome.move_groups.select("members", "stability").rows() if len(m) > 1}
    assert 0 < stable["k"] < stable["c"] == 1


def test_a_group_keeps_its_id_while_its_anchor_stays() -> None:
    def ids(*names: str) -> list[str]:
        rows = [server(n, **GOOD, application_name=["CRM"]) for n in names]
        return run(*rows, application("crm", "CRM")).move_groups["group_id"].to_list()

    assert ids("s1", "s2", "s3") == ids("s0", "s2") == ids("s9")


def test_the_order_of_rows_changes_nothing() -> None:
    rows = [server(f"s{n}", **GOOD) for n in range(9)]
    ties = tuple((f"s{n}", f"s{(n * 2) % 9}", "tier") for n in range(1, 9))
    one, other = run(*rows, ties=ties), run(*reversed(rows), ties=tuple(reversed(ties)))
    assert one.move_groups.equals(other.move_groups)
    assert one.group_members.equals(other.group_members)
    assert one.structure.equals(other.structure)


def test_concluded_and_proposed_members_count_in_groups_and_applications() -> None:
    from discovery_pipeline.domain.analysis.assess import assess
    from discovery_pipeline.domain.handoffs import MEMBERSHIPS
    from discovery_pipeline_tests.domain.estate import inventory

    served = pl.DataFrame(
        [("s1", "crm", "traffic", 0.8, ["r"]), ("s2", "crm", "naming", 0.3, ["r"]), ("s3", "p_x", "naming", 0.7, ["r"]),
         ("s4", "p_x", "naming", 0.9, ["r"])],
        schema=MEMBERSHIPS, orient="row",
    )  # fmt: skip
    hosts = {"s3": "zrh-kdx-web1", "s4": "zrh-kdx-db1"}
    rows = [server(f"s{n}", **{**GOOD, "hostname": hosts.get(f"s{n}", f"s{n}")}) for n in range(1, 5)]
    outcome = assess(inventory(*rows, application("crm", "CRM")), edges(), memberships=served)
    assert outcome.applications.rows() == [
        ("crm", "CRM", ["s1"], "inventory", 0.9), ("p_x", "kdx (proposed)", ["s3", "s4"], "proposed", 0.8),
    ]  # fmt: skip
    groups = outcome.move_groups["members"].to_list()
    assert ["s3", "s4"] in groups
    assert ["s2"] in groups
