"""Tables known again by their headers: how much they share, and which new column stands for which one that is gone."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from discovery_pipeline.domain.mapping.recall.layouts import (
    KnownColumn,
    KnownTable,
    Match,
    alike,
    looks_of,
    matches,
    overlap,
    pair_features,
    pair_log_odds,
)
from discovery_pipeline.domain.vocabulary.profile import profile_table
from discovery_pipeline_tests.domain.mapping.recall.builders import known
from discovery_pipeline_tests.domain.tables import raw_table

FOUR = ("Name", "IP address", "Managed by", "Rack")
FILLED = {"filled": 1.0}


@pytest.mark.parametrize(
    ("headers", "share"),
    [
        (FOUR, 1.0),
        (("rack", "MANAGED_BY", "ip address", "name"), 1.0),
        (FOUR[:3], 0.75),
        ((*FOUR[:3], "Fnord"), 0.6),
        (FOUR[:2], 0.0),
        (("a", "b", "c", "d"), 0.0),
        ((*FOUR, "", ""), 1.0),
    ],
    ids=["the same", "spelled and ordered otherwise", "one gone", "one renamed", "too few", "none", "blank ones"],
)
def test_layouts_share_a_part_of_their_headers(headers: tuple[str, ...], share: float) -> None:
    assert overlap(known(headers), known(FOUR)) == overlap(known(FOUR), known(headers)) == pytest.approx(share)


def test_headers_that_repeat_are_told_apart() -> None:
    assert known(("Name", "name", "IP")).keys == (("name", 0), ("name", 1), ("ip", 0))
    assert overlap(known(("A", "A", "B", "C")), known(("A", "B", "C"))) == 0.75


def sure(found: list[Match]) -> dict[int, int]:
    return {m.position: m.known for m in found if math.isinf(m.log_odds)}


def test_columns_of_one_header_are_matched_whatever_their_order() -> None:
    found = list(matches(known(("Rack", "managed_by", "Name", "IP address")), known(FOUR)))
    assert sure(found) == {0: 3, 1: 2, 2: 0, 3: 1}
    assert len(found) == 4


def test_a_blank_header_is_no_common_one() -> None:
    assert sure(list(matches(known(("Name", "", "IP")), known(("Name", "", "IP"))))) == {0: 0, 2: 2}


def test_each_column_is_matched_once_and_the_likeliest_first() -> None:
    table = known(("Name", "Manager", "IP address", "Rack", "Managed by group"))
    found = list(matches(table, known(FOUR)))
    assert sure(found) == {0: 0, 2: 1, 3: 3}
    (likely,) = [m for m in found if not math.isinf(m.log_odds)]
    assert likely.known == 2
    assert likely.log_odds == max(pair_log_odds(table, at, known(FOUR), 2, sure(found)) for at in (1, 4))


@pytest.mark.parametrize(
    ("header", "looks", "place", "better"),
    [
        ("Managed by group", FILLED, 2, "spelling"),
        ("Fnord", FILLED, 2, "looks"),
        ("Fnord", {"number": 1.0}, 2, "beside"),
    ],
)
def test_more_in_common_is_likelier(header: str, looks: dict[str, float], place: int, better: str) -> None:
    """Each thing in common raises the odds by itself: against a pair that lacks it."""
    before = known(FOUR, looks=FILLED)
    same = {0: 0, 1: 1, 3: 3}
    given = KnownTable(
        "cmdb", "x.csv", "x", "asset", None, (*before.columns[:2], KnownColumn(header, looks), before.columns[3])
    )
    lacking = {
        "spelling": replace(given, columns=(*before.columns[:2], KnownColumn("Zzz", looks), before.columns[3])),
        "looks": replace(given, columns=(*before.columns[:2], KnownColumn(header, {"number": 1.0}), before.columns[3])),
        "beside": given,
    }[better]
    elsewhere = {0: 1, 1: 0, 3: 2} if better == "beside" else same
    assert (
        pair_features(given, place, before, 2, same)[better]
        > pair_features(lacking, place, before, 2, elsewhere)[better]
    )
    assert pair_log_odds(given, place, before, 2, same) > pair_log_odds(lacking, place, before, 2, elsewhere)


@pytest.mark.parametrize(
    ("place", "same", "share"),
    [
        (1, {0: 0, 2: 2}, 1.0),
        (1, {0: 0, 2: 5}, 0.5),
        (1, {}, 1.0),
        (1, {0: 5, 2: 6}, 0.0),
        (0, {1: 1, 2: 2}, 0.0),
    ],
    ids=["both neighbours", "one of them", "both edges", "others", "another distance"],
)
def test_neighbours_of_the_one_that_is_gone_are_a_reason(place: int, same: dict[int, int], share: float) -> None:
    table = known(("Name", "Fnord", "Rack"))
    gone = 1
    assert pair_features(table, place, known(("Name", "Managed by", "Rack")), gone, same)["beside"] == share


def test_looks_are_alike_as_far_as_what_they_show_is() -> None:
    one = {"word": 1.0, "filled": 1.0}
    assert alike(one, one) == 1.0 == alike({}, {})
    assert alike(one, {"number": 1.0, "filled": 1.0}) == pytest.approx(1 / 3)
    assert alike(one, {"word": 0.5, "filled": 1.0}) == alike({"word": 0.5, "filled": 1.0}, one) == 0.75


def test_looks_tell_shapes_and_sizes_and_no_cell() -> None:
    secret = ["10.99.1.7", "10.99.1.8", "10.99.1.9", None]
    ips, numbers, blank = profile_table(raw_table({"a": secret, "b": ["4", "8", "16", "32"], "c": [None] * 4}))
    found = looks_of(ips)
    assert found["filled"] == 0.75
    assert all(isinstance(value, float) and 0 <= value <= 1 for value in (found | looks_of(numbers)).values())
    assert "size" in looks_of(numbers)
    assert looks_of(blank)["filled"] == 0.0
    assert not any(cell in repr(found) for cell in secret if cell)
    assert alike(found, looks_of(numbers)) < alike(found, found)
