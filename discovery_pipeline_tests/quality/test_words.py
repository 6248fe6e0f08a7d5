"""Rules and facts as people read them."""

from __future__ import annotations

import pytest

from discovery_pipeline.quality.rules import Rule
from discovery_pipeline.quality.words import expected, figure, title


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule("not_null", "a"), "never empty"),
        (Rule("unique", "a"), "each value once"),
        (Rule("in_set", "a", choices=("x", "y")), "one of x, y"),
        (Rule("in_set", "a", choices=tuple("abcdefgh")), "one of a, b, c, d, e, f and 2 more"),
        (Rule("between", "rows", low=0, high=0), "0"),
        (Rule("between", "rows", low=1), "at least 1"),
        (Rule("between", "rows", high=1_000_000), "at most 1,000,000"),
        (Rule("between", "rows"), "any number"),
        (Rule("between", "readiness", low=0, high=100), "0 to 100"),
        (Rule("between", "quarantined_share", low=0, high=0.05), "at most 5 %"),
        (Rule("between", "accepted_share", low=0.5), "at least 50 %"),
        (Rule("dated", "a", low=1980, high=2076), "a day of the years 1980 to 2076"),
        (Rule("matches", "a", pattern="x"), "written in its one form"),
        (Rule("matches", "a", pattern="x", items=True), "each item written in its one form"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.kind,
)
def test_what_a_rule_asks(rule: Rule, words: str) -> None:
    assert expected(rule) == words


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [("repeated_share", 0.0312, "3.12 %"), ("rows", 12345.0, "12,345"), ("shortfall", 0.01234, "0.01234")],
    ids=["share", "count", "measure"],
)
def test_figures(column: str, value: float, text: str) -> None:
    assert figure(column, value) == text


def test_names_become_titles() -> None:
    assert title("rows_conserved") == "Rows conserved"
