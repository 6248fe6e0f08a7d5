from __future__ import annotations

import filecmp
from pathlib import Path

import polars as pl
import pytest

from benchmarks.estates import CONNECTIONS_PER_ASSET, generate
from benchmarks.floor import floor

ASSETS = 3_000


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("estate")
    generate(ASSETS, folder, seed=5)
    return folder


def export(estate: Path, name: str) -> pl.DataFrame:
    return pl.read_csv(estate / "exports" / f"{name}.csv", infer_schema=False)


def truth(estate: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(estate / "truth" / f"{name}.parquet")


def test_same_seed_same_bytes(estate: Path, tmp_path: Path) -> None:
    generate(ASSETS, tmp_path, seed=5)
    names = [str(p.relative_to(estate)) for p in sorted(estate.rglob("*.*"))]
    assert filecmp.cmpfiles(estate, tmp_path, names, shallow=False) == (names, [], [])


def test_another_seed_is_another_estate(estate: Path, tmp_path: Path) -> None:
    generate(ASSETS, tmp_path, seed=6)
    assert not filecmp.cmp(estate / "exports" / "cmdb_ci.csv", tmp_path / "exports" / "cmdb_ci.csv", shallow=False)


def test_truth_numbers_every_asset_row(estate: Path) -> None:
    counts = dict(truth(estate, "records").group_by("table").len().iter_rows())
    assert set(counts) == {
        "cmdb_ci",
        "RVTools_tabvInfo",
        "RVTools_tabvDisk",
        "agent_inventory",
        "application_portfolio",
    }
    for table, rows in counts.items():
        assert export(estate, table).height == rows, table


def test_truth_points_at_the_right_row(estate: Path) -> None:
    vinfo = export(estate, "RVTools_tabvInfo").with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    records = truth(estate, "records").filter(pl.col("table") == "RVTools_tabvInfo")
    named = records.join(truth(estate, "assets"), on="true_id").join(vinfo, on="row")
    assert named.height == vinfo.height
    assert (named["name"] == named["VM"]).all()


def test_edges_join_things_that_exist(estate: Path) -> None:
    known = truth(estate, "assets")["true_id"].implode()
    edges = truth(estate, "dependencies")
    assert edges["from"].is_in(known).all()
    assert edges["to"].is_in(known).all()
    assert (edges["from"] != edges["to"]).all()
    assert {"tier", "application", "infrastructure", "management", "hosting"} == set(edges["kind"])


def test_every_required_edge_between_servers_was_observed(estate: Path) -> None:
    seen = export(estate, "connections")
    address = truth(estate, "assets").join(
        export(estate, "RVTools_tabvInfo").select(name="VM", ip="Primary IP Address").drop_nulls(), on="name"
    )
    ends = address.select("true_id", "ip")
    tiers = truth(estate, "dependencies").filter(pl.col("kind") == "tier")
    tiers = tiers.join(ends, left_on="from", right_on="true_id").join(
        ends, left_on="to", right_on="true_id", suffix="_to"
    )
    pairs = seen.select(ip="Source IP", ip_to="Destination IP")
    both = pl.concat([pairs, pairs.select(ip="ip_to", ip_to="ip")]).unique()
    assert tiers.height > 500
    assert tiers.join(both, on=["ip", "ip_to"], how="anti").is_empty()


def test_holds_the_noise_it_promises(estate: Path) -> None:
    cmdb, rows = export(estate, "cmdb_ci"), export(estate, "cmdb_ci").height
    assert cmdb.is_duplicated().sum() > 0
    assert 0.03 < cmdb["IP Address"].null_count() / rows < 0.09
    assert 0.1 < cmdb["Name"].str.contains("^[A-Z]").mean() < 0.35
    assert cmdb.filter(pl.col("Serial number").str.contains("O.E.M.")).height > 2
    assert 0.01 < (cmdb["Status"] == "Retired").mean() < 0.06
    assert export(estate, "connections").height == ASSETS * CONNECTIONS_PER_ASSET
    assert 0.1 < (export(estate, "connections")["Firewall Action"].is_in(["DENY", "DROP"])).mean() < 0.2


def test_identities_are_not_given_twice_by_accident(estate: Path) -> None:
    vinfo = export(estate, "RVTools_tabvInfo")
    assert vinfo["VM"].is_unique().all()
    assert vinfo["VM UUID"].is_unique().all()
    assert vinfo["Primary IP Address"].drop_nulls().is_unique().all()


def test_floor_reads_every_row_as_text(estate: Path, tmp_path: Path) -> None:
    seconds, rows = floor(estate / "exports", tmp_path)
    assert seconds > 0
    assert rows == sum(export(estate, p.stem).height for p in (estate / "exports").iterdir())
    assert set(pl.read_parquet(tmp_path / "cmdb_ci.parquet").dtypes) == {pl.String}
