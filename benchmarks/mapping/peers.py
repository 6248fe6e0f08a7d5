"""Peers of the mapper: each names the likeliest field of every column of a layout, with a similarity in [0, 1].

They are given the layout's record kind, which ours has to infer. What they are given of labelled columns is never of
the layout's own family. None of them says by itself when no field fits: abstention.py chooses the similarity below
which it is 'none'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from benchmarks.mapping.layouts import Layout
from discovery_pipeline.agents.embeddings import Embedder
from discovery_pipeline.domain.schema import RecordKind, fields
from discovery_pipeline.domain.vocabulary.lexicon import phrases
from discovery_pipeline.domain.vocabulary.source import load
from discovery_pipeline.domain.vocabulary.text import split_words

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Guess:
    """The likeliest field of a column, None when the method finds none at all."""

    field: str | None
    similarity: float


class Peer(Protocol):
    """name: as the table says it. told: what it is given, in a few words; nothing where empty."""

    @property
    def name(self) -> str: ...

    @property
    def told(self) -> str: ...

    def guesses(self, layout: Layout) -> list[Guess]:
        """One per column."""
        ...


@dataclass(frozen=True)
class Nothing:
    """Predicts nothing: what the share of columns without a target is worth."""

    name: str = "predicting nothing"
    told: str = ""

    def guesses(self, layout: Layout) -> list[Guess]:
        return [Guess(None, 0.0) for _ in layout.columns]


@dataclass(frozen=True)
class Spelling:
    """rapidfuzz's ratio of the header and every phrase of the lexicon."""

    name: str = "rapidfuzz ratio"
    told: str = "header against field names and all phrases of our lexicon"

    def guesses(self, layout: Layout) -> list[Guess]:
        texts = synonyms(layout.record)
        asked = [plain(column.header) for column in layout.columns]
        likeness = process.cdist(asked, list(texts), scorer=fuzz.ratio, dtype=np.float32) / 100
        return _likeliest(likeness, list(texts.values()))


@dataclass(frozen=True)
class Meaning:
    """Cosine of the header's embedding and those of every field's description and phrases."""

    embedder: Embedder
    _known: dict[RecordKind, tuple[Floats, list[str]]] = field(default_factory=dict)
    name: str = "MiniLM alone"
    told: str = "header against field names, descriptions and all phrases of our lexicon"

    def guesses(self, layout: Layout) -> list[Guess]:
        vectors, owners = self._fields(layout.record)
        asked = np.array(self.embedder.embed([plain(column.header) or "-" for column in layout.columns]))
        return _likeliest(asked @ vectors.T, owners)

    def _fields(self, record: RecordKind) -> tuple[Floats, list[str]]:
        if record not in self._known:
            described = {f.description: name for name, f in fields(record).items()}
            texts = described | synonyms(record)
            self._known[record] = np.array(self.embedder.embed(list(texts))), list(texts.values())
        return self._known[record]


@cache
def synonyms(record: RecordKind) -> dict[str, str]:
    """Plain text -> field: names of fields, then the lexicon's phrases spelled out, the strongest field of a text."""
    texts = {plain(name): name for name in fields(record)}
    for phrase in sorted(phrases(record), key=lambda p: -p.strength):
        if phrase.field:
            for text in _spelled(phrase.text):
                texts.setdefault(text, phrase.field)
    return texts


def _spelled(phrase: str) -> Iterator[str]:
    """A phrase as it stands, then with each of its words spelled otherwise: "operating system version"."""
    yield phrase
    words = phrase.split()
    for at, word in enumerate(words):
        others = (plain(spelling) for spelling in load("words/en").get(word, ()))
        other = next((spelling for spelling in others if spelling != word), None)
        if other:
            yield " ".join([*words[:at], other, *words[at + 1 :]])


def _likeliest(likeness: Floats, owners: Sequence[str]) -> list[Guess]:
    """likeness: (columns, texts). owners: the field of each text."""
    best = likeness.argmax(axis=1)
    return [Guess(owners[at], float(np.clip(row[at], 0, 1))) for row, at in zip(likeness, best, strict=True)]


@cache
def plain(header: str) -> str:
    """Words in lower case, camel case and punctuation taken apart: what helps every peer."""
    return " ".join(split_words(re.sub(r"_+", " ", header)))
