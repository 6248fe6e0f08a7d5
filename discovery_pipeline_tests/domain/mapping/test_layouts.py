"""Labelled layouts of products and hand-made styles in eleven languages: what mapping gets right, and when it abstains.

The layouts are invented, in the format {id, record, columns: [{header, values, gold}]}; gold [] = unmapped is right.
The floors are below what is reached today: they catch a rule that helps one layout and hurts ten.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import pytest
import yaml

from discovery_pipeline.domain.handoffs import ColumnMapping, TableKind
from discovery_pipeline.domain.mapping.candidates import propose
from discovery_pipeline.domain.mapping.resolve import resolve
from discovery_pipeline.domain.validation.intake import inspect
from discovery_pipeline_tests.domain.tables import raw_table

_FOLDER = files(__package__) / "layouts"
_NAMES = sorted(entry.name.removesuffix(".yaml") for entry in _FOLDER.iterdir() if entry.name.endswith(".yaml"))


@cache
def _mapped(name: str) -> tuple[dict[str, Any], TableKind, list[ColumnMapping]]:
    layout = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    table = raw_table([(c["header"], c["values"]) for c in layout["columns"]])
    kinds = inspect([table]).kinds
    return layout, kinds[0], resolve(propose([table], kinds), kinds)


def _is_right(column: dict[str, Any], mapping: ColumnMapping) -> bool:
    return mapping.field in column["gold"] if column["gold"] else mapping.field is None


def _judged() -> list[tuple[dict[str, Any], ColumnMapping]]:
    return [pair for name in _NAMES for pair in zip(_mapped(name)[0]["columns"], _mapped(name)[2], strict=True)]


@pytest.mark.parametrize("name", _NAMES)
def test_the_record_kind_is_inferred(name: str) -> None:
    layout, kind, _ = _mapped(name)

    assert kind.record == layout["record"]


@pytest.mark.parametrize("name", _NAMES)
def test_most_columns_of_every_layout_are_right(name: str) -> None:
    layout, _, mappings = _mapped(name)
    right = [_is_right(c, m) for c, m in zip(layout["columns"], mappings, strict=True)]

    assert sum(right) / len(right) >= 0.75


def test_columns_are_right_nineteen_times_in_twenty() -> None:
    right = [_is_right(column, mapping) for column, mapping in _judged()]

    assert sum(right) / len(right) >= 0.95


def test_what_is_mapped_is_right_nineteen_times_in_twenty() -> None:
    right = [_is_right(column, mapping) for column, mapping in _judged() if mapping.field]

    assert sum(right) / len(right) >= 0.95


def test_accepted_mappings_are_surer_than_those_for_review() -> None:
    by_status: dict[str, list[bool]] = {"accepted": [], "review": []}
    for column, mapping in _judged():
        by_status.setdefault(mapping.status, []).append(_is_right(column, mapping))

    accepted, review = (sum(v) / len(v) for v in (by_status["accepted"], by_status["review"]))
    assert accepted > review


def test_every_mapping_says_why() -> None:
    assert all(mapping.why for _, mapping in _judged() if mapping.field)
