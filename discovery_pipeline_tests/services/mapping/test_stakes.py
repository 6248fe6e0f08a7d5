"""What a look at a column is worth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from discovery_pipeline.services.mapping.stakes import Choice, stake_of

NAME = Choice("asset", "hostname", (("hostname", 0.5), ("rack", 0.3)), 100, is_decided=False)


def test_the_value_is_doubt_times_rows_times_what_rests_on_it() -> None:
    stake = stake_of(NAME)
    assert stake.value == pytest.approx(0.5 * 100 * stake.criticality)
    assert stake.words == "100 rows, 50 % sure, decides which asset is which"


@pytest.mark.parametrize(
    ("more", "less"),
    [
        pytest.param({"considered": (("hostname", 0.4),)}, {"considered": (("hostname", 0.9),)}, id="doubt"),
        pytest.param({"filled": 101}, {}, id="rows"),
        pytest.param({}, {"field": "rack", "considered": (("rack", 0.5),)}, id="what rests on it"),
        pytest.param({}, {"is_decided": True}, id="nobody decided"),
        pytest.param({}, {"filled": 0}, id="filled at all"),
    ],
)
def test_more_is_worth_more(more: dict[str, object], less: dict[str, object]) -> None:
    assert stake_of(replace(NAME, **more)).value > stake_of(replace(NAME, **less)).value  # type: ignore[arg-type]


def test_a_likely_enough_field_counts_though_it_was_not_chosen() -> None:
    stake = stake_of(replace(NAME, field="rack", considered=(("rack", 0.6), ("hostname", 0.3))))
    assert stake.criticality == stake_of(NAME).criticality
    assert stake.words == "100 rows, 60 % sure, if it is hostname, it decides which asset is which"
    unlikely = stake_of(replace(NAME, field="rack", considered=(("rack", 0.6), ("hostname", 0.05))))
    assert unlikely.criticality < stake.criticality


def test_of_an_unmapped_column_the_likeliest_field_is_at_stake() -> None:
    stake = stake_of(replace(NAME, field=None, considered=(("hostname", 0.3),)))
    assert stake.doubt == 0.3
    assert stake.words == "100 rows, 30 % likely hostname, decides which asset is which"


def test_where_nothing_speaks_for_a_field_nothing_is_at_stake() -> None:
    stake = stake_of(replace(NAME, field=None, considered=()))
    assert (stake.value, stake.words) == (0.0, "100 rows, nothing speaks for a field")


def test_one_row_and_none_are_told_as_such() -> None:
    assert stake_of(replace(NAME, filled=1)).words.startswith("1 row, ")
    assert stake_of(replace(NAME, filled=0)).words == "no row is filled, so nothing rests on it yet"
