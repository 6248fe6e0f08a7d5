"""Calibrates how much a corrected header says about a similar one, and measures what patterns help and harm.

Run: python -m benchmarks.mapping.pattern_calibration FOLDER... Each FOLDER holds labelled layouts (layouts.py has their
form). Every column of a layout is asked about with the columns of *other* layouts of its record kind as the
patterns, so nothing of its own tool is known.

Found on 43 layouts of ours and the development corpus, 1,863 columns (November 2026; 90 s):

    0.6 cosine of all-MiniLM-L6-v2-onnx-int8 + 0.4 spelling: log-odds -6.3 + 9.1 x similarity with 20 patterns in the
    store, -6.1 + 8.8 with 100, -5.9 + 8.2 with 1,000; spelling alone: -8.3 + 10.6, -8.2 + 10.4, -8.8 + 10.9.
    The same header in two layouts: its field is right .921 (log-odds 2.5), 'none' is right .849 (1.7).
    Of a 'none' between headers that are merely similar no slope was found; such patterns say nothing.
    Effect, with every other layout corrected from end to end, on mappings of which .980 and .994 were right before:
    1 column helped and 3 harmed of 851, none and 4 of 1,012 (4 and 5 harmed by spelling alone): mostly "Host", "Type",
    "State", which mean different things in different tools. It bounds the harm, and tells nothing of what a tenant's
    own layouts gain when they come back.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from benchmarks.mapping import layouts
from benchmarks.mapping.figures import Score
from benchmarks.mapping.score import score
from discovery_pipeline.agents.embeddings import Embedder, MiniLM
from discovery_pipeline.domain.handoffs import TableInfo, TableKind
from discovery_pipeline.domain.mapping.candidates import Proposals
from discovery_pipeline.domain.mapping.evidence import evidence_frame
from discovery_pipeline.domain.mapping.places import Place, header_key, places_of
from discovery_pipeline.domain.mapping.recall.by_header import same_header, similar_header
from discovery_pipeline.domain.mapping.recall.curves import COSINE_SHARE, logistic
from discovery_pipeline.domain.mapping.recall.learned import Learned, Recall
from discovery_pipeline.domain.mapping.recall.lessons import Lesson, SeenColumn
from discovery_pipeline.domain.mapping.recall.likeness import meaning
from discovery_pipeline.domain.mapping.unsure import named_by_headers, unsure
from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.services.mapping.learned import NEAREST

STORES = (20, 100, 1000)
# What one person said once is trusted.
ONCE = 20 / 21

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Labelled:
    """A column of a layout. gold: acceptable fields, () = none."""

    layout: str
    record: RecordKind
    header: str
    gold: tuple[str, ...]

    def is_right(self, field: str | None) -> bool:
        return field in self.gold if self.gold else field is None

    @property
    def field(self) -> str | None:
        """What a person would correct it to."""
        return self.gold[0] if self.gold else None


@dataclass(frozen=True)
class Likeness:
    """Similarity of every two columns: cosine of their meanings and likeness of their spelling, both in [0, 1]."""

    cosine: Floats
    spelling: Floats

    def blended(self) -> Floats:
        blend: Floats = COSINE_SHARE * self.cosine + (1 - COSINE_SHARE) * self.spelling
        return blend


def load(folders: Iterable[Path]) -> list[Labelled]:
    """Every labelled column of the folders."""
    return [
        Labelled(layout.id, layout.record, column.header, column.gold)
        for layout in layouts.load(folders)
        for column in layout.columns
    ]


def likeness(columns: Sequence[Labelled], embedder: Embedder) -> Likeness:
    """Compared once for each distinct meaning."""
    texts = [meaning(column.header) for column in columns]
    distinct = sorted(set(texts))
    at = np.array([distinct.index(text) for text in texts])
    vectors = np.array(embedder.embed(distinct))
    spelling = process.cdist(distinct, distinct, scorer=fuzz.token_sort_ratio, dtype=np.float64) / 100
    return Likeness((vectors @ vectors.T)[np.ix_(at, at)], spelling[np.ix_(at, at)])


def pairs(columns: Sequence[Labelled], similarity: Floats, store: int) -> tuple[Floats, Floats]:
    """(similarity, right or not) of each column and its nearest in a random store of so many patterns with a field."""
    rng = random.Random(store)
    keys = [header_key(column.header) for column in columns]
    near, right = [], []
    for i, column in enumerate(columns):
        others = [
            j for j, other in enumerate(columns)
            if other.layout != column.layout and other.record == column.record and other.gold and keys[j] != keys[i]
        ]  # fmt: skip
        chosen = rng.sample(others, min(store, len(others)))
        if chosen:
            best = max(chosen, key=lambda j: similarity[i, j])
            near.append(similarity[i, best])
            right.append(column.is_right(columns[best].field))
    return np.array(near), np.array(right, dtype=np.float64)


def same_again(columns: Sequence[Labelled]) -> tuple[float, float]:
    """Of the same headers in two layouts: how often the field of one is right in the other, and how often none is."""
    found: dict[bool, list[bool]] = {True: [], False: []}
    by_header: dict[tuple[str, str], list[Labelled]] = {}
    for column in columns:
        by_header.setdefault((column.record, header_key(column.header)), []).append(column)
    for alike in by_header.values():
        for one in alike:
            for other in alike:
                if one.layout != other.layout:
                    found[bool(one.gold)].append(other.is_right(one.field))
    return float(np.mean(found[True])), float(np.mean(found[False]))


def patterns_of(columns: Sequence[Labelled]) -> list[Lesson]:
    """Each column as its one correction would have taught it."""
    return [
        Lesson(
            str(i), Place(c.layout, c.layout, "", header_key(c.header), i), c.header, c.record, None, c.field, None,
            None, is_denial=False, trust=ONCE, corrections=(i + 1,), contradicted=0,
        )
        for i, c in enumerate(columns)
    ]  # fmt: skip


def recalling(columns: Sequence[Labelled], alike: Likeness, model: str | None) -> Recall:
    """What all other layouts, corrected from end to end, say of each. Tables come in the order of the layouts."""
    patterns = patterns_of(columns)
    starts = [i for i, c in enumerate(columns) if i == 0 or columns[i - 1].layout != c.layout]

    def recall(infos: Sequence[TableInfo], kinds: Sequence[TableKind], proposals: Proposals) -> Learned:
        open_columns, named = unsure(proposals), named_by_headers(proposals)
        found = []
        for info, kind, start in zip(infos, kinds, starts, strict=True):
            others = [p for p, c in zip(patterns, columns, strict=True) if c.layout != columns[start].layout]
            seen = [
                SeenColumn(info.table_no, n, info.headers[n], kind.record, place)
                for n, place in enumerate(places_of("", "", "", info.headers))
            ]
            said = same_header(seen, others)
            rest = [
                c for c in seen
                if not c.place.is_blank and c not in said and (c.table_no, c.position) in open_columns
            ]  # fmt: skip
            near = {c: _nearest(alike.cosine[start + c.position], others, kind.record) for c in rest}
            said |= similar_header(rest, others, model, near, named)
            found += [e for evidence in said.values() for e in evidence]
        evidence = pl.concat([proposals.evidence, evidence_frame(found)])
        return Learned(kinds, replace(proposals, evidence=evidence))

    return recall


def _nearest(cosine: Floats, patterns: Sequence[Lesson], record: RecordKind) -> Mapping[str, float]:
    known = [int(p.pattern_id) for p in patterns if p.record == record]
    best = sorted(known, key=lambda i: -cosine[i])[:NEAREST]
    return {str(i): float(cosine[i]) for i in best}


def effect(before: Score, after: Score) -> str:
    """What patterns changed, as shares of all columns."""
    both = list(zip(before.answers, after.answers, strict=True))
    helped = sum(a.is_right and not b.is_right for b, a in both)
    harmed = sum(b.is_right and not a.is_right for b, a in both)
    return (
        f"accuracy {before.accuracy:.4f} -> {after.accuracy:.4f}, precision {before.precision:.4f} -> "
        f"{after.precision:.4f}, {helped} columns helped, {harmed} harmed of {len(both)}"
    )


def main() -> None:
    """Print the fitted curves, the shares of same headers, and the effect on every folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    folders: list[Path] = parser.parse_args().folders
    embedder = MiniLM()
    columns = load(folders)
    alike = likeness(columns, embedder)
    measures: dict[str, Floats] = {embedder.model: alike.blended(), "spelling": alike.spelling}
    for name, similarity in measures.items():
        for store in STORES:
            curve = logistic(*pairs(columns, similarity, store))
            print(f"{name}, {store} patterns: log-odds {curve.at_zero:.2f} + {curve.slope:.2f} x similarity")
    field, none = same_again(columns)
    print(
        f"same header: its field right {field:.3f} (log-odds {_logit(field):.2f}), none {none:.3f} ({_logit(none):.2f})"
    )
    for folder in folders:
        own = load([folder])
        near = likeness(own, embedder)
        labelled = layouts.load([folder])
        before = score(labelled).score
        for name, model in ((embedder.model, embedder.model), ("spelling", None)):
            after = score(labelled, recalling(own, near, model)).score
            print(f"{folder.name}, {name}: {effect(before, after)}")


def _logit(share: float) -> float:
    return float(np.log(share / (1 - share)))


if __name__ == "__main__":
    main()
