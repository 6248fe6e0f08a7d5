"""A table of the same layout under another name: its columns are decided, or told about where that is less sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from discovery_pipeline.domain.mapping.places import places_of
from discovery_pipeline.domain.mapping.recall.by_layout import ToldByLayout, told_by_layout
from discovery_pipeline.domain.mapping.recall.layouts import KnownTable
from discovery_pipeline.domain.mapping.recall.lessons import Lesson, SeenColumn
from discovery_pipeline.domain.mapping.trained.combiner import combiner
from discovery_pipeline_tests.domain.mapping.recall.builders import OWNER, known

FIVE = ("Name", "IP address", "Managed by", "Rack", "Fnord")
BEFORE = known(FIVE)


def lessons(table: KnownTable = BEFORE, **fields: str | None) -> dict[object, Lesson]:
    """What was decided about columns of a table, by their headers' first word."""
    headers = [column.header for column in table.columns]
    places = dict(
        zip(
            [h.split()[0].lower() for h in headers],
            places_of(table.source, table.series, table.table, headers),
            strict=True,
        )
    )
    return {
        places[name]: replace(OWNER, pattern_id=name, place=places[name], header=name, field=field)
        for name, field in fields.items()
    }


def columns(table: KnownTable, number: int = 0) -> list[SeenColumn]:
    headers = [column.header for column in table.columns]
    places = places_of("new", table.series, table.table, headers)
    return [SeenColumn(number, at, header, table.record, places[at]) for at, header in enumerate(headers)]


def told(
    table: KnownTable, at: Mapping[object, Lesson], before: Sequence[KnownTable] = (BEFORE,), skip: Sequence[int] = ()
) -> ToldByLayout:
    seen = [column for column in columns(table) if column.position not in skip]
    return told_by_layout({0: table}, seen, before, at)  # type: ignore[arg-type]


def decided(found: ToldByLayout) -> dict[str, str | None]:
    return {column.header: mapping.field for column, mapping in found.overrides.items()}


def hinted(found: ToldByLayout) -> dict[str, list[str]]:
    return {column.header: [said.field for said in given] for column, given in found.evidence.items()}


@pytest.mark.parametrize(
    "headers",
    [FIVE, tuple(reversed(FIVE)), tuple(h.upper().replace(" ", "_") for h in FIVE), (*FIVE, "Added")],
    ids=["the same", "permuted", "spelled otherwise", "a column added"],
)
def test_a_table_of_the_same_headers_is_decided(headers: tuple[str, ...]) -> None:
    found = told(known(headers, "renamed.csv"), lessons(managed="technical_owner", fnord=None))
    by_key = {header.lower().replace("_", " "): field for header, field in decided(found).items()}
    assert by_key == {"managed by": "technical_owner", "fnord": None}
    assert found.evidence == {}
    (why,) = next(iter(found.overrides.values())).why
    assert why == "laid out like cmdb.csv: decided by correction 3"


def test_only_columns_that_are_asked_about_are_told() -> None:
    found = told(known(FIVE, "x.csv"), lessons(managed="technical_owner", fnord="tags"), skip=[2])
    assert decided(found) == {"Fnord": "tags"}


def test_a_table_that_is_less_alike_is_told_of_its_headers_only() -> None:
    """Three of seven headers: probably the layout, not surely."""
    found = told(known((*FIVE[:3], "A", "B"), "x.csv"), lessons(managed="technical_owner"))
    assert (decided(found), hinted(found)) == ({}, {"Managed by": ["technical_owner"]})
    (said,) = next(iter(found.evidence.values()))
    assert "this header in cmdb.csv means technical_owner" in said.why


def test_another_layout_is_told_nothing() -> None:
    found = told(known(("Managed by", "A", "B", "C", "D", "E"), "x.csv"), lessons(managed="technical_owner"))
    assert found == ToldByLayout({}, {}, {})


