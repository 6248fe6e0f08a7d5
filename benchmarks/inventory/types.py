"""How right the types of assets are, and whether their confidence means what it says, on labelled estates.

`python -m benchmarks.inventory.types [--assets 2000] [--seeds 31 32 33] [--fit --train 111 112 113]`. Exports say less
in one company than in the next, so every estate is also judged with columns taken away (VARIANTS), and record by
record, as a tenant with one source has it. --fit weighs the fields of type_hints.yaml anew, on other seeds, and writes
type_weights.yaml (both in domain/inventory/classification). Who names whom as a host is left out here.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import yaml
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.estate.noise import Profile
from benchmarks.inventory.estates import labelled_estate
from benchmarks.inventory.train_weights import Estate, prepared
from discovery_pipeline.domain.inventory.classification import classify
from discovery_pipeline.domain.inventory.classification.conventions import by_convention, first_names
from discovery_pipeline.domain.inventory.classification.hints import TYPES, Hint, record_hints, rules
from discovery_pipeline.domain.inventory.records import gather_records
from discovery_pipeline.domain.inventory.tables import Tables

PROFILES: tuple[Profile, ...] = ("messy", "hard")
# What exports may lack.
VARIANTS: Mapping[str, tuple[str, ...]] = {
    "all columns": (),
    "no class": ("asset_type",),
    "no class, hardware": ("asset_type", "manufacturer", "model", "serial_number", "platform"),
    "no class, hardware, tables": (
        "asset_type", "manufacturer", "model", "serial_number", "platform", "is_virtual", "table", "product",
        "hypervisor_host", "mac_prefix",
    ),
}  # fmt: skip
BINS = 10
FIELDS = tuple(rules())
WEIGHTS = Path(classify.__file__).with_name("type_weights.yaml")
# How many assets the weights set by judgement count for, and how far the fit may move away from them.
PRIOR_STRENGTH = 50.0
SCALES, PRIORS = (0.5, 2.0), (-0.3, 0.3)


@dataclass(frozen=True)
class Sample:
    """Assets of one estate under one variant. words: (assets, fields, types), the strongest word per field. truth:
    index into TYPES. family: of each. typed: what the package makes of it."""

    words: NDArray[np.float32]
    truth: NDArray[np.int64]
    typed: classify.Typed


@dataclass(frozen=True)
class Reliability:
    """accuracy, mean confidence and expected calibration error (mean distance of both over bins of confidence)."""

    size: int
    accuracy: float
    confidence: float
    error: float


def samples(estate: Estate, types: Mapping[str, str], lacking: Sequence[str]) -> Iterator[Sample]:
    """The estate's things with all their records, then every record as a thing of its own."""
    kinds: Tables = {t.info.table_no: (t.info, t.kind) for t in estate.tables}
    records = gather_records(estate.tables).assets.join(
        estate.truth, on=["table_no", "row"], how="left", maintain_order="left"
    )
    known = records["true_id"].replace_strict(types, default=None, return_dtype=pl.String)
    kept = records.filter(known.is_not_null() & ~records["duplicate"])
    truth = known.filter(known.is_not_null() & ~records["duplicate"])
    numbers = truth.replace_strict(list(TYPES), range(len(TYPES)), return_dtype=pl.Int64).to_numpy()
    said = [h for h in record_hints(kept.drop("true_id"), kinds) if h.field not in lacking]
    seen = kept.drop([name for name in lacking if name in kept.columns])
    for of_record in (kept["true_id"].rank("dense").to_numpy().astype(np.int64) - 1, np.arange(len(kept))):
        yield _sample(said, seen, of_record, numbers)


def _sample(
    hints: Sequence[Hint], records: pl.DataFrame, of_record: NDArray[np.int64], truth: NDArray[np.int64]
) -> Sample:
    count = int(of_record.max()) + 1
    first = np.unique(of_record, return_index=True)[1]
    words = np.zeros((count, len(FIELDS), len(TYPES)), dtype=np.float32)
    for hint in hints:
        words[:, FIELDS.index(hint.field)] = classify.strongest(hint, of_record, count)
    family = classify.record_families(classify.record_evidence(hints, len(records)))[first]
    evidence = classify.asset_evidence(hints, of_record, count)
    named = records.with_columns(pl.Series("asset", of_record, dtype=pl.UInt32()))
    evidence += by_convention(first_names(named, count), evidence)
    return Sample(words, truth[first], classify.classify(classify.within_families(evidence, family)))


def reliability(found: Sequence[Sample]) -> Reliability:
    """Over all samples together."""
    truth = np.concatenate([sample.truth for sample in found])
    guessed = pl.concat([sample.typed.names for sample in found])
    confidence = pl.concat([sample.typed.confidence for sample in found]).to_numpy()
    right = guessed.to_numpy() == np.array(TYPES, dtype=object)[truth]
    bins = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    sizes = np.bincount(bins, minlength=BINS)
    gaps = np.abs(np.bincount(bins, right, BINS) - np.bincount(bins, confidence, BINS))
    return Reliability(len(truth), float(right.mean()), float(confidence.mean()), float(gaps.sum() / sizes.sum()))


