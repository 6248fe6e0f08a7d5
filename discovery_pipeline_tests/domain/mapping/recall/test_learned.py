from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.domain.mapping.evidence import EVIDENCE
from discovery_pipeline.domain.mapping.recall.learned import own_before_others, without_others


def evidence(*rows: tuple[int, str, str, float]) -> pl.DataFrame:
    """EVIDENCE of table 0 out of position, field, source and weight."""
    return pl.DataFrame([(0, *row, "") for row in rows], schema=EVIDENCE, orient="row")


LEXICON = (1, "hostname", "lexicon", 3.0)
OTHERS = (1, "hostname", "examples", 2.0)
AGREEING = (1, "technical_owner", "meaning", 1.0)
ELSEWHERE = (2, "hostname", "examples", 2.0)
EVERYTHING = evidence(LEXICON, OTHERS, AGREEING, ELSEWHERE)


def told(frame: pl.DataFrame) -> set[tuple[int, str, str]]:
    return set(frame.select("position", "field", "source").iter_rows())


@pytest.mark.parametrize(
    ("own", "gone"),
    [
        pytest.param((1, "technical_owner", "pattern", 4.0), {OTHERS[:3]}, id="a-field-displaces-others-of-its-column"),
        pytest.param((1, "technical_owner", "pattern", 0.5), set(), id="a-hint-displaces-nothing"),
        pytest.param((3, "technical_owner", "pattern", 4.0), set(), id="another-column-is-left-alone"),
    ],
)
def test_own_corrections_go_before_labelled_columns_of_others(
    own: tuple[int, str, str, float], gone: set[tuple[int, str, str]]
) -> None:
    assert told(own_before_others(EVERYTHING, evidence(own))) == told(EVERYTHING) - gone


def test_beside_hearsay_no_labelled_column_of_others_speaks_neither_for_nor_against() -> None:
    hearsay = evidence((1, "technical_owner", "shared", 2.0))
    assert told(without_others(EVERYTHING, hearsay)) == {LEXICON[:3], ELSEWHERE[:3]}


def test_without_hearsay_nothing_changes() -> None:
    assert told(without_others(EVERYTHING, evidence())) == told(EVERYTHING)
