"""Trains the mapper: the model of single columns and the weights with which all evidence is added up.

Run: make train-mapping (python -m benchmarks.mapping.train). Writes both artefacts into the package and the figures
into DATASHEET.md. Every figure is of families of products that the judged model was not trained on: folds of whole
families. The weights are fitted on layouts that the vocabulary was not tuned on, since on the others the lexicon looks
better than it is on exports that nobody has seen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from benchmarks.mapping.layouts import CORPUS, OURS, Layout, digest, load, tables
from discovery_pipeline.domain import mapping
from discovery_pipeline.domain.handoffs import TableKind
from discovery_pipeline.domain.mapping.candidates import evidence_without_examples
from discovery_pipeline.domain.mapping.combine import features
from discovery_pipeline.domain.mapping.evidence import Evidence, evidence_frame
from discovery_pipeline.domain.mapping.example_evidence import example_weights
from discovery_pipeline.domain.mapping.trained import column_model as columns_artefact
from discovery_pipeline.domain.mapping.trained import combiner as combiner_artefact
from discovery_pipeline.domain.mapping.trained.combiner import FEATURES
from discovery_pipeline.domain.mapping.trained.tokens import Tokens, column_tokens
from discovery_pipeline.domain.mapping.view import view
from discovery_pipeline.domain.schema import RECORD_KINDS, RecordKind
from discovery_pipeline.domain.validation.intake import inspect
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD

VERSION = 1
FOLDS = 6
# Inverse strength of the model's regularisation, and the share of a column's weight that its preferred label gets.
_C, _PREFERRED = 3.0, 0.65
_RARE = 2
_PENALTY = 0.5
_ARTEFACTS = Path(mapping.__file__).parent / "trained"

Floats = NDArray[np.float64]
Logs = Mapping[str, float]


@dataclass(frozen=True)
class Column:
    """One labelled column as the mapper sees it. record: as inferred."""

    table_no: int
    position: int
    family: str
    tuned: bool
    corpus: bool
    record: RecordKind
    gold: tuple[str, ...]
    tokens: Tokens

    def is_right(self, field: str) -> bool:
        return field in self.gold if self.gold else field == NO_FIELD


@dataclass(frozen=True)
class Labelled:
    """All labelled columns, with the profiles and the evidence that no training enters."""

    columns: tuple[Column, ...]
    profiles: pl.DataFrame
    evidence: pl.DataFrame


def read(folders: Sequence[Path] = (OURS, CORPUS)) -> Labelled:
    """Every labelled column of these folders through the mapper's own reading."""
    layouts = load(folders)
    corpus = {layout.id for layout in load([CORPUS])}
    raw = tables(layouts)
    # A tool's conventions are written for the tool: they would be judged on what they were made from.
    kinds = [TableKind(k.table_no, k.record, k.grain, None, k.confidence) for k in inspect(raw).kinds]
    plain = evidence_without_examples(raw, kinds)
    columns: list[Column] = []
    for layout, table, kind in zip(layouts, raw, kinds, strict=True):
        columns.extend(_columns(layout, view(table, kind), kind, layout.id in corpus))
    return Labelled(tuple(columns), plain.profiles, plain.evidence)


def _columns(layout: Layout, seen: Any, kind: TableKind, corpus: bool) -> list[Column]:
    return [
        Column(
            kind.table_no, position, layout.family, layout.tuned, corpus, kind.record, column.gold,
            column_tokens(seen.headers, seen.profiles, kind, position),
        )
        for position, column in enumerate(layout.columns)
    ]  # fmt: skip


# --- the model of single columns


def fit_columns(columns: Sequence[Column]) -> bytes:
    """The artefact of the column model, trained on these columns. A column of two labels stands for both."""
    spread: dict[str, int] = {}
    for column in columns:
        for token in column.tokens:
            spread[token] = spread.get(token, 0) + 1
    given, labels, shares = [], [], []
    for column in columns:
        known = {t: v for t, v in column.tokens.items() if spread[t] >= _RARE}
        golds = column.gold[:2] or (NO_FIELD,)
        for field, share in zip(golds, (_PREFERRED, 1 - _PREFERRED) if len(golds) > 1 else (1.0,), strict=True):
            given.append(known)
            labels.append(f"{column.record}:{field}")
            shares.append(share)
    vectorizer = DictVectorizer(dtype=np.float32)
    matrix = vectorizer.fit_transform(given)
    model = LogisticRegression(C=_C, max_iter=200, tol=1e-3).fit(matrix, labels, sample_weight=shares)
    order = sorted(range(len(model.classes_)), key=lambda i: (RECORD_KINDS.index(model.classes_[i].split(":")[0]), i))
    names = [model.classes_[i].partition(":") for i in order]
    fields = {record: [f for r, _, f in names if r == record] for record in RECORD_KINDS}
    weights = np.round(model.coef_[order].T, 3).astype(np.float32)
    return columns_artefact.written_column_model(
        list(vectorizer.get_feature_names_out()), {r: f for r, f in fields.items() if f}, weights,
        model.intercept_[order].astype(np.float32),
    )  # fmt: skip


