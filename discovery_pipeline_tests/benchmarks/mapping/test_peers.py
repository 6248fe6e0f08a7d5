"""Peers answer every column, learn nothing of a layout's own family, and abstain where others were wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from benchmarks.mapping.abstention import abstaining
from benchmarks.mapping.layouts import TUNED, Labelled, Layout
from benchmarks.mapping.peers import Guess, Meaning, Nothing, Peer, Spelling, synonyms
from benchmarks.mapping.valentine_peers import Coma, Values
from discovery_pipeline.domain.schema import fields

_LINUX = ("Rocky Linux 9", "Debian 12", "Rocky Linux 8", "Ubuntu 24.04", "Debian 11", "")


class _Letters:
    """Embeds a text as the letters it has."""

    model, dimensions = "letters", 26

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        counted = [[float(text.count(chr(97 + i))) for i in range(26)] for text in texts]
        return [[n / max(sum(m * m for m in counts) ** 0.5, 1e-9) for n in counts] for counts in counted]


def _layout(family: str, *columns: tuple[str, Sequence[str], Sequence[str]]) -> Layout:
    labelled = tuple(Labelled(header, tuple(values), tuple(gold)) for header, values, gold in columns)
    return Layout(family, family, "asset", TUNED, "", labelled)


_ASKED = _layout(
    "asked", ("OperatingSystem", _LINUX, ["os_name"]), ("OperatingSystem", _LINUX, ["os_name"]), ("", _LINUX, [])
)
_OTHERS = [_layout("other", ("Flavour", _LINUX, ["os_name"]), ("Site", ("Oslo",) * 6, ["location"])), _ASKED]


@pytest.mark.parametrize("peer", [Coma(_OTHERS), Spelling(), Meaning(_Letters())], ids=lambda p: p.name)
def test_a_plain_header_is_found_in_every_column_that_has_it(peer: Peer) -> None:
    guesses = peer.guesses(_ASKED)

    assert [guess.field for guess in guesses[:2]] == ["os_name", "os_name"]
    assert len(guesses) == 3
    assert all(0 <= guess.similarity <= 1 for guess in guesses)


def test_values_are_found_in_layouts_of_other_families_only() -> None:
    assert [guess.field for guess in Values(_OTHERS).guesses(_ASKED)] == ["os_name"] * 3
    own = [replace(layout, family="asked") for layout in _OTHERS]
    assert [guess.field for guess in Values(own).guesses(_ASKED)] == [None] * 3


def test_synonyms_name_fields_and_the_fields_own_names_win() -> None:
    found = synonyms("asset")

    assert set(found.values()) == set(fields("asset"))
    assert found["os name"] == "os_name"


def test_nothing_is_predicted() -> None:
    assert Nothing().guesses(_ASKED) == [Guess(None, 0.0)] * 3


def test_the_threshold_of_a_family_is_chosen_on_the_others() -> None:
    site, none = ("Site", _LINUX, ["location"]), ("Free", _LINUX, [])
    layouts = [_layout("a", site, none), _layout("b", site, none)]
    guesses = [
        [Guess("location", 0.9), Guess("location", 0.2)],  # separable at 0.21
        [Guess("location", 0.7), Guess("location", 0.6)],  # separable at 0.61
    ]
    judged = abstaining(layouts, guesses)

    assert judged.thresholds == {"a": 0.61, "b": 0.21}
    assert [answer.field for answer in judged.answers] == ["location", None, "location", "location"]
    assert [answer.confidence for answer in judged.answers] == [0.9, None, 0.7, 0.6]
