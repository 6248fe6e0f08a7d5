"""What a question tells of a column."""

from __future__ import annotations

import json
from typing import Any

from discovery_pipeline.agents.known_names import KnownNames
from discovery_pipeline.agents.mapping import MAPPING, described, shown_column
from discovery_pipeline.agents.prompts import prompt
from discovery_pipeline.agents.pseudonyms import Pseudonyms
from discovery_pipeline.domain.handoffs import ColumnMapping, TableKind
from discovery_pipeline.domain.mapping.candidates import propose
from discovery_pipeline.domain.mapping.doubts import column_doubts
from discovery_pipeline.domain.opinions.doubts import Doubt
from discovery_pipeline_tests.domain.tables import raw_table

COLUMNS = [
    ("Name", ["frap-web01", "frap-db02"]),
    ("Managed by", ["Ada Lovelace", "Tom Kilburn"]),
    ("Env", ["Production", "Test"]),
    ("RAM", ["8192", "16384"]),
    ("Contact of Lovelace", ["x", "y"]),
]
KIND = TableKind(0, "asset", "asset", "servicenow", 1.0)
PROFILES = propose([raw_table(COLUMNS)], [KIND]).profiles
KNOWN = KnownNames({"person": ["Ada Lovelace", "Lovelace"]})


def doubts() -> tuple[list[Doubt], list[Doubt]]:
    found = column_doubts(
        [ColumnMapping(0, i, header, "technical_owner", 0.6, "review") for i, (header, _) in enumerate(COLUMNS)],
        [KIND],
        PROFILES,
    )
    return list(found.doubts), list(found.controls)


def shown(position: int) -> dict[str, Any]:
    return dict(shown_column(doubts()[0][position], Pseudonyms(KNOWN)))


def test_a_column_is_shown_with_its_neighbours_and_shapes() -> None:
    managed_by = shown(1)
    assert (managed_by["rows are"], managed_by["written by"]) == ("asset", "servicenow")
    assert (managed_by["header"], managed_by["before"], managed_by["after"]) == ("Managed by", ["Name"], ["Env", "RAM"])
    assert managed_by["samples"] == ["Xxx Xxxxxxxx", "Xxx Xxxxxxx"]
    assert shown(3)["samples"] == ["99999", "9999"]


def test_a_name_in_a_header_is_hidden() -> None:
    assert shown(4)["header"] == "Contact of person-1"


def test_a_packaged_control_looks_like_a_column_and_says_nothing_of_what_it_is() -> None:
    packaged = [control for control in doubts()[1] if control.key.startswith("packaged/")]
    assert len(packaged) == 32
    size = {"size of a number"}
    for told in (shown_column(control, Pseudonyms(KNOWN)) for control in packaged):
        assert set(told) - size == set(shown(1)) - size
        assert {*told["before"], *told["after"]} <= {"Name", "Managed by", "Env", "RAM", "Contact of person-1"}
        assert told["before"] or told["after"]
        assert "packaged" not in json.dumps(told)
    assert {told["distinct"] for told in (shown_column(c, Pseudonyms(KNOWN)) for c in packaged)} == {"100%"}


def test_offered_fields_are_described_once_in_the_schemas_order() -> None:
    fields = described([Doubt("0/0", {"record": "asset"}, ("memory_mib", "none", "serial_number"))])["fields"]
    assert list(fields["asset"]) == ["serial_number", "memory_mib"]
    assert fields["asset"]["memory_mib"] == "RAM installed or assigned."


def test_the_instructions_name_what_a_question_tells() -> None:
    text = prompt(MAPPING.name).text
    assert [name for name in ("fields", "items", *shown(1)) if f'"{name}"' not in text] == []