def unseen_logs(columns: Sequence[Column]) -> list[Logs]:
    """What a model trained on all other families says of each column."""
    found: list[Logs] = [{} for _ in columns]
    families = [column.family for column in columns]
    for train, test in GroupKFold(FOLDS).split(families, groups=families):
        model = columns_artefact.read_column_model(fit_columns([columns[i] for i in train]))
        for i in test:
            found[i] = model.log_probabilities(columns[i].record, columns[i].tokens)
    return found


# --- the weights of evidence


@dataclass(frozen=True)
class Candidates:
    """x: features of every candidate. owner: index of its column. right: whether it is a label of it. fields: of it."""

    x: Floats
    owner: NDArray[np.int64]
    right: NDArray[np.bool_]
    fields: list[str]

    def of(self, chosen: NDArray[np.bool_]) -> Candidates:
        """Those of the chosen columns, renumbered."""
        kept = chosen[self.owner]
        number = np.cumsum(chosen) - 1
        fields = [f for f, k in zip(self.fields, kept, strict=True) if k]
        return Candidates(self.x[kept], number[self.owner[kept]], self.right[kept], fields)


def candidates(labelled: Labelled, logs: Sequence[Logs]) -> Candidates:
    """Every candidate of every column, with what the sources say of it."""
    rows = [
        Evidence(c.table_no, c.position, field, "examples", weight, "")
        for c, said in zip(labelled.columns, logs, strict=True)
        for field, weight in example_weights(said).items()
    ]
    frame = features(labelled.profiles, pl.concat([labelled.evidence, evidence_frame(rows)]))
    at = {(c.table_no, c.position): i for i, c in enumerate(labelled.columns)}
    owner = np.array([at[place] for place in frame.select("table_no", "position").iter_rows()])
    order = np.argsort(owner, kind="stable")
    fields = [frame["field"][int(i)] for i in order]
    owner = owner[order]
    right = np.array([labelled.columns[o].is_right(f) for o, f in zip(owner, fields, strict=True)])
    return Candidates(frame.select(list(FEATURES)).to_numpy()[order], owner, right, fields)


def fit_weights(given: Candidates) -> Floats:
    """Maximum likelihood of a conditional logit with a quadratic penalty, by L-BFGS from zero.

    A column with several labels counts their probabilities together; one none of whose labels is a candidate tells
    nothing.
    """
    starts = np.flatnonzero(np.r_[True, np.diff(given.owner) > 0])
    scale = given.x.std(axis=0) + 1e-9
    x = given.x / scale
    has = np.add.reduceat(given.right.astype(float), starts) > 0
    counted = has[given.owner]

    def loss(weights: Floats) -> tuple[float, Floats]:
        share = _softmax(x @ weights, given.owner, starts)
        right = np.add.reduceat(share * given.right, starts)
        wanted = np.where(counted, share * given.right / np.maximum(right, 1e-12)[given.owner], share)
        value = -np.log(np.maximum(right[has], 1e-12)).sum() + _PENALTY * weights @ weights
        return float(value), x.T @ (share - wanted) + 2 * _PENALTY * weights

    found = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    fitted: Floats = found.x / scale
    return fitted


def _softmax(scores: Floats, owner: NDArray[np.int64], starts: NDArray[np.int64]) -> Floats:
    powers = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
    shares: Floats = powers / np.add.reduceat(powers, starts)[owner]
    return shares


def unseen_scores(labelled: Labelled, given: Candidates) -> Floats:
    """Scores of all candidates with weights fitted on untuned layouts of other families."""
    scores = np.zeros(len(given.owner))
    families = [column.family for column in labelled.columns]
    untuned = np.array([not column.tuned for column in labelled.columns])
    for _, test in GroupKFold(FOLDS).split(families, groups=families):
        tested = np.zeros(len(families), dtype=bool)
        tested[test] = True
        weights = fit_weights(given.of(untuned & ~tested))
        here = tested[given.owner]
        scores[here] = given.x[here] @ weights
    return scores


