"""How near the inventory comes to the truth on labelled estates, a line a seed.

`python -m benchmarks.inventory.score --profile hard --assets 10000 --seeds 1 2 3 [--gold] [--misses N] [--fields]
[--columns]`. --gold: with the true mapping, so that reconciliation is measured apart from mapping. --misses: the worst
wrong clusters with their raw rows. --fields: value accuracy per field, with examples of wrong values. --columns: those
that are mapped wrongly. Estates lie below bench-data/.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from benchmarks.estate.noise import PROFILES, Profile
from benchmarks.inventory import misses
from benchmarks.inventory.estates import labelled_estate
from benchmarks.inventory.pipeline import Gold, Run, run
from discovery_pipeline_tests.sample_tenants import score, score_values

EXAMPLES = 3


@dataclass(frozen=True)
class Judgement:
    """One run over one estate, beside its truth."""

    run: Run
    truth: score.Truth
    told: pl.DataFrame
    special: pl.DataFrame | None = None

    @property
    def special_cells(self) -> pl.DataFrame:
        """What became of the special cells of a rough estate; no row for any other."""
        if self.special is None:
            return pl.DataFrame(schema={"right": pl.Boolean})
        return score_values.judge_special(self.run.outcome.inventory, self.run.lineage, self.special)

    @property
    def set_aside(self) -> score.Score:
        """Rows set aside or dropped against those that deserved it."""
        return score.set_aside(self.run.quarantine, self.truth.records)

    @cached_property
    def shared(self) -> pl.DataFrame:
        return score.together(self.run.lineage, self.truth.records)

    @cached_property
    def main(self) -> pl.DataFrame:
        return score.main_assets(self.shared)

    @property
    def pairs(self) -> score.Score:
        return score.pairwise(self.run.lineage, self.truth.records)

    @property
    def exact(self) -> score.Score:
        return score.exactly_right(self.shared)

    @property
    def twins_merged(self) -> pl.DataFrame:
        """Retired machines whose rows stand with their successor's."""
        return score.merged(self.shared, score.successors(self.truth))

    @property
    def databases_merged(self) -> pl.DataFrame:
        """Database instances whose rows stand with their server's."""
        return score.merged(self.shared, score.database_servers(self.truth))

    @cached_property
    def types(self) -> pl.DataFrame:
        return score.types(self.run.outcome.inventory, self.main, self.truth)

    @property
    def type_accuracy(self) -> float:
        right = self.types.filter(pl.col("type") == pl.col("classified_type"))
        return right.height / max(self.types.height, 1)

    @cached_property
    def values(self) -> score_values.Judged:
        return score_values.judge(self.run.outcome.inventory, self.main, self.truth.assets, self.told)

    @property
    def conservation(self) -> score.Conservation:
        return score.conservation(self.run.lineage, self.run.quarantine, self.truth.records)

    @property
    def wrong_columns(self) -> pl.DataFrame:
        """file, table, header, field (true, of several any), chosen."""
        key = ["file", "table", "position"]
        joined = self.truth.mappings.join(self._chosen(), on=key).with_columns(pl.col("chosen").fill_null(""))
        wrong = joined.filter(~pl.col("field").str.split("|").list.contains(pl.col("chosen")))
        return wrong.select("file", "table", "header", "field", "chosen")

    def _chosen(self) -> pl.DataFrame:
        infos = {info.table_no: (info.file, info.table) for info in self.run.infos}
        rows = [(*infos[m.table_no], m.position, m.field) for m in self.run.mappings]
        columns = {"file": pl.String, "table": pl.String, "position": pl.Int64, "chosen": pl.String}
        return pl.DataFrame(rows, schema=columns, orient="row")

    @property
    def mapping_accuracy(self) -> float:
        return score.mapping(self._chosen().rename({"chosen": "field"}), self.truth.mappings)[0]


def judge(folder: Path, *, gold: bool) -> Judgement:
    """Run an estate and keep its truth beside it."""
    truth = folder / "truth"
    tables = {n: pl.read_parquet(truth / f"{n}.parquet") for n in ("assets", "records", "dependencies", "mappings")}
    made = run(folder / "exports", Gold.of(truth) if gold else None)
    special = truth / "special.parquet"
    cells = pl.read_parquet(special) if special.exists() else None
    return Judgement(made, score.Truth(**tables), pl.read_parquet(truth / "told.parquet"), cells)


def line(name: str, found: Judgement) -> str:
    """What a person compares from seed to seed."""
    pairs, values = found.pairs, found.values.overall
    lost = len(found.conservation.missing) + len(found.conservation.doubled)
    aside = found.set_aside.made - found.set_aside.right
    wrong = found.special_cells.filter(~pl.col("right")).height
    seconds = found.run.cpu_s
    return (
        f"{name:<14} P {pairs.precision:.4f} R {pairs.recall:.4f} F1 {pairs.f1:.4f} exact {found.exact.recall:.4f} "
        f"twins {found.twins_merged.height} db {found.databases_merged.height} type {found.type_accuracy:.4f} "
        f"values {values.recall:.4f} map {found.mapping_accuracy:.3f} lost {lost} aside {aside} "
        f"special {found.special_cells.height - wrong}/{found.special_cells.height} "
        f"cpu clean {seconds['clean']:.1f} inv {seconds['inventory']:.1f}"
    )


def by_field(found: Judgement) -> str:
    """A line per field, the worst first, with wrong values."""
    lines = []
    for field, got in sorted(found.values.by_field().items(), key=lambda item: item[1].recall):
        lines.append(f"  {field:<20} {got.recall:.4f} of {got.wanted:>8,}")
        lines += [
            f"      {row['true_id']} expected {row['expected']!r} found {row['found']!r}"
            for row in found.values.wrong(field, EXAMPLES).iter_rows(named=True)
        ]
    wrong = found.types.filter(pl.col("type") != pl.col("classified_type")).group_by("type", "classified_type").len()
    lines += [f"  type {a} taken for {b}: {n}" for a, b, n in wrong.sort("len", descending=True).head(8).iter_rows()]
    lines += [
        f"  special {row['field']} {row['raw']!r}: wanted {row['want']!r}, found {row['found']!r}"
        for row in found.special_cells.filter(~pl.col("right")).iter_rows(named=True)
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", choices=sorted(PROFILES), default="hard")
    parser.add_argument("--assets", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--gold", action="store_true", help="use the true mapping")
    parser.add_argument("--misses", type=int, default=0, help="show so many wrong clusters")
    parser.add_argument("--columns", action="store_true", help="show the columns that are mapped wrongly")
    parser.add_argument("--fields", action="store_true", help="show value accuracy per field")
    options = parser.parse_args()
    for seed in options.seeds:
        folder = labelled_estate(_profile(options.profile), options.assets, seed)
        found = judge(folder, gold=options.gold)
        print(line(f"{options.profile} {seed}", found), flush=True)
        if options.columns:
            print(
                "\n".join("  {}/{}: {!r} is {!r}, mapped to {!r}".format(*c) for c in found.wrong_columns.iter_rows())
            )
        if options.fields:
            print(by_field(found))
        if options.misses:
            worst = pl.concat([found.twins_merged["asset_id"], found.databases_merged["asset_id"]])
            print(misses.report(found.shared, found.run, found.truth, options.misses, worst))


def _profile(name: str) -> Profile:
    return next(profile for profile in PROFILES if profile == name)


if __name__ == "__main__":
    main()
