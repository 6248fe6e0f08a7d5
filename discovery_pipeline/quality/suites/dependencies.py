"""The checks of the dependencies phase. Keep out: the rules of the schema (schema_rules.py), running them (run.py)."""

from __future__ import annotations

from typing import get_args

from discovery_pipeline.domain.handoffs import EdgeKind
from discovery_pipeline.quality.checks import Check, none_of
from discovery_pipeline.quality.rules import Rule
from discovery_pipeline.quality.suites.opinions import MODEL_CHECKS

_DEPENDENCIES = (
    Check(
        "edges_have_evidence", "Every edge has a kind of the contract, evidence and a confidence.",
        "a defect of the dependencies phase", blocking=True,
        columns=(
            Rule("not_null", "from_asset"),
            Rule("in_set", "kind", choices=get_args(EdgeKind)),
            Rule("between", "confidence", low=0, high=1),
        ),
        facts=none_of("edges_without_evidence", "edges_to_themselves", "ends_without_address"),
    ),
    Check(
        "ends_exist", "Both ends of every internal edge, and every member of an application, stand in the inventory.",
        "a defect of the dependencies phase", blocking=True, facts=none_of("dangling_ends"),
    ),
    Check(
        "memberships_have_reasons", "Each asset serves an application once, for reasons that are told.",
        "a defect of the dependencies phase", blocking=True,
        facts=none_of("memberships_without_reason", "memberships_twice"),
    ),
    Check(
        "rows_conserved", "Rows set aside here are relationship or connection records, each once.",
        "a defect of the dependencies phase", blocking=True, facts=none_of("strays"),
    ),
    *MODEL_CHECKS,
)  # fmt: skip

SUITES = {"dependencies": _DEPENDENCIES}
