"""JSON and NDJSON: where the records are, how they become flat, what is kept of a broken document."""

from __future__ import annotations

import json

import pytest

from discovery_pipeline.domain.errors import UnreadableFile
from discovery_pipeline_tests.files.readers.conftest import ReadAll, ReadOne

RECORDS = [{"name": "srv1", "cpus": 8}, {"name": "srv2", "ip": "10.0.0.2"}]
CELLS = [["srv1", "8", None], ["srv2", None, "10.0.0.2"]]


@pytest.mark.parametrize(
    "document",
    [RECORDS, {"records": RECORDS}, {"result": RECORDS, "count": 2}, {"data": {"page": 1, "items": RECORDS}}],
    ids=["list", "records", "result beside a count", "nested"],
)
def test_the_records_are_found(read_one: ReadOne, document: object) -> None:
    seen = read_one(json.dumps(document), "cmdb.json")
    assert (seen.table.table, seen.headers, seen.cells) == ("cmdb", ["name", "cpus", "ip"], CELLS)


def test_values_keep_their_spelling(read_one: ReadOne) -> None:
    text = '[{"a": 1.50, "b": 12345678901234567890, "c": true, "d": null, "e": "", "f": 1e3, "g": "007", "h": NaN}]'
    assert read_one(text, "x.json").cells == [["1.50", "12345678901234567890", "true", None, None, "1e3", "007", "NaN"]]


def test_nested_values_become_columns(read_one: ReadOne) -> None:
    record = {
        "ci": {"name": "srv1", "site": {"city": "Köln"}}, "tags": ["a", 1, None, True], "none": [], "empty": {},
        "nics": [{"ip": "10.0.0.1", "mac": "m1"}, {"ip": "10.0.0.2"}],
    }  # fmt: skip
    seen = read_one(json.dumps([record]), "x.json")
    assert dict(zip(seen.headers, seen.cells[0], strict=True)) == {
        "ci.name": "srv1", "ci.site.city": "Köln", "tags": "a;1;true", "none": None,
        "nics.ip": "10.0.0.1;10.0.0.2", "nics.mac": "m1;",
    }  # fmt: skip


def test_lines_are_where_records_start(read_one: ReadOne) -> None:
    assert read_one('\n[\n {"a": 1},\n\n {"a":\n  2}\n]', "x.json").lines == [3, 5]
    assert read_one('{"count": 2,\n"records": [\n{"a": 1},\n{"a": 2}]}', "x.json").lines == [3, 4]
    assert read_one('{"a": 1}\n\n{"a": 2}\n', "x.ndjson").lines == [1, 3]


@pytest.mark.parametrize("file", ["x.ndjson", "x.jsonl", "x.json", "x.txt"])
def test_one_object_a_line(read_one: ReadOne, file: str) -> None:
    seen = read_one("\n".join(json.dumps(r) for r in RECORDS), file)
    assert (seen.table.format, seen.cells) == ("ndjson", CELLS)


def test_a_broken_line_costs_itself(read_one: ReadOne) -> None:
    seen = read_one('{"a": 1}\n{"a": \n[1]\n{"a": "x\u2028y"}\n', "x.ndjson")
    assert seen.rejected == [(1, 2, "bad_json"), (2, 3, "not_an_object")]
    assert (seen.rows, seen.cells) == ([0, 3], [["1"], ["x\u2028y"]])


def test_a_document_cut_off_keeps_its_beginning(read_one: ReadOne) -> None:
    for text in ('[{"a": 1},\n{"a": 2},\n{"a"', '{"records": [{"a": 1},\n{"a": 2},\n{"a": "'):
        seen = read_one(text, "x.json")
        assert (seen.cells, seen.rejected) == ([["1"], ["2"]], [(2, 3, "bad_json")])


def test_other_things_in_a_list_cost_themselves(read_one: ReadOne) -> None:
    assert read_one('[{"a": 1}, 5, "x", {"a": 2}]', "x.json").rejected == [
        (1, 1, "not_an_object"),
        (2, 1, "not_an_object"),
    ]


def test_one_object_is_one_record(read_one: ReadOne) -> None:
    assert read_one('{"name": "srv1", "os": {"family": "Linux"}}', "srv1.json").cells == [["srv1", "Linux"]]


def test_several_lists_are_several_tables(read_all: ReadAll) -> None:
    tables = read_all('{"servers": [{"a": 1}], "site": {"disks": [{"b": 2}, {"b": 3}]}}', "x.json")
    assert [(s.table.table, s.table.rows) for s in tables] == [("servers", 1), ("site.disks", 2)]


def test_rows_as_lists(read_one: ReadOne) -> None:
    seen = read_one('[["Name", "IP"], ["srv1", "10.0.0.1"], ["srv2"]]', "x.json")
    assert (seen.headers, seen.cells) == (["Name", "IP"], [["srv1", "10.0.0.1"], ["srv2", None]])


def test_a_list_without_records_is_told(read_one: ReadOne) -> None:
    seen = read_one('{"records": []}', "x.json")
    assert (seen.table.is_table, seen.codes) == (False, ["no_rows"])


def test_brackets_do_not_make_json(read_one: ReadOne) -> None:
    assert read_one("[Name],[IP]\nsrv1,10.0.0.1\n").headers == ["[Name]", "[IP]"]


@pytest.mark.parametrize("text", ['{"a": ', "[", '["a", "b"]', "{]"], ids=["cut off", "bracket", "words", "garbage"])
def test_json_without_a_record_is_unreadable(read_all: ReadAll, text: str) -> None:
    with pytest.raises(UnreadableFile, match=r"x\.json"):
        read_all(text, "x.json")


def test_json_in_utf16(read_one: ReadOne) -> None:
    assert read_one('[{"ort": "Köln"}]'.encode("utf-16"), "x.json").cells == [["Köln"]]
