"""The model of single columns, on weights written by hand; and that the packaged one is whole."""

from __future__ import annotations

import math

import numpy as np
import pytest

from discovery_pipeline.domain.mapping.trained.column_model import (
    ColumnModel,
    column_model,
    read_column_model,
    written_column_model,
)
from discovery_pipeline.domain.schema import RECORD_KINDS, fields

_TOKENS = ["concept:owner", "letters:own", "value:berlin"]
_FIELDS = {"asset": ["", "business_owner", "location"], "connection": ["", "protocol"]}
_WEIGHTS = np.array([[0, 4, 0, 0, 1], [0, 1, 0, 0, 0], [0, 0, 3, 0, 0]], dtype=np.float32)
_BIAS = np.array([1, 0, 0, 0, 0], dtype=np.float32)


def _model() -> ColumnModel:
    return read_column_model(written_column_model(_TOKENS, _FIELDS, _WEIGHTS, _BIAS))  # type: ignore[dict-item]


def test_probabilities_are_the_softmax_of_the_sums_of_weights() -> None:
    logs = _model().log_probabilities("asset", {"concept:owner": 1.0, "letters:own": 0.5, "unheard": 9.0})
    likelihoods = {"": math.exp(1), "business_owner": math.exp(4.5), "location": 1.0}

    assert {f: math.exp(v) for f, v in logs.items()} == pytest.approx(
        {f: v / sum(likelihoods.values()) for f, v in likelihoods.items()}
    )


def test_a_column_of_which_nothing_is_known_has_the_prior() -> None:
    logs = _model().log_probabilities("asset", {})

    assert max(logs, key=lambda field: logs[field]) == ""


def test_each_record_kind_has_its_own_fields() -> None:
    assert _model().log_probabilities("connection", {"concept:owner": 1.0}).keys() == {"", "protocol"}


def test_reasons_are_words_and_values_that_decided() -> None:
    model, tokens = _model(), {"concept:owner": 1.0, "letters:own": 1.0, "value:berlin": 1.0}

    assert model.reasons("asset", tokens, ["location", "business_owner"]) == {
        "location": ("value 'berlin'",),
        "business_owner": ("word 'owner'",),
    }


def test_a_model_is_written_the_same_every_time() -> None:
    written = [written_column_model(_TOKENS, _FIELDS, _WEIGHTS, _BIAS) for _ in range(2)]  # type: ignore[arg-type]

    assert written[0] == written[1]


def test_the_packaged_model_knows_only_fields_of_the_schema() -> None:
    model = column_model()

    assert set(model.fields) == set(RECORD_KINDS)
    for record, names in model.fields.items():
        assert set(names) <= {"", *fields(record)}
        assert len(set(names)) == len(names)
        assert "" in names
