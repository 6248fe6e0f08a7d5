"""Labelled layouts through the mapper as shipped: the development corpus whole, and sixty of ours of each part.

The floors are below what is reached: they catch a rule that helps one layout and hurts ten. What an unseen product gets
is measured by `make bench-mapping`; here the artefacts have seen all of these.
"""

from __future__ import annotations

from functools import cache

import pytest

from benchmarks.mapping.layouts import CORPUS, DEVELOPMENT, OURS, PARTS, TUNED, UNTUNED, Layout, load, sample
from benchmarks.mapping.score import Mapped, score
from discovery_pipeline.domain.mapping.resolve import ResolveParams

_MOST = 60
_ACCURACY = {DEVELOPMENT: 0.98, TUNED: 0.96, UNTUNED: 0.88}
_PRECISION = {DEVELOPMENT: 0.98, TUNED: 0.96, UNTUNED: 0.92}
_WRONG_KINDS = {DEVELOPMENT: 0, TUNED: 2, UNTUNED: 4}


@cache
def _mapped(part: str) -> Mapped:
    return score(_layouts(part))


def _layouts(part: str) -> list[Layout]:
    return sample([layout for layout in load((OURS, CORPUS)) if layout.part == part], _MOST)


@pytest.mark.parametrize("part", PARTS)
def test_record_kinds_are_inferred(part: str) -> None:
    assert len(_mapped(part).wrong_kinds) <= _WRONG_KINDS[part], _mapped(part).wrong_kinds


@pytest.mark.parametrize("part", PARTS)
def test_columns_are_right(part: str) -> None:
    assert _mapped(part).score.accuracy >= _ACCURACY[part]


@pytest.mark.parametrize("part", PARTS)
def test_what_is_mapped_is_right(part: str) -> None:
    assert _mapped(part).score.precision >= _PRECISION[part]


@pytest.mark.parametrize("part", PARTS)
def test_what_needs_no_look_keeps_the_error_budget(part: str) -> None:
    found = _mapped(part).score

    assert found.accepted.accuracy >= ResolveParams().precision
    assert found.accepted_share >= 0.4


@pytest.mark.parametrize("part", PARTS)
def test_confidences_are_what_is_right(part: str) -> None:
    assert (_mapped(part).score.calibration_error or 0.0) <= 0.07


def test_every_layout_has_one_id_and_whole_columns() -> None:
    layouts = load((OURS, CORPUS))

    assert len({layout.id for layout in layouts}) == len(layouts)
    assert all(len(column.values) == 6 for layout in layouts for column in layout.columns)
