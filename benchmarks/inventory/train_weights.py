"""Fits the weights by which pairs of records are compared, on labelled estates, and writes them into the package.

`python -m benchmarks.inventory.train_weights [--assets 2000] [--hard 101 ... --messy 101 ... --held-out 201 ...]`.
A logistic model over the levels of domain/inventory/matching/comparison.py, once for entries of different tables and
once for rows of one table. It starts from weights set by judgement and moves away as far as the pairs of the estates
ask for (Gaussian prior), inside bounds that hold whatever an estate looks like: agreement never speaks against a
pair, a lone address never makes one. Estates of the held-out seeds tell how well the result is calibrated. Seeds of
tests and benchmarks are others."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, vstack

from benchmarks.estate.noise import Profile
from benchmarks.inventory.estates import labelled_estate
from benchmarks.inventory.pipeline import Clock, Gold, mapped
from discovery_pipeline.domain.cleansing.clean import clean
from discovery_pipeline.domain.handoffs import CleanTable
from discovery_pipeline.domain.inventory.classification.classify import record_evidence
from discovery_pipeline.domain.inventory.classification.hints import record_hints
from discovery_pipeline.domain.inventory.matching import pair_weights
from discovery_pipeline.domain.inventory.matching.clusters import grow
from discovery_pipeline.domain.inventory.matching.comparison import (
    FEATURES,
    NUMBER_ATTRIBUTES,
    TEXT_ATTRIBUTES,
    Levels,
    compare,
)
from discovery_pipeline.domain.inventory.matching.identifiers import KINDS
from discovery_pipeline.domain.inventory.matching.match import Compared, matcher_of
from discovery_pipeline.domain.inventory.matching.pair_weights import PairWeights, probability, weights_of
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.records import gather_records

Where = Literal["across", "within"]
PLACES: tuple[Where, ...] = ("across", "within")
Document = dict[str, Any]
Floats = NDArray[np.float64]

# How many pairs a weight set by judgement counts for. Rows of one table that are one thing are rare in an estate.
PRIOR_STRENGTH: Mapping[Where, float] = {"across": 4.0, "within": 16.0}
ROUNDS = 2
BIAS: Mapping[Where, float] = {"across": -2.5, "within": -2.8}
BIAS_BOUNDS: Mapping[Where, tuple[float, float]] = {"across": (-4.0, -2.2), "within": (-2.75, -2.2)}

# Judgement per identifier kind: agreed in a value of its own, in one that a table repeats, both given and different.
_AGREES = {
    "uuid": 9.0, "source_id": 9.0, "serial": 5.5, "mac": 5.5, "fqdn": 5.5, "name": 4.0, "tag": 4.0, "ip": 1.5,
}  # fmt: skip
_REPEATED: Mapping[Where, Mapping[str, float]] = {
    "across": {
        "uuid": 1.0, "source_id": 1.0, "serial": 1.0, "mac": 1.0, "fqdn": 2.0, "name": 1.5, "tag": 0.5, "ip": 0.5,
    },
    "within": {
        "uuid": 4.0, "source_id": 7.0, "serial": 3.5, "mac": 3.0, "fqdn": 3.0, "name": 3.0, "tag": 2.0, "ip": 1.0,
    },
}  # fmt: skip
_DIFFERS = {
    "uuid": -6.0, "source_id": 0.0, "serial": -5.0, "mac": -1.5, "fqdn": -1.5, "name": -2.5, "tag": -1.0, "ip": -0.5,
}  # fmt: skip
_NEAR = {"serial": -2.0, "name": 1.0}
_TRAITS: Mapping[str, Mapping[str, float]] = {
    "status": {"agrees": 0.2, "retired_alone": -1.0, "retired_against_live": -2.5, "retired_and_off": 0.5},
    "domain": {"agrees": 0.3, "differs": -3.5},
    "virtual": {"agrees": 0.1, "differs": -1.0},
    "system": {"agrees": 0.2, "differs": -1.5},
    "type": {"differs": -2.0},
}
# A table may repeat a value for a good reason; where its twin row has another id of the source, a bad one is likelier.
_OTHER_ROW = -1.5
_ATTRIBUTE = {"agrees": 0.5, "near": 0.2, "differs": -0.4}

_AGAINST = ("differs", "taken", "both_taken", "retired_alone", "retired_against_live")
_FREE = {"near": (-6.0, 6.0), "nested": (-3.0, 3.0), "live_and_off": (-2.0, 1.0)}
# What must hold in the smallest tables too, where nothing but these speaks.
_BOUNDS: Mapping[tuple[str, str], tuple[float, float]] = {
    ("uuid", "agrees"): (6.0, 12.0), ("uuid", "differs"): (-12.0, -4.5), ("uuid", "taken"): (-12.0, -5.0),
    ("uuid", "both_taken"): (-12.0, -6.0), ("serial", "agrees"): (4.5, 6.0),
    ("serial", "differs"): (-12.0, -3.5), ("serial", "taken"): (-12.0, -4.0), ("serial", "both_taken"): (-12.0, -5.0),
    ("mac", "agrees"): (4.0, 6.0), ("fqdn", "agrees"): (3.0, 8.0), ("name", "agrees"): (2.8, 5.0),
    ("name", "shared"): (0.0, 2.0), ("name", "common"): (0.0, 1.0), ("name", "near"): (0.5, 2.5),
    ("name", "differs"): (-12.0, -2.0), ("name", "taken"): (-12.0, -3.0), ("name", "both_taken"): (-12.0, -4.0),
    ("ip", "agrees"): (0.0, 1.9), ("ip", "agrees_stale"): (0.0, 1.5), ("ip", "differs"): (-2.0, 0.0),
    ("domain", "differs"): (-12.0, -3.5), ("virtual", "differs"): (-12.0, -1.5),
}  # fmt: skip
# Rows of a table that tell nothing but one name are one thing.
_SAME_NAME_ONLY = (2.8, 5.0)
_ATTRIBUTE_BOUNDS = {"differs": (-1.5, 0.0)}
_MOST_OF_AN_ATTRIBUTE = (0.0, 1.8)

INDEX = [(feature, level) for feature, levels in FEATURES.items() for level in levels[1:]]
_START = {feature: INDEX.index((feature, levels[1])) for feature, levels in FEATURES.items()}


@dataclass(frozen=True)
class Labelled:
    """levels: (pairs, INDEX), 1 where a pair stands at the level. same: whether the pair is one thing."""

    levels: csr_matrix
    same: NDArray[np.bool_]


@dataclass(frozen=True)
class Estate:
    """The clean tables of an estate and which thing each row is of (table_no, row, true_id)."""

    tables: Sequence[CleanTable]
    truth: pl.DataFrame


def prepared(profile: Profile, assets: int, seed: int) -> Estate:
    """A labelled estate, mapped with the true mapping and cleansed."""
    folder = labelled_estate(profile, assets, seed)
    known = mapped(folder / "exports", Gold.of(folder / "truth"), Clock())
    tables = [clean(table).table for table in known.canonical]
    names = pl.DataFrame(
        [(t.info.table_no, t.info.file, t.info.table) for t in tables],
        schema={"table_no": pl.UInt32(), "file": pl.String(), "table": pl.String()},
        orient="row",
    )
    records = pl.read_parquet(folder / "truth" / "records.parquet")
    return Estate(tables, records.join(names, on=["file", "table"]).select("table_no", "row", "true_id"))


def labelled(estate: Estate, weights: Mapping[Where, PairWeights]) -> dict[Where, Labelled]:
    """The pairs that matching compares in this estate, with their labels. weights: decide what is one entry."""
    kinds = {t.info.table_no: (t.info, t.kind) for t in estate.tables}
    records = gather_records(estate.tables).assets
    evidence = record_evidence(record_hints(records, kinds), len(records))
    params = InventoryParams()
    matcher, entries = matcher_of(records, evidence, {no: info for no, (info, _) in kinds.items()}, params)
    things = records.select("table_no", "row").join(
        estate.truth, on=["table_no", "row"], how="left", maintain_order="left"
    )["true_id"]
    listed = matcher.within(entries, weights["within"])
    once = grow(listed.pairs, listed.subjects, weights["within"], params.accept, tables_apart=False)
    across = matcher.across(entries.joined(once.cluster), weights["across"])
    return {"across": _labelled(across, things), "within": _labelled(listed, things)}


def _labelled(compared: Compared, things: pl.Series) -> Labelled:
    """Pairs of entries; those of rows that are no thing are left out."""
    known = things.fill_null("").to_numpy()
    of_entry = np.full(len(compared.entries), "", dtype=object)
    of_entry[compared.entries.of_record[::-1]] = known[::-1]
    left, right = of_entry[compared.pairs.left], of_entry[compared.pairs.right]
    levels = compare(compared.subjects, compared.pairs.left, compared.pairs.right, compared.pairs.agreed)
    sure = (left != "") & (right != "")
    return Labelled(_design(levels)[sure], (left == right)[sure])


def _design(levels: Mapping[str, Levels]) -> csr_matrix:
    size = len(next(iter(levels.values())))
    rows = {name: np.flatnonzero(level) for name, level in levels.items()}
    columns = [_START[name] + levels[name][found] - 1 for name, found in rows.items()]
    row, column = np.concatenate(list(rows.values())), np.concatenate(columns)
    return csr_matrix((np.ones(len(row)), (row, column)), shape=(size, len(INDEX)))


def judged(where: Where) -> Document:
    """The weights that judgement sets."""
    weights: dict[str, dict[str, float]] = {
        **{name: dict(_ATTRIBUTE) for name in (*TEXT_ATTRIBUTES, *NUMBER_ATTRIBUTES)},
        **{name: dict(given) for name, given in _TRAITS.items()},
    }
    for kind in KINDS:
        repeated, differs = _REPEATED[where][kind], _DIFFERS[kind]
        agrees = _AGREES[kind] if where == "across" else repeated
        step = 0.0 if kind in ("ip", "source_id") else -1.0
        weights[kind] = {
            "agrees": agrees, "shared": repeated, "common": 0.3 * repeated, "near": _NEAR.get(kind, 0.0),
            "differs": differs, "taken": differs + step, "both_taken": differs + 2 * step, "agrees_stale": agrees / 2,
        }  # fmt: skip
    if where == "within":
        weights["source_id"] |= {"differs": _OTHER_ROW, "taken": _OTHER_ROW, "both_taken": _OTHER_ROW}
    return {"bias": BIAS[where], "weights": weights}


def bounds(where: Where) -> list[tuple[float, float]]:
    """The range of each weight of INDEX, then of the bias."""
    return [*(_bound(where, feature, level) for feature, level in INDEX), BIAS_BOUNDS[where]]


def _bound(where: Where, feature: str, level: str) -> tuple[float, float]:
    if where == "across" and (feature, level) in _BOUNDS:
        return _BOUNDS[feature, level]
    if where == "within" and (feature, level) == ("name", "shared"):
        return _SAME_NAME_ONLY
    if feature in (*TEXT_ATTRIBUTES, *NUMBER_ATTRIBUTES):
        return _ATTRIBUTE_BOUNDS.get(level, _MOST_OF_AN_ATTRIBUTE)
    return (-12.0, 0.0) if level in _AGAINST else _FREE.get(level, (0.0, 14.0))


def fitted(pairs: Labelled, where: Where) -> tuple[Document, Floats]:
    """Weights at the greatest posterior probability of the labels, as a document and as a vector."""
    start = _vector(judged(where))
    sign = 1.0 - 2.0 * pairs.same
    strength = PRIOR_STRENGTH[where]

    def loss(vector: Floats) -> tuple[float, Floats]:
        margin = sign * (pairs.levels @ vector[:-1] + vector[-1])
        away = vector - start
        pull = sign / (1.0 + np.exp(-np.clip(margin, -500, 500)))
        slope = np.concatenate([pairs.levels.T @ pull, [pull.sum()]]) + strength * away
        return float(np.logaddexp(0.0, margin).sum() + 0.5 * strength * (away**2).sum()), slope

    ranges = bounds(where)
    low, high = np.array(ranges).T
    found = minimize(
        loss, np.clip(start, low, high), jac=True, method="L-BFGS-B", bounds=ranges, options={"maxiter": 500}
    )
    return _document(found.x), found.x


def _vector(document: Document) -> Floats:
    return np.array([*(document["weights"].get(f, {}).get(level, 0.0) for f, level in INDEX), document["bias"]])


def _document(vector: Floats) -> Document:
    weights: dict[str, dict[str, float]] = {}
    for (feature, level), value in zip(INDEX, vector[:-1].tolist(), strict=True):
        weights.setdefault(feature, {})[level] = round(value, 3)
    return {"bias": round(float(vector[-1]), 3), "weights": weights}


def together(parts: Sequence[Labelled]) -> Labelled:
    """The pairs of several estates."""
    return Labelled(vstack([part.levels for part in parts]).tocsr(), np.concatenate([part.same for part in parts]))


def told(pairs: Labelled, document: Document) -> Document:
    """How well the weights tell these pairs apart: counts of mistakes, log loss, calibration error in ten bins."""
    vector = _vector(document)
    score = pairs.levels @ vector[:-1] + vector[-1]
    chance = probability(score)
    bins = np.minimum((chance * 10).astype(np.int64), 9)
    gaps = [
        abs(chance[bins == b].mean() - pairs.same[bins == b].mean()) * (bins == b).mean()
        for b in range(10)
        if (bins == b).any()
    ]
    wrong = (chance >= 0.5) != pairs.same
    likelihood = np.where(pairs.same, chance, 1.0 - chance)
    return {
        "pairs": len(chance), "one_thing": int(pairs.same.sum()), "wrongly_joined": int((wrong & ~pairs.same).sum()),
        "wrongly_parted": int((wrong & pairs.same).sum()),
        "log_loss": round(float(-np.log(np.maximum(likelihood, 1e-12)).mean()), 5),
        "calibration_error": round(float(sum(gaps)), 5),
    }  # fmt: skip


def train(estates: Sequence[Estate], held_out: Sequence[Estate]) -> Document:
    """Weights with what they were fitted on and how well they do. What is one entry depends on them: a few rounds."""
    documents = {where: judged(where) for where in PLACES}
    for _ in range(ROUNDS):
        found = [labelled(estate, _weights(documents)) for estate in estates]
        pairs = {where: together([each[where] for each in found]) for where in PLACES}
        documents = {where: fitted(pairs[where], where)[0] for where in PLACES}
    unseen = [labelled(estate, _weights(documents)) for estate in held_out]
    figures = {
        where: {
            "fitted on": told(pairs[where], documents[where]),
            "held out": told(together([each[where] for each in unseen]), documents[where]),
        }
        for where in PLACES
    }
    return {"figures": figures, "across": documents["across"], "within": documents["within"]}


def _weights(documents: Mapping[Where, Document]) -> dict[Where, PairWeights]:
    return {where: weights_of(document) for where, document in documents.items()}


def _estates(assets: int, seeds: Mapping[Profile, Sequence[int]]) -> Iterator[Estate]:
    for profile, numbers in seeds.items():
        for seed in numbers:
            yield prepared(profile, assets, seed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=int, default=2000)
    parser.add_argument("--hard", type=int, nargs="+", default=list(range(101, 109)))
    parser.add_argument("--messy", type=int, nargs="+", default=list(range(101, 105)))
    parser.add_argument("--held-out", type=int, nargs="+", default=[201, 202, 203], help="seeds, hard and messy each")
    options = parser.parse_args()
    seeds: dict[Profile, list[int]] = {"hard": options.hard, "messy": options.messy}
    unseen: dict[Profile, list[int]] = {"hard": options.held_out, "messy": options.held_out}
    document = train(list(_estates(options.assets, seeds)), list(_estates(options.assets, unseen)))
    about = {
        "made by": "python -m benchmarks.inventory.train_weights",
        "on": date.today().isoformat(),
        "estates": {"assets": options.assets, "seeds": seeds, "held out": unseen},
    }
    place = Path(pair_weights.__file__).with_name(pair_weights.FILE)
    place.write_text(json.dumps({**about, **document}, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(document["figures"], indent=1))


if __name__ == "__main__":
    main()
