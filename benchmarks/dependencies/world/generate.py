"""Writes a labelled estate for dependencies: exports of assets, relations, needs and connections, and the truth.

`python -m benchmarks.dependencies.world.generate --assets N --profile clean|messy|hard [--seed S] --to DIR`; the same
numbers give the same bytes. Exports of assets are those of benchmarks/estate with its noise.

Truth, Parquet, beside what every estate has: dependencies (from, to, to_address, kind, kinds, level, required, what,
told), applications (true_id of a server, its applications), names (a spelling and the application it means),
memberships_told (whose application some export names rightly).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.dependencies.world import gone, statements
from benchmarks.dependencies.world import mess as messes
from benchmarks.dependencies.world.formats import Format, cells, formats
from benchmarks.dependencies.world.mess import Mess
from benchmarks.dependencies.world.population import World, build
from benchmarks.dependencies.world.records import collectors, observed
from benchmarks.dependencies.world.traffic import Calls, calls
from benchmarks.dependencies.world.truth import SEEN, Told, write
from benchmarks.estate import layouts, style
from benchmarks.estate import noise as noises
from benchmarks.estate.noise import Profile, chance
from benchmarks.estate.population import Estate
from benchmarks.estate.views import VIEWS, held
from benchmarks.estates import GENERATIONS, Delivery

_OF_TOOL = ("vms", "hosts", "disks", "adapters", "partitions", "snapshots")
_LEFT_OUT = {"disks": 0.5, "adapters": 0.5, "partitions": 0.7, "snapshots": 0.8, "scan": 0.6}


@dataclass
class Exports:
    """What is written below a folder, and what it tells."""

    delivery: Delivery
    world: World
    mess: Mess
    rng: np.random.Generator
    told: Told = field(default_factory=Told)

    def assets(self, noise: noises.Noise, found: Calls) -> None:
        """The exports of assets that this estate has."""
        generation = int(self.rng.integers(GENERATIONS))
        known = held(self.world.estate, noise, self.rng)
        needs, written, meant = statements.needs_text(self.world, found, self.mess, self.rng)
        self.told.spellings.update(meant)
        for name, view in VIEWS.items():
            layout = layouts.drawn(name, self.rng, generation if name in _OF_TOOL else None)
            if self.rng.random() < _LEFT_OUT.get(name, 0.0):
                continue
            rows = view(known, self.rng)
            if name == "applications":
                rows = rows.filter(chance(self.rng, rows.height, self.mess.listed))
                rows = rows.join(needs, on="number", how="left", maintain_order="left")
                if any(column.concept == "needs" for column in layout.columns):
                    listed = set(rows["number"].to_list())
                    self.told.written |= {pair for pair in written if pair[0] in listed}
            rows, others = statements.spelt(self.world, rows, self.mess, self.rng)
            self.told.spellings.update(others)
            self.delivery.add(layout, rows)

    def relations(self, found: Calls) -> None:
        """One list of relations."""
        layout = layouts.drawn("relations", self.rng)
        words = "de" if layout.id.endswith("-de") else "en"
        rows = statements.stated(self.world, found, self.mess, words, self.rng)
        self.delivery.add(layout, statements.relation_view(self.world, rows, self.rng))
        self.told.stated = rows

    def connections(self, found: Calls, handed: pl.DataFrame) -> None:
        """A file per collector."""
        frame = found.frame()
        for by in collectors(self.world, formats(), self.mess, self.rng):
            seen = gone.in_time(observed(self.world, frame, by, self.mess, self.rng), handed)
            named = self._named(seen, by.format)
            self._write(by.format, cells(by.format, named))
            counted = any(column.concept == "count" for column in by.format.columns)
            told = named if counted else named.with_columns(count=pl.lit(1, pl.Int64))
            self.told.records.append(told.select(SEEN))

    def _named(self, records: pl.DataFrame, written: Format) -> pl.DataFrame:
        """Records with the names of both ends, where the tool knows them."""
        things, rng = self.world.things, self.rng
        columns: dict[str, pl.Expr | pl.Series] = {}
        for side, end in (("src", "source"), ("dst", "target")):
            number = records[end].clip(0)
            known = pl.Series(rng.random(records.height) >= self.mess.hostless) | (
                pl.lit(written.view == "host") & pl.lit(side == "src")
            )
            columns |= {
                f"{side}_short": pl.lit(things["name"].gather(number)),
                f"{side}_fqdn": pl.lit(things["fqdn"].gather(number)),
                f"{side}_named": known & (records[end] >= 0),
            }
        tells = {c.concept for c in written.columns}
        named = records.with_columns(**columns)
        return named.with_columns(
            (pl.col(f"{side}_named") & pl.lit(f"{side}_name" in tells)).alias(f"{side}_named")
            for side in ("src", "dst")
        )

    def _write(self, written: Format, export: pl.DataFrame) -> None:
        file = f"{written.file}.csv"
        export.write_csv(self.delivery.folder / file, separator=written.delimiter)
        self.delivery.tables.append((file, written.file, "connection", "asset", ""))
        self.delivery.mappings.append(
            pl.DataFrame(
                [(file, written.file, i, c.header, c.field, "") for i, c in enumerate(written.columns)],
                schema={"file": pl.String, "table": pl.String, "position": pl.Int64, "header": pl.String,
                        "field": pl.String, "unit": pl.String}, orient="row",
            )
        )  # fmt: skip


def generate(assets: int, to: Path, seed: int, profile: Profile) -> None:
    """Write `to`/exports and `to`/truth."""
    for name in ("exports", "truth"):
        (to / name).mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([seed, assets, sorted(messes.PROFILES).index(profile), 7])
    mess, noise = messes.drawn(profile, rng), noises.drawn(profile, rng)
    world = build(assets, style.drawn(rng), noise, mess.silent_names, mess.two_applications, rng)
    world, handed = gone.handed(world, mess.handed, rng)
    found = calls(world, rng)
    gone.add_calls(found, world, handed)
    shown = _as_told(world, mess, rng)
    exports = Exports(Delivery(to / "exports", shown.estate), shown, mess, rng)
    exports.assets(noise, found)
    exports.relations(found)
    exports.connections(found, handed)
    write(to / "truth", exports.delivery, exports.told, shown, found, handed)


def _as_told(world: World, mess: Mess, rng: np.random.Generator) -> World:
    """The world with app_name as its lists have it: withheld for some servers, two names where two are served, that of
    the service for shared ones in half of the estates' services."""
    things = world.things
    names = {n: a.name for n, a in world.applications.items()}
    second = pl.col("also").replace_strict(names, default=None, return_dtype=pl.String)
    called = {role: str(rng.choice(s["names"])) if rng.random() < 0.5 else None for role, s in world.services.items()}
    service = pl.col("service").replace_strict(called, default=None, return_dtype=pl.String)
    hidden = pl.Series(rng.random(things.height) < mess.withheld)
    told = pl.concat_str([pl.coalesce("app_name", service), second], separator="; ", ignore_nulls=True)
    told = pl.when(~hidden & (told != "")).then(told)
    return replace(world, estate=Estate(things.with_columns(app_name=told), world.estate.style))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=int, required=True)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profile", choices=sorted(messes.PROFILES), default="messy")
    options = parser.parse_args()
    generate(options.assets, options.to, options.seed, options.profile)


if __name__ == "__main__":
    main()
