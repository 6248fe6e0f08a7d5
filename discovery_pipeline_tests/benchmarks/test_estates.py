from __future__ import annotations

import filecmp
from pathlib import Path

import polars as pl
import pytest

from benchmarks.estate import layouts
from benchmarks.estate.noise import HARD, PROFILES, VARIED, Profile
from benchmarks.estate.views import VIEWS
from benchmarks.estates import CONNECTIONS_PER_ASSET, generate
from benchmarks.floor import floor
from benchmarks.inventory.pipeline import read_tables
from discovery_pipeline.domain.schema import fields

ASSETS = 3_000
Tables = dict[tuple[str, str], pl.DataFrame]


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("estate")
    generate(ASSETS, folder, seed=5, profile="hard")
    return folder


def truth(estate: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(estate / "truth" / f"{name}.parquet")


@pytest.fixture(scope="module")
def tables(estate: Path) -> Tables:
    """The tables as the product's own readers see them: `row`, then a column per header, of equal ones the first."""
    found = {}
    for raw in read_tables(estate / "exports", ())[0]:
        named = {header: f"c{i}" for i, header in reversed(list(enumerate(raw.info.headers)))}
        cells = raw.frame.select("row", *(pl.col(c).alias(h) for h, c in reversed(named.items())))
        found[raw.info.file, raw.info.table] = cells.collect()
    return found


def stories(estate: Path) -> dict[str, int]:
    return dict(truth(estate, "assets").group_by("story").len().iter_rows())


def test_same_seed_same_bytes(estate: Path, tmp_path: Path) -> None:
    generate(ASSETS, tmp_path, seed=5, profile="hard")
    names = [str(p.relative_to(estate)) for p in sorted(estate.rglob("*.*"))]
    assert filecmp.cmpfiles(estate, tmp_path, names, shallow=False) == (names, [], [])


def test_workbooks_are_the_same_bytes_too(tmp_path: Path) -> None:
    for folder in ("one", "other"):
        generate(1_000, tmp_path / folder, seed=2, profile="rough", per_asset=0)
    books = [path.name for path in (tmp_path / "one" / "exports").glob("*.xlsx")]
    assert "rough_book.xlsx" in books
    compared = filecmp.cmpfiles(tmp_path / "one/exports", tmp_path / "other/exports", books, shallow=False)
    assert compared == (books, [], [])


def test_another_seed_is_another_estate(estate: Path, tmp_path: Path) -> None:
    generate(ASSETS, tmp_path, seed=6, profile="hard", per_asset=0)
    headers = [truth(folder, "mappings").select("table", "header") for folder in (estate, tmp_path)]
    assert not headers[0].equals(headers[1])


def test_truth_numbers_every_row_of_an_asset_table(estate: Path, tables: Tables) -> None:
    known = truth(estate, "tables").filter(pl.col("record") == "asset")
    assert known.height >= 6
    counts = {(f, t): n for f, t, n in truth(estate, "records").group_by("file", "table").len().iter_rows()}
    for file, table in known.select("file", "table").iter_rows():
        assert tables[file, table].height == counts[file, table], file


def test_truth_points_at_the_right_row(estate: Path, tables: Tables) -> None:
    mapped = truth(estate, "mappings").join(truth(estate, "tables"), on=["file", "table"])
    known = truth(estate, "records").join(truth(estate, "assets"), on="true_id")
    named = mapped.filter(pl.col("grain") == "detail", pl.col("field") == "hostname")
    assert named.height >= 2
    for file, table, header in named.select("file", "table", "header").iter_rows():
        beside = known.filter(pl.col("table") == table).join(tables[file, table], on="row")
        assert (beside["shown"] == beside[header]).all()


def test_truth_says_what_every_column_is(estate: Path, tables: Tables) -> None:
    known = set(fields("asset")) | set(fields("relationship")) | {""}
    for (file, table), columns in truth(estate, "mappings").group_by("file", "table"):
        assert tables[str(file), str(table)].columns[1:] == columns.sort("position")["header"].to_list()
        assert set("|".join(columns["field"]).split("|")) <= known


@pytest.mark.parametrize("view", [*VIEWS, "relations"])
def test_layouts_speak_the_schema(view: str) -> None:
    for layout in layouts.layouts(view):
        known = set(fields("asset" if layout.record == "asset" else "relationship")) | {""}
        assert {field for column in layout.columns for field in column.field.split("|")} <= known, layout.id


def test_edges_join_things_that_exist(estate: Path) -> None:
    known = truth(estate, "assets")["true_id"].implode()
    edges = truth(estate, "dependencies")
    assert edges["from"].is_in(known).all()
    assert edges["to"].is_in(known).all()
    assert (edges["from"] != edges["to"]).all()
    assert {"tier", "application", "infrastructure", "management", "hosting"} == set(edges["kind"])


def test_every_required_edge_between_servers_was_observed(estate: Path, tables: Tables) -> None:
    seen = tables["connections.csv", "connections"]
    ends = truth(estate, "assets").select("true_id", ip=pl.col("ip_address").str.split(";").list.first())
    tiers = truth(estate, "dependencies").filter(pl.col("kind") == "tier")
    tiers = tiers.join(ends, left_on="from", right_on="true_id").join(
        ends, left_on="to", right_on="true_id", suffix="_to"
    )
    pairs = seen.select(ip="Source IP", ip_to="Destination IP")
    both = pl.concat([pairs, pairs.select(ip="ip_to", ip_to="ip")]).unique()
    assert tiers.height > 500
    assert tiers.join(both, on=["ip", "ip_to"], how="anti").is_empty()
    assert seen.height == ASSETS * CONNECTIONS_PER_ASSET


@pytest.mark.parametrize("story", ["retired", "renamed", "readdressed", "twins", "clones", "colliding", "template"])
def test_every_story_happens_about_as_often_as_the_profile_says(estate: Path, story: str) -> None:
    servers = truth(estate, "assets").filter(pl.col("type").is_in(["virtual_machine", "physical_server"])).height
    share = stories(estate).get(story, 0) / servers
    assert 0.5 * getattr(HARD, story) * (1 - VARIED) < share < 1.3 * getattr(HARD, story) * (1 + VARIED)


def test_retired_machines_have_successors_under_their_names(estate: Path) -> None:
    assets = truth(estate, "assets")
    pairs = assets.filter(pl.col("successor") != "").join(assets, left_on="successor", right_on="true_id")
    assert pairs.height > 20
    assert (pairs["name"] == pairs["name_right"]).all()
    assert (pairs["uuid"] != pairs["uuid_right"]).all()


def test_cloned_machines_share_a_uuid_with_another(estate: Path) -> None:
    assets = truth(estate, "assets").filter(pl.col("uuid") != "")
    shared = assets.filter(pl.col("uuid").is_duplicated())
    clones = assets.filter(pl.col("story") == "clones")
    assert clones.height > 5
    assert clones["uuid"].is_in(shared["uuid"].implode()).all()
    assert shared.height <= 2 * clones.height


def test_twins_share_their_cluster_s_address(estate: Path) -> None:
    nodes = truth(estate, "assets").filter(pl.col("story") == "twins", pl.col("vip") != "")
    assert nodes.height > 50
    assert (nodes.group_by("vip").len()["len"] == 2).all()
    assert nodes["ip_address"].is_unique().all()


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_every_profile_makes_an_estate(profile: Profile, tmp_path: Path) -> None:
    generate(1_000, tmp_path, seed=3, profile=profile, per_asset=0)
    assert truth(tmp_path, "told").height == 1_000


def test_floor_reads_every_row_as_text(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    pl.DataFrame({"a": ["1", "x"], "b": [None, "2"]}).write_csv(tmp_path / "exports" / "one.csv")
    seconds, rows = floor(tmp_path / "exports", tmp_path / "out")
    assert seconds > 0
    assert rows == 2
    assert set(pl.read_parquet(tmp_path / "out" / "one.parquet").dtypes) == {pl.String}


def test_floor_reads_what_tools_save(tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    (exports / "wide.csv").write_bytes("a;b\n1;ü\n".encode("utf-16"))
    pl.DataFrame({"a": ["1", "x"]}).write_excel(exports / "book.xlsx", worksheet="vInfo")
    assert floor(exports, tmp_path / "out")[1] == 3
    assert pl.read_parquet(tmp_path / "out" / "wide.parquet").row(0) == ("1", "ü")
