"""Which columns a second opinion is asked about, and that nothing put up tells controls from doubts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl
import pytest

from discovery_pipeline.domain.handoffs import ColumnMapping, MappingStatus, TableKind
from discovery_pipeline.domain.mapping.doubts import (
    ColumnDoubts,
    DoubtParams,
    column_doubts,
    doubts_left,
    field_of,
    is_doubtful,
    packaged_controls,
    place_of,
)
from discovery_pipeline.domain.mapping.evidence import PROFILES
from discovery_pipeline.domain.masking import masked_texts
from discovery_pipeline.domain.opinions.doubts import NONE, Doubt, grouped
from discovery_pipeline.domain.opinions.trust import one_or_none
from discovery_pipeline.domain.schema import fields
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD

PARAMS = DoubtParams()
SERVERS = TableKind(0, "asset", "asset", "servicenow", 1.0)


def column(
    position: int,
    field: str | None,
    confidence: float,
    status: MappingStatus = "accepted",
    alternatives: tuple[tuple[str, float], ...] = (),
    header: str = "",
) -> ColumnMapping:
    return ColumnMapping(
        0, position, header or f"h{position}", field, confidence, status, alternatives=alternatives
    )  # fmt: skip


def doubt(position: int, confidence: float = 0.6) -> ColumnMapping:
    return column(position, "business_owner", confidence, "review", (("technical_owner", 0.3),))


def settled(start: int, mapped: int, unmapped: int) -> list[ColumnMapping]:
    names = list(fields("asset"))
    return [
        *(column(start + i, names[i], 0.98) for i in range(mapped)),
        *(column(start + mapped + i, None, 0.97, "unmapped") for i in range(unmapped)),
    ]


def found(*mappings: ColumnMapping, params: DoubtParams = PARAMS) -> ColumnDoubts:
    return column_doubts(mappings, [SERVERS], profiles(mappings), params)


def profiles(mappings: Sequence[ColumnMapping]) -> pl.DataFrame:
    counts = {"rows": 50, "filled": 40, "distinct": 10}
    rows = [{"table_no": m.table_no, "position": m.position, "header": m.header, **counts} for m in mappings]
    return pl.DataFrame(rows, schema=PROFILES)


def question(of: ColumnDoubts) -> list[Doubt]:
    (only,) = grouped(of.doubts, of.controls, kind_of=one_or_none)
    return only


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        pytest.param(doubt(0), True, id="for review"),
        pytest.param(column(0, "hostname", 0.8), False, id="accepted"),
        pytest.param(column(0, None, 0.8, "unmapped", (("vlan", 0.2),)), True, id="unmapped, a field could be meant"),
        pytest.param(column(0, None, 0.9, "unmapped", (("vlan", 0.05),)), False, id="unmapped, hardly a field"),
        pytest.param(column(0, None, 0.99, "unmapped"), False, id="unmapped, no field at all"),
    ],
)
def test_doubt(mapping: ColumnMapping, expected: bool) -> None:
    assert is_doubtful(mapping) is expected


def test_without_doubts_nothing_is_put_up() -> None:
    assert found(*settled(0, 20, 20)) == ColumnDoubts()


def test_half_the_controls_of_a_question_are_fields_and_half_none() -> None:
    expected = [c.expected for c in question(found(doubt(0), *settled(1, 40, 40))) if c.is_control]
    assert len(expected) == 32
    assert expected.count(NONE) == 16


def test_controls_and_doubts_look_alike() -> None:
    both = question(found(doubt(0), doubt(41), *settled(1, 20, 20)))
    assert {len(c.offers) for c in both} == {PARAMS.offers + 1}
    assert all(NONE in c.offers for c in both)
    assert [c for c in both if c.expected not in (None, *c.offers)] == []
    assert {tuple(c.shown) for c in both} == {("record", "product", "position", "profiles")}
    columns = [c.shown["profiles"][c.shown["position"]] for c in both]
    assert {tuple(column) for column in columns} == {tuple(PROFILES)}
    assert {column["filled"] for column in columns} == {40}


def test_exports_of_one_layout_give_each_header_once() -> None:
    """Twenty tables, each of the same columns: who knows a header would be right twenty times."""
    layout = [doubt(0), *settled(1, 8, 8)]
    mappings = [replace(column, table_no=number) for number in range(20) for column in layout]
    kinds = [replace(SERVERS, table_no=number) for number in range(20)]
    controls = column_doubts(mappings, kinds, profiles(mappings)).controls
    headers = [(c.shown["profiles"][c.shown["position"]]["header"], c.expected) for c in controls]
    assert len(set(headers)) == len(headers)
    assert sum(not control.key.startswith("packaged/") for control in controls) == 16


def test_what_a_control_is_stands_among_its_offers_at_any_place() -> None:
    fields_only = [c for c in found(doubt(0), *settled(1, 40, 0)).controls if c.expected != NONE]
    assert {c.offers.index(c.expected) for c in fields_only if c.expected} == set(range(PARAMS.offers + 1))


def test_offers_depend_on_the_header_and_not_on_the_run() -> None:
    assert found(doubt(0), *settled(1, 20, 20)) == found(*settled(1, 20, 20), doubt(0))


def test_small_exports_get_packaged_controls() -> None:
    controls = found(doubt(0), *settled(1, 2, 1)).controls
    assert sum(c.key.startswith("packaged/") for c in controls) >= 2 * 16 - 3
    assert len(controls) % 2 == 0


def test_a_packaged_control_gives_way_to_the_tenants_own_column() -> None:
    controls = found(doubt(0), column(1, "serial_number", 0.98, header="serial NUMBER")).controls
    headers = [c.shown["profiles"][c.shown["position"]]["header"].lower() for c in controls]
    assert headers.count("serial number") == 1


def test_the_most_doubtful_are_put_up_when_there_are_too_many() -> None:
    params = DoubtParams(most=2)
    doubts = found(doubt(0, 0.7), doubt(1, 0.5), doubt(2, 0.6), *settled(3, 20, 20), params=params).doubts
    assert [place_of(d) for d in doubts] == [(0, 1), (0, 2)]


def test_what_something_speaks_for_is_likely_and_so_is_none() -> None:
    (only,) = found(doubt(0)).doubts
    assert only.likely == {"business_owner", "technical_owner", NONE}
    assert field_of(NONE) == NO_FIELD
    assert field_of("vlan") == "vlan"


def test_packaged_controls_are_fields_of_assets_with_masked_samples() -> None:
    names = [c.field for c in packaged_controls()]
    assert set(names) - {NO_FIELD} <= fields("asset").keys()
    assert names.count(NO_FIELD) * 2 == len(names) == 32
    shapes = [s for c in packaged_controls() for s in c.samples if any(sign in s for sign in "xX9")]
    assert [s for s in shapes if masked_texts([s]) != [s]] == []


def test_doubts_left_counts_the_doubtful_asked_about() -> None:
    doubts = found(doubt(0), doubt(1), *settled(2, 20, 20)).doubts
    after = [column(0, "business_owner", 0.9), doubt(1), *settled(2, 20, 20)]
    assert doubts_left(after, doubts) == 1
