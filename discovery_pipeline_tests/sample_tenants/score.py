"""How near an export comes to the truth: pairs of records, conservation, mappings, values, edges.

Frames come in as `discovery export` writes them; truth as the sample tenants and the benchmark estates write it.
No expectation is set here: tests and benchmarks decide what is good enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import polars as pl

ROW = ["file", "table", "row"]
RECORD_OUTCOMES = ("asset", "detail")


@dataclass(frozen=True)
class Truth:
    """assets: true_id, name, type, ...; records: file, table, row, outcome, true_id; dependencies; mappings."""

    assets: pl.DataFrame
    records: pl.DataFrame
    dependencies: pl.DataFrame
    mappings: pl.DataFrame


@dataclass(frozen=True)
class Score:
    """right: decisions that are true. made: decisions. wanted: true decisions there were to make."""

    right: int
    made: int
    wanted: int

    @property
    def precision(self) -> float:
        return self.right / self.made if self.made else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True)
class EdgeScore(Score):
    """right of made are true edges, required or not; met of wanted required edges were found."""

    met: int = 0

    @property
    def recall(self) -> float:
        return self.met / self.wanted if self.wanted else 1.0


@dataclass(frozen=True)
class Conservation:
    """Rows of the truth that are nowhere, rows that are in two places, rows nobody put in."""

    missing: list[tuple[str, str, int]]
    doubled: list[tuple[str, str, int]]
    unknown: list[tuple[str, str, int]]

    @property
    def holds(self) -> bool:
        return not (self.missing or self.doubled or self.unknown)


def load_truth(name: str) -> Truth:
    """The truth of a packaged sample tenant; every column a string but `row` and `position` (integers)."""
    folder = files("discovery_pipeline.sample_tenants").joinpath(name, "truth")
    return Truth(*(truth_table(folder.joinpath(f"{t}.csv").read_bytes()) for t in Truth.__dataclass_fields__))


def truth_table(content: bytes) -> pl.DataFrame:
    frame = pl.read_csv(content, infer_schema=False).fill_null("")
    return frame.with_columns(pl.col(c).cast(pl.Int64) for c in ("row", "position") if c in frame.columns)


def pairwise(lineage: pl.DataFrame, records: pl.DataFrame) -> Score:
    """Pairs of asset records put together, against pairs that belong together.

    A record that is not in the lineage stands alone: setting records aside costs recall, never precision.
    """
    true = records.filter(pl.col("outcome").is_in(RECORD_OUTCOMES)).select(*ROW, "true_id")
    found = true.join(lineage.select(*ROW, "asset_id"), on=ROW, how="left", maintain_order="left")
    alone = pl.concat_str(pl.lit("alone "), pl.row_index().cast(pl.String))
    found = found.with_columns(pl.col("asset_id").fill_null(alone))
    return Score(
        right=pairs(found, ["asset_id", "true_id"]), made=pairs(found, ["asset_id"]), wanted=pairs(found, ["true_id"])
    )


def pairs(frame: pl.DataFrame, by: list[str]) -> int:
    size = pl.len().cast(pl.Int64)
    return int(frame.group_by(by).agg((size * (size - 1) // 2).alias("pairs"))["pairs"].sum())


def conservation(lineage: pl.DataFrame, quarantine: pl.DataFrame, records: pl.DataFrame) -> Conservation:
    """Does every row of the truth stand in lineage or quarantine exactly once?"""
    rows = [lineage.select(ROW), quarantine.filter(pl.col("row").is_not_null()).select(ROW)]
    placed = pl.concat(rows).group_by(ROW).len("places")
    expected = records.select(ROW)
    return Conservation(
        missing=listed(expected.join(placed, on=ROW, how="anti")),
        doubled=listed(placed.filter(pl.col("places") > 1)),
        unknown=listed(placed.join(expected, on=ROW, how="anti")),
    )


def listed(frame: pl.DataFrame) -> list[tuple[str, str, int]]:
    return [(f, t, r) for f, t, r in frame.select(ROW).sort(ROW).iter_rows()]


def set_aside(quarantine: pl.DataFrame, records: pl.DataFrame) -> Score:
    """Rows set aside or dropped, against those that deserved it."""
    made = records.join(quarantine.select(ROW).unique(), on=ROW, how="semi")
    made = made.filter(pl.col("outcome") != "any")
    deserved = pl.col("outcome").is_in(["quarantined", "dropped"])
    return Score(right=made.filter(deserved).height, made=made.height, wanted=records.filter(deserved).height)


def mapping_rows(document: Mapping[str, Any]) -> pl.DataFrame:
    """The mappings document of the contract as rows: file, table, position, field (null = unmapped)."""
    rows = [
        {"file": f["file"], "table": t["table"], "position": c["position"], "field": c["field"]}
        for f in document["files"]
        for t in f.get("tables", ())
        for c in t["columns"]
    ]
    return pl.DataFrame(rows, schema={"file": pl.String, "table": pl.String, "position": pl.Int64, "field": pl.String})


def mapping(chosen: pl.DataFrame, truth: pl.DataFrame) -> tuple[float, Score]:
    """Accuracy over all columns of the truth, and precision and recall of the fields given."""
    key = ["file", "table", "position"]
    wanted = truth.select(*key, pl.col("field").str.split("|").alias("gold"))
    joined = wanted.join(chosen.select(*key, "field"), on=key, how="left").with_columns(pl.col("field").fill_null(""))
    right = joined.filter(pl.col("gold").list.contains(pl.col("field")))
    given = pl.col("field") != ""
    optional = pl.col("gold").list.contains("")
    wanted_count = joined.filter(~optional).height + right.filter(given & optional).height
    score = Score(right.filter(given).height, joined.filter(given).height, wanted_count)
    return right.height / max(joined.height, 1), score


def true_ids(inventory: pl.DataFrame, lineage: pl.DataFrame, truth: Truth) -> pl.DataFrame:
    """asset_id -> true_id: what most of its records are, else (nothing but a name) the thing of that name and type."""
    own = lineage.join(truth.records.select(*ROW, "true_id"), on=ROW).filter(
        pl.col("asset_id").is_not_null() & (pl.col("true_id") != "")
    )
    votes = own.group_by("asset_id", "true_id").len().sort("len", "true_id", descending=[True, False])
    most = votes.unique("asset_id", keep="first", maintain_order=True).select("asset_id", "true_id")
    nameless = inventory.join(most, on="asset_id", how="anti")
    name = pl.coalesce("hostname", pl.col("application_name").list.first(), "cluster", "hypervisor_host")
    named = nameless.select("asset_id", name.str.to_lowercase().alias("key"), pl.col("classified_type").alias("type"))
    things = truth.assets.select("true_id", "type", pl.col("name").str.to_lowercase().alias("key"))
    by_name = named.join(things, on=["key", "type"]).select("asset_id", "true_id")
    return pl.concat([most, by_name]).unique("asset_id", keep="first", maintain_order=True)


def values(
    inventory: pl.DataFrame, ids: pl.DataFrame, truth: Truth, field: str, truth_field: str = "", tolerance: float = 0.0
) -> Score:
    """Cells of one inventory field that equal the truth's, ignoring case; empty truth asks for nothing.

    tolerance: share by which a number may be off (an operating system sees a little less memory than there is).
    """
    expected = pl.col(truth_field or field)
    wanted = truth.assets.select("true_id", expected.alias("expected")).filter(pl.col("expected") != "")
    cell = pl.col(field)
    if inventory.schema[field].is_numeric():
        cell, wanted = cell.cast(pl.Float64), wanted.with_columns(pl.col("expected").cast(pl.Float64))
    else:
        cell, wanted = cell.str.to_lowercase(), wanted.with_columns(pl.col("expected").str.to_lowercase())
    made = inventory.join(ids, on="asset_id").select("true_id", cell.alias("found")).join(wanted, on="true_id")
    made = made.filter(pl.col("found").is_not_null())
    same = pl.col("found") == pl.col("expected")
    if made.schema["found"].is_numeric():
        same = (pl.col("found") - pl.col("expected")).abs() <= tolerance * pl.col("expected").abs()
    right = made.filter(same)["true_id"].n_unique()
    return Score(right, made.height, wanted.height)


def edges(
    dependencies: pl.DataFrame, ids: pl.DataFrame, truth: Truth, believed: float = 0.5
) -> tuple[EdgeScore, float]:
    """Edges believed, against the truth; and the share of the right ones whose kind is right too.

    A database instance stands for its server except in hosting; management edges (who watches whom) count in either
    direction.
    """
    key = ["source", "target", "to_address"]
    servers = database_servers(truth)
    true = normal(truth.dependencies.rename({"from": "source", "to": "target"}), servers)
    found = normal(found_edges(dependencies.filter(pl.col("confidence") >= believed), ids), servers)
    right = found.join(either_way(true), on=key, suffix="_true")
    same_kind = right.filter(pl.col("kind") == pl.col("kind_true")).height / max(right.height, 1)
    required = true.filter(pl.col("required") == "1")
    directed = pl.col("kind") != "management"
    met = required.filter(directed).join(found, on=key, how="semi").height
    met += required.filter(~directed).join(turned(found).vstack(found), on=key, how="semi").height
    return EdgeScore(right.height, found.height, required.height, met), same_kind


def turned(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.rename({"source": "target", "target": "source"}).select(frame.columns)


def either_way(true: pl.DataFrame) -> pl.DataFrame:
    """The true edges, management ones in both directions."""
    both = true.vstack(turned(true.filter(pl.col("kind") == "management")))
    return both.unique(["source", "target", "to_address"], keep="first", maintain_order=True)


def found_edges(dependencies: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """Edges with true ids; an end without one keeps its asset_id, so that it matches nothing."""
    source = ids.rename({"asset_id": "from_asset", "true_id": "source"})
    target = ids.rename({"asset_id": "to_asset", "true_id": "target"})
    joined = dependencies.join(source, on="from_asset", how="left").join(target, on="to_asset", how="left")
    return joined.select(
        pl.coalesce("source", "from_asset").fill_null("").alias("source"),
        pl.coalesce("target", "to_asset").fill_null("").alias("target"),
        pl.when(pl.col("to_asset").is_null()).then(pl.col("to_address")).fill_null("").alias("to_address"),
        "kind",
        pl.lit("1").alias("required"),
    )


def database_servers(truth: Truth) -> pl.DataFrame:
    """Database instance -> the server it runs on."""
    databases = truth.assets.filter(pl.col("type") == "database").select(pl.col("true_id").alias("from"))
    hosting = truth.dependencies.filter(pl.col("kind") == "hosting").join(databases, on="from", how="semi")
    return hosting.select(pl.col("from").alias("instance"), pl.col("to").alias("server"))


def normal(frame: pl.DataFrame, servers: pl.DataFrame) -> pl.DataFrame:
    """One row per pair of ends, database instances replaced by their servers except in hosting edges."""
    out = frame.select("source", "target", "to_address", "kind", "required")
    for end in ("source", "target"):
        out = out.join(servers.rename({"instance": end}), on=end, how="left").with_columns(
            pl.when(pl.col("kind") == "hosting").then(end).otherwise(pl.coalesce("server", end)).alias(end)
        )
        out = out.drop("server")
    order = ["source", "target", "to_address", "required", "kind"]
    out = out.filter(pl.col("source") != pl.col("target")).sort(order, descending=[c == "required" for c in order])
    return out.unique(order[:3], keep="first", maintain_order=True)


def summary(scores: Iterable[tuple[str, Score]]) -> str:
    """One line per score, for people reading a failed test or a benchmark."""
    return "\n".join(
        f"{name:<16} precision {s.precision:.3f}  recall {s.recall:.3f}  f1 {s.f1:.3f}" for name, s in scores
    )


def together(lineage: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Of every true thing and asset: true_id, asset_id, rows that they share. Rows in no lineage have no asset_id."""
    true = records.filter(pl.col("outcome").is_in(RECORD_OUTCOMES) & (pl.col("true_id") != ""))
    found = true.select(*ROW, "true_id").join(lineage.select(*ROW, "asset_id"), on=ROW, how="left")
    return found.group_by("true_id", "asset_id").agg(pl.len().alias("rows"))


