"""What a question about columns says, and how its answer is read back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from discovery_pipeline.agents.mapping import column_answers, column_questions
from discovery_pipeline.domain.handoffs import TableKind
from discovery_pipeline.domain.mapping.candidates import propose
from discovery_pipeline.domain.mapping.doubts import PACKAGED_TABLE, AskedColumn, packaged_controls
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD
from discovery_pipeline_tests.domain.tables import raw_table

COLUMNS = [
    ("Name", ["frap-web01", "frap-db02"]),
    ("Managed by", ["Ada Lovelace", "Tom Kilburn"]),
    ("Env", ["Production", "Test"]),
    ("RAM", ["8192", "16384"]),
]
KIND = TableKind(0, "asset", "asset", "servicenow", 1.0)
PROFILES = propose([raw_table(COLUMNS)], [KIND]).profiles


def asked(position: int, offers: tuple[str, ...], table_no: int = 0) -> AskedColumn:
    header = COLUMNS[position][0] if table_no == 0 else packaged_controls()[position].header
    return AskedColumn(table_no, position, header, "asset", offers, frozenset(offers))


GROUP = [
    asked(0, ("serial_number", NO_FIELD), PACKAGED_TABLE),
    asked(1, ("business_owner", NO_FIELD, "technical_owner")),
    asked(3, (NO_FIELD, "memory_mib")),
]


def content(columns: Sequence[AskedColumn] = GROUP) -> dict[str, Any]:
    (question,) = column_questions([columns], PROFILES, [KIND])
    parsed: dict[str, Any] = json.loads(question.content)
    return parsed


def test_a_column_is_shown_with_its_neighbours_shapes_and_choices() -> None:
    _, table = content()["tables"]
    assert (table["rows are"], table["written by"]) == ("asset", "servicenow")
    managed_by, ram = table["columns"]
    assert managed_by["key"] == "c2"
    assert (managed_by["header"], managed_by["before"], managed_by["after"]) == ("Managed by", ["Name"], ["Env", "RAM"])
    assert managed_by["samples"] == ["Xxx Xxxxxxxx", "Xxx Xxxxxxx"]
    assert managed_by["choices"] == ["business_owner", "none", "technical_owner"]
    assert ram["samples"] == ["99999", "9999"]


def test_offered_fields_are_described_once() -> None:
    described = content()["fields"]["asset"]
    assert set(described) == {"serial_number", "business_owner", "technical_owner", "memory_mib"}
    assert described["memory_mib"] == "RAM installed or assigned."


def test_nothing_tells_a_control_from_a_doubt() -> None:
    control, doubt = asked(1, GROUP[1].offers), GROUP[1]
    marked = [AskedColumn(**{**vars(control), "expected": "business_owner"})]
    assert content(marked) == content([doubt])


def test_tables_of_one_layout_are_questions_of_their_own() -> None:
    one, other = column_questions([GROUP[1:], GROUP[1:]], PROFILES, [KIND])
    assert one.key("m") != other.key("m")


def test_the_files_name_is_not_sent() -> None:
    (question,) = column_questions([GROUP], PROFILES, [KIND])
    assert ".csv" not in question.content + question.system


def test_answers_come_back_to_their_columns() -> None:
    answers = column_answers(GROUP, {"c1": "serial_number", "c2": "none", "c3": None})
    assert [a.field for a in answers] == ["serial_number", NO_FIELD, None]
    assert [a.asked for a in answers] == GROUP
