from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from benchmarks.make_sample_tenant import sample_tenant
from discovery_pipeline.sample_tenants import sample_files
from discovery_pipeline_tests.sample_tenants.score import Truth, load_truth

NAME = "northwind-bank"
ENCODINGS = {
    "SCCM_AllSystems_20250628.csv": "utf-16",
    "cmdb_rel_ci_2025-06-30.csv": "utf-8",
    "connections_2025w26.csv": "utf-8",
}


@pytest.fixture(scope="module")
def truth() -> Truth:
    return load_truth(NAME)


@pytest.fixture(scope="module")
def exports() -> dict[str, bytes]:
    with sample_files(NAME) as folder:
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def text_records(content: str, delimiter: str) -> int:
    """Records after the header by the contract's rule: the one line with an unclosed quote is a record of its own."""
    lines = [line for line in content.split("\r\n") if not line.startswith("chsrv0998,")]
    broken = content.count("\r\nchsrv0998,")
    return sum(1 for _ in csv.reader(io.StringIO("\r\n".join(lines), newline=""), delimiter=delimiter)) - 1 + broken


def parts(name: str, content: bytes) -> object:
    """Contents to compare: a workbook by its parts, since compressors differ between Python builds."""
    if not name.endswith(".xlsx"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {entry: archive.read(entry) for entry in archive.namelist()}


def test_committed_files_are_what_the_generator_makes(exports: dict[str, bytes]) -> None:
    made = sample_tenant()
    assert {n.removeprefix("exports/") for n in made if n.startswith("exports/")} == set(exports)
    for name, content in exports.items():
        assert parts(name, content) == parts(name, made[f"exports/{name}"]), name


def test_is_small(exports: dict[str, bytes]) -> None:
    with sample_files(NAME) as folder:
        assert sum(p.stat().st_size for p in folder.parent.rglob("*") if p.is_file()) < 1_500_000


def test_truth_numbers_every_text_record(exports: dict[str, bytes], truth: Truth) -> None:
    expected = Counter(truth.records["file"].to_list())
    for name, content in exports.items():
        if name.endswith(".csv"):
            encoding = ENCODINGS.get(name, "cp1252")
            delimiter = ";" if encoding == "utf-16" else ","
            assert text_records(content.decode(encoding), delimiter) == expected[name], name


def test_truth_numbers_every_sheet_row(exports: dict[str, bytes], truth: Truth) -> None:
    headers = {"Server list": 5, "Applications": 2}
    expected = Counter(truth.records.select("file", "table").iter_rows())
    for name, content in exports.items():
        if name.endswith(".xlsx"):
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
            for sheet in book:
                filled = [
                    n for n, r in enumerate(sheet.iter_rows(values_only=True), 1) if any(c is not None for c in r)
                ]
                assert sum(n > headers.get(sheet.title, 1) for n in filled) == expected[(name, sheet.title)], (
                    sheet.title
                )


def test_holds_the_dirt_it_promises(exports: dict[str, bytes], truth: Truth) -> None:
    cmdb = exports["cmdb_ci_server_2025-06-30.csv"].decode("cp1252")
    for dirt in ("ZÃ¼rich", "O.E.M.", "VMware-42 ", "chsrv", '"65,536"', '"Replace with ""cloud archive""\n'):
        assert dirt in cmdb, dirt
    assert {"exact repeat", "second entry", "obsolete record"} <= set(truth.records["note"])
    assert {"asset", "detail", "relationship", "connection", "quarantined", "dropped", "any"} == set(
        truth.records["outcome"]
    )
    assert truth.assets["type"].n_unique() == 12


def test_folder_holds_exports_only() -> None:
    with sample_files(NAME) as folder:
        assert {Path(p).suffix for p in folder.iterdir()} == {".csv", ".xlsx"}
