"""Training compares headers by meaning with those of other families only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from benchmarks.mapping.columns import read
from benchmarks.mapping.layouts import UNTUNED, Labelled, Layout
from benchmarks.mapping.meanings import labelled_meanings, unseen_meanings
from benchmarks.mapping.weights import candidates
from discovery_pipeline.domain.mapping.trained.combiner import FEATURES

_WORDS = ("some", "words", "of", "text", "more", "text")


def _layout(name: str, family: str, zorp: tuple[str, ...]) -> Layout:
    columns = (
        Labelled("Hostname", tuple(f"srv-{i}" for i in range(6)), ("hostname",)),
        Labelled("OS", ("Windows Server 2019",) * 3 + ("Red Hat Enterprise Linux 8",) * 3, ("os_name",)),
        Labelled("Zorp", _WORDS, zorp),
    )
    return Layout(name, family, "asset", UNTUNED, "invented", columns)


def _embed(texts: Sequence[str]) -> list[list[float]]:
    """Each text in a direction of its own."""
    return np.eye(len(texts), 8).tolist()


LAYOUTS = [_layout("a", "one", ("tags",)), _layout("b", "one", ("tags",)), _layout("c", "two", ("model",))]


def test_a_header_is_kept_once_with_all_its_families() -> None:
    meanings = labelled_meanings([*LAYOUTS, _layout("d", "three", ("tags",))], _embed)
    rows = dict(zip(zip(meanings.texts, meanings.fields, strict=True), meanings.families, strict=True))
    assert rows["zorp", "tags"] == ("one", "three")
    assert rows["zorp", "model"] == ("two",)
    assert len(rows) == 4


@pytest.mark.parametrize(("table_no", "field"), [(0, "model"), (1, "model"), (2, "tags")])
def test_the_own_family_says_nothing(table_no: int, field: str) -> None:
    found = list(unseen_meanings(read(LAYOUTS), labelled_meanings(LAYOUTS, _embed)))
    assert {(e.position, e.field) for e in found if e.table_no == table_no} == {(2, field)}


def test_what_is_said_becomes_a_feature() -> None:
    material = read(LAYOUTS)
    without = candidates(material, [{}] * 9)
    given = candidates(material, [{}] * 9, labelled_meanings(LAYOUTS, _embed))
    column = list(FEATURES).index("meaning+")
    assert not without.x[:, column].any()
    assert {given.fields[i] for i in np.flatnonzero(given.x[:, column])} == {"model", "tags"}
