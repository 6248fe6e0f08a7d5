"""Corrections: numbered for good, only added to, learned from in the same transaction, refused where they clash."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.learning.corrections import Correction, NewCorrection
from discovery_pipeline.domain.learning.patterns import Pattern, fold
from discovery_pipeline.domain.mapping.recall.layouts import KnownColumn, KnownTable
from discovery_pipeline.store import corrections as module
from discovery_pipeline.store.corrected_tables import corrected_tables
from discovery_pipeline.store.corrections import (
    CorrectionConflict,
    corrections,
    forget,
    newest_by_kind,
    newest_correction,
    record,
    undo,
)
from discovery_pipeline.store.patterns import counts, current_patterns
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tenants import add_tenant, remove_tenant
from discovery_pipeline_tests.domain.learning.corrected import OWNER, START, VALUE, elsewhere, mapped

BOB = mapped("business_owner", "bob")
OVERRULING = replace(BOB, overrules=1)
VMS = elsewhere(OWNER, series="vms.csv", table="vms")
CMDB_TABLE = KnownTable("cmdb", "cmdb.csv", "cmdb", "asset", None, (KnownColumn("Managed by", {"word": 1.0}),))
VMS_TABLE = replace(CMDB_TABLE, series="vms.csv", table="vms", product="rvtools")


@pytest.fixture
def acme(database: Database) -> Database:
    add_tenant(database, "acme")
    add_tenant(database, "other")
    return database


def numbers(made: Sequence[Correction]) -> list[int]:
    return [correction.number for correction in made]


def learned(database: Database, tenant: str = "acme") -> tuple[Pattern, ...]:
    """What holds, without the moments, which differ from try to try."""
    return tuple(replace(p, learned_at=START, strengthened_at=START) for p in current_patterns(database, tenant))


def test_what_was_decided_is_kept_as_it_was(acme: Database) -> None:
    made = record(acme, "acme", [OWNER, VALUE])
    assert numbers(made) == [1, 2]
    assert corrections(acme, "acme") == made
    assert [c.what for c in made] == [OWNER, VALUE]


def test_numbers_go_on_per_tenant(acme: Database) -> None:
    record(acme, "acme", [OWNER, VALUE])
    assert numbers(record(acme, "acme", [OWNER])) == [3]
    assert numbers(record(acme, "other", [OWNER])) == [1]
    assert (newest_correction(acme, "acme"), newest_correction(acme, "other")) == (3, 1)
    assert newest_correction(acme, "acme", ["value", "type"]) == 2
    assert newest_by_kind(acme, "acme") == {"mapping": 3, "value": 2}
    assert numbers(corrections(acme, "acme", after=2)) == [3]


def test_recording_nothing_changes_nothing(acme: Database) -> None:
    assert (record(acme, "acme", []), newest_correction(acme, "acme"), newest_by_kind(acme, "acme")) == ((), 0, {})


def test_writers_at_once_get_numbers_of_their_own(acme: Database) -> None:
    threads = [threading.Thread(target=lambda: [record(acme, "acme", [VALUE]) for _ in range(5)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(corrections(acme, "acme")) == list(range(1, 21))
    (pattern,) = current_patterns(acme, "acme")
    assert pattern.corrections == tuple(range(1, 21))


@pytest.mark.parametrize(
    "write",
    [
        lambda database: record(database, "acme", [VALUE]),
        lambda database: undo(database, "acme", [1], "ann"),
        lambda database: forget(database, "acme", [1], "ann"),
    ],
    ids=["record", "undo", "forget"],
)
def test_what_could_not_be_learned_was_not_decided(
    acme: Database, monkeypatch: pytest.MonkeyPatch, write: Callable[[Database], object]
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    made = record(acme, "acme", [OWNER])
    before = current_patterns(acme, "acme")
    monkeypatch.setattr(module, "learn", failing)
    with pytest.raises(RuntimeError, match="power cut"):
        write(acme)
    assert (corrections(acme, "acme"), current_patterns(acme, "acme")) == (made, before)


def test_text_that_postgresql_cannot_hold_is_marked(acme: Database) -> None:
    nul = replace(
        OWNER, reason="a\x00b", context={**OWNER.context, "header": "Own\x00er", "list": ["\x00", {"x": "\x00"}]}
    )
    (made,) = record(acme, "acme", [nul])
    assert (made.what.reason, made.what.context["header"]) == ("a\ufffdb", "Own\ufffder")
    assert made.what.context["list"] == ["\ufffd", {"x": "\ufffd"}]
    assert corrections(acme, "acme") == (made,)


def test_a_removed_tenants_corrections_and_patterns_go(acme: Database) -> None:
    record(acme, "acme", [OWNER], [CMDB_TABLE])
    remove_tenant(acme, "acme")
    add_tenant(acme, "acme")
    assert (corrections(acme, "acme"), current_patterns(acme, "acme")) == ((), ())
    assert corrected_tables(acme, "acme") == ()


@pytest.mark.parametrize(
    "write",
    [
        lambda database: record(database, "nobody", [OWNER]),
        lambda database: undo(database, "nobody", [1], "ann"),
        lambda database: forget(database, "nobody", None, "ann"),
    ],
    ids=["record", "undo", "forget"],
)
def test_there_is_no_correcting_for_nobody(acme: Database, write: Callable[[Database], object]) -> None:
    with pytest.raises(UsageError, match="no tenant"):
        write(acme)


def test_what_somebody_else_decided_is_not_silently_overruled(acme: Database) -> None:
    record(acme, "acme", [OWNER])
    with pytest.raises(
        CorrectionConflict, match=r"'Managed by' of cmdb is technical_owner by ann \(correction 1,"
    ) as no:
        record(acme, "acme", [VALUE, BOB])
    (disagreement,) = no.value.disagreements
    assert (disagreement.what, disagreement.stands.number) == (BOB, 1)
    assert (newest_correction(acme, "acme"), len(learned(acme))) == (1, 2)


@pytest.mark.parametrize(
    "decided",
    [
        OVERRULING,
        replace(OWNER, author="bob"),
        replace(BOB, author="ann"),
        elsewhere(BOB, occurrence=1),
        replace(OWNER, author="bob", said={**OWNER.said, "unit": "GB"}),
    ],
    ids=["says that it overrules", "agrees", "is the same person's", "is about another column", "adds a unit"],
)
def test_what_contradicts_nobody_unknowingly_is_recorded(acme: Database, decided: NewCorrection) -> None:
    record(acme, "acme", [OWNER])
    assert numbers(record(acme, "acme", [decided])) == [2]


def test_overruling_a_decision_that_no_longer_stands_is_a_conflict(acme: Database) -> None:
    record(acme, "acme", [OWNER])
    record(acme, "acme", [replace(mapped("tags", "cy"), overrules=1)])
    with pytest.raises(CorrectionConflict, match="tags by cy"):
        record(acme, "acme", [OVERRULING])


def test_of_two_people_at_once_one_sees_the_others_decision(acme: Database) -> None:
    fates: list[str] = []
    start = threading.Barrier(2)

    def decide(what: NewCorrection) -> None:
        start.wait()
        try:
            record(acme, "acme", [what])
            fates.append("recorded")
        except CorrectionConflict:
            fates.append("conflict")

    threads = [threading.Thread(target=decide, args=[what]) for what in (OWNER, BOB)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(fates) == ["conflict", "recorded"]
    assert newest_correction(acme, "acme") == 1


def test_long_lists_of_conflicts_are_cut(acme: Database) -> None:
    many = [elsewhere(OWNER, table=str(number)) for number in range(12)]
    record(acme, "acme", many)
    with pytest.raises(CorrectionConflict, match="and 2 more") as refused:
        record(acme, "acme", [replace(BOB, target=what.target) for what in many])
    assert len(refused.value.disagreements) == 12


@pytest.mark.parametrize(
    ("before", "later"),
    [
        ([], [OWNER]),
        ([OWNER], [OVERRULING]),
        ([OWNER], [OWNER]),
        ([OWNER, VALUE], [OVERRULING, VMS, elsewhere(VALUE, raw="PRD1")]),
    ],
    ids=["the only one", "an overruling one", "an agreeing one", "several at once"],
)
def test_undoing_restores_what_held_before(
    acme: Database, before: list[NewCorrection], later: list[NewCorrection]
) -> None:
    record(acme, "acme", before)
    held = learned(acme)
    made = numbers(record(acme, "acme", later))
    changed = learned(acme)
    undoings = undo(acme, "acme", made, "cy", "slip")
    assert learned(acme) == held != changed
    assert [(c.what.action, c.what.undoes, c.what.author, c.what.reason) for c in undoings] == [
        ("undone", number, "cy", "slip") for number in made
    ]
    assert newest_correction(acme, "acme") == made[-1] + len(made)


def test_an_undone_decision_stands_in_nobodys_way(acme: Database) -> None:
    record(acme, "acme", [OWNER])
    undo(acme, "acme", [1], "ann")
    assert numbers(record(acme, "acme", [BOB])) == [3]
    assert [p.said["field"] for p in learned(acme)] == ["business_owner"]


def test_what_was_undone_is_remembered_as_retired_until_it_is_said_again(acme: Database) -> None:
    record(acme, "acme", [OWNER])
    undo(acme, "acme", [1], "ann")
    assert (current_patterns(acme, "acme"), counts(acme, "acme")) == ((), {("mapping", "retired"): 1})
    record(acme, "acme", [OWNER])
    assert counts(acme, "acme") == {("mapping", "current"): 2}


@pytest.mark.parametrize(
    ("chosen", "message"),
    [([9], "no correction 9"), ([1], "1 was undone by cy already"), ([3], "3 is itself an undoing")],
    ids=["unknown", "undone", "an undoing"],
)
def test_what_cannot_be_undone_is_told_and_nothing_is(acme: Database, chosen: list[int], message: str) -> None:
    record(acme, "acme", [OWNER, VALUE])
    undo(acme, "acme", [1], "cy")
    with pytest.raises(UsageError, match=message):
        undo(acme, "acme", [2, *chosen], "ann")
    assert newest_correction(acme, "acme") == 3


@pytest.mark.parametrize("target", ["acme", "other"])
def test_undoing_and_forgetting_reach_no_other_tenant(acme: Database, target: str) -> None:
    record(acme, "acme", [OWNER])
    record(acme, "other", [OWNER])
    held = learned(acme, "other")
    (undo if target == "acme" else forget)(acme, "acme", [1], "ann")
    assert learned(acme, "other") == held
    assert numbers(corrections(acme, "other")) == [1]


@pytest.mark.parametrize(
    ("kept", "forgotten"),
    [
        ([], [OWNER]),
        ([OWNER], [OVERRULING]),
        ([OWNER, VALUE], [VMS]),
        ([OWNER], [replace(OWNER, author="bob"), VALUE]),
    ],
    ids=["the only one", "an overruling one", "another column's", "an agreeing one and a value"],
)
def test_forgetting_is_as_if_it_had_never_been_learned(
    acme: Database, kept: list[NewCorrection], forgotten: list[NewCorrection]
) -> None:
    record(acme, "acme", kept, [CMDB_TABLE] if kept else [])
    record(acme, "other", kept, [CMDB_TABLE] if kept else [])
    made = numbers(record(acme, "acme", forgotten, [VMS_TABLE] if VMS in forgotten else []))
    forget(acme, "acme", made, "cy")
    assert learned(acme) == learned(acme, "other")
    assert counts(acme, "acme") == counts(acme, "other")
    assert [c.what for c in corrections(acme, "acme")] == [c.what for c in corrections(acme, "other")]
    assert corrected_tables(acme, "acme") == corrected_tables(acme, "other")


def test_a_forgotten_correction_goes_with_its_undoing(acme: Database) -> None:
    record(acme, "acme", [OWNER, VALUE])
    undo(acme, "acme", [1], "ann")
    assert forget(acme, "acme", [1], "ann") == {"mapping": 1}
    assert numbers(corrections(acme, "acme")) == [2]
    assert counts(acme, "acme") == {("value", "current"): 1}


def test_forgetting_all_leaves_that_it_happened_and_nothing_else(acme: Database) -> None:
    record(acme, "acme", [OWNER, VMS, VALUE], [CMDB_TABLE, VMS_TABLE])
    undo(acme, "acme", [2], "ann")
    assert forget(acme, "acme", None, "cy", "they left") == {"mapping": 2, "value": 1}
    assert (corrections(acme, "acme"), current_patterns(acme, "acme"), counts(acme, "acme")) == ((), (), {})
    assert corrected_tables(acme, "acme") == ()


@pytest.mark.parametrize("chosen", [[3], [1, 2, 3], None], ids=["the newest", "each", "all"])
def test_no_number_is_given_twice(acme: Database, chosen: list[int] | None) -> None:
    """What a mapping knows of is a number: with one that is given again, nobody would see that something changed."""
    record(acme, "acme", [OWNER, VMS, elsewhere(OWNER, table="x")])
    forget(acme, "acme", chosen, "ann")
    assert newest_by_kind(acme, "acme") == {"mapping": 4}
    assert numbers(record(acme, "acme", [OWNER])) == [5]


@pytest.mark.parametrize(("chosen", "message"), [([2, 9], "no correction 9"), ([2, 3], "3 is an undoing")])
def test_what_cannot_be_forgotten_is_told_and_nothing_is(acme: Database, chosen: list[int], message: str) -> None:
    record(acme, "acme", [OWNER, VALUE])
    undo(acme, "acme", [1], "ann")
    with pytest.raises(UsageError, match=message):
        forget(acme, "acme", chosen, "ann")
    assert numbers(corrections(acme, "acme")) == [1, 2, 3]


def test_a_table_is_kept_while_something_learned_in_it_is(acme: Database) -> None:
    record(acme, "acme", [OWNER, elsewhere(OWNER, occurrence=1)], [CMDB_TABLE])
    assert corrected_tables(acme, "acme") == (CMDB_TABLE,)
    forget(acme, "acme", [1], "ann")
    assert corrected_tables(acme, "acme") == (CMDB_TABLE,)
    forget(acme, "acme", [2], "ann")
    assert corrected_tables(acme, "acme") == ()


def test_a_table_is_known_as_it_looked_when_it_was_last_corrected(acme: Database) -> None:
    wider = replace(CMDB_TABLE, columns=(*CMDB_TABLE.columns, KnownColumn("New", {})))
    record(acme, "acme", [OWNER, VMS], [CMDB_TABLE, VMS_TABLE])
    record(acme, "acme", [OWNER], [wider])
    assert corrected_tables(acme, "acme") == (wider, VMS_TABLE)
    assert corrected_tables(acme, "other") == ()


@pytest.mark.parametrize("take_back", [undo, forget], ids=["undone", "forgotten"])
def test_with_a_correction_its_look_of_the_table_is_taken_back(
    acme: Database, take_back: Callable[..., object]
) -> None:
    wider = replace(CMDB_TABLE, columns=(*CMDB_TABLE.columns, KnownColumn("New", {})))
    record(acme, "acme", [OWNER], [CMDB_TABLE])
    record(acme, "acme", [OWNER, VMS], [wider, VMS_TABLE])
    take_back(acme, "acme", [2, 3], "ann")
    assert corrected_tables(acme, "acme") == (CMDB_TABLE,)


def test_the_store_holds_what_the_fold_says(acme: Database) -> None:
    record(acme, "acme", [OWNER, VALUE, VMS])
    record(acme, "acme", [OVERRULING])
    undo(acme, "acme", [3], "ann")
    record(acme, "acme", [VMS])
    assert current_patterns(acme, "acme") == tuple(p for p in fold(corrections(acme, "acme")) if p.is_current)
