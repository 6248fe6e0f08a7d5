"""What a pattern says of a column: decided at its own place, evidence elsewhere, nothing where it can't be."""

from __future__ import annotations

import math
from dataclasses import replace

import polars as pl
import pytest

from discovery_pipeline.domain.handoffs import ColumnMapping, TableKind
from discovery_pipeline.domain.mapping.candidates import Proposals, propose
from discovery_pipeline.domain.mapping.combine import combine
from discovery_pipeline.domain.mapping.evidence import Evidence, evidence_frame
from discovery_pipeline.domain.mapping.patterns import (
    CURVES,
    LEXICAL,
    SAME_FIELD,
    Pattern,
    SeenColumn,
    decided,
    meaning,
    same_header,
    similar_header,
)
from discovery_pipeline.domain.mapping.places import Place, header_key, places_of
from discovery_pipeline.domain.mapping.resolve import resolve
from discovery_pipeline.domain.mapping.trained.combiner import combiner
from discovery_pipeline.domain.mapping.unsure import named_by_headers, unsure
from discovery_pipeline_tests.domain.tables import raw_table

HERE = Place("cmdb", "cmdb.csv", "cmdb", "managed by", 0)
OWNER = Pattern("p", HERE, "Managed by", "asset", None, "technical_owner", None, None, 1, 0, (3,))
COLUMN = SeenColumn(0, 1, "Managed by", "asset", HERE)
ELSEWHERE = replace(COLUMN, place=replace(HERE, series="vms.csv"))
(MODEL,) = CURVES
ASSETS = TableKind(0, "asset", "asset", None, 0.9)


def renamed(header: str) -> SeenColumn:
    return replace(ELSEWHERE, header=header, place=replace(ELSEWHERE.place, header_key=header_key(header)))


@pytest.mark.parametrize(
    ("headers", "places"),
    [
        (("Name", " name ", "IP"), (("name", 0), ("name", 1), ("ip", 0))),
        (("Managed By", "managed_by", "managedBy"), (("managed by", 0), ("managed by", 1), ("managed by", 2))),
        (("", "  ", "RAM (GB)", "RAM"), (("→", 0), ("→", 1), ("ram gb", 0), ("ram", 0))),
        (("Name", "", "IP", ""), (("name", 0), ("→name", 0), ("ip", 0), ("→ip", 0))),
        (("名前", "Größe"), (("名前", 0), ("grosse", 0))),
    ],
)
def test_a_place_holds_whatever_a_headers_case_and_spacing(
    headers: tuple[str, ...], places: tuple[tuple[str, int], ...]
) -> None:
    assert tuple((p.header_key, p.occurrence) for p in places_of("s", "f.csv", "t", headers)) == places


def test_its_own_column_is_decided() -> None:
    override = decided([COLUMN, ELSEWHERE], [OWNER])[COLUMN]
    assert (override.field, override.status, override.method) == ("technical_owner", "accepted", "pattern")
    assert override.why == ("decided by correction 3",)
    assert ELSEWHERE not in decided([COLUMN, ELSEWHERE], [OWNER])


def test_its_own_column_may_be_decided_to_carry_none() -> None:
    override = decided([COLUMN], [replace(OWNER, field=None)])[COLUMN]
    assert (override.field, override.status) == (None, "unmapped")


def test_agreement_strengthens_and_contradiction_weakens() -> None:
    once, thrice = OWNER.confidence, replace(OWNER, supported=3).confidence
    disputed = replace(OWNER, contradicted=4).confidence
    assert disputed < once < thrice < 1
    assert once == pytest.approx(20 / 21)


@pytest.mark.parametrize("column", [COLUMN, ELSEWHERE], ids=["decided", "evidence"])
def test_a_field_that_records_of_this_kind_lack_is_never_said(column: SeenColumn) -> None:
    flow = replace(column, record="connection")
    wrong = replace(OWNER, record="connection")
    assert decided([flow], [OWNER]) == {}
    assert same_header([flow], [wrong]) == {}
    assert similar_header([flow], [wrong], None, {}, {}) == {}


def test_the_same_header_elsewhere_is_evidence() -> None:
    (said,) = same_header([ELSEWHERE], [OWNER])[ELSEWHERE]
    assert (said.field, said.source) == ("technical_owner", "pattern")
    assert "correction 3" in said.why
    assert "cmdb.csv" in said.why


def confidence_of(field: str, header: str, said: Evidence) -> float:
    """How sure a column of a header is to carry a field, with what was said of it."""
    proposals = propose([raw_table({"Name": ["a1", "b2"], header: ["x", "y"]})], [ASSETS])
    evidence = pl.concat([proposals.evidence, evidence_frame([said])])
    chosen = pl.col("position").eq(1) & pl.col("field").eq(field)
    return float(combine(proposals.profiles, evidence).filter(chosen)["confidence"].item())


def test_a_header_that_says_nothing_itself_means_what_it_meant_elsewhere() -> None:
    """As surely as on the labelled layouts, whatever labelled columns of others look like."""
    (said,) = same_header([ELSEWHERE], [OWNER])[ELSEWHERE]
    expected = 1 / (1 + math.exp(-SAME_FIELD))
    assert confidence_of("technical_owner", "Zorgplicht", said) == pytest.approx(expected, abs=0.01)


def test_where_it_meant_none_the_field_that_the_header_names_is_doubted() -> None:
    (said,) = same_header([ELSEWHERE], [replace(OWNER, field=None)])[ELSEWHERE]
    nothing = replace(said, weight=0.0)
    assert confidence_of("business_owner", "Owner", said) < confidence_of("business_owner", "Owner", nothing)


