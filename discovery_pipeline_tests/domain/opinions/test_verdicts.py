"""Later decisions of people about what a model changed: kept, overruled, or nobody looked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from discovery_pipeline.domain.learning.corrections import NewCorrection
from discovery_pipeline.domain.opinions.verdicts import Change, verdicts
from discovery_pipeline_tests.domain.learning.corrected import OWNER, START, VALUE, mapped, numbered, undoing

CHANGE = Change("run-1", "mapping", "cmdb_2025.csv/cmdb_2025/3", "field", None, "technical_owner", "m", 0.9, START)
SPELLING = replace(CHANGE, agent="cleansing", subject="asset.environment=PRD", field="environment", after="production")
TYPE = replace(CHANGE, agent="classification", subject="a1", field="classified_type", after="virtual_machine")
PAIR = replace(CHANGE, agent="reconciliation", subject="a1|a2", field="asset_id", before="two", after="one")
EDGE = replace(CHANGE, agent="dependencies", subject="a1>a2", field="kind", before="0.4", after="0.8")


def decision(kind: str, target: dict[str, object], said: dict[str, object]) -> NewCorrection:
    return NewCorrection(kind, "set", target, said, {}, {}, "ann", "")  # type: ignore[arg-type]


MERGED = decision("merge", {"one": "a2", "other": "a1"}, {"holds": True})
SPLIT = decision("split", {"one": "a2", "source": "cmdb"}, {"holds": False})
CALLS = decision("edge", {"from_asset": "a1", "to_asset": "a2", "kind": None}, {"holds": True})
TYPED = decision("type", {"asset_id": "a1"}, {"type": "virtual_machine"})
NAMED = decision("value", {"asset_id": "a1", "field": "os_name"}, {"value": "virtual_machine"})


@pytest.mark.parametrize(
    ("change", "decided", "verdict"),
    [
        (CHANGE, [], "undecided"),
        (CHANGE, [OWNER], "kept"),
        (CHANGE, [mapped("business_owner")], "overruled"),
        (CHANGE, [mapped("business_owner"), mapped("technical_owner", "bob")], "kept"),
        (CHANGE, [mapped(None)], "overruled"),
        (replace(CHANGE, after=None), [mapped(None)], "kept"),
        (replace(CHANGE, subject="cmdb_2025.csv/cmdb_2025/4"), [OWNER], "undecided"),
        (replace(CHANGE, field="status", after="accepted"), [mapped("os_name", was="os_name")], "kept"),
        (replace(CHANGE, field="status", after="accepted"), [mapped("model", was="os_name")], "overruled"),
        (SPELLING, [VALUE], "kept"),
        (SPELLING, [replace(VALUE, said={"value": "test"})], "overruled"),
        (replace(SPELLING, subject="asset.environment=QA"), [VALUE], "undecided"),
        (TYPE, [TYPED], "kept"),
        (TYPE, [replace(TYPED, said={"type": "storage"})], "overruled"),
        (TYPE, [NAMED], "undecided"),
        (replace(TYPE, field="type_confidence", after="0.9"), [TYPED], "undecided"),
        (PAIR, [MERGED], "kept"),
        (PAIR, [SPLIT], "overruled"),
        (replace(PAIR, before="one", after="two"), [SPLIT], "kept"),
        (replace(PAIR, before="one", after="two"), [MERGED], "overruled"),
        (PAIR, [TYPED], "undecided"),
        (replace(PAIR, field="look_alike", after="0.7"), [MERGED], "undecided"),
        (EDGE, [CALLS], "kept"),
        (EDGE, [replace(CALLS, said={"holds": False})], "overruled"),
        (replace(EDGE, subject="a2>a1"), [CALLS], "undecided"),
    ],
)
def test_a_verdict(change: Change, decided: list[NewCorrection], verdict: str) -> None:
    assert verdicts([change], numbered(decided)) == [verdict]


def test_what_was_decided_before_the_change_is_no_verdict_on_it() -> None:
    assert verdicts([replace(CHANGE, made_at=START + timedelta(days=1))], numbered([OWNER])) == ["undecided"]


def test_a_decision_that_was_taken_back_is_none() -> None:
    wrong = mapped("business_owner")
    assert verdicts([CHANGE], numbered([wrong, undoing(1, wrong)])) == ["undecided"]


def test_a_change_is_the_same_in_every_run() -> None:
    again = replace(CHANGE, run_id="run-2", made_at=START + timedelta(days=1), confidence=0.7, model="other")
    assert again.key == CHANGE.key
    assert len({CHANGE.key, replace(CHANGE, after=None).key, replace(CHANGE, after="None").key, TYPE.key}) == 4
