"""What rests on a field of the schema further down, as the modules that read it say: how much a wrong column costs.

Keep out: how doubtful a column is, and how many rows it has (stakes.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from discovery_pipeline.domain.analysis.questions.points import DECIDING
from discovery_pipeline.domain.analysis.readiness.readiness import deductions
from discovery_pipeline.domain.analysis.sizing.amounts import AMOUNT_FIELDS
from discovery_pipeline.domain.analysis.strategy.rulebook import rulebook
from discovery_pipeline.domain.identity_fields import NEEDED
from discovery_pipeline.domain.inventory.classification import hints
from discovery_pipeline.domain.needed_fields import NEEDED_FACTS
from discovery_pipeline.domain.schema import RecordKind, fields

_IDENTITY: dict[RecordKind, str] = {
    "asset": "decides which asset is which",
    "relationship": "decides what depends on what",
    "connection": "decides who talks to whom",
}
# Judged, not fitted: a wrong identifier splits or joins assets, and everything about them is wrong with it; a wrong
# need, kind or size is wrong in itself only, an observed port or state is one of many; what nothing computes with is
# wrong where somebody reads it.
_APART, _NEEDED, _KIND, _SIZE, _RULE, _LINK, _TOLD = 8.0, 4.0, 4.0, 3.0, 3.0, 2.0, 1.0


@dataclass(frozen=True)
class FieldUse:
    """criticality: how much rests on a value being right, above 0; a field that is only told counts 1. words: what
    the field does, after "it"."""

    criticality: float
    words: str


@cache
def heaviest_use(record: RecordKind, field: str) -> FieldUse:
    """The use of a field that most rests on. Raises KeyError for a field that the record kind does not have."""
    if field not in fields(record):
        raise KeyError(f"{record} records have no field {field}")
    return max(_uses(record, field), key=lambda use: use.criticality)


def _uses(record: RecordKind, field: str) -> list[FieldUse]:
    """Of equally heavy ones the first is the one that is told."""
    found = [FieldUse(_APART, _IDENTITY[record])] if any(field in group for group in NEEDED[record]) else []
    if record == "asset":
        found += [
            FieldUse(_NEEDED, f"gives the {fact.name}: without it {fact.loss}")
            for fact in NEEDED_FACTS
            if field in fact.fields
        ]
        uses = ((_typing(), _KIND, "tells what kind of asset it is"),
                (AMOUNT_FIELDS, _SIZE, "goes into sizes and prices"),
                (_ruling(), _RULE, "is read by the rules of readiness and strategy"))  # fmt: skip
        found += [FieldUse(weight, words) for names, weight, words in uses if field in names]
    else:
        found.append(FieldUse(_LINK, "is evidence of a dependency"))
    return [*found, FieldUse(_TOLD, "is told of the asset, and no rule names it")]


@cache
def _typing() -> frozenset[str]:
    """The fields of which a value may weigh as much in a type as one unit of log-odds."""
    strongest = {field: max(float(rule.weights.max()) for rule in rules) for field, rules in hints.rules().items()}
    return frozenset(field for field, weight in strongest.items() if weight >= 1)


@cache
def _ruling() -> frozenset[str]:
    """The facts that the rule files test, and those known to change what is done."""
    tests = [*rulebook().tests, *(test for deduction in deductions() for test in deduction.tests)]
    return frozenset({test.fact for test in tests} | set(DECIDING))
