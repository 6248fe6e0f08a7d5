"""How near dependencies, applications and groups come to the truth on labelled worlds.

`python -m benchmarks.dependencies.score --profile messy --assets 3000 --seeds 401 402 [--gold] [--misses N] [--kinds]
[--trust] [--groups] [--stability]`. --gold: with the true mapping, so that dependencies are measured apart from it.
--misses: so many examples of each kind of error, with the evidence. --kinds: which kinds are taken for which. --trust:
whether confidence means what it says. --groups: the move groups. --stability: and again without 2 % of the connection
rows. Worlds lie below bench-data/.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import polars as pl

from benchmarks.dependencies import misses, trust
from benchmarks.dependencies.estates import labelled_world
from benchmarks.dependencies.judge import Judged, Labels
from benchmarks.dependencies.members import alike, applications, groups
from benchmarks.dependencies.pipeline import made
from benchmarks.dependencies.world.mess import PROFILES
from benchmarks.inventory.pipeline import Gold

DROPPED = 0.02


def judge(folder: Path, *, gold: bool) -> Judged:
    """Run a world and keep its truth beside it."""
    truth = folder / "truth"
    return Judged(made(folder / "exports", Gold.of(truth) if gold else None), Labels.of(truth))


def line(name: str, judged: Judged) -> str:
    """What a person compares from seed to seed."""
    app, tier, members = judged.level("application"), judged.level("tier"), applications(judged)
    return (
        f"{name:<12} app P {app.precision:.3f} R {app.recall:.3f} F1 {app.f1:.3f} | tier P {tier.precision:.3f} "
        f"R {tier.recall:.3f} F1 {tier.f1:.3f} | ARI {members.ari:.3f} assigned {members.assigned:.3f} right "
        f"{members.right:.3f} merged {members.merged} | glue {judged.glued.height} shared-in-app {members.shared} | "
        f"ECE {trust.error(trust.judged_edges(judged)):.3f}"
    )


def moves(judged: Judged, *, again: bool) -> str:
    """Of the move groups; again: how alike they are (adjusted Rand) without a random 2 % of the connection rows."""
    found = groups(judged)
    told = f"  groups {found.groups} largest {found.largest} cut {found.cut:.3f}"
    if again:
        other = judged.made.without(DROPPED, 1)
        alikeness = alike(judged.made.analysis.move_groups, other.analysis.move_groups)
        told += f", alike without {DROPPED:.0%} of the connection rows: {alikeness:.3f}"
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", choices=sorted(PROFILES), default="messy")
    parser.add_argument("--assets", type=int, default=3_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[401])
    parser.add_argument("--gold", action="store_true", help="use the true mapping")
    parser.add_argument("--misses", type=int, default=0, help="show so many errors of each kind")
    parser.add_argument("--kinds", action="store_true", help="show which kinds are taken for which")
    parser.add_argument("--trust", action="store_true", help="show confidence beside the share that is right")
    parser.add_argument("--groups", action="store_true", help="show the move groups")
    parser.add_argument("--stability", action="store_true", help="groups again without 2 %% of the connection rows")
    options = parser.parse_args()
    for seed in options.seeds:
        folder = labelled_world(options.profile, options.assets, seed)
        started = time.process_time()
        judged = judge(folder, gold=options.gold)
        spent = time.process_time() - started
        print(f"{line(f'{options.profile} {seed}', judged)} | cpu {spent:.0f} s", flush=True)
        if options.groups or options.stability:
            print(moves(judged, again=options.stability), flush=True)
        with pl.Config(tbl_rows=60, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True, fmt_str_lengths=60):
            if options.kinds:
                print(judged.confusion.pivot("found", index="kind", values="len").fill_null(0))
            if options.trust:
                edges = trust.judged_edges(judged)
                print(trust.table(edges), trust.by_class(edges), sep="\n")
        if options.misses:
            print(misses.report(judged, options.misses), flush=True)


if __name__ == "__main__":
    main()
