"""Columns on which people disagree are told, with who decided what stands."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from discovery_pipeline.domain.handoffs import TableInfo, findings_frame
from discovery_pipeline.domain.learning.corrections import Correction, NewCorrection
from discovery_pipeline.domain.learning.patterns import fold
from discovery_pipeline.domain.mapping.disagreements import disagreement_findings
from discovery_pipeline.domain.mapping.places import places_of
from discovery_pipeline_tests.domain.learning.corrected import elsewhere, mapped

CMDB = TableInfo(0, "cmdb", "cmdb_2025.csv", "cmdb_2025", ("Name", "Managed by"), 3)
COLUMNS = {p: (CMDB, no) for no, p in enumerate(places_of("cmdb", "cmdb.csv", "cmdb", CMDB.headers))}
ANN, BOB = mapped("technical_owner"), mapped("business_owner", "bob")


def told(*decisions: NewCorrection) -> list[tuple[str | None, str | None, int | None, str]]:
    when = datetime(2025, 3, 1, tzinfo=UTC)
    log = [Correction(number, when, what) for number, what in enumerate(decisions, 1)]
    found = findings_frame(disagreement_findings(fold(log), COLUMNS))
    assert set(found["code"]) <= {"analysts_disagree"}
    return list(found.select("file", "table", "position", "detail").iter_rows())


@pytest.mark.parametrize(
    "decisions",
    [
        pytest.param([ANN], id="one decision"),
        pytest.param([ANN, mapped("technical_owner", "bob")], id="two agree"),
        pytest.param([ANN, mapped("business_owner")], id="ann changes her mind"),
        pytest.param([BOB, ANN, mapped("technical_owner", "bob")], id="bob came round"),
        pytest.param([elsewhere(ANN, table="other"), elsewhere(BOB, table="other")], id="a table that is not there"),
    ],
)
def test_who_agrees_is_no_finding(decisions: list[NewCorrection]) -> None:
    assert told(*decisions) == []


def test_a_standing_decision_that_another_person_contradicts_is_told_once() -> None:
    place = ("cmdb_2025.csv", "cmdb_2025", 1)
    said = "column 'Managed by' is technical_owner by ann (correction 2), against 1 decision of others"
    assert told(BOB, ANN) == [(*place, said)]
    # That ann's says what it is not, too, is the same dispute.
    assert told(BOB, mapped("technical_owner", was="business_owner")) == [(*place, said)]


def test_no_field_may_be_what_stands() -> None:
    ((*_, said),) = told(BOB, mapped("os_name", "cy"), mapped(None))
    assert said == "column 'Managed by' is no field by ann (correction 3), against 2 decisions of others"