@pytest.mark.parametrize("header", ["Managed by", "Owner", "Support group"])
def test_what_it_meant_elsewhere_turns_what_the_header_says_itself(header: str) -> None:
    (said,) = same_header([ELSEWHERE], [replace(OWNER, field="department")])[ELSEWHERE]
    proposals = propose([raw_table({"Name": ["a1", "b2"], header: ["x", "y"]})], [ASSETS])
    turned = Proposals(proposals.profiles, pl.concat([proposals.evidence, evidence_frame([said])]))
    assert resolve(proposals, [ASSETS])[1].field != "department"
    assert resolve(turned, [ASSETS])[1].field == "department"


def test_a_further_column_of_this_header_in_the_same_table_is_another_one() -> None:
    second = replace(COLUMN, position=2, place=replace(HERE, occurrence=1))
    assert same_header([second], [OWNER]) == {}
    assert similar_header([second], [OWNER], MODEL, {second: {"p": 1.0}}, {}) == {}
    assert similar_header([second], [OWNER], None, {}, {}) == {}


def test_the_same_header_may_speak_for_none() -> None:
    (said,) = same_header([ELSEWHERE], [replace(OWNER, field=None)])[ELSEWHERE]
    assert (said.field, said.weight > 0) == ("", True)


def test_another_record_kind_or_a_blank_header_says_nothing() -> None:
    blank = replace(ELSEWHERE, header="", place=replace(HERE, header_key="→name"))
    assert (
        same_header([replace(ELSEWHERE, record="connection"), blank], [OWNER, replace(OWNER, place=blank.place)]) == {}
    )


def test_patterns_that_say_the_same_are_one_reason() -> None:
    others = [replace(OWNER, pattern_id=str(i), place=replace(HERE, table=str(i))) for i in range(5)]
    opposed = replace(OWNER, pattern_id="x", field="business_owner")
    assert [e.field for e in same_header([ELSEWHERE], [*others, opposed])[ELSEWHERE]] == [
        "business_owner",
        "technical_owner",
    ]


@pytest.mark.parametrize(
    ("header", "cosine", "is_said"),
    [("Managed by group", 0.9, True), ("Manager", 0.3, False), ("Colour", 0.1, False)],
)
def test_a_similar_header_is_evidence_where_it_is_likelier_right_than_wrong(
    header: str, cosine: float, is_said: bool
) -> None:
    column = renamed(header)
    said = similar_header([column], [OWNER], MODEL, {column: {"p": cosine}}, {})
    assert (column in said) == is_said


def test_the_likelier_the_more_weight() -> None:
    column = renamed("Managed by group")
    weights = [
        similar_header([column], [OWNER], MODEL, {column: {"p": cosine}}, {})[column][0].weight
        for cosine in (0.8, 0.9, 1.0)
    ]
    assert weights == sorted(set(weights))


def test_what_the_header_says_itself_counts_once() -> None:
    column = renamed("Managed by group")
    said = similar_header([column], [OWNER], MODEL, {column: {"p": 0.9}}, {})[column][0].weight
    place = (column.table_no, column.position, "technical_owner")
    less = similar_header([column], [OWNER], MODEL, {column: {"p": 0.9}}, {place: 1.0})[column][0].weight
    assert less == pytest.approx(said - 1.0)
    assert similar_header([column], [OWNER], MODEL, {column: {"p": 0.9}}, {place: said}) == {}


@pytest.mark.parametrize("model", [None, "a model nobody calibrated"])
def test_without_a_calibrated_model_spelling_alone_is_compared(model: str | None) -> None:
    near, far = renamed("Ring golden"), renamed("Colour of the case")
    found = similar_header([near, far], [replace(OWNER, header="Golden ring")], model, {near: {"p": 0.0}}, {})
    assert set(found) == {near}
    assert found[near][0].weight == pytest.approx(combiner().unheard + LEXICAL.log_odds(1.0), abs=0.01)


def test_a_none_of_a_similar_header_proves_nothing() -> None:
    column = renamed("Managed by group")
    assert similar_header([column], [replace(OWNER, field=None)], MODEL, {column: {"p": 1.0}}, {}) == {}


@pytest.mark.parametrize(("one", "other"), [("RAM", "Arbeitsspeicher"), ("OS Version", "os_ver")])
def test_abbreviations_and_languages_meet_in_their_concepts(one: str, other: str) -> None:
    assert meaning(one) == meaning(other)


def test_only_columns_that_nothing_settles_are_unsure() -> None:
    table = raw_table({"IP address": ["10.0.0.1", "10.0.0.2"], "Fnord": ["x", "y"], "Managed by": ["Al", "Bo"]})
    proposals = propose([table], [ASSETS])
    assert unsure(proposals) == {(0, 1), (0, 2)}
    assert named_by_headers(proposals)[0, 0, "ip_address"] > 3


def test_confirming_a_mapping_never_makes_it_less_trusted() -> None:
    kind = TableKind(0, "asset", "asset", None, 0.9)
    proposals = propose([raw_table({"IP address": ["10.0.0.1", "10.0.0.2"], "Managed by": ["Al", "Bo"]})], [kind])
    before = resolve(proposals, [kind])
    confirmed = [ColumnMapping(0, m.position, m.header, m.field, 0.9, "accepted", method="pattern") for m in before]
    after = resolve(proposals, [kind], confirmed)
    assert after[0].confidence == before[0].confidence > 0.9
    assert after[1].confidence == 0.9 > before[1].confidence
    assert after[1].alternatives == before[1].alternatives
