"""What a column is to the trained model: the same for the same meaning, bounded for anything."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.handoffs import TableKind
from discovery_pipeline.domain.mapping.trained.tokens import Tokens, column_tokens
from discovery_pipeline.domain.mapping.view import view
from discovery_pipeline_tests.domain.tables import raw_table

_ASSETS = TableKind(0, "asset", "asset", None, 0.9)


def _tokens(columns: dict[str, list[str]], position: int, kind: TableKind = _ASSETS) -> Tokens:
    seen = view(raw_table(columns), kind)
    return column_tokens(seen.headers, seen.profiles, kind, position)


def test_two_languages_share_the_concepts_of_a_header() -> None:
    english = _tokens({"Serial Number": ["A1", "B2"]}, 0)
    german = _tokens(
        {"Hersteller": ["Dell", "HP"], "Seriennummer": ["A1", "B2"], "Betriebssystem": ["Linux", "AIX"]}, 1
    )

    assert {"concept:serial", "concept:number"} <= english.keys() & german.keys()


def test_numbers_in_a_header_are_one_token() -> None:
    assert _tokens({"Disk 1 size": ["8"]}, 0).keys() >= {"concept:#"}


def test_values_count_by_shape_word_and_outline() -> None:
    tokens = _tokens({"x": ["Production", "Test", "Production"]}, 0)

    assert {"shape:environment", "value:production", "outline:Aa"} <= tokens.keys()


def test_neighbours_are_told_apart_by_side() -> None:
    tokens = _tokens({"Owner": ["a", "b"], "x": ["1", "2"], "Rack": ["r1", "r2"]}, 1)

    assert {"left:owner", "right:rack"} <= tokens.keys()
    assert not {"left:rack", "right:owner"} & tokens.keys()


@pytest.mark.parametrize("header", ["", "🙂" * 500, "word " * 5_000, "\u202eesrever", "a_b" * 3_000], ids=str.strip)
def test_any_header_has_a_bounded_number_of_tokens(header: str) -> None:
    assert len(_tokens({header: ["x", "y"]}, 0)) < 400


def test_an_empty_column_has_tokens_too() -> None:
    assert _tokens({"Name": ["", ""]}, 0)["filled"] == 0
