"""A masked value keeps its shape and nothing else."""

from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.domain.masking import masked, masked_texts


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        pytest.param("SRV-web01.corp", "XXX-xxx99.xxxx", id="host name"),
        pytest.param("Müller, Ωμέγα", "Xxxxxx, Xxxxx", id="accents and other alphabets"),
        pytest.param("服务器１２ क्षि", "xxx99 xxxx", id="scripts without case, wide digits, vowel signs"),
        pytest.param("ǅ ª ½", "x x 9", id="rare kinds of letters and numbers"),
    ],
)
def test_letters_and_digits_go(value: str, shape: str) -> None:
    assert masked_texts([value]) == [shape]


def test_expression_and_texts_agree() -> None:
    values = ["a1", "B2", "a1"]
    frame = pl.DataFrame({"v": values}).select(masked(pl.col("v")))
    assert frame["v"].to_list() == masked_texts(values) == ["x9", "X9", "x9"]