def fitted(found: Sequence[Sample]) -> classify.TypeWeights:
    """The weights under which the truth is likeliest, held near 1 (scales) and 0 (prior)."""
    words = np.concatenate([sample.words for sample in found]).astype(np.float64)
    truth = np.concatenate([sample.truth for sample in found])
    spoken = words.sum(axis=1).max(axis=1) > 0
    words, truth = words[spoken], truth[spoken]
    said = words.sum(axis=1) > 0
    each = np.arange(len(truth))
    fields, types = words.shape[1], words.shape[2]

    def loss(free: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scales, prior, unsaid = free[:fields], free[fields:-1], free[-1]
        odds = np.einsum("f,nft->nt", scales, words) + np.where(said, prior, unsaid)
        odds -= odds.max(axis=1, keepdims=True)
        shares = np.exp(odds)
        shares /= shares.sum(axis=1, keepdims=True)
        wrong = shares.copy()
        wrong[each, truth] -= 1.0
        slope = np.concatenate(
            [
                np.einsum("nt,nft->f", wrong, words) + PRIOR_STRENGTH * (scales - 1),
                (wrong * said).sum(axis=0) + PRIOR_STRENGTH * prior,
                [(wrong * ~said).sum()],
            ]
        )
        near = PRIOR_STRENGTH / 2 * (((scales - 1) ** 2).sum() + (prior**2).sum())
        return float(-np.log(np.maximum(shares[each, truth], 1e-12)).sum() + near), slope

    start = np.concatenate([np.ones(fields), np.zeros(types), [-1.0]])
    bounds = [SCALES] * fields + [PRIORS] * types + [(-6.0, 0.0)]
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x.round(3)
    scales = dict(zip(FIELDS, best[:fields].tolist(), strict=True))
    return classify.TypeWeights(scales, best[fields:-1].astype(np.float32), float(best[-1]))


def written(weights: classify.TypeWeights, seeds: Sequence[int], assets: int) -> str:
    """The text of type_weights.yaml."""
    prior = {name: round(float(weights.prior[n]), 3) for n, name in enumerate(TYPES)}
    head = (
        "# What the word of each field of type_hints.yaml counts, so that type_confidence is the share that is right.\n"
        f"# Fitted by `python -m benchmarks.inventory.types --fit`, {date.today().isoformat()}: labelled estates of "
        f"{assets:,} assets,\n# profiles {', '.join(PROFILES)}, seeds {', '.join(map(str, seeds))}, with and without "
        "the columns that exports often lack.\n"
    )
    return head + yaml.safe_dump(
        {"version": 1, "scales": dict(weights.scales), "prior": prior, "unsaid": weights.unsaid}, sort_keys=False
    )


def gathered(assets: int, seeds: Sequence[int]) -> dict[str, list[Sample]]:
    """Samples per variant, over all profiles and seeds."""
    found: dict[str, list[Sample]] = {f"{name}, {how}": [] for name in VARIANTS for how in ("things", "records")}
    for profile in PROFILES:
        for seed in seeds:
            estate = prepared(profile, assets, seed)
            truth = pl.read_parquet(labelled_estate(profile, assets, seed) / "truth" / "assets.parquet")
            types = dict(truth.select("true_id", "type").iter_rows())
            for name, lacking in VARIANTS.items():
                for how, sample in zip(("things", "records"), samples(estate, types, lacking), strict=True):
                    found[f"{name}, {how}"].append(sample)
    return found


def show(found: Mapping[str, Sequence[Sample]]) -> None:
    print(f"{'':<44}{'assets':>8}{'right':>9}{'confidence':>12}{'ECE':>9}")
    everything = [sample for part in found.values() for sample in part]
    for name, part in [*found.items(), ("together", everything)]:
        told = reliability(part)
        print(f"{name:<44}{told.size:>8,}{told.accuracy:>9.4f}{told.confidence:>12.4f}{told.error:>9.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=int, default=2_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[31, 32, 33])
    parser.add_argument("--fit", action="store_true", help="weigh anew and write the weights into the package")
    parser.add_argument("--train", type=int, nargs="+", default=[111, 112, 113])
    options = parser.parse_args()
    if options.fit:
        samples_of = gathered(options.assets, options.train)
        weights = fitted([sample for part in samples_of.values() for sample in part])
        WEIGHTS.write_text(written(weights, options.train, options.assets))
        classify.type_weights.cache_clear()
    show(gathered(options.assets, options.seeds))


if __name__ == "__main__":
    main()
