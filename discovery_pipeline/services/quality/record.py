"""Keeping what an asset's checks found in a run."""

from __future__ import annotations

import math
from collections.abc import Mapping

from discovery_pipeline.domain.handoffs import Phase
from discovery_pipeline.quality.rules import Rule
from discovery_pipeline.quality.run import CheckOutcome, QualityReport
from discovery_pipeline.quality.validation import RuleOutcome
from discovery_pipeline.quality.words import expected
from discovery_pipeline.store.quality import CheckResult, RuleResult, add_results
from discovery_pipeline.store.session import Database


def record_quality(
    database: Database,
    tenant: str,
    run_id: str,
    phase: Phase,
    asset: str,
    version: str,
    report: QualityReport,
    facts: Mapping[str, float],
) -> None:
    """Keep the outcomes of one asset. version: of its frames, published unless a blocking check failed.

    No value of a cell is kept: failing rows are read in the tenant's frames when somebody asks. Raises UsageError for
    an unknown tenant, Unreachable.
    """
    published = not report.blocking_failures
    results = [
        CheckResult(
            run_id, phase, asset, outcome.check.name, version, outcome.passed, outcome.check.blocking, published,
            report.rows, sum(rule.violations for rule in outcome.rules if not rule.passed), _rules(outcome, facts),
        )
        for outcome in report.outcomes
    ]  # fmt: skip
    add_results(database, tenant, results)


def _rules(outcome: CheckOutcome, facts: Mapping[str, float]) -> tuple[RuleResult, ...]:
    """Rules on columns that failed, and every fact: what it measures is a history also while all is well."""
    columns = {rule.name: rule for rule in outcome.check.columns}
    measured = {rule.name: rule for rule in outcome.check.facts}
    found = []
    for each in outcome.rules:
        if each.rule in measured:
            rule = measured[each.rule]
            found.append(_result(rule, each, facts[rule.column]))
        elif not each.passed:
            found.append(_result(columns[each.rule], each, None))
    return tuple(found)


def _result(rule: Rule, found: RuleOutcome, observed: float | None) -> RuleResult:
    finite = observed if observed is not None and math.isfinite(observed) else None
    return RuleResult(rule.name, rule.column, found.passed, found.violations, finite, expected(rule))
