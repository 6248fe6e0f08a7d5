"""Every strategy follows from the facts that are shown with it: for whole invented estates, whatever is unknown."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.assess import AnalysisOutcome, assess
from discovery_pipeline.domain.analysis.params import AnalysisParams
from discovery_pipeline.domain.learning.rules import Rules, StrategyRule, Told
from discovery_pipeline_tests.domain.analysis.small_assessments import DAY, edges
from discovery_pipeline_tests.domain.analysis.strategy.rederived import rederived
from discovery_pipeline_tests.domain.estate import Row, application, inventory

CHOICES: dict[str, tuple[Any, ...]] = {
    "classified_type": (
        "virtual_machine", "virtual_machine", "physical_server", "database", "container_node", "hypervisor", "cluster",
        "network_device", "storage", "load_balancer", "cloud_service", "end_user_device", "printer", "other", None,
    ),
    "os_name": (
        "Windows Server 2022", "Windows Server 2012 R2", "Windows Server 2003", "RHEL 7.9", "CentOS 6", "Ubuntu 22.04",
        "AIX 7.2", "HP-UX B.11.31", "z/OS 2.4", "Cisco IOS XE", "VMware ESXi 7.0", "Photon OS 4", "Windows", None,
    ),
    "os_architecture": ("x86_64", "x86", "ppc64le", "32-bit", None, None),
    "power_state": ("on", "off", "suspended", "unknown", None),
    "environment": ("production", "test", "sandbox", "dr", None),
    "criticality": ("critical", "high", "medium", "low", None),
    "lifecycle_status": ("in_use", "retired", "in_stock", "missing", None, None, None, None),
    "planned_strategy": ("Rehost", "Retire (Q3)", "Tolerate", "perhaps", None, None, None, None, None, None),
    "software": (
        "Microsoft Exchange Server 2016", "IIS 8.5; Java 7", "Tomcat 9.0.1", "WebLogic 12.2.1", "Domain Controller",
        "Veeam Backup", None, None,
    ),
    "database_engine": ("Oracle 11.2", "SQL Server 2019", "Informix 12.10", "Foobase", None, None),
    "description": (
        "needs a USB dongle", "obsolete", "in-house development", "VDI session host", "to be replaced", None, None,
    ),
    "application_name": (["CRM"], ["CRM", "Jira"], ["Payroll"], None),
    "cpu_utilization_pct": (0.5, 1.25, 4.0, 40.0, None),
    "cpu_peak_pct": (1.5, 20.0, 80.0, None),
    "cpu_count": (2, 8, 512, None),
    "memory_mib": (4096.0, 2e7, None),
    "is_template": (True, False, None, None, None, None),
    "platform": ("AWS", "VMware", None, None, None),
    "vanished": (True, False, False, False, False, False),
    "compliance_scope": ("PCI", None, None),
    "type_confidence": (0.3, 0.9, None),
}  # fmt: skip
DATES = ("last_seen", "planned_decommission", "end_of_support", "warranty_end")


def estate(seed: int, size: int = 400) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(inventory, dependencies) of random assets."""
    draw = random.Random(seed)
    rows: list[Row] = [
        application("p1", "CRM", planned_strategy=draw.choice([None, "Replace"])),
        application("p2", "Jira"),
        application("p3", "Payroll"),
        application("p4", "Nobody's"),
    ]
    for number in range(size):
        row: Row = {"asset_id": f"a{number:04}", "hostname": draw.choice([f"srv{number}", f"vCLS-{number}", None])}
        row |= {field: draw.choice(values) for field, values in CHOICES.items()}
        for field in DATES:
            if draw.random() < 0.3:
                row[field] = datetime.combine(DAY, datetime.min.time()) - timedelta(days=draw.randint(-900, 900))
        rows.append(row)
    names = [row["asset_id"] for row in rows[4:]]
    ties = [(draw.choice(names), draw.choice(names), draw.choice(["tier", "hosting"])) for _ in range(size // 2)]
    return inventory(*rows), edges(*(tie for tie in ties if tie[0] != tie[1]))


def contradictions(outcome: AnalysisOutcome) -> list[tuple[str, str, str, list[str]]]:
    """(asset, strategy, derived, facts) where the shown facts lead to another strategy."""
    rows = outcome.analysis.select("asset_id", "strategy", "facts").rows()
    return [(a, s, rederived(facts), facts) for a, s, facts in rows if rederived(facts) != s]


@pytest.mark.parametrize("seed", range(6))
def test_the_shown_facts_lead_to_the_strategy(seed: int) -> None:
    outcome = assess(*estate(seed), DAY)
    assert contradictions(outcome) == []
    assert outcome.analysis["strategy"].n_unique() >= 6


@pytest.mark.parametrize(
    "plan",
    [{"risk": 3.0, "cost": 0.0}, {"modernisation": 2.5, "speed": 0.5}, {"avoid": ["rehost", "refactor"]}],
    ids=str,
)
def test_a_tenants_weights_are_among_the_shown_facts(plan: dict[str, Any]) -> None:
    params = AnalysisParams.model_validate({"strategy": plan})
    assert contradictions(assess(*estate(7), DAY, params)) == []


def test_decisions_are_among_the_shown_facts() -> None:
    told = Told((7,), "ann", 0.95)
    rules = Rules(strategies=(StrategyRule("p1", "retain", told), StrategyRule("a0001", "refactor", told)))
    outcome = assess(*estate(8), DAY, rules=rules)
    assert contradictions(outcome) == []
    assert "decided=refactor" in outcome.analysis.filter(asset_id="a0001")["facts"].item()


@pytest.mark.parametrize("seed", [0, 1])
def test_what_is_told_beside_the_strategy_holds_together(seed: int) -> None:
    analysis = assess(*estate(seed), DAY).analysis
    for row in analysis.iter_rows(named=True):
        others = [text.split(" ")[0] for text in row["alternatives"]]
        assert row["strategy"] not in others
        assert len(others) == len(set(others)) <= 2
        assert len(others) == 2 or row["strategy"] == "not_applicable"
        assert all(": " in text and "(0.00" not in text for text in row["alternatives"])
        assert 0 <= row["confidence"] <= 1
        assert row["reasons"]
        assert row["rule"].startswith("2/")
        if row["next_question"]:
            assert "->" in row["next_question"]
            assert row["next_question"].endswith(f"otherwise {row['strategy']}")