# --- calibration and figures


@dataclass(frozen=True)
class Choices:
    """By column: the confidence in what is chosen, whether that is right, and whether it is a field."""

    confidence: Floats
    right: NDArray[np.bool_]
    mapped: NDArray[np.bool_]
    has_target: NDArray[np.bool_]

    def of(self, chosen: NDArray[np.bool_]) -> Choices:
        return Choices(*(getattr(self, name)[chosen] for name in ("confidence", "right", "mapped", "has_target")))

    @property
    def accuracy(self) -> float:
        return float(self.right.mean())

    @property
    def precision(self) -> float:
        return float(self.right[self.mapped].mean())

    @property
    def recall(self) -> float:
        return float((self.right & self.mapped)[self.has_target].mean())

    @property
    def calibration_error(self) -> float:
        """Expected calibration error over ten bins of equal width (Guo et al. 2017)."""
        bins = np.minimum((self.confidence * 10).astype(int), 9)
        gaps = [
            (bins == b).mean() * abs(self.confidence[bins == b].mean() - self.right[bins == b].mean())
            for b in np.unique(bins)
        ]
        return float(sum(gaps))

    def accepted(self, threshold: float) -> Choices:
        return self.of(self.mapped & (self.confidence >= threshold))


def chosen(labelled: Labelled, given: Candidates, scores: Floats, temperature: float) -> Choices:
    """The likeliest candidate of every column."""
    starts = np.flatnonzero(np.r_[True, np.diff(given.owner) > 0])
    ends = np.r_[starts[1:], len(given.owner)]
    share = _softmax(scores * temperature, given.owner, starts)
    best = [start + int(np.argmax(share[start:end])) for start, end in zip(starts, ends, strict=True)]
    return Choices(
        np.minimum(share[best], 0.99), given.right[best], np.array([given.fields[b] != NO_FIELD for b in best]),
        np.array([bool(column.gold) for column in labelled.columns]),
    )  # fmt: skip


def fit_temperature(given: Candidates, scores: Floats, judged: NDArray[np.bool_]) -> float:
    """What the scores of unseen families are multiplied by for their likelihood to be highest (Platt's slope)."""
    part = judged[given.owner]
    here = given.of(judged)
    starts = np.flatnonzero(np.r_[True, np.diff(here.owner) > 0])

    def loss(temperature: Floats) -> float:
        right = np.add.reduceat(_softmax(scores[part] * temperature[0], here.owner, starts) * here.right, starts)
        return float(-np.log(np.maximum(right, 1e-6)).mean())

    return round(float(minimize(loss, np.array([1.0]), method="Nelder-Mead").x[0]), 3)


def precision_curve(choices: Choices) -> list[list[float]]:
    """(confidence, share of right ones among mappings at least so confident), where at least fifty are."""
    curve = []
    for threshold in np.round(np.arange(0.3, 0.991, 0.01), 2):
        accepted = choices.accepted(threshold)
        if len(accepted.right) >= 50:
            curve.append([float(threshold), round(float(accepted.right.mean()), 4)])
    return curve


def main() -> None:
    """Train, judge, write."""
    labelled = read()
    logs = unseen_logs(labelled.columns)
    given = candidates(labelled, logs)
    untuned = np.array([not column.tuned for column in labelled.columns])
    corpus = np.array([column.corpus for column in labelled.columns])
    scores = unseen_scores(labelled, given)
    temperature = fit_temperature(given, scores, untuned)
    choices = chosen(labelled, given, scores, temperature)
    curve = precision_curve(choices.of(untuned))
    weights = fit_weights(given.of(untuned))
    artefact = {
        "version": VERSION,
        "trained on": digest((OURS, CORPUS)),
        "weights": {name: round(float(w), 4) for name, w in zip(FEATURES, weights, strict=True)},
        "temperature": temperature,
        "precision": curve,
    }

    (_ARTEFACTS / combiner_artefact.FILE).write_text(json.dumps(artefact, indent=1) + "\n", encoding="utf-8")
    (_ARTEFACTS / columns_artefact.FILE).write_bytes(fit_columns(labelled.columns))
    for name, part in (("untuned", untuned), ("corpus", corpus), ("tuned", ~untuned & ~corpus)):
        c = choices.of(part)
        print(
            f"{name:8} {len(c.right)} accuracy {c.accuracy:.4f} precision {c.precision:.4f} recall {c.recall:.4f} ece {c.calibration_error:.4f}"
        )
    print(artefact["weights"], temperature)


if __name__ == "__main__":
    main()
