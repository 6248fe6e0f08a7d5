"""Makes labelled estates of any size: exports of a dozen sources that overlap and disagree, and the truth behind them.

`python -m benchmarks.estates --assets N --profile clean|messy|hard|rough [--seed S] [--connections C] --to DIR`; the
same numbers give the same bytes. What an estate looks like is drawn from its seed (style, layouts, units, dates,
languages); how wrong its exports are is the profile's noise (benchmarks/estate/noise.py), varied by the seed.

Truth, Parquet: assets (the thing's type, story and canonical values), records (file, table, row -> true_id or what
becomes of the row), told (which fields of a thing some export tells rightly), special (rough: what cells must become),
tables and mappings (what each table and column is), dependencies.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.estate import edges as true_edges
from benchmarks.estate import layouts, relations, rough, style, truth
from benchmarks.estate.connections import connections
from benchmarks.estate.hardware import with_systems
from benchmarks.estate.noise import PROFILES, Profile, drawn
from benchmarks.estate.population import Estate, build, linked
from benchmarks.estate.stories import befallen
from benchmarks.estate.views import VIEWS, Held, held
from benchmarks.estate.write import workbook, written

CONNECTIONS_PER_ASSET = 5
GENERATIONS = 3
# Half of the estates that are small enough deliver the hypervisor's tables as the sheets of one workbook.
BOOKS, LARGEST_BOOK = 0.5, 15_000


@dataclass
class Delivery:
    """Writes exports below a folder and remembers whose rows they hold and what they tell."""

    folder: Path
    estate: Estate
    records: list[pl.DataFrame] = field(default_factory=list)
    mappings: list[pl.DataFrame] = field(default_factory=list)
    tables: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    told: dict[str, np.ndarray] = field(default_factory=dict)
    special: list[pl.DataFrame] = field(default_factory=list)
    sheets: dict[str, pl.DataFrame] = field(default_factory=dict)
    book: str = ""

    def add(self, layout: layouts.Layout, view: pl.DataFrame) -> None:
        """One export: a row per row of the view."""
        cells = view.select(column.cell().alias(column.header) for column in layout.columns)
        if layout.sheet and self.book:
            layout = replace(layout, file=layout.sheet)
            self.sheets[layout.sheet], file = cells, self.book
        else:
            file = written(self.folder, layout, cells)
        outcome = layout.grain if layout.grain == "detail" else layout.record
        self.mappings.append(truth.mappings(layout, file))
        self.tables.append((file, layout.file, layout.record, layout.grain, layout.product or ""))
        if layout.record != "asset":
            return
        things = self.estate.things
        if layout.footer:
            self.records.append(truth.footer(layout, file, view.height))
        self.records.append(
            view.select(
                file=pl.lit(file),
                table=pl.lit(layout.file),
                row=pl.int_range(pl.len(), dtype=pl.Int64),
                outcome=pl.lit(outcome),
                true_id=things["true_id"].gather(view["number"]),
            )
        )
        for name, numbers in truth.told(layout, view, cells, truth.things(things)).items():
            flags = self.told.setdefault(name, np.zeros(things.height, dtype=bool))
            flags[numbers] = True

    def add_rough(self) -> None:
        """The files in which everything breaks, and beside the truth what their special cells must become."""
        for broken in (rough.write_list(self.folder), rough.write_workbook(self.folder)):
            self.records.append(broken.records())
            self.mappings.append(broken.mappings())
            self.tables.append((broken.file, broken.table, "asset", "asset", ""))
            self.special.append(broken.special())

    def write_truth(self, folder: Path, calls: pl.DataFrame, seen: pl.DataFrame) -> None:
        things = self.estate.things
        if self.sheets:
            workbook(self.folder / self.book, self.sheets)
        _dependencies(self.estate, calls, seen).write_parquet(folder / "dependencies.parquet")
        pl.concat(self.records).write_parquet(folder / "records.parquet")
        pl.concat(self.mappings).write_parquet(folder / "mappings.parquet")
        truth.assets(things).write_parquet(folder / "assets.parquet")
        pl.DataFrame({"true_id": things["true_id"], **self.told}).write_parquet(folder / "told.parquet")
        if self.special:
            pl.concat(self.special).write_parquet(folder / "special.parquet")
        names = ["file", "table", "record", "grain", "product"]
        pl.DataFrame(self.tables, schema=names, orient="row").write_parquet(folder / "tables.parquet")


def generate(
    assets: int, to: Path, seed: int, profile: Profile = "clean", per_asset: int = CONNECTIONS_PER_ASSET
) -> None:
    """Write `to`/exports and `to`/truth/*.parquet. per_asset: connections."""
    for name in ("exports", "truth"):
        (to / name).mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([seed, assets, sorted(PROFILES).index(profile)])
    noise = drawn(profile, rng)
    estate = befallen(build(assets, style.drawn(rng), rng), noise, rng)
    estate = Estate(
        with_systems(linked(estate.things, estate.style)).with_columns(is_on=pl.col("power") == "on"), estate.style
    )
    pairs, carried = true_edges.calls(estate, rng)
    seen = pl.concat([true_edges.tiers(estate, rng), carried, true_edges.shared(estate, rng)])
    as_book = assets <= LARGEST_BOOK and rng.random() < BOOKS
    delivery = Delivery(to / "exports", estate, book="RVTools_export_all.xlsx" if as_book else "")
    for view, layout in _drawn_layouts(rng).items():
        delivery.add(layout, _view(view, held(estate, noise, rng), pairs, rng))
    if profile == "rough":
        delivery.add_rough()
    if per_asset:
        _write_connections(to / "exports" / "connections.csv", estate, seen, assets * per_asset, rng)
    delivery.write_truth(to / "truth", pairs, seen)


def _drawn_layouts(rng: np.random.Generator) -> dict[str, layouts.Layout]:
    """One layout a view; those of a hypervisor are of one generation of its tool, as its keys change with these."""
    generation = int(rng.integers(GENERATIONS))
    of_tool = dict.fromkeys(("vms", "hosts", "disks", "adapters", "partitions", "snapshots"), generation)
    return {view: layouts.drawn(view, rng, of_tool.get(view)) for view in (*VIEWS, "relations")}


def _view(name: str, known: Held, calls: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    if name == "relations":
        return relations.stated(known.estate, calls, rng)
    view = VIEWS[name](known, rng)
    return relations.with_needs(view, known.estate, calls) if name == "applications" else view


def _write_connections(path: Path, estate: Estate, edges: pl.DataFrame, rows: int, rng: np.random.Generator) -> None:
    with path.open("wb") as file:
        for number, chunk in enumerate(connections(estate, edges, rows, rng)):
            chunk.write_csv(file, include_header=number == 0)


def _dependencies(estate: Estate, calls: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """required edges: stated in a relation, a hosting column or a connection; the membership of servers is not."""
    things, ids = estate.things, estate.things["true_id"]
    hosting = true_edges.hosting(estate)
    application = calls.with_columns(kind=pl.lit("application"))
    members = things.filter(pl.col("app").is_not_null()).select(source="app", target="number", kind=pl.lit("hosting"))
    required = pl.concat([frame.select("source", "target", "kind") for frame in (seen, hosting, application)])
    rows = pl.concat([required.with_columns(required=pl.lit("1")), members.with_columns(required=pl.lit("0"))])
    return rows.select(
        ids.gather(rows["source"]).alias("from"),
        ids.gather(rows["target"]).alias("to"),
        pl.lit("").alias("to_address"),
        "kind",
        "required",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=int, required=True)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profile", choices=sorted(PROFILES), default="clean")
    parser.add_argument("--connections", type=int, default=CONNECTIONS_PER_ASSET, help="per asset")
    options = parser.parse_args()
    generate(options.assets, options.to, options.seed, options.profile, options.connections)


if __name__ == "__main__":
    main()
