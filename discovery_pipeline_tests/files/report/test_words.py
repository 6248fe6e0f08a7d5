"""How numbers, shares and money are written, and that colours can be read."""

from __future__ import annotations

import pytest

from discovery_pipeline.files.report.charts.svg import ACCENT, DIM, INK, SOFT
from discovery_pipeline.files.report.words import (
    colour,
    counted,
    cut,
    money,
    percent,
    share,
    short_count,
    thousands,
    words,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"), (0.0, "0\u202f%"), (0.001, "< 1\u202f%"), (0.5, "50\u202f%"), (0.996, "> 99\u202f%"),
        (1.0, "100\u202f%"),
    ],
)  # fmt: skip
def test_a_share_never_reads_as_nothing_or_all_when_it_is_not(value: float | None, text: str) -> None:
    assert percent(value) == text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        pytest.param(thousands(1234567), "1\u202f234\u202f567", id="thousands"),
        pytest.param(thousands(None), "–", id="no-number"),
        pytest.param(share(1, 0), "–", id="part-of-nothing"),
        pytest.param(money(12.5, "USD"), "12.50 USD", id="cents-of-small-amounts"),
        pytest.param(money(1234.5, "EUR"), "1\u202f234 EUR", id="no-cents-of-large-amounts"),
        pytest.param(money(5.0, None), "–", id="no-amount-without-its-currency"),
        pytest.param(counted(1, "wave"), "1 wave", id="one"),
        pytest.param(counted(0, "dependency", "dependencies"), "0 dependencies", id="none"),
        pytest.param(cut("Payments Hub", 8), "Payment…", id="cut"),
        pytest.param(words("not_applicable"), "not migrated", id="known-code"),
        pytest.param(words("load_balancer"), "load balancer", id="other-code"),
    ],
)
def test_words(written: str, text: str) -> None:
    assert written == text


def luminance(paint: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(paint[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        (INK, "#ffffff"), (INK, SOFT), (DIM, "#ffffff"), (DIM, SOFT), (ACCENT, "#ffffff"), ("#ffffff", ACCENT),
        ("#bfe0ea", ACCENT), ("#ffffff", colour("supported")), ("#6f4e05", "#fbeccb"), ("#8c1f18", "#f7d9d7"),
    ],
)  # fmt: skip
def test_text_stands_out_from_its_ground(text: str, ground: str) -> None:
    lighter, darker = sorted((luminance(text), luminance(ground)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (950, "950"), (999.6, "1.0k"), (1234, "1.2k"), (38_400, "38k"), (999_400, "999k"), (4_000_000, "4.0M")],
)
def test_counts_are_short_in_narrow_cells(value: float, shown: str) -> None:
    assert short_count(value) == shown
