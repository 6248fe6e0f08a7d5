"""The pattern store: what is said again is stronger, what is said anew counts, and meaning is compared exactly."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from discovery_pipeline.domain.learning.corrections import NewCorrection
from discovery_pipeline.domain.learning.patterns import Pattern
from discovery_pipeline.store import patterns as module
from discovery_pipeline.store.corrections import record, undo
from discovery_pipeline.store.patterns import (
    Similar,
    counts,
    current_patterns,
    find_similar,
    save_embeddings,
    without_embedding,
)
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import EMBEDDING_DIMENSIONS
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.domain.learning.corrected import OWNER, START, VALUE, elsewhere, mapped

FIRST = mapped("technical_owner")
BUSINESS = mapped("business_owner")
NONE = mapped(None)


@pytest.fixture
def acme(database: Database) -> Database:
    add_tenant(database, "acme")
    add_tenant(database, "other")
    return database


def taught(database: Database, *decided: NewCorrection) -> Pattern:
    for one in decided:
        record(database, "acme", [one])
    (pattern,) = current_patterns(database, "acme")
    return pattern


def vector(*leading: float) -> list[float]:
    return [*leading, *[0.0] * (EMBEDDING_DIMENSIONS - len(leading))]


def near(database: Database, *asked: list[float], tenant: str = "acme", most: int = 5) -> list[list[Similar]]:
    return find_similar(database, tenant, "m", "asset", asked, most)


def names(found: list[list[Similar]]) -> list[list[str]]:
    return [[similar.pattern_id for similar in nearest] for nearest in found]


def test_in_one_batch_or_in_several_the_same_is_learned(acme: Database) -> None:
    record(acme, "other", [FIRST, BUSINESS, FIRST])
    (at_once,) = current_patterns(acme, "other")
    in_turn = taught(acme, FIRST, BUSINESS, FIRST)
    assert replace(in_turn, learned_at=START, strengthened_at=START) == replace(
        at_once, learned_at=START, strengthened_at=START
    )


@pytest.mark.parametrize(
    "again",
    [
        replace(FIRST, context={**FIRST.context, "header": "managed  BY"}),
        replace(FIRST, context={**FIRST.context, "position": 9}),
        replace(FIRST, context={**FIRST.context, "file": "cmdb_2026.csv", "table": "cmdb_2026"}),
        replace(FIRST, author="bob", reason=""),
    ],
    ids=["spelled otherwise", "moved", "the next delivery", "by somebody else"],
)
def test_the_same_place_is_known_again(acme: Database, again: NewCorrection) -> None:
    assert taught(acme, FIRST, again).corrections == (1, 2)


@pytest.mark.parametrize("change", [{"source": "sap"}, {"series": "x.csv"}, {"table": "x"}, {"occurrence": 1}])
def test_another_place_is_a_pattern_of_its_own(acme: Database, change: dict[str, Any]) -> None:
    record(acme, "acme", [FIRST, elsewhere(FIRST, **change)])
    assert sorted(p.corrections for p in current_patterns(acme, "acme")) == [(1,), (2,)]


def test_a_lesson_said_again_takes_the_newest_unit(acme: Database) -> None:
    ram = mapped("memory_mib", unit="GB")
    assert taught(acme, ram, mapped("memory_mib", unit="MB")).said["unit"] == "MB"


def test_ids_are_of_the_content_in_every_tenant(acme: Database) -> None:
    record(acme, "other", [VALUE, BUSINESS])
    record(acme, "other", [replace(FIRST, author="bob", overrules=2)])
    ids = {p.pattern_id for p in current_patterns(acme, "other", ["mapping"])}
    assert ids == {taught(acme, FIRST).pattern_id}


def test_patterns_are_told_by_kind(acme: Database) -> None:
    record(acme, "acme", [OWNER, VALUE])
    assert [p.kind for p in current_patterns(acme, "acme", ["value"])] == ["value"]
    assert [p.polarity for p in sorted(current_patterns(acme, "acme", ["mapping"]), key=lambda p: p.polarity)] == [
        -1,
        1,
    ]
    assert current_patterns(acme, "acme", ["merge", "split"]) == ()
    assert counts(acme, "acme") == {("mapping", "current"): 2, ("value", "current"): 1}


def test_each_pattern_has_a_state(acme: Database) -> None:
    record(acme, "acme", [FIRST, elsewhere(FIRST, table="x"), VALUE])
    record(acme, "acme", [BUSINESS])
    undo(acme, "acme", [3], "ann")
    assert counts(acme, "acme") == {
        ("mapping", "current"): 2, ("mapping", "superseded"): 1, ("value", "retired"): 1,
    }  # fmt: skip


def test_patterns_are_their_tenants_alone(acme: Database) -> None:
    pattern = taught(acme, FIRST)
    save_embeddings(acme, "acme", "m", {pattern.pattern_id: vector(1.0)})
    assert current_patterns(acme, "other") == ()
    assert without_embedding(acme, "other", "m") == {}
    assert near(acme, vector(1.0), tenant="other") == [[]]
    save_embeddings(acme, "other", "m", {pattern.pattern_id: vector(0.0, 1.0)})
    assert names(near(acme, vector(1.0))) == [[pattern.pattern_id]]


def test_the_nearest_come_first_and_only_of_this_model_and_record(acme: Database) -> None:
    flows = elsewhere(FIRST, "d")
    flows = replace(flows, context={**flows.context, "record": "connection"})
    record(acme, "acme", [*(elsewhere(FIRST, header) for header in ("a", "b", "c", "e")), flows])
    ids = {p.text: p.pattern_id for p in current_patterns(acme, "acme")}
    here = {"a": vector(1.0, 0.0), "b": vector(1.0, 1.0), "c": vector(0.0, 1.0), "d": vector(1.0, 0.0)}
    save_embeddings(acme, "acme", "m", {ids[h]: v for h, v in here.items()})
    save_embeddings(acme, "acme", "another", {ids["e"]: vector(1.0, 0.0)})
    found = near(acme, vector(1.0, 0.0), vector(0.0, 1.0), most=2)
    assert names(found) == [[ids["a"], ids["b"]], [ids["c"], ids["b"]]]
    assert found[0][1].similarity == pytest.approx(0.7071, abs=1e-4)
    assert find_similar(acme, "acme", "m", "asset", [vector(1.0)], 5, kind="value") == [[]]


def test_what_is_less_similar_than_asked_for_is_left_out(acme: Database) -> None:
    pattern = taught(acme, FIRST)
    save_embeddings(acme, "acme", "m", {pattern.pattern_id: vector(1.0, 1.0)})
    for least, found in ((0.7, 1), (0.71, 0)):
        (nearest,) = find_similar(acme, "acme", "m", "asset", [vector(1.0)], 5, least=least)
        assert len(nearest) == found


def test_nothing_asked_is_nothing_found(acme: Database) -> None:
    assert near(acme) == []
    save_embeddings(acme, "acme", "m", {})


def test_every_nearest_neighbour_is_found(acme: Database) -> None:
    """The same as comparing with every vector, beside another tenant whose vectors are nearer."""
    rng = np.random.default_rng(7)
    known = rng.normal(size=(400, EMBEDDING_DIMENSIONS)).astype(np.float32)
    asked = rng.normal(size=(25, EMBEDDING_DIMENSIONS)).astype(np.float32)
    for tenant, vectors in (("acme", known), ("other", np.repeat(asked, 16, axis=0))):
        record(acme, tenant, [elsewhere(FIRST, table=str(number)) for number in range(len(vectors))])
        ids = [p.pattern_id for p in current_patterns(acme, tenant)]
        save_embeddings(acme, tenant, "m", dict(zip(ids, vectors.tolist(), strict=True)))
    known_ids = np.array([p.pattern_id for p in current_patterns(acme, "acme")])
    unit = [m / np.linalg.norm(m, axis=1, keepdims=True) for m in (asked, known)]
    cosines = unit[0] @ unit[1].T
    found = near(acme, *asked.tolist(), most=10)
    for row, nearest in zip(cosines, found, strict=True):
        assert [s.pattern_id for s in nearest] == known_ids[np.argsort(-row)[:10]].tolist()
        assert [s.similarity for s in nearest] == pytest.approx(np.sort(row)[::-1][:10].tolist(), abs=1e-5)


def test_a_lesson_said_again_keeps_its_vector(acme: Database) -> None:
    pattern = taught(acme, FIRST)
    assert without_embedding(acme, "acme", "m") == {pattern.pattern_id: "Managed by"}
    save_embeddings(acme, "acme", "m", {pattern.pattern_id: vector(1.0)})
    taught(acme, FIRST)
    assert without_embedding(acme, "acme", "m") == {}
    assert list(without_embedding(acme, "acme", "newer model")) == [pattern.pattern_id]


def test_another_spelling_needs_another_vector(acme: Database) -> None:
    pattern = taught(acme, FIRST)
    save_embeddings(acme, "acme", "m", {pattern.pattern_id: vector(1.0)})
    taught(acme, replace(FIRST, context={**FIRST.context, "header": "ManagedBy"}))
    assert without_embedding(acme, "acme", "m") == {pattern.pattern_id: "ManagedBy"}
    assert near(acme, vector(1.0)) == [[]]


@pytest.mark.parametrize("how", ["contradicted", "undone"])
def test_what_does_not_hold_is_not_recalled_until_it_does_again(acme: Database, how: str) -> None:
    pattern = taught(acme, FIRST)
    save_embeddings(acme, "acme", "m", {pattern.pattern_id: vector(1.0)})
    later = record(acme, "acme", [NONE]) if how == "contradicted" else undo(acme, "acme", [1], "ann")
    assert near(acme, vector(1.0)) == [[]]
    record(acme, "acme", [replace(FIRST, overrules=later[0].number)])
    assert names(near(acme, vector(1.0))) == [[pattern.pattern_id]]


def test_only_columns_with_a_field_get_vectors(acme: Database) -> None:
    """Denials, columns that carry nothing and values are never asked for by their meaning."""
    blank = replace(elsewhere(FIRST, table="x"), context={**FIRST.context, "header": ""})
    record(acme, "acme", [replace(OWNER, said={"field": None}), VALUE, blank])
    assert len(current_patterns(acme, "acme")) == 4
    assert without_embedding(acme, "acme", "m") == {}


def test_what_a_migration_left_to_be_learned_is_learned_once(acme: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("discovery_pipeline.store.corrections.learn", lambda *_: None)
        record(acme, "acme", [OWNER, VALUE])
    assert counts(acme, "acme") == {}
    first = current_patterns(acme, "acme")
    assert {(p.kind, p.polarity) for p in first} == {("mapping", 1), ("mapping", -1), ("value", 1)}
    monkeypatch.setattr(module, "learn", lambda *_: pytest.fail("was learned again"))
    assert current_patterns(acme, "acme") == first
