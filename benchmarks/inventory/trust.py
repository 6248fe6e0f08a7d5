"""How often each kind of source is right, per field, on labelled estates: what values/precedence.yaml rests on.

`python -m benchmarks.inventory.trust [--assets 3000] [--seeds 111 112]`. Only assets of which several records state the
field count; lists are left out, for a record need not name all of their items.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import polars as pl

from benchmarks.estate.noise import Profile
from benchmarks.inventory.estates import labelled_estate
from benchmarks.inventory.train_weights import prepared
from discovery_pipeline.domain.inventory.records import gather_records
from discovery_pipeline.domain.inventory.values.precedence import SourceKind, precedence, source_kind
from discovery_pipeline.domain.schema import clean_schema, fields
from discovery_pipeline_tests.sample_tenants.score_values import comparison

PROFILES: tuple[Profile, ...] = ("messy", "hard")


def claims(profile: Profile, assets: int, seed: int) -> Iterator[pl.DataFrame]:
    """Per field the claims on assets that several records describe: field, kind, right."""
    estate = prepared(profile, assets, seed)
    truth = pl.read_parquet(labelled_estate(profile, assets, seed) / "truth" / "assets.parquet")
    records = gather_records(estate.tables).assets.join(estate.truth, on=["table_no", "row"])
    kinds: dict[int, SourceKind] = {
        t.info.table_no: source_kind(t.info, t.kind, set(t.frame.collect_schema().names()) & set(clean_schema("asset")))
        for t in estate.tables
    }
    known = records.with_columns(pl.col("table_no").replace_strict(kinds, return_dtype=pl.String).alias("kind"))
    for name, field in fields("asset").items():
        if name in records.columns and name in truth.columns and not field.is_list:
            stated = known.select("true_id", "kind", found=name).drop_nulls("found")
            several = stated.filter(pl.len().over("true_id") > 1)
            told = several.join(truth.select("true_id", expected=name).filter(pl.col("expected") != ""), on="true_id")
            right = comparison(name)(pl.col("expected"), pl.col("found"), pl.lit("")).fill_null(value=False)
            yield told.select(pl.lit(name).alias("field"), "kind", right.alias("right"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=int, default=3_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[111, 112])
    options = parser.parse_args()
    found = pl.concat([part for p in PROFILES for seed in options.seeds for part in claims(p, options.assets, seed)])
    counted = (
        found.group_by("field", "kind").agg(pl.len().alias("claims"), pl.col("right").mean()).sort("field", "kind")
    )
    print(f"{'field':<22}{'kind':<12}{'claims':>9}{'right':>9}{'trust':>8}")
    for field, kind, size, right in counted.iter_rows():
        trust = precedence().trust[precedence().group_of[field]][kind]
        print(f"{field:<22}{kind:<12}{size:>9,}{right:>9.4f}{trust:>8.2f}")


if __name__ == "__main__":
    main()
