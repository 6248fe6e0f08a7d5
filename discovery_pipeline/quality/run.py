"""Run an asset's checks with Great Expectations and return plain outcomes.

One validation per frame. Small frames go to Great Expectations themselves, so that failing cells can be shown; above
FRAME_LIMIT rows polars counts the violations and Great Expectations judges the counts: the same verdicts (tested), a
tenth of the time at a million rows (design: hashing the frame is most of its cost). The library takes 3-4 s to import,
so only functions import it and `preload` does so beside the reading of the files.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from discovery_pipeline.domain.errors import PermanentError
from discovery_pipeline.quality.rules import Rule, no_violations
from discovery_pipeline.quality.suites import Check, suites

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.expectations.expectation import Expectation

FRAME_LIMIT = 250_000
SAMPLES = 20
# Cells of these columns are personal data: never shown in a check's samples.
PERSONAL = frozenset({"business_owner", "technical_owner", "contact_email"})


class BrokenCheck(PermanentError):
    """An expectation could not be evaluated: a defect of the check, not of the data."""


@dataclass(frozen=True)
class RuleOutcome:
    """What one rule found. violations: cells (or 1 for a fact). samples: up to SAMPLES distinct failing values."""

    rule: str
    passed: bool
    violations: int
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckOutcome:
    """The verdict of one check, with the outcome of each rule."""

    check: Check
    rules: tuple[RuleOutcome, ...]

    @property
    def passed(self) -> bool:
        return all(rule.passed for rule in self.rules)


@dataclass(frozen=True)
class QualityReport:
    """The verdicts of an asset's checks."""

    outcomes: tuple[CheckOutcome, ...]

    @property
    def blocking_failures(self) -> list[CheckOutcome]:
        return [o for o in self.outcomes if o.check.blocking and not o.passed]


def preload() -> threading.Thread:
    """Import Great Expectations in the background; whoever needs it first waits for the rest of the import."""
    thread = threading.Thread(target=_library, name="preload-great-expectations", daemon=True)
    thread.start()
    return thread


def run_checks(asset: str, frame: pl.LazyFrame | pl.DataFrame | None, facts: Mapping[str, float]) -> QualityReport:
    """Evaluate every check of an asset on its frame and its facts.

    Columns that the frame does not carry are not checked: a tenant's exports decide which fields exist.
    Raises BrokenCheck when an expectation could not be evaluated.
    """
    checks = suites()[asset]
    lazy = frame.lazy() if frame is not None else pl.LazyFrame()
    columns = set(lazy.collect_schema().names())
    column_rules = _distinct(rule for check in checks for rule in check.columns if rule.column in columns)
    outcomes = _judge_frame(lazy, column_rules) | _judge_facts(_distinct(r for c in checks for r in c.facts), facts)
    return QualityReport(
        tuple(
            CheckOutcome(check, tuple(outcomes[rule] for rule in (*check.columns, *check.facts) if rule in outcomes))
            for check in checks
        )
    )


def _judge_frame(frame: pl.LazyFrame, rules: Sequence[Rule]) -> dict[Rule, RuleOutcome]:
    if not rules:
        return {}
    rows = frame.select(pl.len()).collect().item()
    if rows <= FRAME_LIMIT:
        checked = frame.select(sorted({rule.column for rule in rules})).collect()
        return _validate(checked.to_pandas(use_pyarrow_extension_array=True), {r: r.to_expectation() for r in rules})
    counts = frame.select([rule.violations() for rule in rules]).collect(engine="streaming")
    judged = _validate(counts.to_pandas(), {rule: no_violations(rule) for rule in rules})
    return {
        rule: RuleOutcome(rule.name, outcome.passed, int(counts[rule.name].item() or 0))
        for rule, outcome in judged.items()
    }


def _judge_facts(rules: Sequence[Rule], facts: Mapping[str, float]) -> dict[Rule, RuleOutcome]:
    if not rules:
        return {}
    missing = [rule.column for rule in rules if rule.column not in facts]
    if missing:
        raise BrokenCheck(f"facts {missing} were not handed over", advice="a defect of the phase's asset")
    row = pl.DataFrame({rule.column: [float(facts[rule.column])] for rule in rules})
    return _validate(row.to_pandas(), {rule: rule.to_expectation() for rule in rules})


def _validate(data: pd.DataFrame, expectations: Mapping[Rule, Expectation]) -> dict[Rule, RuleOutcome]:
    gx = _library()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    batch = (
        context.data_sources.add_pandas("frames")
        .add_dataframe_asset("frame")
        .add_batch_definition_whole_dataframe("all")
    )
    suite = context.suites.add(gx.ExpectationSuite(name="suite"))
    for index, expectation in enumerate(expectations.values()):
        expectation.meta = {"index": index}
        suite.add_expectation(expectation)
    validation = context.validation_definitions.add(gx.ValidationDefinition(name="run", data=batch, suite=suite))
    answer = validation.run(
        batch_parameters={"dataframe": data},
        result_format={"result_format": "BASIC", "partial_unexpected_count": SAMPLES},
    )
    rules = list(expectations)
    return {rules[result.expectation_config.meta["index"]]: _outcome(rules, result) for result in answer.results}


def _outcome(rules: Sequence[Rule], result: Any) -> RuleOutcome:
    rule = rules[result.expectation_config.meta["index"]]
    crash = _crash(result.exception_info or {})
    if crash:
        raise BrokenCheck(f"rule {rule.name} crashed: {crash}", advice="a defect of the check or of a column's type")
    found = result.result or {}
    samples = () if rule.column in PERSONAL else found.get("partial_unexpected_list") or ()
    return RuleOutcome(
        rule.name,
        bool(result.success),
        int(found.get("unexpected_count") or 0),
        tuple(dict.fromkeys(map(str, samples))),
    )


def _crash(exception_info: Mapping[str, Any]) -> str | None:
    """The message of an exception inside an expectation; it comes flat or below the id of the metric that failed."""
    for info in (exception_info, *(v for v in exception_info.values() if isinstance(v, Mapping))):
        if info.get("raised_exception"):
            return str(info["exception_message"])
    return None


def _distinct(rules: Any) -> list[Rule]:
    return list(dict.fromkeys(rules))


def _library() -> Any:
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx

    return gx
