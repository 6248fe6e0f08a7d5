"""The model of single columns: multinomial logistic regression on a column's tokens, one set of fields a record kind.

Trained by benchmarks/mapping/train.py on labelled layouts; here it only predicts and says which tokens decided.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from discovery_pipeline.domain.mapping.trained.tokens import Tokens
from discovery_pipeline.domain.packaged import packaged_bytes
from discovery_pipeline.domain.schema import RecordKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

FILE = "column_model.npz"
# A reason that moves the odds by less than a tenth is not worth saying.
_WORTH_SAYING = 0.1
# Tokens that a person understands; letters and outlines work, but explain nothing.
_TOLD = {
    "concept": "word",
    "word": "word",
    "all": "words",
    "pair": "words",
    "value": "value",
    "shape": "values look like",
}


@dataclass(frozen=True)
class ColumnModel:
    """tokens: row of each token in the weights. fields: per record kind the fields in the order of its columns of the
    weights ("" = none of them). starts: where those columns start. weights: (tokens, all fields). bias: of each field.
    """

    tokens: Mapping[str, int]
    fields: Mapping[RecordKind, tuple[str, ...]]
    starts: Mapping[RecordKind, int]
    weights: Floats
    bias: Floats

    def log_probabilities(self, record: RecordKind, tokens: Tokens) -> dict[str, float]:
        """Natural logarithm of each field's probability; together they are 1."""
        known = self._known(tokens)
        span = self._span(record)
        scores = self.bias[span].astype(np.float64)
        if known:
            rows = [row for _, row, _ in known]
            shares = np.array([share for _, _, share in known])
            scores = scores + shares @ self.weights[rows, span].astype(np.float64)
        highest = scores.max()
        logs = scores - highest - np.log(np.exp(scores - highest).sum())
        return dict(zip(self.fields[record], logs.tolist(), strict=True))

    def reasons(
        self, record: RecordKind, tokens: Tokens, named: Sequence[str], most: int = 3
    ) -> dict[str, tuple[str, ...]]:
        """Of each field named, the words and values that speak most for it against the average, strongest first."""
        told = [(token, row, share) for token, row, share in self._known(tokens) if token.partition(":")[0] in _TOLD]
        texts = [f"{_TOLD[kind]} '{text}'" for kind, _, text in (token.partition(":") for token, _, _ in told)]
        weights = self.weights[[row for _, row, _ in told], self._span(record)]
        columns = [self.fields[record].index(field) for field in named]
        above = (weights[:, columns] - weights.mean(axis=1, keepdims=True)).astype(np.float64)
        said = above.T * np.array([share for _, _, share in told])
        return {field: _strongest(texts, spoken)[:most] for field, spoken in zip(named, said.tolist(), strict=True)}

    def _known(self, tokens: Tokens) -> list[tuple[str, int, float]]:
        """(token, row, share) of the tokens that the model knows, in a fixed order: sums of floats depend on it."""
        return [(t, self.tokens[t], tokens[t]) for t in sorted(tokens) if t in self.tokens]

    def _span(self, record: RecordKind) -> slice:
        start = self.starts[record]
        return slice(start, start + len(self.fields[record]))


def _strongest(texts: Sequence[str], weights: Sequence[float]) -> tuple[str, ...]:
    found = sorted((-weight, text) for text, weight in zip(texts, weights, strict=True) if weight >= _WORTH_SAYING)
    return tuple(dict.fromkeys(text for _, text in found))


@cache
def column_model() -> ColumnModel:
    """The packaged model."""
    return read_column_model(packaged_bytes(__package__, FILE))


def read_column_model(content: bytes) -> ColumnModel:
    """A model as `written_column_model` wrote it."""
    with np.load(BytesIO(content), allow_pickle=False) as stored:
        about = json.loads(bytes(stored["about"]).decode("utf-8"))
        weights, bias = stored["weights"].astype(np.float32), stored["bias"].astype(np.float32)
    fields: dict[RecordKind, tuple[str, ...]] = {record: tuple(names) for record, names in about["fields"].items()}
    starts: dict[RecordKind, int] = {}
    for record, names in fields.items():
        starts[record] = sum(len(fields[before]) for before in starts)
        assert names  # noqa: S101  # a record kind without fields was never trained
    tokens = {token: row for row, token in enumerate(about["tokens"])}
    return ColumnModel(tokens, fields, starts, weights, bias)


def written_column_model(
    tokens: Sequence[str], fields: Mapping[RecordKind, Sequence[str]], weights: Floats, bias: Floats
) -> bytes:
    """A model as a compressed file. weights: (tokens, fields of all record kinds in order), kept as float16."""
    about = json.dumps({"tokens": list(tokens), "fields": {k: list(v) for k, v in fields.items()}}, ensure_ascii=False)
    stored = BytesIO()
    np.savez_compressed(
        stored, about=np.frombuffer(about.encode("utf-8"), dtype=np.uint8), weights=weights.astype(np.float16),
        bias=bias.astype(np.float32),
    )  # fmt: skip
    return stored.getvalue()
