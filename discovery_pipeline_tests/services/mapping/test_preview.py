"""`discovery map` on files: the contract's document, from any format, without storing anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.handoffs import ColumnMapping, TableInfo, TableKind
from discovery_pipeline.domain.learning.trust import Decision
from discovery_pipeline.domain.mapping.candidates import Proposals
from discovery_pipeline.domain.mapping.evidence import Evidence, evidence_frame
from discovery_pipeline.domain.mapping.recall.learned import Learned
from discovery_pipeline.services.learning.tracker import NOBODY_LOOKED, LookedAt
from discovery_pipeline.services.mapping.preview import preview

_CSV = "Name;IP-Adresse;RAM (GB);Wartungsfenster\nsrv-1;10.0.0.1;16;So 02:00\nsrv-2;10.0.0.2;32;Mo 03:00\n"


def _files(folder: Path) -> dict[str, dict[str, Any]]:
    return {entry["file"]: entry for entry in preview([folder])["files"]}


def test_the_document_has_the_shape_of_the_contract(tmp_path: Path) -> None:
    (tmp_path / "cmdb.csv").write_text(_CSV, encoding="utf-8")

    table = _files(tmp_path)["cmdb.csv"]["tables"][0]

    assert {k: table[k] for k in ("table", "record", "grain", "product", "rows")} == {
        "table": "cmdb", "record": "asset", "grain": "asset", "product": None, "rows": 2,
    }  # fmt: skip
    assert 0.5 < table["kind_confidence"] <= 1
    assert table["kind_why"]
    assert [(c["position"], c["header"], c["field"], c["unit"]) for c in table["columns"]] == [
        (0, "Name", "hostname", None),
        (1, "IP-Adresse", "ip_address", None),
        (2, "RAM (GB)", "memory_mib", "GB"),
        (3, "Wartungsfenster", None, None),
    ]
    assert set(table["columns"][0]) >= {"confidence", "status", "transform", "method", "why", "alternatives"}


def test_a_file_that_cannot_be_read_is_an_entry_with_an_error(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text(_CSV, encoding="utf-8")
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    (tmp_path / "empty.csv").write_bytes(b"")

    files = _files(tmp_path)

    assert "tables" in files["good.csv"]
    assert files["picture.csv"]["error"]
    assert files["empty.csv"]["error"]


def test_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "cmdb.csv").write_text(_CSV, encoding="utf-8")

    preview([tmp_path])

    assert [entry.name for entry in tmp_path.iterdir()] == ["cmdb.csv"]


def test_what_was_learned_is_asked_for_once_the_tables_are_known(tmp_path: Path) -> None:
    (tmp_path / "cmdb.csv").write_text(_CSV, encoding="utf-8")

    def recall(tables: Sequence[TableInfo], kinds: Sequence[TableKind], proposals: Proposals) -> Learned:
        number = next(t.table_no for t in tables if t.file == "cmdb.csv")
        decided = ColumnMapping(number, 0, "Name", "tags", 1.0, "accepted", method="pattern")
        said = Evidence(number, 3, "environment", "pattern", 9.0, "learned")
        told = replace(proposals, evidence=pl.concat([proposals.evidence, evidence_frame([said])]))
        return Learned(kinds, told, (decided,))

    columns = preview([tmp_path], recall)["files"][0]["tables"][0]["columns"]

    assert [(c["field"], c["method"]) for c in (columns[0], columns[3])] == [
        ("tags", "pattern"),
        ("environment", "pattern"),
    ]


def test_what_people_kept_correcting_has_to_be_surer(tmp_path: Path) -> None:
    """The file stands under the source that it would have by default, whose record counts most."""
    (tmp_path / "cmdb_2026-01-01.csv").write_text(_CSV, encoding="utf-8")

    def ram(seen: LookedAt) -> dict[str, Any]:
        columns: list[dict[str, Any]] = preview([tmp_path], seen=seen)["files"][0]["tables"][0]["columns"]
        return columns[2]

    before = ram(NOBODY_LOOKED)
    of_ram = Decision(
        before["method"], "memory_mib", "cmdb", 0.9, "accepted", False, 1, datetime(2026, 1, 2, tzinfo=UTC)
    )

    after = ram(LookedAt((of_ram,) * 40))

    assert (before["status"], after["status"]) == ("accepted", "review")
    assert "people corrected others like it: accepted from 1.00 on" in after["why"]


def test_a_header_without_rows_is_mapped_by_its_words(tmp_path: Path) -> None:
    (tmp_path / "cmdb.csv").write_text("Hostname,Serial number\n", encoding="utf-8")

    table = _files(tmp_path)["cmdb.csv"]["tables"][0]

    assert [c["field"] for c in table["columns"]] == ["hostname", "serial_number"]


def test_a_missing_path_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        preview([tmp_path / "nowhere.csv"])


def test_the_same_files_give_the_same_document(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(_CSV, encoding="utf-8")
    (tmp_path / "b.csv").write_text("parent,type,child\na,depends on,b\n", encoding="utf-8")

    assert preview([tmp_path]) == preview([tmp_path / "b.csv", tmp_path / "a.csv"])


def test_what_a_folder_holds_beside_data_is_told_and_not_read(tmp_path: Path) -> None:
    (tmp_path / "cmdb.csv").write_text(_CSV, encoding="utf-8")
    (tmp_path / "README.md").write_text("Name, and more\n", encoding="utf-8")

    document = preview([tmp_path])

    assert [entry["file"] for entry in document["files"]] == ["cmdb.csv"]
    assert [notice["file"] for notice in document["left_out"]] == ["README.md"]
