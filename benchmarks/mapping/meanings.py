"""The labelled headers whose meanings are compared with those of headers that nobody understands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import groupby

import numpy as np
import polars as pl

from benchmarks.mapping.columns import Column, Material
from benchmarks.mapping.layouts import Layout
from discovery_pipeline.agents.embeddings import MiniLM
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.meaning_evidence import LabelledMeanings, plain_words
from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD

Embed = Callable[[Sequence[str]], Sequence[Sequence[float]]]


@cache
def _minilm() -> MiniLM:
    return MiniLM()


def embed(texts: Sequence[str]) -> Sequence[Sequence[float]]:
    """Vectors of the local model, which is the one that the package compares with."""
    return _minilm().embed(texts)


def labelled_meanings(layouts: Sequence[Layout], embed: Embed = embed) -> LabelledMeanings:
    """Every labelled header of these layouts. A column of several labels stands for its preferred one."""
    families: dict[tuple[str, RecordKind, str], set[str]] = {}
    for layout in layouts:
        for column in layout.columns:
            if text := plain_words(column.header):
                key = (text, layout.record, column.gold[0] if column.gold else NO_FIELD)
                families.setdefault(key, set()).add(layout.family)
    rows = sorted(families)
    texts = sorted({text for text, _, _ in rows})
    at = {text: i for i, text in enumerate(texts)}
    vectors = np.asarray(embed(texts), dtype=np.float32)[[at[text] for text, _, _ in rows]]
    return LabelledMeanings(
        MiniLM.model,
        tuple(text for text, _, _ in rows),
        vectors,
        tuple(record for _, record, _ in rows),
        tuple(field for _, _, field in rows),
        tuple(tuple(sorted(families[row])) for row in rows),
    )


def unseen_meanings(material: Material, meanings: LabelledMeanings) -> Iterator[Evidence]:
    """What headers of other families say of each column that its own header leaves unexplained."""
    said = material.evidence.filter((pl.col("source") == "lexicon") & (pl.col("weight") > 0))
    heard = set(said.select("table_no", "position").iter_rows())
    vector = dict(zip(meanings.texts, meanings.vectors, strict=True))

    def group(column: Column) -> tuple[str, RecordKind]:
        return column.layout.family, column.record

    unheard = [
        c for c in material.columns if (c.table_no, c.position) not in heard and plain_words(c.label.header) in vector
    ]
    for (family, record), members in groupby(sorted(unheard, key=group), group):
        columns = list(members)
        own = np.array([vector[plain_words(c.label.header)] for c in columns])
        for column, near in zip(columns, meanings.neighbours(record, own, without=family), strict=True):
            for field, weight in near.weights().items():
                yield Evidence(column.table_no, column.position, field, "meaning", weight, "")
