"""Fits the reliabilities of the classes of evidence, so that confidence is the share of edges that is right.

`python -m benchmarks.dependencies.calibrate [--train 1 2 3 4] [--held-out 801 802 803] [--assets 1000] [--write]`.
Every edge tells its classes with their records and contributions (`reasons`); what doubts took off a class stays taken
off while its reliability is fitted. What one sighting alone is worth (`once`) is not fitted: with the doubts it decides
whether a single connection is believed. Likelihood of right and wrong edges, held near the figures in force as if these
came from PRIOR edges each. --write puts the figures into discovery_pipeline/domain/dependencies/reliability.yaml, whose
comments stay. Training worlds are never those that are reported.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.dependencies import trust
from benchmarks.dependencies.estates import labelled_world
from benchmarks.dependencies.score import judge
from benchmarks.estate.noise import Profile
from discovery_pipeline.domain.dependencies import params
from discovery_pipeline.domain.dependencies.params import reliabilities

PROFILES: tuple[Profile, ...] = ("messy", "hard")
FILE = Path(params.__file__).with_name("reliability.yaml")
PRIOR = 40.0
# Not fitted: what follows from other edges and carries their confidence; what stays a lead whatever it is worth; what
# a model said, of which labelled worlds hold nothing.
_GIVEN = ("derived", "shared_database", "naming", "model")
_LOWEST, _HIGHEST = 0.02, 0.995
_GROWTH = (1.0, 4.0)
_REASON = r"^(?<grade>[a-z_]+), (?<records>\d+) records?: (?<contribution>[0-9.]+)$"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pieces:
    """Classes of evidence of many edges. edge: of each piece, from 0 on. grade: index into `names`, of what is given
    -1. share: 1 / records of what is observed, else NaN. factor: what doubts left. right: per edge."""

    names: tuple[str, ...]
    edge: NDArray[np.int64]
    grade: NDArray[np.int64]
    share: Floats
    factor: Floats
    right: NDArray[np.bool_]

    def confidences(self, values: Floats) -> Floats:
        """Per edge, under the reliabilities `values`: those of `names`, then limit and growth of what is observed."""
        limit, growth = values[-2], values[-1]
        observed = limit - (limit - once()) * self.share**growth
        table = np.append(values[:-2], 1.0)
        own = np.where(np.isnan(self.share), table[self.grade], observed)
        doubt = np.log1p(-np.clip(own * self.factor, 0.0, 0.9999))
        return 1 - np.exp(np.bincount(self.edge, doubt, len(self.right)))


def pieces_of(worlds: Sequence[tuple[Profile, int]], assets: int, names: tuple[str, ...]) -> Pieces:
    """The evidence of all edges of some worlds, with the truth."""
    frames = []
    for profile, seed in worlds:
        judged = judge(labelled_world(profile, assets, seed), gold=True)
        edges = trust.judged_edges(judged).join(judged.found.select("edge", "reasons"), on="edge")
        frames.append(edges.select("right", "reasons"))
    edges = pl.concat(frames).with_row_index("edge")
    parts = edges.explode("reasons", empty_as_null=False).drop_nulls("reasons")
    parts = parts.with_columns(pl.col("reasons").str.extract_groups(_REASON).alias("parts")).unnest("parts")
    parts = parts.drop_nulls("grade").with_columns(pl.col("records", "contribution").cast(pl.Float64))
    return _pieces(parts, edges["right"].to_numpy(), names)


def _pieces(parts: pl.DataFrame, right: NDArray[np.bool_], names: tuple[str, ...]) -> Pieces:
    current = judged_values(names)
    table = dict(zip(names, current[:-2], strict=True))
    observed = pl.col("grade") == "observed"
    share = 1 / pl.col("records").clip(lower_bound=1)
    limit, growth = current[-2], current[-1]
    own = pl.when(observed).then(limit - (limit - once()) * share**growth).otherwise(
        pl.col("grade").replace_strict(table, default=1.0, return_dtype=pl.Float64)
    )  # fmt: skip
    worked = parts.with_columns(
        factor=(pl.col("contribution") / own).clip(upper_bound=1.0),
        share=pl.when(observed).then(share).otherwise(float("nan")),
        index=pl.col("grade").replace_strict({n: i for i, n in enumerate(names)}, default=-1, return_dtype=pl.Int64),
    )
    return Pieces(
        names, worked["edge"].to_numpy().astype(np.int64), worked["index"].to_numpy(),
        worked["share"].to_numpy(), worked["factor"].to_numpy(), right,
    )  # fmt: skip


def judged_values(names: Sequence[str]) -> Floats:
    """The figures in force: of `names`, then limit and growth."""
    known: Mapping[str, Mapping[str, float]] = reliabilities()
    observed = known["observed"]
    return np.array([*(known["classes"][n] for n in names), observed["limit"], observed.get("growth", 1.0)])


def once() -> float:
    """What a single sighting is worth."""
    return float(reliabilities()["observed"]["once"])


def fitted(found: Pieces) -> Floats:
    """The reliabilities under which what is right and wrong is likeliest, held near those in force."""
    prior = judged_values(found.names)

    def loss(values: Floats) -> float:
        told = np.clip(found.confidences(values), 1e-4, 1 - 1e-4)
        data = np.where(found.right, np.log(told), np.log1p(-told)).sum()
        shares, held = values[:-1], prior[:-1]
        near = (held * np.log(shares) + (1 - held) * np.log1p(-shares)).sum()
        return float(-(data + PRIOR * near))

    bounds = [(_LOWEST, _HIGHEST)] * (len(prior) - 1) + [_GROWTH]
    return np.asarray(minimize(loss, prior, method="L-BFGS-B", bounds=bounds).x).round(3)


def error(found: Pieces, values: Floats) -> float:
    """Expected calibration error over the edges."""
    told = found.confidences(values)
    return trust.error(pl.DataFrame({"confidence": told, "right": found.right}))


def written(text: str, names: Sequence[str], values: Floats, source: str) -> str:
    """reliability.yaml with these figures, its comments kept."""
    figures = dict(zip([*names, "limit", "growth"], values.tolist(), strict=True))
    for name, value in figures.items():
        text = re.sub(rf"(?m)^(\s+{name}: )[0-9.]+", rf"\g<1>{value:.3f}", text)
    text = re.sub(r"(?m)^as_of: .*$", f"as_of: {date.today().isoformat()}", text)
    return re.sub(r"(?m)^source: .*$", f"source: {source}", text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=int, default=1_000)
    parser.add_argument("--train", type=int, nargs="+", default=[1, 2, 3, 4])
    parser.add_argument("--held-out", type=int, nargs="+", default=[801, 802, 803])
    parser.add_argument("--write", action="store_true", help="put the figures into the package")
    options = parser.parse_args()
    names = tuple(name for name in reliabilities()["classes"] if name not in _GIVEN)
    train, held = (
        pieces_of([(p, s) for p in PROFILES for s in seeds], options.assets, names)
        for seeds in (options.train, options.held_out)
    )
    before, after = judged_values(names), fitted(train)
    for name, old, new in zip([*names, "limit", "growth"], before, after, strict=True):
        print(f"{name:<16} {old:.3f} -> {new:.3f}")
    for name, part in (("training", train), ("held out", held)):
        print(f"ECE {name}: {error(part, before):.4f} -> {error(part, after):.4f}, {len(part.right):,} edges")
    if options.write:
        seeds = ", ".join(map(str, options.train))
        source = (
            f"fitted by benchmarks.dependencies.calibrate on labelled worlds of {options.assets} assets, profiles "
            f"{' and '.join(PROFILES)}, seeds {seeds}"
        )
        FILE.write_text(written(FILE.read_text("utf-8"), names, after, f'"{source}"'), "utf-8")


if __name__ == "__main__":
    main()
