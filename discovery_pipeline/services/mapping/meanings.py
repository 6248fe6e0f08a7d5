"""The meanings of headers for the mapper: vectors from the model that the settings choose, remembered.

Nothing here raises: an embedder that is down or switched off costs what only meaning would tell, and nothing else.
Keep out: which headers are compared and what that proves (domain/mapping/meaning_evidence.py), making vectors (agents).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from zipfile import BadZipFile

import numpy as np

from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.embeddings import Embedder, NoEmbeddings
from discovery_pipeline.domain.errors import TransientError
from discovery_pipeline.domain.mapping.meaning_evidence import (
    LabelledMeanings,
    packaged_meanings,
    plain_words,
    read_meanings,
    written_meanings,
)
from discovery_pipeline.domain.mapping.recall.curves import CURVES, Curve, fitted_curve
from discovery_pipeline.domain.mapping.trained.combiner import combiner
from discovery_pipeline.services.mapping.embedders import ONLY_IN_RUNS, unguarded
from discovery_pipeline.settings import Settings

Vectors = list[list[float]]
# Texts remembered per process and model: 8 MB.
_MOST_REMEMBERED = 2_000


@dataclass
class Meanings:
    """`embed` and `labelled` are what `propose` asks for. how: what came of it, in words.

    embedder: None = nothing is compared; one beyond this machine is given headers as `propose` may show them. cache:
    folder in which labelled headers of another than the packaged model are kept.
    """

    embedder: Embedder | None
    cache: Path | None = None
    how: str = "every header is understood"
    _labelled: LabelledMeanings | None = field(default=None, repr=False)

    def embed(self, headers: Sequence[str]) -> Vectors:
        """A vector for each header, or none at all."""
        if self.embedder is None:
            return []
        try:
            self._labelled = _labelled(self.embedder, self.cache)
            found = _remembered(self.embedder, [plain_words(header) for header in headers])
        except (NoEmbeddings, TransientError) as error:
            self.how = f"not compared: {error}"
            return []
        self.how = f"{len(headers)} headers by meaning: {self.embedder.model}"
        return found

    def labelled(self) -> LabelledMeanings:
        """The labelled headers with vectors of the same model."""
        return self._labelled or packaged_meanings()


def meanings_of(settings: Settings, desk: Desk | None = None) -> Meanings:
    """The comparison of meanings that the settings ask for; nothing is loaded before a header needs it. desk: of the
    run, where a model beyond this machine is asked; without one that is not asked."""
    if not settings.embeddings:
        return Meanings(None, how="not compared: embeddings are switched off")
    if not combiner().of("meaning"):
        return Meanings(None, how="not compared: training gave meaning no weight")
    embedder = unguarded(settings, desk)
    if embedder is None:
        return Meanings(None, how=f"not compared: {ONLY_IN_RUNS}")
    return Meanings(embedder, settings.home / "cache")


def curves_of(settings: Settings, desk: Desk | None = None) -> Callable[[], Mapping[str, Curve]]:
    """What likeness of headers proves, per embedding model: the packaged curves, and that of the configured model,
    calibrated on the packaged labelled headers. Without an answer of the model there is none for it."""

    def curves() -> Mapping[str, Curve]:
        embedder = unguarded(settings, desk)
        if embedder is None or embedder.model in CURVES:
            return CURVES
        with suppress(NoEmbeddings, TransientError):
            return {**CURVES, embedder.model: fitted_curve(_labelled(embedder, settings.home / "cache"))}
        return CURVES

    return curves


@cache
def _memory(model: str) -> dict[str, list[float]]:
    """Vectors that this process made with a model."""
    assert model  # noqa: S101  # vectors of two models are never mixed
    return {}


def _remembered(embedder: Embedder, texts: Sequence[str]) -> Vectors:
    """A vector of each text; only texts that are new to this process are embedded."""
    memory = _memory(embedder.model)
    new = [text for text in dict.fromkeys(texts) if text not in memory]
    if len(memory) + len(new) > _MOST_REMEMBERED:
        memory.clear()
        new = list(dict.fromkeys(texts))
    memory |= dict(zip(new, embedder.embed(new) if new else [], strict=True))
    return [memory[text] for text in texts]


def _labelled(embedder: Embedder, folder: Path | None) -> LabelledMeanings:
    """The labelled headers with this model's vectors: the packaged ones, those kept, or embedded now and kept."""
    packaged = packaged_meanings()
    if embedder.model == packaged.model:
        return packaged
    texts = sorted(set(packaged.texts))
    key = hashlib.sha256("\0".join([embedder.model, *texts]).encode()).hexdigest()
    kept = folder / f"meanings-{key[:32]}.npz" if folder else None
    if kept is not None:
        with suppress(OSError, EOFError, ValueError, KeyError, BadZipFile):
            found = read_meanings(kept.read_bytes())
            return _with_vectors(packaged, found.model, dict(zip(found.texts, found.vectors, strict=True)))
    made = _with_vectors(packaged, embedder.model, dict(zip(texts, embedder.embed(texts), strict=True)))
    if kept is not None:
        with suppress(OSError):
            _keep(kept, written_meanings(made))
    return made


def _with_vectors(packaged: LabelledMeanings, model: str, vectors: Mapping[str, Sequence[float]]) -> LabelledMeanings:
    made = np.array([vectors[text] for text in packaged.texts], dtype=np.float32)
    return replace(packaged, model=model, vectors=made)


def _keep(path: Path, content: bytes) -> None:
    """Whole or not at all: two processes may write the same at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)
