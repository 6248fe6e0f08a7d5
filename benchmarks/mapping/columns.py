"""Labelled columns as the mapper sees them, and the training of the model of single columns on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from benchmarks.mapping.layouts import Labelled, Layout, tables
from discovery_pipeline.domain.handoffs import TableKind
from discovery_pipeline.domain.mapping.candidates import evidence_without_examples
from discovery_pipeline.domain.mapping.trained.column_model import read_column_model, written_column_model
from discovery_pipeline.domain.mapping.trained.tokens import Tokens, column_tokens
from discovery_pipeline.domain.mapping.view import TableView, view
from discovery_pipeline.domain.schema import RECORD_KINDS, RecordKind
from discovery_pipeline.domain.validation.intake import inspect
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD

FOLDS = 6
# Inverse strength of the regularisation, and the share of a column's weight that its preferred label gets.
STRENGTH, PREFERRED = 3.0, 0.65
# A token seen in fewer columns is left out.
RARE = 2
# Of two classes the regression has one row of weights, not one each.
_FEWEST_CLASSES = 3

Logs = Mapping[str, float]


@dataclass(frozen=True)
class Column:
    """One labelled column. record: of its table as inferred. table_no: of its layout."""

    layout: Layout
    table_no: int
    position: int
    record: RecordKind
    tokens: Tokens

    @property
    def label(self) -> Labelled:
        return self.layout.columns[self.position]


@dataclass(frozen=True)
class Material:
    """All labelled columns, with the profiles and the evidence that no training enters.

    wrong_kinds: id of each layout whose record kind was not inferred -> what was.
    """

    columns: tuple[Column, ...]
    profiles: pl.DataFrame
    evidence: pl.DataFrame
    wrong_kinds: Mapping[str, str]

    @property
    def untuned(self) -> NDArray[np.bool_]:
        """Which columns are of layouts that the vocabulary was not written on."""
        return np.array([not column.layout.is_tuned for column in self.columns])

    def folds(self) -> Iterator[NDArray[np.bool_]]:
        """The columns of a sixth of all families at a time; every column once. Fewer folds where families are few."""
        families = [column.layout.family for column in self.columns]
        for _, test in GroupKFold(min(FOLDS, len(set(families)))).split(families, groups=families):
            tested = np.zeros(len(families), dtype=bool)
            tested[test] = True
            yield tested


def read(layouts: Sequence[Layout]) -> Material:
    """Every labelled column of these layouts through the mapper's own reading."""
    raw = tables(layouts)
    # A tool's conventions are written for the tool: they would be judged on what they were made from.
    kinds = [TableKind(k.table_no, k.record, k.grain, None, k.confidence) for k in inspect(raw).kinds]
    plain = evidence_without_examples(raw, kinds)
    columns: list[Column] = []
    for layout, table, kind in zip(layouts, raw, kinds, strict=True):
        columns.extend(_columns(layout, view(table, kind), kind))
    wrong = {x.id: k.record for x, k in zip(layouts, kinds, strict=True) if k.record != x.record}
    return Material(tuple(columns), plain.profiles, plain.evidence, wrong)


def _columns(layout: Layout, seen: TableView, kind: TableKind) -> Iterator[Column]:
    for position in range(len(layout.columns)):
        tokens = column_tokens(seen.headers, seen.profiles, kind, position)
        yield Column(layout, kind.table_no, position, kind.record, tokens)


def fit_columns(columns: Sequence[Column]) -> bytes:
    """The artefact of the column model, trained on these columns, each record kind by itself.

    A column of two labels stands for both. A layout whose record kind was not inferred teaches nothing.
    """
    spread = Counter(token for column in columns for token in column.tokens)
    parts = {
        record: _fit_record([c for c in columns if c.record == record == c.layout.record], spread)
        for record in RECORD_KINDS
    }
    fitted = {record: part for record, part in parts.items() if part is not None}
    tokens = sorted({token for part in fitted.values() for token in part.tokens})
    row = {token: number for number, token in enumerate(tokens)}
    fields = {record: part.fields for record, part in fitted.items()}
    weights = np.zeros((len(tokens), sum(map(len, fields.values()))), dtype=np.float32)
    start = 0
    for part in fitted.values():
        span = slice(start, start := start + len(part.fields))
        weights[[row[token] for token in part.tokens], span] = part.weights
    return written_column_model(tokens, fields, weights, np.concatenate([part.bias for part in fitted.values()]))


@dataclass(frozen=True)
class _Part:
    """The fitted model of one record kind. weights: (tokens, fields)."""

    tokens: list[str]
    fields: list[str]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]


def _fit_record(columns: Sequence[Column], spread: Mapping[str, int]) -> _Part | None:
    given, labels, shares = [], [], []
    for column in columns:
        known = {t: v for t, v in column.tokens.items() if spread[t] >= RARE}
        golds = column.label.gold[:2] or (NO_FIELD,)
        for field, share in zip(golds, (PREFERRED, 1 - PREFERRED) if len(golds) > 1 else (1.0,), strict=True):
            given.append(known)
            labels.append(field)
            shares.append(share)
    if len(set(labels)) < _FEWEST_CLASSES:
        return None
    vectorizer = DictVectorizer(dtype=np.float32)
    matrix = vectorizer.fit_transform(given)
    model = LogisticRegression(C=STRENGTH, max_iter=150, tol=1e-3).fit(matrix, labels, sample_weight=shares)
    weights = np.round(model.coef_.T, 3).astype(np.float32)
    tokens = list(vectorizer.get_feature_names_out())
    return _Part(tokens, list(model.classes_), weights, model.intercept_.astype(np.float32))


def unseen_logs(material: Material) -> list[Logs]:
    """What a model trained on all other families says of each column."""
    found: list[Logs] = [{} for _ in material.columns]
    for tested in material.folds():
        others = [column for column, test in zip(material.columns, tested, strict=True) if not test]
        model = read_column_model(fit_columns(others))
        for i in np.flatnonzero(tested):
            column = material.columns[i]
            if column.record in model.fields:
                found[i] = model.log_probabilities(column.record, column.tokens)
    return found
