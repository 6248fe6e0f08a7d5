"""`discovery export` and `discovery explain` as a person and as a script see them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from discovery_pipeline.cli import results
from discovery_pipeline.cli.app import execute
from discovery_pipeline.files.frames import FrameStore, TenantFrames
from discovery_pipeline_tests.services.hand_built import APP, publish_estate, publish_records


@pytest.fixture
def frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TenantFrames:
    """The frames that the commands open, without a database."""
    opened = FrameStore(str(tmp_path / "frames")).open("acme")

    @contextmanager
    def open_frames(tenant: str) -> Iterator[TenantFrames]:
        yield opened

    monkeypatch.setattr(results, "tenant_frames", open_frames)
    return opened


def test_export_lists_its_files(frames: TenantFrames, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publish_estate(frames)
    assert execute(["export", "acme", "--to", str(tmp_path / "out"), "--format", "csv"]) == 0
    said = capsys.readouterr()
    assert "inventory.csv" in said.out
    assert str(tmp_path / "out") in said.out
    assert "writing inventory.csv" in said.err


def test_export_as_json_counts_rows_and_names_what_is_left_out(
    frames: TenantFrames, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish_records(frames)
    assert execute(["export", "acme", "--to", str(tmp_path / "out"), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {"file": "findings.parquet", "rows": 2} in document["files"]
    assert "inventory.parquet" in document["left_out"]


def test_export_before_any_run_is_stopped(
    frames: TenantFrames, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["export", "acme", "--to", str(tmp_path / "out")]) == 1
    assert "discovery run acme first" in capsys.readouterr().err


def test_a_vendor_s_files_are_listed_with_what_was_refused(
    frames: TenantFrames, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish_estate(frames)
    assert execute(["export", "acme", "--to", str(tmp_path / "out"), "--format", "azure-migrate"]) == 0
    said = capsys.readouterr().out
    for words in ("1 selected, 0 written, 1 rejected", "left out: 2 type", "1 x *Cores", "rejected.csv"):
        assert words in said
    assert (tmp_path / "out" / "rejected.csv").exists()


def test_a_vendor_s_files_as_json(frames: TenantFrames, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publish_estate(frames)
    assert execute(["export", "acme", "--to", str(tmp_path / "out"), "--format", "konveyor", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["files"] == [{"file": "konveyor-1.csv", "rows": 1}]
    assert (document["format"], document["selected"], document["rejected"]) == ("konveyor", 1, 0)
    assert document["reasons"]["rejected"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--format", "aws-ads", "--strategy", "lift"], "there is no such strategy"),
        (["--format", "csv", "--wave", "1"], "--strategy and --wave choose"),
        (["--format", "gcp"], "'gcp'"),
    ],
)
def test_what_no_vendor_export_takes_is_wrong_usage(
    frames: TenantFrames, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    publish_estate(frames)
    assert execute(["export", "acme", "--to", str(tmp_path / "out"), *words]) == 2
    assert said in capsys.readouterr().err


def test_only_servers_of_the_strategies_named_go(
    frames: TenantFrames, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish_estate(frames)
    words = ["--format", "aws-ads", "--strategy", "retire", "--strategy", "retain", "--json"]
    assert execute(["export", "acme", "--to", str(tmp_path / "out"), *words]) == 0
    assert json.loads(capsys.readouterr().out)["left_out"] == {"type": 2, "strategy": 1}


def test_explain_shows_value_cell_steps_and_losers(frames: TenantFrames, capsys: pytest.CaptureFixture[str]) -> None:
    publish_estate(frames)
    assert execute(["explain", "acme", "app01", "memory_mib"]) == 0
    said = capsys.readouterr().out
    assert "memory_mib = 12288  [sources disagree]" in said
    assert "chosen by: source_precedence" in said
    assert "✓ 12288  from rv.xlsx [vInfo] row 0" in said
    assert "✗ 16384  from cmdb.csv row 0, line 2; row 2, line 4 (an exact repeat)  (outranked)" in said
    assert "column 1 'RAM' holds '16 GB'" in said
    assert "input rows" not in said


def test_explain_of_a_whole_asset_shows_what_surrounds_its_values(
    frames: TenantFrames, capsys: pytest.CaptureFixture[str]
) -> None:
    publish_estate(frames)
    assert execute(["explain", "acme", "app01"]) == 0
    said = capsys.readouterr().out
    for words in ("speaks for it with weight", "input rows", "depends on: 1 tier", "strategy: rehost"):
        assert words in said


def test_explain_as_json_holds_the_same(frames: TenantFrames, capsys: pytest.CaptureFixture[str]) -> None:
    publish_estate(frames)
    assert execute(["explain", "acme", APP, "memory_mib", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    (field,) = document["fields"]
    assert (field["value"], field["disputed"]) == (12288.0, True)
    assert [c["chosen"] for c in field["claims"]] == [True, False, False]
    assert field["claims"][1]["cells"][0]["raw"] == "16 GB"


def test_explain_of_an_unknown_asset_is_wrong_usage(frames: TenantFrames, capsys: pytest.CaptureFixture[str]) -> None:
    publish_estate(frames)
    assert execute(["explain", "acme", "nobody"]) == 2
    assert "no asset is called 'nobody'" in capsys.readouterr().err
