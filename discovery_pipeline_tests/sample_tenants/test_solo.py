"""The sample tenant solo: its one file, and what a run makes of it before and after the firm has spoken."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import polars as pl
import pytest

from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.sample_tenants import sample_corrections, sample_files
from discovery_pipeline.services.delivery.ingest import ingest
from discovery_pipeline.services.export import export
from discovery_pipeline.services.learning.deciding.decision_files import read_decisions
from discovery_pipeline.services.mapping.corrections import correct
from discovery_pipeline.services.mapping.effects import corrected_columns, inventory_changes, not_yet_made
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.sample_tenants import score

NAME = "solo"
TRUTH = score.load_truth(NAME)
MEANT = {"Blech": "hypervisor_host", "FKZ": "application_name", "Zuständig": "technical_owner"}


@pytest.fixture(scope="module")
def lines() -> list[list[str]]:
    with sample_files(NAME) as folder:
        (path,) = folder.iterdir()
        text = path.read_bytes().decode("cp1252")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def test_truth_numbers_every_record_and_column(lines: list[list[str]]) -> None:
    assert TRUTH.records["row"].to_list() == list(range(len(lines) - 1))
    assert TRUTH.mappings["header"].to_list() == lines[0]


def test_truth_names_the_machine_of_every_row(lines: list[list[str]]) -> None:
    names = dict(TRUTH.assets.select("true_id", "name").iter_rows())
    machines = TRUTH.records.filter(pl.col("outcome") == "asset")
    for row, true_id in machines.select("row", "true_id").iter_rows():
        assert lines[row + 1][1].strip().split(".")[0] == names[true_id]


def test_holds_the_dirt_it_promises(lines: list[list[str]]) -> None:
    cells = {cell for line in lines for cell in line}
    promised = {
        "16 GB",
        "16384 MB",
        "1,2 TB",
        "06/2012",
        "2009",
        "10.14.2.41 / 10.14.9.41",
        "10.24.1.21/24",
        "?",
        "Summe",
    }
    assert promised <= cells
    addresses = [line[2] for line in lines if line[1] in ("emd-tms01", "EMD-ALT01")]
    assert len(addresses) == 2
    assert len(set(addresses)) == 1


def test_before_and_after_the_firm_has_spoken(settings: Settings, tmp_path: Path) -> None:
    with open_workspace(settings) as workspace, sample_files(NAME) as files:
        add_tenant(workspace.database, NAME)
        ingest(settings, workspace.database, NAME, [files])
        assert run_tenant(settings, NAME, None, lambda _: None).status == "done"
        before = _exported(workspace, tmp_path / "before")
        path = sample_corrections(NAME)
        assert path is not None
        made = correct(workspace, NAME, read_decisions(path), "demo")
        again = run_tenant(settings, NAME, None, lambda _: None, only_corrections=True)
        after = _exported(workspace, tmp_path / "after")
        changes = {(c.change, c.field): c for c in inventory_changes(workspace, NAME)}
        columns = {c.header: c for c in corrected_columns(workspace, NAME)}
        left = not_yet_made(workspace, NAME, read_decisions(path), "demo")
        other = not_yet_made(workspace, NAME, read_decisions(path), "someone else")

    assert again.status == "done"
    assert again.phases[0].asset == "column_mapping"
    assert {c.header: c.field for c in made} == MEANT
    assert _wrong_columns(before) == set(MEANT)
    assert _wrong_columns(after) == set()
    for folder in (before, after):
        assert score.conservation(_frame(folder, "lineage"), _frame(folder, "quarantine"), TRUTH.records).holds
        assert score.pairwise(_frame(folder, "lineage"), TRUTH.records).f1 == 1.0
        assert _values(folder, "memory_mib").f1 == 1.0
    assert _edges(before).recall == 0.0
    assert _edges(after) == score.EdgeScore(16, 16, 16, 16)
    assert _types(after) - _types(before) == 6  # applications, named by the codes

    assert {header: (c.was_field, c.field, c.method) for header, c in columns.items()} == {
        "Blech": (None, "hypervisor_host", "pattern"),
        "FKZ": (None, "application_name", "pattern"),
        "Zuständig": ("business_owner", "technical_owner", "pattern"),
    }
    assert changes["changed", "hypervisor_host"].count == 16
    assert changes["changed", "hypervisor_host"].old is None
    assert changes["added", None].count == 6
    assert left == ()
    assert len(other) == len(MEANT)


def _exported(workspace: Workspace, to: Path) -> Path:
    export(workspace.frames.open(NAME), to)
    return to


def _frame(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder / f"{name}.parquet")


def _wrong_columns(folder: Path) -> set[str]:
    document = json.loads((folder / "mappings.json").read_text(encoding="utf-8"))
    key = ["file", "table", "position"]
    found = TRUTH.mappings.join(score.mapping_rows(document), on=key, suffix="_found")
    right = pl.col("field").str.split("|").list.contains(pl.col("field_found").fill_null(""))
    return set(found.filter(~right)["header"])


def _ids(folder: Path) -> pl.DataFrame:
    return score.true_ids(_frame(folder, "inventory"), _frame(folder, "lineage"), TRUTH)


def _values(folder: Path, field: str) -> score.Score:
    return score.values(_frame(folder, "inventory"), _ids(folder), TRUTH, field)


def _edges(folder: Path) -> score.EdgeScore:
    return score.edges(_frame(folder, "dependencies"), _ids(folder), TRUTH)[0]


def _types(folder: Path) -> int:
    """Assets whose type is the true one."""
    return score.values(_frame(folder, "inventory"), _ids(folder), TRUTH, "classified_type", "type").right
