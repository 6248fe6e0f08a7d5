"""Neighbours by meaning, with invented vectors: who is asked, what they say, and what ships."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from discovery_pipeline.domain.handoffs import TableKind
from discovery_pipeline.domain.mapping.candidates import Proposals, Show, propose
from discovery_pipeline.domain.mapping.meaning_evidence import (
    LabelledMeanings,
    packaged_meanings,
    plain_words,
    read_meanings,
    written_meanings,
)
from discovery_pipeline.domain.schema import RECORD_KINDS, fields
from discovery_pipeline_tests.domain.tables import raw_table

EAST, NORTH, NORTH_EAST = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.6, 0.8, 0.0)
UP = (0.0, 0.0, 1.0)
LABELLED = LabelledMeanings(
    "invented",
    ("holder", "keeper", "colour", "peer"),
    np.array([EAST, NORTH_EAST, NORTH, EAST], dtype=np.float32),
    ("asset", "asset", "asset", "connection"),
    ("business_owner", "technical_owner", "", "source"),
    (("acme", "emca"), ("acme",), ("acme",), ("acme",)),
)
WORDS = ["some", "words", "of", "text"]


class Vectors:
    """An embedder with a vector for each header, and the headers that it was asked for."""

    def __init__(self, **vectors: Sequence[float]) -> None:
        self.vectors, self.asked = vectors, list[list[str]]()

    def __call__(self, headers: Sequence[str]) -> list[Sequence[float]]:
        self.asked.append(list(headers))
        return [self.vectors[header] for header in headers]


def said(embed: Vectors, *headers: str) -> dict[tuple[int, str], float]:
    """(position, field) -> weight."""
    table = raw_table([(header, WORDS) for header in headers])
    kinds = [TableKind(0, "asset", "asset", None, 1.0)]
    rows = propose([table], kinds, embed=embed, labelled=lambda: LABELLED).evidence
    found = rows.filter(rows["source"] == "meaning").select("position", "field", "weight")
    return {(position, field): weight for position, field, weight in found.iter_rows()}


def test_the_nearest_headers_field_weighs_most() -> None:
    weights = said(Vectors(Zorp=EAST), "Zorp")
    assert max(weights, key=lambda key: weights[key]) == (0, "business_owner")
    assert 5 < weights[0, "business_owner"] < 6


def test_other_record_kinds_are_not_asked() -> None:
    assert all(field != "source" for _, field in said(Vectors(Zorp=EAST), "Zorp"))


def test_none_is_a_field_like_the_others() -> None:
    assert max((weights := said(Vectors(Zorp=NORTH), "Zorp")), key=lambda key: weights[key]) == (0, "")


def test_a_header_like_none_proves_little() -> None:
    assert max(said(Vectors(Zorp=UP), "Zorp").values(), default=0.0) < 1


def test_only_headers_that_say_nothing_are_asked_for_and_each_once() -> None:
    embed = Vectors(Zorp=EAST, Blimf=NORTH)
    found = said(embed, "Hostname", "Zorp", "Blimf", "Zorp", "  ", "words")
    assert embed.asked == [["Zorp", "Blimf"]]
    assert {position for position, _ in found} == {1, 2, 3}
    assert found[1, "business_owner"] == found[3, "business_owner"]


def test_nobody_is_asked_when_every_header_is_understood() -> None:
    embed = Vectors()
    assert said(embed, "Hostname", "IP address") == {}
    assert embed.asked == []


def test_an_embedder_without_an_answer_costs_only_this_evidence() -> None:
    kinds, tables = [TableKind(0, "asset", "asset", None, 1.0)], [raw_table([("Zorp", WORDS)])]

    def unasked() -> LabelledMeanings:
        raise AssertionError("nothing to compare with")

    without = propose(tables, kinds).evidence
    assert propose(tables, kinds, embed=lambda _: [], labelled=unasked).evidence.equals(without)


def test_headers_are_sent_as_what_is_proposed_says_they_may_be_shown() -> None:
    embed, told = Vectors(shown=EAST), list[int]()
    table, kinds = raw_table([("Hostname", WORDS), ("Zorp", WORDS)]), [TableKind(0, "asset", "asset", None, 1.0)]

    def shown(proposals: Proposals) -> Show:
        told.append(len(proposals.evidence))
        return lambda _: "shown"

    found = propose([table], kinds, embed=embed, labelled=lambda: LABELLED, shown=shown)
    assert embed.asked == [["shown"]]
    without = propose([table], kinds).evidence
    assert told == [len(without)]
    assert len(found.evidence) > len(without)
    propose([raw_table([("Hostname", WORDS)])], kinds, embed=embed, labelled=lambda: LABELLED, shown=shown)
    assert len(told) == 1  # not looked for where nothing is sent


def test_thousands_of_unknown_headers_are_bounded() -> None:
    headers = [f"zorp{'x' * (i % 50)}q{chr(97 + i % 26)}{'w' * (i // 50)}" for i in range(700)]
    embed = Vectors(**dict.fromkeys(headers, EAST))
    said(embed, *headers)
    assert len(embed.asked[0]) == 500


@pytest.mark.parametrize(
    ("vector", "field", "why"),
    [
        pytest.param(EAST, "business_owner", "headers like 'holder' of other exports mean business_owner", id="field"),
        pytest.param(NORTH, "", "headers like 'colour' of other exports carry no field", id="none"),
    ],
)
def test_the_reason_names_the_neighbours(vector: Sequence[float], field: str, why: str) -> None:
    table, kinds = raw_table([("Zorp", WORDS)]), [TableKind(0, "asset", "asset", None, 1.0)]
    rows = propose([table], kinds, embed=Vectors(Zorp=vector), labelled=lambda: LABELLED).evidence
    told = dict(rows.filter(rows["source"] == "meaning").select("field", "why").iter_rows())
    assert told[field] == why


@pytest.mark.parametrize(("family", "left"), [("acme", {"business_owner"}), ("emca", set(LABELLED.fields[:3]))])
def test_headers_that_only_one_family_has_can_be_left_out(family: str, left: set[str]) -> None:
    (near,) = LABELLED.neighbours("asset", np.array([EAST], dtype=np.float32), without=family)
    assert set(near.shares) == left


def test_what_is_written_is_read_again() -> None:
    content = written_meanings(LABELLED)
    read = read_meanings(content)
    assert (read.model, read.texts, read.records, read.fields, read.families) == (
        LABELLED.model, LABELLED.texts, LABELLED.records, LABELLED.fields, LABELLED.families,
    )  # fmt: skip
    assert np.abs(read.vectors - LABELLED.vectors).max() < 0.01
    assert written_meanings(LABELLED) == content


def test_the_packaged_ones_name_fields_of_their_record_kind() -> None:
    packaged = packaged_meanings()
    assert np.linalg.norm(packaged.vectors, axis=1) == pytest.approx(np.ones(len(packaged.texts)), abs=1e-4)
    assert set(packaged.records) <= set(RECORD_KINDS)
    rows = list(zip(packaged.texts, packaged.records, packaged.fields, strict=True))
    assert len(set(rows)) == len(rows) > 1000
    assert all(field in fields(record) or not field for _, record, field in rows)


@pytest.mark.parametrize(
    ("header", "text"), [("Server_Owner", "server owner"), ("serverOwner", "server owner"), (" ?! ", "?!")]
)
def test_a_headers_text_is_its_words(header: str, text: str) -> None:
    assert plain_words(header) == text


def test_an_endless_header_has_a_short_text() -> None:
    assert len(plain_words("zorp " * 50_000)) <= 200