def exactly_right(shared: pl.DataFrame) -> Score:
    """Things all of whose rows are one asset's, which has no other row. shared: as `together` gives it."""
    whole = shared.with_columns(
        of_thing=pl.col("rows").sum().over("true_id"), of_asset=pl.col("rows").sum().over("asset_id")
    )
    right = whole.filter(
        pl.col("asset_id").is_not_null()
        & (pl.col("rows") == pl.col("of_thing"))
        & (pl.col("rows") == pl.col("of_asset"))
    )
    things = shared["true_id"].n_unique()
    return Score(right.height, things, things)


def merged(shared: pl.DataFrame, pairs_of_things: pl.DataFrame) -> pl.DataFrame:
    """Of pairs that are two things, those of which rows stand in one asset. pairs_of_things: two columns of true_id."""
    one, other = pairs_of_things.columns
    held = shared.drop_nulls("asset_id").select("true_id", "asset_id")
    first = pairs_of_things.join(held, left_on=one, right_on="true_id").rename({"asset_id": "in"})
    both = first.join(held, left_on=[other, "in"], right_on=["true_id", "asset_id"], how="semi")
    return both.select(one, other, asset_id="in").unique(maintain_order=True)


def successors(truth: Truth) -> pl.DataFrame:
    """Retired machines and those that took their names over."""
    if "successor" not in truth.assets.columns:
        return pl.DataFrame(schema={"retired": pl.String, "successor": pl.String})
    return truth.assets.filter(pl.col("successor") != "").select(retired="true_id", successor="successor")


def main_assets(shared: pl.DataFrame) -> pl.DataFrame:
    """true_id -> asset_id: the asset that holds most of its rows."""
    held = shared.drop_nulls("asset_id").sort("rows", "asset_id", descending=[True, False])
    return held.unique("true_id", keep="first", maintain_order=True).select("true_id", "asset_id")


def types(inventory: pl.DataFrame, main: pl.DataFrame, truth: Truth) -> pl.DataFrame:
    """true_id, asset_id, type (true), classified_type of every thing with a row. main: as main_assets gives it."""
    true = truth.assets.select("true_id", "type").join(main, on="true_id")
    return true.join(inventory.select("asset_id", "classified_type", "type_confidence"), on="asset_id", how="left")
