from __future__ import annotations

import filecmp
from pathlib import Path

import polars as pl
import pytest

from benchmarks.dependencies.world.formats import CONCEPTS, formats
from benchmarks.dependencies.world.generate import generate
from benchmarks.dependencies.world.mess import HARD, MESSY, PROFILES
from benchmarks.dependencies.world.portfolio import vocabulary
from benchmarks.estate.noise import Profile
from benchmarks.inventory.pipeline import read_tables
from discovery_pipeline.domain.schema import fields

ASSETS = 600


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    generate(ASSETS, folder, seed=11, profile="messy")
    return folder


def truth(world: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(world / "truth" / f"{name}.parquet")


def test_same_seed_same_bytes(world: Path, tmp_path: Path) -> None:
    generate(ASSETS, tmp_path, seed=11, profile="messy")
    names = [str(p.relative_to(world)) for p in sorted(world.rglob("*.*"))]
    assert filecmp.cmpfiles(world, tmp_path, names, shallow=False) == (names, [], [])


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_every_profile_makes_a_world(profile: Profile, tmp_path: Path) -> None:
    generate(400, tmp_path, seed=2, profile=profile)
    assert truth(tmp_path, "dependencies").height > 400


def test_formats_speak_the_schema() -> None:
    known = {*fields("connection"), ""}
    for written in formats():
        assert {name for column in written.columns for name in column.field.split("|")} <= known, written.id
        assert {column.concept for column in written.columns} <= set(CONCEPTS), written.id
        assert len({column.header for column in written.columns}) == len(written.columns), written.id


def test_truth_says_what_every_column_of_connections_is(world: Path) -> None:
    known = truth(world, "tables").filter(record="connection")
    assert known.height >= 2
    tables = {(t.info.file, t.info.table): t.info for t in read_tables(world / "exports", ())[0]}
    for file, table in known.select("file", "table").iter_rows():
        columns = truth(world, "mappings").filter(file=file).sort("position")["header"].to_list()
        assert list(tables[file, table].headers) == columns
        assert tables[file, table].rows > ASSETS


def test_edges_join_things_that_exist(world: Path) -> None:
    known = truth(world, "assets")["true_id"].implode()
    edges = truth(world, "dependencies")
    assert edges["from"].is_in(known).all()
    assert edges.filter(pl.col("to") != "")["to"].is_in(known).all()
    assert (edges.filter(pl.col("to") == "")["to_address"] != "").all()
    assert (edges["from"] != edges["to"]).all()
    assert edges.select("from", "to", "to_address", "level").is_unique().all()


def test_every_kind_of_edge_is_there(world: Path) -> None:
    kinds = {"tier", "application", "infrastructure", "management", "hosting", "access", "external"}
    assert set(truth(world, "dependencies")["kind"]) == kinds


def test_required_edges_are_told_by_some_export(world: Path) -> None:
    edges = truth(world, "dependencies").filter(pl.col("required") == "1")
    stated = edges.filter(pl.col("told") < 2, pl.col("level") == "tier")
    assert stated.height < 0.1 * edges.filter(level="tier").height
    assert (edges.filter(level="application")["told"] > 0).all()


def test_application_needs_are_carried_by_servers_of_both(world: Path) -> None:
    edges, members = (
        truth(world, "dependencies"),
        truth(world, "applications").explode("applications", empty_as_null=False),
    )
    needs = edges.filter(level="application", what="need").select("from", "to")
    of = members.drop_nulls("applications").select("true_id", "applications")
    carried = edges.filter(what="between").join(of, left_on="from", right_on="true_id")
    carried = carried.join(of, left_on="to", right_on="true_id", suffix="_to")
    pairs = carried.select(pl.col("applications").alias("from"), pl.col("applications_to").alias("to")).unique()
    assert needs.join(pairs, on=["from", "to"], how="anti").is_empty()


def test_withheld_applications_stand_in_no_export(world: Path) -> None:
    told = read_tables(world / "exports", ())[0]
    truth_columns = truth(world, "mappings").filter(pl.col("field") == "application_name")
    servers = truth(world, "applications").filter(pl.col("applications").list.len() > 0)
    records = truth(world, "records").join(servers, on="true_id")
    named: set[str] = set()
    for table in told:
        here = truth_columns.filter(file=table.info.file, table=table.info.table)
        rows = records.filter(file=table.info.file, table=table.info.table)
        if here.is_empty() or rows.is_empty():
            continue
        cells = table.frame.select("row", name=f"c{here['position'][0]}").collect().drop_nulls("name")
        named |= set(rows.join(cells, on="row")["true_id"])
    seen = records["true_id"].n_unique()
    assert 0.5 * MESSY.withheld < 1 - len(named) / seen < 2.5 * MESSY.withheld


def test_hard_worlds_withhold_more() -> None:
    assert HARD.withheld > MESSY.withheld
    assert HARD.covered < MESSY.covered


def test_shared_services_serve_no_application(world: Path) -> None:
    members = truth(world, "applications")
    services = members.filter(pl.col("service") != "")
    assert services.height >= 4
    assert (services["applications"].list.len() == 0).all()
    assert set(services["service"]) <= {entry["role"] for entry in vocabulary()["services"]}


def test_names_mean_one_application_each(world: Path) -> None:
    names = truth(world, "names")
    assert names["name"].is_unique().all()
    apps = truth(world, "assets").filter(type="application")["true_id"].implode()
    assert names["true_id"].is_in(apps).all()
