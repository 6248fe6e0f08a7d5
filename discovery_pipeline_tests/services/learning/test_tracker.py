"""What people made of mappings: taken from the log as it stands, and from what they left alone beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from discovery_pipeline.domain.handoffs import ColumnMapping, TableInfo
from discovery_pipeline.domain.learning.corrections import Action, Correction, NewCorrection
from discovery_pipeline.services.learning.tracker import looked_at, track_records
from discovery_pipeline.services.mapping.published import table_places

INFO = TableInfo(0, "cmdb", "cmdb_2025.csv", "cmdb_2025", ("Name", "Managed by", "Fnord"), 3, "csv")
OTHER = replace(INFO, table_no=1, source="vms", file="vms.csv", table="vms")
MAPPINGS = [
    ColumnMapping(info.table_no, no, header, "tags", 0.99, "accepted", None, None, "lexicon", ())
    for info in (INFO, OTHER)
    for no, header in enumerate(info.headers)
]


def correction(number: int, position: int, action: Action = "changed", undoes: int | None = None) -> Correction:
    place = table_places(INFO)[position]
    was = {"field": "tags", "status": "accepted", "confidence": 0.9, "method": "lexicon"}
    what = NewCorrection(
        "mapping", action, {**vars(place)}, {"field": "hostname"}, was, {"header": place.header_key}, "ann", "",
        undoes=undoes,
    )  # fmt: skip
    return Correction(number, datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number), what)


def seen(*log: Correction) -> list[tuple[bool, bool, float]]:
    found = looked_at(log, [INFO, OTHER], lambda: MAPPINGS).decisions
    return [(decision.right, decision.left_alone, decision.confidence) for decision in found]


def test_nothing_decided_is_nothing_seen() -> None:
    assert seen() == []
    assert looked_at((), [INFO], lambda: pytest.fail("nobody asks for a mapping")).accept_for(0.98, [INFO]) is None


@pytest.mark.parametrize(("action", "right"), [("accepted", True), ("changed", False), ("unmapped", False)])
def test_a_decision_is_held_against_what_the_run_had_chosen(action: Action, right: bool) -> None:
    assert seen(correction(1, 0, action))[0] == (right, False, 0.9)


def test_accepted_columns_beside_it_were_left_alone_those_of_other_tables_were_not_seen() -> None:
    assert seen(correction(1, 0))[1:] == [(True, True, 0.99)] * 2


def test_only_the_first_decision_about_a_column_judges_the_mapping() -> None:
    assert [s[0] for s in seen(correction(1, 0, "accepted"), correction(2, 0, "changed")) if not s[1]] == [True]


def test_what_was_undone_judges_nothing() -> None:
    assert seen(correction(1, 0), correction(2, 0, "undone", undoes=1)) == []


def test_a_method_that_keeps_being_corrected_has_a_worse_record() -> None:
    def record(action: Action) -> float:
        log = [correction(number, number % 3, action) for number in range(3)]
        (found,) = track_records(looked_at(log, [INFO, OTHER], lambda: MAPPINGS), 0.98)
        assert (found.method, found.decisions, found.trend) == ("lexicon", 3, "too_few")
        assert found.low < found.right < found.high
        return found.right

    assert record("changed") < record("accepted")
