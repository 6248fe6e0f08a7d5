"""Great Expectations itself: one validation of one frame, plain outcomes back.

The library takes 3 s of processor time to import, so nothing here is imported before it is needed, and judge.py runs it
in a process of its own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from discovery_pipeline.domain.errors import PermanentError
from discovery_pipeline.domain.schema import PERSONAL
from discovery_pipeline.quality.rules import Rule, no_violations

if TYPE_CHECKING:
    import polars as pl

SAMPLES = 20


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
class Batch:
    """A frame and the rules to judge it by. counted: the frame is one row of violation counts, named as the rules."""

    frame: pl.DataFrame
    rules: tuple[Rule, ...]
    counted: bool = False


def validate(batch: Batch) -> tuple[RuleOutcome, ...]:
    """The outcome of each rule, in their order. Raises BrokenCheck when an expectation could not be evaluated."""
    if not batch.rules:
        return ()
    gx = library()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    asset = context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
    suite = context.suites.add(gx.ExpectationSuite(name="suite"))
    for index, rule in enumerate(batch.rules):
        expectation = no_violations(rule) if batch.counted else rule.to_expectation()
        expectation.meta = {"index": index}
        suite.add_expectation(expectation)
    definition = gx.ValidationDefinition(
        name="run", data=asset.add_batch_definition_whole_dataframe("all"), suite=suite
    )
    answer = context.validation_definitions.add(definition).run(
        batch_parameters={"dataframe": batch.frame.to_pandas(use_pyarrow_extension_array=True)},
        result_format={"result_format": "BASIC", "partial_unexpected_count": SAMPLES},
    )
    return _in_order(batch, answer.results)


def library() -> Any:
    """Great Expectations, imported; it would send usage statistics unless told not to."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx

    return gx


def _in_order(batch: Batch, results: Sequence[Any]) -> tuple[RuleOutcome, ...]:
    by_index = {result.expectation_config.meta["index"]: result for result in results}
    return tuple(_outcome(batch, rule, by_index[index]) for index, rule in enumerate(batch.rules))


def _outcome(batch: Batch, rule: Rule, result: Any) -> RuleOutcome:
    crash = _crash(result.exception_info or {})
    if crash:
        raise BrokenCheck(f"rule {rule.name} crashed: {crash}", advice="a defect of the check or of a column's type")
    found = result.result or {}
    if batch.counted:
        return RuleOutcome(rule.name, bool(result.success), int(batch.frame[rule.name].item() or 0))
    samples = () if rule.column in PERSONAL else found.get("partial_unexpected_list") or ()
    distinct = tuple(dict.fromkeys(map(str, samples)))
    return RuleOutcome(rule.name, bool(result.success), int(found.get("unexpected_count") or 0), distinct)


def _crash(exception_info: Mapping[str, Any]) -> str | None:
    """The message of an exception inside an expectation; it comes flat or below the id of the metric that failed."""
    for info in (exception_info, *(v for v in exception_info.values() if isinstance(v, Mapping))):
        if info.get("raised_exception"):
            return str(info["exception_message"])
    return None
