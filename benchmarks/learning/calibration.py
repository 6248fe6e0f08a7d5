"""Fits how surely a reworded column is the known one that is gone, and shows how far layouts are apart.

Run: python -m benchmarks.learning.calibration. The layouts that the vocabulary was written with come back with three
headers of ten reworded and as new versions (variants.py); each pair of a new header and one that is gone is an example,
taken for what it is: spelled alike, looking alike, beside the same columns. Regularised logistic regression.

Found on every second of those layouts (November 2026; 2 min): log-odds -16.2 + 5.0 x spelling + 14.0 x looks + 6.1 x
beside. A layout and its own new version share .40 of all their headers in the worst case of a hundred, .50 in the
middle; a layout and the most similar one of another family .05 in the middle, .14 and .31 in the worst cases of 20 and
of 100.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.learning.replay import Files, gather
from benchmarks.learning.variants import Variant, pool_of, variants_of
from benchmarks.mapping.layouts import Layout, load
from discovery_pipeline.domain.mapping.recall.layouts import overlap, pair_features

FEATURES = ("spelling", "looks", "beside")
COME_BACK = ("30 % reworded", "new version")


def examples(first: Files, later: Files, variants: Sequence[Variant]) -> Iterator[tuple[list[float], bool]]:
    """Features of each pair of columns without a common header, and whether the one became the other."""
    for number, known in first.known.items():
        table, variant = later.known[number], variants[number]
        at = {key: place for place, key in enumerate(known.keys)}
        same = {i: at[key] for i, key in enumerate(table.keys) if key in at and key[0]}
        gone = sorted(set(range(len(known.columns))) - set(same.values()))
        for position in (i for i in range(len(table.columns)) if i not in same):
            for place in gone:
                features = pair_features(table, position, known, place, same)
                yield [features[name] for name in FEATURES], variant.came_from[position] == place


def fitted(layouts: Sequence[Layout]) -> dict[str, float]:
    """The weights of the features, and what pairs have at zero."""
    from sklearn.linear_model import LogisticRegression

    pool = pool_of(layouts)
    variants = [variants_of(layout, pool) for layout in layouts]
    first = gather(layouts, "first")
    found = []
    for name in COME_BACK:
        back = [of[name] for of in variants]
        found += list(examples(first, gather([v.layout for v in back], name), back))
    given, right = np.array([f for f, _ in found]), np.array([r for _, r in found])
    model = LogisticRegression(C=1.0).fit(given, right)
    weights = dict(zip(FEATURES, model.coef_[0], strict=True))
    return {"at zero": float(model.intercept_[0]), **{name: float(weight) for name, weight in weights.items()}}


def overlaps(layouts: Sequence[Layout]) -> tuple[list[float], list[float]]:
    """(of each layout and its new version, the highest of each layout with one of another family)."""
    pool = pool_of(layouts)
    first = gather(layouts, "first").known
    back = gather([variants_of(layout, pool)["new version"].layout for layout in layouts], "new").known
    others = [
        max(
            (overlap(first[i], first[j]) for j in first if layouts[i].family != layouts[j].family),
            default=0.0,
        )
        for i in first
    ]
    return [overlap(first[i], back[i]) for i in first], others


def main() -> None:
    """Print the weights and the distributions."""
    tuned = [layout for layout in load() if layout.is_tuned][::2]
    print("aligned:", {name: round(weight, 1) for name, weight in fitted(tuned).items()})
    same, other = overlaps(tuned)
    for name, found in (("own new version", same), ("nearest other family", other)):
        shares = np.quantile(found, [0.01, 0.05, 0.5, 0.95, 0.99])
        print(f"overlap with {name}: 1 %, 5 %, 50 %, 95 %, 99 %:", *(f"{share:.2f}" for share in shares))


if __name__ == "__main__":
    main()
