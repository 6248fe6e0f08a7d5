"""Evidence adds up: what makes assets retire, replatform, be replaced or stay, tenants' weights, and what to ask."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from discovery_pipeline.domain.analysis.assess import assess
from discovery_pipeline.domain.learning.rules import Rules, StrategyRule, Told
from discovery_pipeline_tests.domain.analysis.small_assessments import DAY, GOOD, edges, run
from discovery_pipeline_tests.domain.estate import Row, application, inventory, server


def assessed(plan: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """The row of ANALYSIS of one server with these fields."""
    row = {**GOOD, "application_name": ["CRM"], **fields}
    return run(server("x", "10.0.0.1", **row), strategy=plan or {}).analysis.row(0, named=True)


@pytest.mark.parametrize(
    ("fields", "strategy"),
    [
        ({"planned_strategy": "Tolerate"}, "retain"),
        ({"planned_strategy": "Eliminate"}, "retire"),
        ({"planned_strategy": "Invest"}, "refactor"),
        ({"planned_strategy": "Relocate"}, "rehost"),
        ({"planned_strategy": "Repurchase"}, "replace"),
        ({"planned_strategy": "Encapsulate"}, "replatform"),
        ({"planned_strategy": "Ablösen"}, "replace"),
        ({"planned_strategy": "Stilllegen"}, "retire"),
        ({"planned_strategy": "réécrire"}, "rearchitect"),
        ({"planned_strategy": "Conserver"}, "retain"),
        ({"planned_strategy": "Reemplazar"}, "replace"),
        ({"planned_strategy": "Out of scope"}, "not_applicable"),
        ({"description": "Licence on a USB dongle, rack 4"}, "retain"),
        ({"description": "nicht mehr benötigt"}, "retire"),
        ({"application_role": "Domain Controller"}, "replatform"),
        ({"software": "Veeam Backup & Replication"}, "replace"),
        ({"software": "Exchange Server 2019"}, "replace"),
        ({"application_name": ["Data Exchange Gateway"]}, "rehost"),
        ({"application_name": ["Exchange Rates"]}, "rehost"),
        ({"os_name": "AIX 7.2", "database_engine": "Oracle 19c"}, "replatform"),
        ({"os_name": "AIX 7.2", "criticality": "critical"}, "retain"),
        ({"os_name": "z/OS 3.1", "criticality": "critical"}, "retain"),
        ({"os_name": "AIX 7.2", "description": "in-house development"}, "refactor"),
        ({"os_name": "Photon OS 4"}, "replace"),
        ({"os_architecture": "x86"}, "rehost"),
        ({"os_architecture": "x86", "os_name": "Windows Server 2003"}, "replatform"),
        ({"classified_type": "database", "database_engine": "Informix 14.10", "os_name": None}, "rehost"),
        ({"classified_type": "database", "database_engine": "SQL Server 2008 R2", "os_name": None}, "replatform"),
        ({"classified_type": "container_node"}, "replatform"),
        ({"last_seen": datetime(2026, 1, 1), "cpu_peak_pct": 1.0}, "retire"),
    ],
    ids=str,
)
def test_what_the_data_says_decides(fields: dict[str, Any], strategy: str) -> None:
    assert assessed(**fields)["strategy"] == strategy


def test_idle_servers_that_nothing_talks_to_retire_and_used_ones_move() -> None:
    busy = {"application_name": ["CRM"], "cpu_utilization_pct": 40.0}
    rows = [server("a", **GOOD, **busy), server("b", **GOOD, **busy), server("idle", **GOOD, cpu_utilization_pct=0.5)]
    found = run(*rows, ties=(("a", "b", "tier"),)).analysis
    assert dict(found.select("asset_id", "strategy").rows()) == {"a": "rehost", "b": "rehost", "idle": "retire"}
    reasons = found.filter(asset_id="idle")["reasons"].item()
    assert any("0.5 % on average" in reason for reason in reasons)
    assert any("nothing talks to it" in reason for reason in reasons)


def test_without_known_connections_having_none_says_nothing() -> None:
    row = run(server("idle", **GOOD, cpu_utilization_pct=0.5)).analysis.row(0, named=True)
    assert row["strategy"] == "rehost"


@pytest.mark.parametrize(
    ("plan", "fields", "strategy"),
    [
        ({}, {"database_engine": "PostgreSQL 15"}, "rehost"),
        ({"modernisation": 4.0, "speed": 0.5}, {"database_engine": "PostgreSQL 15"}, "replatform"),
        ({}, {"os_name": "CentOS 6"}, "replatform"),
        ({"risk": 0.0}, {"os_name": "CentOS 6"}, "rehost"),
        ({"avoid": ["rehost"]}, {}, "replatform"),
        ({"avoid": ["rehost"]}, {"planned_strategy": "rehost"}, "rehost"),
    ],
    ids=str,
)
def test_a_tenants_weights_change_the_answer(plan: dict[str, Any], fields: dict[str, Any], strategy: str) -> None:
    assert assessed(plan, **fields)["strategy"] == strategy


def test_more_evidence_for_the_same_makes_surer_and_contradiction_less_sure() -> None:
    def sure(**fields: Any) -> float:
        return float(assessed(**fields)["confidence"])

    old = {"os_name": "CentOS 6"}
    assert sure(**old, software="Tomcat 7.0.1") > sure(**old)
    assert sure(lifecycle_status="retired") < sure(lifecycle_status="retired", power_state="off")
    assert sure(type_confidence=0.4) < sure(type_confidence=0.95)
    assert sure(os_name=None) < sure()


def test_alternatives_come_with_shares_and_what_speaks_for_them() -> None:
    first, second = assessed(os_name="RHEL 7.9", criticality="low")["alternatives"]
    assert first.startswith("rehost (0.")
    assert "paid updates until 2028-06-30" in first
    assert second.split(" ")[0] in {"retire", "replace", "retain"}


@pytest.mark.parametrize(
    ("fields", "first", "told"),
    [
        ({"planned_strategy": "rehost", "lifecycle_status": "retired"}, "retire", "Its life-cycle status is retired."),
        ({"planned_strategy": "rehost", "is_template": True}, "not_applicable", "It is a template"),
        ({"planned_strategy": "rehost", "os_name": "CentOS 6"}, "replatform", "left vendor support"),
        ({"lifecycle_status": "retired"}, "rehost", "it can move as it is"),
        ({"platform": "AWS"}, "rehost", "it can move as it is"),
    ],
    ids=str,
)
def test_where_a_rule_decided_the_next_best_two_are_told_as_without_it(
    fields: dict[str, Any], first: str, told: str
) -> None:
    found = assessed(**fields)["alternatives"]
    assert len(found) == 2
    assert found[0].startswith(f"{first} (0.")
    assert told in found[0]
    assert all("without the rule that decided): " in text for text in found)


def test_a_small_share_is_told_in_words() -> None:
    fields = {"description": "Licence on a USB dongle", "criticality": "critical", "os_name": "AIX 7.2"}
    found = assessed(**fields)["alternatives"]
    assert len(found) == 2
    assert found[1].split(": ")[0].endswith("(below 0.01)")


def test_of_what_no_evidence_speaks_for_it_is_told_when_it_would_be_the_way() -> None:
    found = assessed(planned_strategy="rehost", os_name=None, application_name=None)["alternatives"]
    assert any("nothing known speaks for it; usual where" in text for text in found)


@pytest.mark.parametrize("avoid", [["replatform"], ["rehost", "replatform", "refactor", "rearchitect", "replace"]])
def test_what_is_avoided_is_no_alternative(avoid: list[str]) -> None:
    found = assessed({"avoid": avoid}, planned_strategy="retain")["alternatives"]
    assert not {text.split(" ")[0] for text in found} & set(avoid)
    assert found


def test_the_alternative_of_an_application_is_what_most_of_its_other_members_do() -> None:
    of = {**GOOD, "application_name": ["CRM"]}
    rows = [server(f"s{n}", **of) for n in range(3)] + [server("old", **{**of, "os_name": "CentOS 6"})]
    rows += [server("x", **of, lifecycle_status="retired"), server("y", **of, lifecycle_status="retired")]
    (row,) = run(*rows, application("crm", "CRM")).analysis.filter(asset_id="crm").to_dicts()
    assert row["strategy"] == "rehost"
    first, second = row["alternatives"]
    assert first.startswith("retire (0.")
    assert "Some of its servers and databases go that way: 3 of 6 rehost, 2 of 6 retire, 1 of 6 replatform." in first
    assert second


@pytest.mark.parametrize(
    ("fields", "asked", "told"),
    [
        ({"os_name": None, "application_name": None}, "Which operating system", "an outdated Windows or Linux ->"),
        ({"os_name": "Ubuntu"}, "Which release of its operating system", "an outdated one -> replatform"),
        ({"application_name": None}, "Which application does x serve?", "none -> retire"),
        ({"classified_type": "other", "os_name": None}, "What is x?", "a virtual machine -> rehost"),
        ({"power_state": "off", "last_seen": None}, "Since when has x been switched off?", "-> retire"),
    ],
    ids=str,
)  # fmt: skip
def test_the_next_question_is_the_one_whose_answer_changes_most(fields: dict[str, Any], asked: str, told: str) -> None:
    question = assessed(**fields)["next_question"]
    assert question.startswith(asked)
    assert told in question


@pytest.mark.parametrize(
    "fields",
    [{"planned_strategy": "rehost"}, {"lifecycle_status": "retired"}, {"classified_type": "hypervisor"}],
    ids=str,
)
def test_nothing_is_asked_where_no_answer_would_change_anything(fields: dict[str, Any]) -> None:
    assert assessed(**fields)["next_question"] is None


CRM: tuple[Row, ...] = (
    server("own", **GOOD, application_name=["CRM"]),
    server("both", **GOOD, application_name=["CRM", "ERP"]),
    server("said", **GOOD, application_name=["CRM"]),
    server("gone", **GOOD, application_name=["CRM"], lifecycle_status="retired"),
    server("planned", **GOOD, application_name=["CRM"], planned_strategy="replatform"),
    application("crm", "CRM", planned_strategy="rehost"),
    application("erp", "ERP"),
)


def decided(*said: tuple[str, str]) -> dict[str, str]:
    rules = Rules(
        strategies=tuple(StrategyRule(a, s, Told((n,), "ann", 0.95)) for n, (a, s) in enumerate(said, start=1))
    )
    outcome = assess(inventory(*CRM), edges(), DAY, rules=rules)
    return dict(outcome.analysis.select("asset_id", "strategy").rows())


def test_a_decision_about_an_application_carries_to_its_servers_unless_they_are_decided_or_shared() -> None:
    found = decided(("crm", "replace"), ("said", "retain"))
    assert found == {
        "own": "replace", "both": "rehost", "said": "retain", "gone": "retire", "planned": "replatform",
        "crm": "replace", "erp": "rehost",
    }  # fmt: skip


def test_decisions_about_all_applications_of_a_server_carry_to_it() -> None:
    assert decided(("crm", "replace"), ("erp", "replace"))["both"] == "replace"
    assert decided(("crm", "replace"), ("erp", "retain"))["both"] == "rehost"


def test_of_two_decisions_about_an_application_the_latest_carries() -> None:
    assert decided(("crm", "replace"), ("crm", "retain"))["own"] == "retain"
