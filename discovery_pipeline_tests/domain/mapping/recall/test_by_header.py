"""The same or a similar header in another table: evidence where it may speak, nothing where it can't be."""

from __future__ import annotations

import math
from dataclasses import replace

import polars as pl
import pytest

from discovery_pipeline.domain.mapping.candidates import Proposals, propose
from discovery_pipeline.domain.mapping.combine import combine
from discovery_pipeline.domain.mapping.evidence import Evidence, evidence_frame
from discovery_pipeline.domain.mapping.places import places_of
from discovery_pipeline.domain.mapping.recall.by_header import SAME_FIELD, same_header, similar_header
from discovery_pipeline.domain.mapping.recall.curves import CURVES, LEXICAL
from discovery_pipeline.domain.mapping.recall.learned import own_before_others
from discovery_pipeline.domain.mapping.recall.lessons import Lesson, SeenColumn
from discovery_pipeline.domain.mapping.recall.likeness import meaning, spelled_alike
from discovery_pipeline.domain.mapping.resolve import resolve
from discovery_pipeline.domain.mapping.trained.combiner import combiner
from discovery_pipeline.domain.mapping.unsure import named_by_headers, unsure
from discovery_pipeline_tests.domain.mapping.recall.builders import (
    ASSETS,
    COLUMN,
    ELSEWHERE,
    HERE,
    NONE,
    OWNER,
    renamed,
)
from discovery_pipeline_tests.domain.tables import raw_table

(MODEL,) = CURVES
DENIAL = replace(OWNER, pattern_id="d", field="business_owner", is_denial=True)
CERTAIN = replace(OWNER, trust=1.0)


@pytest.mark.parametrize("column", [COLUMN, ELSEWHERE], ids=["its own column", "another one"])
def test_a_field_that_records_of_this_kind_lack_is_never_said(column: SeenColumn) -> None:
    flow, wrong = replace(column, record="connection"), replace(OWNER, record="connection")
    assert same_header([flow], [wrong]) == {}
    assert similar_header([flow], [wrong], None, {}, {}) == {}


def test_the_same_header_elsewhere_is_evidence() -> None:
    (said,) = same_header([ELSEWHERE], [OWNER])[ELSEWHERE]
    assert (said.field, said.source) == ("technical_owner", "pattern")
    assert said.why == "correction 3: this header in cmdb.csv means technical_owner"


def test_tenants_that_share_are_named_by_no_name() -> None:
    shared = replace(OWNER, corrections=(), place=replace(HERE, source="", series="", table=""))
    (said,) = same_header([ELSEWHERE], [shared])[ELSEWHERE]
    assert said.why == "tenants that share what they learn: this header in their exports means technical_owner"


def confidence_of(field: str, header: str, said: Evidence) -> float:
    """How sure a column of a header is to carry a field, with what was said of it."""
    proposals = propose([raw_table({"Name": ["a1", "b2"], header: ["x", "y"]})], [ASSETS])
    own = evidence_frame([said])
    evidence = pl.concat([own_before_others(proposals.evidence, own), own])
    chosen = pl.col("position").eq(1) & pl.col("field").eq(field)
    return float(combine(proposals.profiles, evidence).filter(chosen)["confidence"].item())


def test_a_header_that_says_nothing_itself_means_what_it_meant_elsewhere() -> None:
    """As surely as on the labelled layouts, whatever labelled columns of others look like."""
    (said,) = same_header([ELSEWHERE], [CERTAIN])[ELSEWHERE]
    expected = 1 / (1 + math.exp(-SAME_FIELD))
    assert confidence_of("technical_owner", "Zorgplicht", said) == pytest.approx(expected, abs=0.01)


def test_where_it_meant_none_the_field_that_the_header_names_is_doubted() -> None:
    (said,) = same_header([ELSEWHERE], [NONE])[ELSEWHERE]
    nothing = replace(said, weight=0.0)
    assert confidence_of("business_owner", "Owner", said) < confidence_of("business_owner", "Owner", nothing)


@pytest.mark.parametrize("header", ["Managed by", "Owner", "Support group"])
def test_what_it_meant_elsewhere_turns_what_the_header_says_itself(header: str) -> None:
    (said,) = same_header([ELSEWHERE], [replace(OWNER, field="department")])[ELSEWHERE]
    proposals = propose([raw_table({"Name": ["a1", "b2"], header: ["x", "y"]})], [ASSETS])
    own = evidence_frame([said])
    turned = Proposals(proposals.profiles, pl.concat([own_before_others(proposals.evidence, own), own]))
    assert resolve(proposals, [ASSETS])[1].field != "department"
    assert resolve(turned, [ASSETS])[1].field == "department"


