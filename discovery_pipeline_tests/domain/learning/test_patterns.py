"""The fold: what is said again is stronger, the newest counts, and what was taken back was never said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from discovery_pipeline.domain.learning.corrections import Correction, NewCorrection
from discovery_pipeline.domain.learning.patterns import Pattern, fold, text_of
from discovery_pipeline_tests.domain.learning.corrected import (
    OWNER,
    VALUE,
    elsewhere,
    mapped,
    numbered,
    undoing,
)

ANN, BOB = mapped("technical_owner"), mapped("business_owner", "bob")
NONE = mapped(None, "bob")
OF_TOOL = replace(OWNER, context={**OWNER.context, "product": "servicenow"})


def current(decided: list[NewCorrection]) -> Pattern:
    """The one positive pattern that holds."""
    (pattern,) = [p for p in fold(numbered(decided)) if p.is_current and p.polarity == 1]
    return pattern


@pytest.mark.parametrize(
    ("decided", "field", "contradicted", "numbers", "authors"),
    [
        ([ANN], "technical_owner", 0, (1,), ("ann",)),
        ([ANN, ANN], "technical_owner", 0, (1, 2), ("ann", "ann")),
        ([ANN, replace(ANN, author="bob")], "technical_owner", 0, (1, 2), ("ann", "bob")),
        ([ANN, BOB], "business_owner", 1, (2,), ("bob",)),
        ([ANN, NONE], None, 1, (2,), ("bob",)),
        ([ANN, BOB, ANN], "technical_owner", 1, (1, 3), ("ann", "ann")),
        ([NONE, NONE, ANN], "technical_owner", 2, (3,), ("ann",)),
        ([ANN, replace(BOB, author="ann")], "business_owner", 0, (2,), ("ann",)),
        ([ANN, BOB, replace(ANN, author="bob")], "technical_owner", 0, (1, 3), ("ann", "bob")),
    ],
    ids=[
        "once", "twice", "two people", "another field", "no field", "back again", "against two", "a changed mind",
        "convinced",
    ],
)  # fmt: skip
def test_the_newest_lesson_counts(
    decided: list[NewCorrection],
    field: str | None,
    contradicted: int,
    numbers: tuple[int, ...],
    authors: tuple[str, ...],
) -> None:
    pattern = current(decided)
    assert (pattern.said["field"], pattern.contradicted) == (field, contradicted)
    assert (pattern.corrections, pattern.authors) == (numbers, authors)


def test_what_was_contradicted_is_kept_but_does_not_hold() -> None:
    before, after = sorted(fold(numbered([ANN, BOB])), key=lambda pattern: pattern.is_current)
    assert (before.said["field"], before.is_current, before.contradicted) == ("technical_owner", False, 1)
    assert (after.said["field"], after.is_current) == ("business_owner", True)


@pytest.mark.parametrize(
    ("decided", "versions"),
    [
        ([ANN], {"technical_owner": 1}),
        ([ANN, ANN], {"technical_owner": 2}),
        ([ANN, BOB], {"technical_owner": 2, "business_owner": 1}),
        ([ANN, BOB, ANN], {"technical_owner": 3, "business_owner": 2}),
    ],
    ids=["new", "stronger", "weaker", "weaker, then stronger"],
)
def test_a_version_counts_strengthening_and_weakening(decided: list[NewCorrection], versions: dict[str, int]) -> None:
    assert {p.said["field"]: p.version for p in fold(numbered(decided))} == versions


def test_what_a_run_had_chosen_wrongly_is_denied() -> None:
    denied, told = sorted(fold(numbered([OWNER])), key=lambda pattern: pattern.polarity)
    assert (denied.polarity, dict(denied.said), denied.is_current) == (-1, {"field": "business_owner"}, True)
    assert (told.polarity, told.said["field"], denied.corrections) == (1, "technical_owner", (1,))
    assert denied.pattern_id != told.pattern_id


@pytest.mark.parametrize(
    "confirmed",
    [mapped("technical_owner", was="technical_owner"), mapped("technical_owner", was=None), VALUE],
    ids=["what the run chose", "what the run left open", "of another kind"],
)
def test_what_overruled_no_choice_denies_nothing(confirmed: NewCorrection) -> None:
    assert [p.polarity for p in fold(numbered([confirmed]))] == [1]


def test_a_denial_falls_with_the_decision_that_it_was_so_after_all() -> None:
    log = numbered([OWNER, BOB])
    (denied,) = [p for p in fold(log) if p.polarity == -1]
    assert (denied.is_current, denied.contradicted, denied.version) == (False, 1, 2)
    (again,) = [p for p in fold([*log, Correction(3, log[0].made_at, OWNER)]) if p.polarity == -1]
    assert (again.is_current, again.corrections) == (True, (1, 3))


@pytest.mark.parametrize(
    ("decided", "as_if"),
    [
        ([OWNER, undoing(1, OWNER)], []),
        ([OWNER, BOB, undoing(2, BOB)], [OWNER]),
        ([OWNER, OWNER, undoing(2, OWNER)], [OWNER]),
        ([OWNER, VALUE, undoing(2, VALUE)], [OWNER]),
    ],
    ids=["the only one", "an overruling one", "an agreeing one", "one of another thing"],
)
def test_undone_means_never_said(decided: list[NewCorrection], as_if: list[NewCorrection]) -> None:
    assert fold(numbered(decided)) == fold(numbered(as_if))


def test_patterns_do_not_depend_on_the_order_in_which_they_are_read() -> None:
    log = numbered([OWNER, BOB, VALUE, OWNER])
    assert fold(reversed(log)) == fold(log) == fold(iter(log))


def test_ids_are_of_the_content_and_of_no_tenant_time_or_person() -> None:
    others = replace(OWNER, author="bob", reason="", context={**OWNER.context, "position": 9})
    (early,), (late,) = fold(numbered([mapped("tags")])), fold(numbered([VALUE, mapped("tags", "bob")])[1:])
    assert early.pattern_id == late.pattern_id
    assert {p.pattern_id for p in fold(numbered([OWNER]))} == {p.pattern_id for p in fold(numbered([others]))}
    assert len({p.pattern_id for p in fold(numbered([OWNER, BOB, VALUE, NONE]))}) == 5


def test_a_lesson_said_again_takes_the_newest_reading_and_keeps_when_it_was_learned() -> None:
    pattern = current([mapped("memory_mib", unit="GB"), mapped("memory_mib", unit="MB")])
    first, second = numbered([OWNER, OWNER])
    assert (pattern.said["unit"], pattern.version) == ("MB", 2)
    assert (pattern.learned_at, pattern.strengthened_at) == (first.made_at, second.made_at)


@pytest.mark.parametrize(
    ("what", "context", "text"),
    [
        (OWNER, ("cmdb", "asset", None), "Managed by"),
        (OF_TOOL, ("cmdb", "asset", "servicenow"), "Managed by"),
        (VALUE, (None, "asset", None), "PRD"),
        (replace(VALUE, kind="type", target={"asset_id": "a1"}, said={"type": "storage"}), (None, None, None), ""),
    ],
    ids=["mapping", "of a product", "value", "type"],
)  # fmt: skip
def test_a_pattern_knows_where_it_was_learned(what: NewCorrection, context: tuple[str | None, ...], text: str) -> None:
    pattern = current([what])
    assert ((pattern.source, pattern.record, pattern.product), pattern.text) == (context, text)
    assert text_of(what) == text


def test_every_target_is_folded_by_itself() -> None:
    many = [elsewhere(OWNER, table=str(number)) for number in range(200)]
    assert fold(numbered(many)) == tuple(
        sorted((p for c in numbered(many) for p in fold([c])), key=lambda pattern: pattern.pattern_id)
    )