def test_a_reworded_header_is_evidence_by_what_it_stands_for() -> None:
    found = told(known((*FIVE[:2], "Managed by group", *FIVE[3:]), "x.csv"), lessons(managed="technical_owner"))
    assert hinted(found) == {"Managed by group": ["technical_owner"]}
    (said,) = found.evidence[next(c for c in found.evidence if c.position == 2)]
    assert said.why == "correction 3: 'Managed by' in cmdb.csv, which it stands for here, means technical_owner"
    assert said.weight > combiner().unheard


def test_an_unlikely_stand_in_says_nothing() -> None:
    before = known(("Managed by", *FIVE[:2], *FIVE[3:]))
    found = told(
        known((*FIVE[:2], *FIVE[3:], "Zorgplicht", "Colour"), "x.csv"),
        lessons(before, managed="technical_owner"),
        [before],
    )
    assert hinted(found) == {}


@pytest.mark.parametrize("field", ["source_ip", "bytes_total"])
def test_a_field_that_records_of_this_kind_lack_is_never_said(field: str) -> None:
    found = told(known((*FIVE[:2], "Managed by group", *FIVE[3:]), "x.csv"), lessons(managed=field, rack=field))
    assert (found.overrides, found.evidence) == ({}, {})


def test_a_table_of_another_kind_is_no_layout_of_it() -> None:
    flows = replace(known(FIVE, "x.csv"), record="connection")
    assert told(flows, lessons(managed="technical_owner")) == ToldByLayout({}, {}, {})


def test_the_most_similar_table_that_knows_a_column_tells_it() -> None:
    """What it does not know, the next one tells."""
    wider = known((*FIVE, "More"), "wider.csv")
    at = lessons(managed="technical_owner") | lessons(wider, managed="department", rack="location")
    found = told(known(FIVE, "x.csv"), at, [wider, BEFORE])
    assert decided(found) == {"Managed by": "technical_owner", "Rack": "location"}
    assert [m.why[0].split(":")[0] for m in found.overrides.values()] == [
        "laid out like cmdb.csv", "laid out like wider.csv",
    ]  # fmt: skip


@pytest.mark.parametrize(("trust", "more"), [(0.6, 0.9), (0.8, 0.99)])
def test_the_more_it_is_trusted_the_more_it_says(trust: float, more: float) -> None:
    table = known((*FIVE[:3], "A", "B"), "x.csv")
    at = lessons(managed="technical_owner")
    weights = [
        next(iter(told(table, {p: replace(lesson, trust=t) for p, lesson in at.items()}).evidence.values()))[0].weight
        for t in (trust, more)
    ]
    assert weights[0] < weights[1]


SEEN = replace(
    BEFORE,
    columns=tuple(
        replace(c, taken_for=f)
        for c, f in zip(BEFORE.columns, ("hostname", "ip_address", "tags", "", None), strict=True)
    ),
)


def left(found: ToldByLayout) -> dict[str, list[str]]:
    return {column.header: [said.field for said in given] for column, given in found.left_alone.items() if given}


def test_columns_left_alone_beside_corrections_are_what_they_were_taken_for() -> None:
    """A person looked at the table and let them be; of what it was not known, nothing is said."""
    found = told(known(FIVE, "x.csv"), lessons(managed="technical_owner"), [SEEN])
    assert decided(found) == {"Managed by": "technical_owner"}
    assert left(found) == {"Name": ["hostname"], "IP address": ["ip_address"], "Rack": [""]}
    (said,) = next(given for column, given in found.left_alone.items() if column.header == "Rack")
    assert said.why == "this header in cmdb.csv was taken for none of the fields, and left so beside corrections"


def test_a_decision_about_a_column_weighs_more_than_leaving_it_alone() -> None:
    table = known((*FIVE[:3], "A", "B"), "x.csv")
    found = told(table, lessons(managed="technical_owner"), [SEEN])
    decided_weight = next(given[0].weight for given in found.evidence.values())
    assert all(0 < said.weight < decided_weight for given in found.left_alone.values() for said in given)


def test_a_column_that_one_table_left_and_another_decided_is_decided() -> None:
    other = known((*FIVE, "More"), "wider.csv")
    found = told(known(FIVE, "x.csv"), lessons(other, rack="location"), [SEEN, other])
    assert decided(found) == {"Rack": "location"}
    assert "Rack" not in left(found)