def test_a_further_column_of_this_header_in_the_same_table_is_another_one() -> None:
    second = replace(COLUMN, position=2, place=replace(HERE, occurrence=1))
    assert same_header([second], [OWNER]) == {}
    assert similar_header([second], [OWNER], MODEL, {second: {"p": 1.0}}, {}) == {}
    assert similar_header([second], [OWNER], None, {}, {}) == {}


def test_the_same_header_may_speak_for_none() -> None:
    (said,) = same_header([ELSEWHERE], [NONE])[ELSEWHERE]
    assert (said.field, said.weight > 0) == ("", True)


def test_what_it_was_not_elsewhere_it_is_less_likely_here() -> None:
    """A denial speaks against its field and lets the others be."""
    by_field = {said.field: said.weight for said in same_header([ELSEWHERE], [OWNER, DENIAL])[ELSEWHERE]}
    assert by_field["business_owner"] < 0 < by_field["technical_owner"]
    (alone,) = same_header([ELSEWHERE], [DENIAL])[ELSEWHERE]
    assert "means not business_owner" in alone.why
    assert similar_header([renamed("Managed by group")], [DENIAL], None, {}, {}) == {}


@pytest.mark.parametrize("lesson", [OWNER, NONE, DENIAL], ids=["a field", "none", "a denial"])
def test_the_more_it_is_trusted_the_more_it_says(lesson: Lesson) -> None:
    said = [same_header([ELSEWHERE], [replace(lesson, trust=trust)])[ELSEWHERE] for trust in (0.6, 0.8, 0.95)]
    weights = [abs(one.weight) for (one,) in said]
    assert weights == sorted(set(weights))


def test_what_is_as_likely_wrong_as_right_says_nothing() -> None:
    assert same_header([ELSEWHERE], [replace(OWNER, trust=0.4)]) == {}


FAR = replace(ELSEWHERE, place=replace(ELSEWHERE.place, source="vms"), product="rvtools")


@pytest.mark.parametrize(
    ("lesson", "column", "plain", "says"),
    [
        pytest.param(OWNER, FAR, False, "much", id="a word of the house, anywhere"),
        pytest.param(OWNER, FAR, True, "little", id="plain words in another tool"),
        pytest.param(OWNER, ELSEWHERE, True, "much", id="plain words in the same feed"),
        pytest.param(replace(OWNER, product="rvtools"), FAR, True, "much", id="plain words of the same tool"),
        pytest.param(NONE, FAR, True, "nothing", id="none of the fields, plain words in another tool"),
        pytest.param(NONE, FAR, False, "much", id="none of the fields, a word of the house"),
        pytest.param(replace(OWNER, is_denial=True), FAR, True, "nothing", id="not this field, plain words"),
    ],
)
def test_plain_words_mean_something_else_in_another_tool(
    lesson: Lesson, column: SeenColumn, plain: bool, says: str
) -> None:
    found = same_header([column], [lesson], {(0, 1)} if plain else ())
    weights = [abs(evidence.weight) for told in found.values() for evidence in told]
    assert ["much" if weight > 1.0 else "little" for weight in weights] == ([] if says == "nothing" else [says])


def test_another_record_kind_or_a_blank_header_says_nothing() -> None:
    flow = replace(ELSEWHERE, record="connection")
    blank = replace(ELSEWHERE, header="", place=places_of("vms", "vms.csv", "vms", ["Name", ""])[1])
    assert same_header([flow, blank], [OWNER, replace(OWNER, place=replace(blank.place, series="x.csv"))]) == {}


def test_lessons_that_say_the_same_are_one_reason() -> None:
    others = [replace(OWNER, pattern_id=str(i), place=replace(HERE, table=str(i))) for i in range(5)]
    opposed = replace(OWNER, pattern_id="x", field="business_owner")
    told = same_header([ELSEWHERE], [*others, opposed])[ELSEWHERE]
    assert sorted(said.field for said in told) == ["business_owner", "technical_owner"]


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
    assert similar_header([column], [NONE], MODEL, {column: {"p": 1.0}}, {}) == {}


@pytest.mark.parametrize(("one", "other"), [("RAM", "Arbeitsspeicher"), ("OS Version", "os_ver")])
def test_abbreviations_and_languages_meet_in_their_concepts(one: str, other: str) -> None:
    assert meaning(one) == meaning(other)
    assert spelled_alike(one, other) == 1.0


def test_the_order_of_words_makes_headers_no_less_alike() -> None:
    assert spelled_alike("Owner of the server", "Server owner") == 1.0 > spelled_alike("Owner", "Rack")


def test_only_columns_that_nothing_settles_are_unsure() -> None:
    table = raw_table({"IP address": ["10.0.0.1", "10.0.0.2"], "Fnord": ["x", "y"], "Managed by": ["Al", "Bo"]})
    proposals = propose([table], [ASSETS])
    assert unsure(proposals) == {(0, 1), (0, 2)}
    assert named_by_headers(proposals)[0, 0, "ip_address"] > 3
