"""Reports of small estates: one whose every phase ran, and one of hand-made frames for the parts of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import polars as pl

from discovery_pipeline.domain.analysis.assess import assess
from discovery_pipeline.domain.dependencies.graph import build
from discovery_pipeline.domain.handoffs import (
    CUT_EDGES,
    DEPENDENCIES,
    MEMBERSHIPS,
    NARRATIVES,
    QUARANTINE,
    QUESTIONS,
    SIZING,
    STRUCTURE,
    WAVES,
    CleanTable,
)
from discovery_pipeline.files.reports import ReportData
from discovery_pipeline_tests.domain.estate import application, inventory, relationships, server

EVIL = '<script>alert("x")</script>'
FORMULA = "=HYPERLINK(1)"
PRICE_DATE = date(2026, 5, 2)


def report_on(
    tenant: str, estate: pl.DataFrame, tables: Sequence[CleanTable], row: dict[str, Any] | None
) -> ReportData:
    """The report of an estate. row: of the quarantine."""
    links = build(estate, tables)
    analysis = assess(estate, links.dependencies, as_of=date(2026, 11, 1))
    return ReportData(
        tenant,
        analysis.summary,
        links.summary,
        estate,
        analysis.analysis,
        analysis.applications,
        analysis.move_groups,
        links.dependencies,
        pl.DataFrame([row] if row else [], schema=QUARANTINE),
        pl.concat([links.findings, analysis.findings]),
        pl.DataFrame({"source": ["cmdb"], "file": ["cmdb.csv"], "table": ["cmdb"], "rows": [4]}),
    )


@cache
def small_report() -> ReportData:
    """Two servers, two applications with names that must not get through, one row set aside."""
    estate = inventory(
        server("web1", "10.0.0.1", application_name=[EVIL], os_name="CentOS 7", environment="production"),
        server("db1", "10.0.0.2", application_name=[FORMULA], os_name="Windows Server 2022"),
        application("crm", EVIL),
        application("bil", FORMULA),
    )
    row = {
        "source": "cmdb",
        "file": "cmdb.csv",
        "table": "cmdb",
        "row": 3,
        "reason": "total_row",
        "disposition": "dropped",
    }
    said = relationships((EVIL, "Uses", FORMULA), ("web1", "zaps", "db1"))
    return report_on("northwind-bank", estate, [said], row)


@cache
def bare_report() -> ReportData:
    """The small report without the parts that earlier versions of the software did not make."""
    report = small_report()
    later = ("memberships", "group_members", "structure", "sizing", "waves", "cut_edges")
    known = (
        "analysis",
        "dependencies",
        "findings",
        "quarantine",
        "sources",
        "inventory",
        "applications",
        "move_groups",
    )
    summary = {k: v for k, v in report.analysis_summary.items() if k not in ("structure", "sizing", "wave_plan")}
    frames = {part: getattr(report, part).clear() for part in later} | {part: getattr(report, part) for part in known}
    return replace(report, analysis_summary=summary, **frames)


def planned_report(text: str = "plain") -> ReportData:
    """The bare report with every part of the plan, hand-made; text stands wherever a string can."""
    report = bare_report()
    summary = {
        **report.analysis_summary,
        "support_ends": {"2020": {"servers": 1}, "2031": {"servers": 1}},
        "sizing": {"source": text, "not_sized": {text: 2}},
        "wave_plan": {"crossing_chance": 0.31, "expected_crossings": 0.4, "method": text},
        "waves": [{"wave": 1, "assets": 2, "groups": 1, "applications": 1, "production": 1, "readiness": 80.0}],
    }
    parts: dict[str, list[dict[str, Any]]] = {
        "memberships": [_membership("web1", 0.9, text), _membership("db1", 0.3, text)],
        "structure": [_place("web1", 1, text), _place("db1", 1, text)],
        "sizing": [_sized("web1", "aws", 100.0, text), _sized("web1", "gcp", 90.0, text), _unsized("db1", text)],
        "waves": [
            _wave(1, date(2026, 1, 12), date(2026, 2, 8), text),
            _wave(2, date(2026, 3, 2), date(2026, 3, 29), text),
        ],
        "cut_edges": [_cut("web1", "db1", text)],
        "dependencies": [_edge("crm", "bil", "application", text), _edge("web1", "db1", "tier", text)],
        "questions": [_question("q_1", text), _question("q_2", None)],
        "narratives": [
            _narrative("rationale", "crm", text),
            _narrative("summary", "estate", text),
            _narrative("question", "q_1", text),
        ],
    }
    schemas = {
        "memberships": MEMBERSHIPS, "structure": STRUCTURE, "sizing": SIZING, "waves": WAVES, "cut_edges": CUT_EDGES,
        "dependencies": DEPENDENCIES, "questions": QUESTIONS, "narratives": NARRATIVES,
    }  # fmt: skip
    frames = {part: pl.DataFrame(rows, schema=schemas[part]) for part, rows in parts.items()}
    told = report.analysis.with_columns(
        rule=pl.lit(text), alternatives=pl.lit([text], pl.List(pl.String)), next_question=pl.lit(text)
    )
    return replace(report, analysis_summary=summary, analysis=told, **frames)


def _question(key: str, owner: str | None) -> dict[str, Any]:
    text = owner or "?"
    return {
        "question_id": key, "owner": owner, "rank": 1, "topic": "in_use", "question": text, "subjects": ["web1"],
        "outcomes": [text], "assets": 1, "applications": 1, "waves": [1], "monthly_cost": 12.5, "currency": "USD",
        "change": 0.1, "value": 1.5, "answer_with": "strategy",
    }  # fmt: skip


def _narrative(kind: str, subject: str, text: str) -> dict[str, Any]:
    return {
        "kind": kind, "subject": subject, "name": text, "facts": [text], "stated": text, "text": text, "model": text,
    }  # fmt: skip


def _membership(asset: str, confidence: float, text: str) -> dict[str, Any]:
    return {"asset_id": asset, "application_id": "crm", "basis": "named", "confidence": confidence, "reasons": [text]}


def _place(asset: str, cycle: int, text: str) -> dict[str, Any]:
    return {
        "asset_id": asset, "dependents": 1, "providers": 1, "blast_radius": 7, "applications": 2, "cycle": cycle,
        "single_point_of_failure": asset == "db1", "reasons": [text],
    }  # fmt: skip


def _sized(asset: str, provider: str, amount: float, text: str) -> dict[str, Any]:
    return {
        "asset_id": asset, "provider": provider, "region": text, "instance_type": text, "basis": "peak", "cpus": 2,
        "memory_gib": 8.0, "compute_on_demand": amount - 10, "compute_reserved": amount / 2, "storage": 10.0,
        "total_on_demand": amount, "total_reserved": amount / 2 + 10, "total_low": amount * 0.8,
        "total_high": amount * 1.2, "currency": "USD", "price_date": PRICE_DATE, "confidence": 0.8, "reasons": [text],
    }  # fmt: skip


def _unsized(asset: str, text: str) -> dict[str, Any]:
    return {"asset_id": asset, "provider": "aws", "region": text, "basis": "allocated", "reasons": [text]}


def _wave(number: int, starts: date, ends: date, text: str) -> dict[str, Any]:
    return {
        "wave": number, "starts": starts, "ends": ends, "groups": 1, "assets": 2, "applications": 1,
        "environments": ["test"], "pilot": number == 1, "priority": 0.5, "risk": 0.6, "confidence": 0.7,
        "crossing_chance": 0.12, "reasons": [text],
    }  # fmt: skip


def _cut(start: str, end: str, text: str) -> dict[str, Any]:
    return {
        "from_asset": start, "to_asset": end, "kind": "tier", "from_wave": 1, "to_wave": 2, "confidence": 0.9,
        "risk": 0.7, "reason": text,
    }  # fmt: skip


def _edge(start: str, end: str, kind: str, text: str) -> dict[str, Any]:
    return {
        "from_asset": start, "to_asset": end, "kind": kind, "evidence": [text], "confidence": 0.9, "observations": 40,
        "ports": [1433],
    }  # fmt: skip
