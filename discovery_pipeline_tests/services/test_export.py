"""The files of an export: columns, keys, the same bytes twice, nothing a spreadsheet would run."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from discovery_pipeline.domain.errors import PermanentError, UsageError
from discovery_pipeline.domain.handoffs import ANALYSIS
from discovery_pipeline.domain.schema import fields
from discovery_pipeline.files.frames import FrameStore, TenantFrames
from discovery_pipeline.services.export import FORMATS, export
from discovery_pipeline.services.export.tables import LINEAGE_EXPORT
from discovery_pipeline_tests.services.hand_built import (
    APP,
    BILLING,
    DB,
    frame,
    publish,
    publish_corrected,
    publish_estate,
    publish_records,
)

CONTRACT_COLUMNS = {
    "inventory": ["asset_id", *fields("asset"), "classified_type", "type_confidence", "sources", "record_count"],
    "lineage": ["file", "table", "row", "line", "record", "asset_id", "duplicate"],
    "quarantine": ["file", "table", "row", "line", "reason", "detail", "disposition"],
    "findings": ["file", "table", "row", "position", "asset_id", "phase", "severity", "code", "detail", "advice"],
    "provenance": ["asset_id", "field", "value", "file", "table", "row", "raw", "rule", "chosen"],
    "inventory_changes": ["asset_id", "change", "field", "old", "new"],
    "dependencies": ["from_asset", "to_asset", "to_address", "kind", "evidence", "confidence", "observations"],
    "applications": ["application_id", "name", "members"],
    "move_groups": ["group_id", "members", "wave"],
    "analysis": ["asset_id", "strategy", "reasons", "readiness", "confidence", "wave"],
    "memberships": ["asset_id", "application_id", "basis", "confidence", "reasons"],
    "group_members": ["group_id", "asset_id", "reason"],
    "waves": ["wave", "starts", "ends"],
    "sizing": ["asset_id", "provider", "region", "instance_type"],
    "cut_edges": ["from_asset", "to_asset", "kind", "from_wave", "to_wave"],
    "structure": ["asset_id", "dependents", "providers", "blast_radius"],
    "questions": ["question_id", "owner", "rank", "topic", "question"],
    "narratives": ["kind", "subject", "name", "facts", "stated", "text", "model"],
}


def estate(home: Path) -> TenantFrames:
    frames = FrameStore(str(home)).open("acme")
    publish_estate(frames)
    return frames


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    export(estate(folder / "frames"), folder / "out")
    return folder / "out"


@pytest.mark.parametrize("name", CONTRACT_COLUMNS)
def test_a_table_begins_with_the_columns_that_scripts_rely_on(exported: Path, name: str) -> None:
    columns = pl.read_parquet(exported / f"{name}.parquet").columns
    assert columns[: len(CONTRACT_COLUMNS[name])] == CONTRACT_COLUMNS[name]


def test_inventory_is_sorted_and_typed(exported: Path) -> None:
    inventory = pl.read_parquet(exported / "inventory.parquet")
    assert inventory["asset_id"].to_list() == [APP, BILLING, DB]
    assert inventory["ip_address"].to_list()[2] == ["10.0.0.2", "10.0.0.3"]


def test_every_input_row_stands_once_in_lineage_or_quarantine(exported: Path) -> None:
    lineage = pl.read_parquet(exported / "lineage.parquet")
    quarantine = pl.read_parquet(exported / "quarantine.parquet")
    places = pl.concat([lineage.select("file", "table", "row"), quarantine.select("file", "table", "row")])
    assert len(places) == 4 + 1 + 2 + 4
    assert places.is_unique().all()
    assert lineage.select("file", "table", "row").rows() == sorted(lineage.select("file", "table", "row").rows())


def test_repeats_of_connections_and_of_asset_rows_are_marked(exported: Path) -> None:
    lineage = pl.read_parquet(exported / "lineage.parquet")
    repeats = lineage.filter("duplicate").select("file", "row", "record", "asset_id").rows()
    assert repeats == [("cmdb.csv", 2, "asset", APP), ("flows.csv", 1, "connection", None)]
    assert dict(lineage.schema) == LINEAGE_EXPORT


def test_findings_of_all_phases_stand_together(exported: Path) -> None:
    found = pl.read_parquet(exported / "findings.parquet")
    assert found.select("file", "row", "code").rows() == [("cmdb.csv", 3, "empty_row"), ("p.csv", None, "unreadable")]


def claims(folder: Path, asset_id: str, field: str) -> list[tuple[object, ...]]:
    provenance = pl.read_parquet(folder / "provenance.parquet")
    mine = provenance.filter((pl.col("asset_id") == asset_id) & (pl.col("field") == field))
    return mine.select("value", "file", "row", "raw", "rule", "chosen").rows()


@pytest.mark.parametrize(
    ("asset_id", "field", "expected"),
    [
        pytest.param(
            APP,
            "memory_mib",
            [
                ("16384.0", "cmdb.csv", 0, "16 GB", "outranked", False),
                ("16384.0", "cmdb.csv", 2, "16 GB", "outranked", False),
                ("12288.0", "rv.xlsx", 0, "12288", "source_precedence", True),
            ],
            id="two sources disagree",
        ),
        pytest.param(
            APP,
            "storage_total_gib",
            [("10.0", "rv.xlsx", 0, "10240", "detail_sum", True), ("20.0", "rv.xlsx", 1, "20480", "detail_sum", True)],
            id="detail rows make a sum",
        ),
        pytest.param(
            DB,
            "ip_address",
            [("10.0.0.2;10.0.0.3", "cmdb.csv", 1, "10.0.0.2;10.0.0.3", "only_claim", True)],
            id="a list is one claim",
        ),
        pytest.param(DB, "install_date", [], id="an empty cell claims nothing"),
    ],
)
def test_provenance_names_each_claim(
    exported: Path, asset_id: str, field: str, expected: list[tuple[object, ...]]
) -> None:
    assert claims(exported, asset_id, field) == expected


def test_provenance_is_sorted_by_asset_field_and_place(exported: Path) -> None:
    rows = pl.read_parquet(exported / "provenance.parquet").select("asset_id", "field", "file", "table", "row").rows()
    assert rows == sorted(rows)


def test_provenance_tells_what_a_person_decided_and_what_it_overruled(tmp_path: Path) -> None:
    frames = FrameStore(str(tmp_path / "frames")).open("acme")
    publish_corrected(frames)
    export(frames, tmp_path / "out")
    assert claims(tmp_path / "out", APP, "rack") == [("R1", None, None, None, "correction 8 by ann", True)]
    assert claims(tmp_path / "out", APP, "memory_mib") == [
        ("16384.0", None, None, None, "correction 7 by ann", True),
        ("16384.0", "cmdb.csv", 0, "16 GB", "corrected", True),
        ("16384.0", "cmdb.csv", 2, "16 GB", "corrected", True),
        ("12288.0", "rv.xlsx", 0, "12288", "overruled", False),
    ]


@pytest.mark.parametrize("format", FORMATS)
def test_two_homes_write_the_same_bytes(tmp_path: Path, format: str) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        export(estate(folder / "frames"), folder / "out", format)  # type: ignore[arg-type]
    names = sorted(path.name for path in (folders[0] / "out").iterdir())
    assert len(names) == len(CONTRACT_COLUMNS) + len(("mappings.json", "report.html", "report.xlsx"))
    for name in names:
        assert (folders[0] / "out" / name).read_bytes() == (folders[1] / "out" / name).read_bytes(), name


def test_csv_shows_lists_and_times_as_text_and_runs_no_formula(tmp_path: Path) -> None:
    export(estate(tmp_path / "frames"), tmp_path / "out", "csv")
    rows = pl.read_csv(tmp_path / "out" / "inventory.csv", infer_schema=False).rows_by_key(
        "asset_id", named=True, unique=True
    )
    assert rows[DB]["hostname"] == "'=db01"
    assert rows[DB]["ip_address"] == "10.0.0.2;10.0.0.3"
    assert rows[APP]["install_date"] == "2024-05-01T00:00:00"
    assert rows[APP]["first_run"] == "true"


def test_xlsx_holds_the_rows_with_their_types(tmp_path: Path) -> None:
    export(estate(tmp_path / "frames"), tmp_path / "out", "xlsx")
    inventory = pl.read_excel(tmp_path / "out" / "inventory.xlsx").rows_by_key("asset_id", named=True, unique=True)
    assert inventory[DB]["hostname"] == "'=db01"
    assert inventory[APP]["memory_mib"] == 12288


def test_mappings_json_names_tables_columns_and_unreadable_files(exported: Path) -> None:
    files = json.loads((exported / "mappings.json").read_text())["files"]
    assert [(f["file"], [t["table"] for t in f.get("tables", [])]) for f in files] == [
        ("cmdb.csv", ["cmdb"]),
        ("flows.csv", ["flows"]),
        ("p.csv", []),
        ("rv.xlsx", ["vInfo", "vDisk"]),
    ]
    assert files[2]["error"] == "this is a picture"
    column = files[0]["tables"][0]["columns"][1]
    assert (column["position"], column["header"], column["field"], column["unit"]) == (1, "RAM", "memory_mib", "GB")


def test_files_of_the_user_stay_and_nothing_is_left_aside(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    (out / "inventory.parquet").write_text("older")
    export(estate(tmp_path / "frames"), out)
    assert (out / "notes.txt").read_text() == "mine"
    assert pl.read_parquet(out / "inventory.parquet").height == 3
    assert [path.name for path in out.iterdir() if path.name.startswith(".")] == []


def test_a_failed_export_keeps_the_older_files(tmp_path: Path) -> None:
    frames, out = estate(tmp_path / "frames"), tmp_path / "out"
    export(frames, out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    def fail(name: str) -> None:
        if name.startswith("provenance"):
            raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        export(frames, out, on_file=fail)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_before_the_inventory_only_what_is_there_is_written(tmp_path: Path) -> None:
    frames = FrameStore(str(tmp_path / "frames")).open("acme")
    publish_records(frames)
    summary = export(frames, tmp_path / "out")
    assert {f.name for f in summary.files} == {"quarantine.parquet", "findings.parquet", "mappings.json"}
    assert "inventory is not there yet" in summary.left_out["lineage.parquet"]


def test_nothing_run_yet_is_said(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="nothing to export"):
        export(FrameStore(str(tmp_path)).open("acme"), tmp_path / "out")


def test_a_folder_that_cannot_be_made_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="nothing can be written here"):
        export(estate(tmp_path / "frames"), tmp_path / "file" / "out")


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("")
    with pytest.raises(UsageError, match="a file, not a folder"):
        export(estate(tmp_path / "frames"), target)


def test_results_of_another_inventory_are_left_out(tmp_path: Path) -> None:
    frames = estate(tmp_path / "frames")
    publish(frames, "analysis", {}, {"inputs": {"inventory": "000000-gone"}})
    summary = export(frames, tmp_path / "out")
    assert "analysis was made from an earlier inventory" in summary.left_out["analysis.parquet"]
    assert not (tmp_path / "out" / "analysis.parquet").exists()


def test_what_an_earlier_version_made_is_exported_as_far_as_it_tells(tmp_path: Path) -> None:
    frames = estate(tmp_path / "frames")
    older = frame([{"asset_id": APP, "strategy": "rehost"}], ANALYSIS).select("asset_id", "strategy")
    publish(frames, "analysis", {"analysis": older})
    summary = export(frames, tmp_path / "out")
    told = pl.read_parquet(tmp_path / "out" / "analysis.parquet")
    assert told.select("asset_id", "strategy", "reasons").rows() == [(APP, "rehost", None)]
    assert "earlier version" in summary.left_out["sizing.parquet"]
