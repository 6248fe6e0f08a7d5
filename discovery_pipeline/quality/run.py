"""Run an asset's checks and return plain outcomes.

One validation per frame. Small frames go to Great Expectations themselves; above FRAME_LIMIT rows polars counts the
violations and Great Expectations judges the counts: the same verdicts (tested) in 0.05 instead of 0.4 s for 30 rules on
10,000 rows, and in a tenth of the time at a million. Failing values come from a mask then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from discovery_pipeline.domain.schema import PERSONAL
from discovery_pipeline.quality.checks import Check
from discovery_pipeline.quality.rules import Rule
from discovery_pipeline.quality.suites import suites
from discovery_pipeline.quality.validation import SAMPLES, Batch, BrokenCheck, RuleOutcome, validate

FRAME_LIMIT = 5_000

Validate = Callable[[Sequence[Batch]], Sequence[Sequence[RuleOutcome]]]


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
    """The verdicts of an asset's checks. rows: of the frame that the rules on columns judged; 0 without such rules."""

    outcomes: tuple[CheckOutcome, ...]
    rows: int = 0

    @property
    def blocking_failures(self) -> list[CheckOutcome]:
        return [o for o in self.outcomes if o.check.blocking and not o.passed]


def validate_here(batches: Sequence[Batch]) -> list[Sequence[RuleOutcome]]:
    """Validate in this process."""
    return [validate(batch) for batch in batches]


def run_checks(
    asset: str,
    frame: pl.LazyFrame | pl.DataFrame | None,
    facts: Mapping[str, float],
    validator: Validate = validate_here,
) -> QualityReport:
    """Evaluate every check of an asset on its frame and its facts.

    Columns that the frame does not carry, or carries without a value, are not checked (but for not_null): a tenant's
    exports decide which fields exist.
    Raises BrokenCheck when an expectation could not be evaluated.
    """
    checks = suites()[asset]
    lazy = frame.lazy() if frame is not None else pl.LazyFrame()
    of_frame, rows = _frame_batch(lazy, _distinct(rule for check in checks for rule in check.columns))
    batches = [
        of_frame,
        _facts_batch(_distinct(rule for check in checks for rule in check.facts), facts),
    ]
    found = {
        rule: outcome
        for batch, outcomes in zip(batches, validator(batches), strict=True)
        for rule, outcome in zip(batch.rules, outcomes, strict=True)
    }
    if batches[0].counted:
        found |= {
            r: replace(o, samples=_samples(lazy, r)) for r, o in found.items() if r in batches[0].rules and not o.passed
        }
    return QualityReport(
        tuple(
            CheckOutcome(check, tuple(found[rule] for rule in (*check.columns, *check.facts) if rule in found))
            for check in checks
        ),
        rows,
    )


def _frame_batch(frame: pl.LazyFrame, rules: tuple[Rule, ...]) -> tuple[Batch, int]:
    """What is to be judged, and the rows of the whole frame."""
    carried = sorted({rule.column for rule in rules} & set(frame.collect_schema().names()))
    if not carried:
        return Batch(pl.DataFrame(), ()), 0
    sizes = frame.select(pl.len().alias(""), pl.col(carried).count()).collect(engine="streaming").row(0, named=True)
    rules = tuple(r for r in rules if sizes.get(r.column) or (r.kind == "not_null" and r.column in carried))
    if sizes[""] <= FRAME_LIMIT:
        return Batch(frame.select({rule.column: rule.judged() for rule in rules}.values()).collect(), rules), sizes[""]
    counts = frame.select(rule.violations() for rule in rules).collect(engine="streaming")
    return Batch(counts, rules, counted=True), sizes[""]


def _samples(frame: pl.LazyFrame, rule: Rule) -> tuple[str, ...]:
    """Up to SAMPLES distinct failing values, as Great Expectations shows them of a small frame."""
    if rule.column in PERSONAL:
        return ()
    failing = frame.filter(rule.violating()).select(rule.judged().cast(pl.String)).drop_nulls().head(SAMPLES)
    return tuple(failing.unique(maintain_order=True).collect().to_series())


def _facts_batch(rules: tuple[Rule, ...], facts: Mapping[str, float]) -> Batch:
    missing = [rule.column for rule in rules if rule.column not in facts]
    if missing:
        raise BrokenCheck(f"facts {missing} were not handed over", advice="a defect of the phase's asset")
    return Batch(pl.DataFrame({rule.column: [float(facts[rule.column])] for rule in rules}), rules)


def _distinct(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple(dict.fromkeys(rules))
