"""The pattern store: what is said again is stronger, what is said anew counts, and meaning is compared exactly."""

from __future__ import annotations

from dataclasses import replace

import pytest

from discovery_pipeline.domain.mapping.patterns import Pattern
from discovery_pipeline.store.corrections import NewCorrection, record
from discovery_pipeline.store.patterns import current_patterns, neighbours, save_embeddings, without_embedding
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import EMBEDDING_DIMENSIONS
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.store.test_corrections import OWNER

BUSINESS = replace(OWNER, field="business_owner")
NONE = replace(OWNER, field=None)


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


@pytest.mark.parametrize(
    ("decided", "field", "supported", "contradicted", "numbers"),
    [
        ((OWNER,), "technical_owner", 1, 0, (1,)),
        ((OWNER, OWNER), "technical_owner", 2, 0, (1, 2)),
        ((OWNER, BUSINESS), "business_owner", 1, 1, (2,)),
        ((OWNER, NONE), None, 1, 1, (2,)),
        ((OWNER, BUSINESS, OWNER), "technical_owner", 2, 1, (1, 3)),
        ((NONE, NONE, OWNER), "technical_owner", 1, 2, (3,)),
    ],
    ids=["once", "twice", "another field", "no field", "back again", "against two"],
)
def test_the_newest_lesson_counts(
    acme: Database,
    decided: tuple[NewCorrection, ...],
    field: str | None,
    supported: int,
    contradicted: int,
    numbers: tuple[int, ...],
) -> None:
    pattern = taught(acme, *decided)
    assert (pattern.field, pattern.supported, pattern.contradicted) == (field, supported, contradicted)
    assert pattern.corrections == numbers


def test_in_one_batch_or_in_several_the_same_is_learned(acme: Database) -> None:
    record(acme, "other", [OWNER, BUSINESS, OWNER])
    assert current_patterns(acme, "other") == (taught(acme, OWNER, BUSINESS, OWNER),)


@pytest.mark.parametrize(
    "again",
    [
        replace(OWNER, header="managed  BY"),
        replace(OWNER, position=9),
        replace(OWNER, file="cmdb_2026.csv", table="cmdb_2026"),
        replace(OWNER, author="bob", reason=""),
    ],
    ids=["spelled otherwise", "moved", "the next delivery", "by somebody else"],
)
def test_the_same_place_is_known_again(acme: Database, again: NewCorrection) -> None:
    assert taught(acme, OWNER, again).supported == 2


@pytest.mark.parametrize("change", [{"source": "sap"}, {"series": "x.csv"}, {"table_series": "x"}, {"occurrence": 1}])
def test_another_place_is_a_pattern_of_its_own(acme: Database, change: dict[str, object]) -> None:
    record(acme, "acme", [OWNER, replace(OWNER, **change)])  # type: ignore[arg-type]
    assert [p.supported for p in current_patterns(acme, "acme")] == [1, 1]


def test_a_lesson_said_again_takes_the_newest_unit(acme: Database) -> None:
    ram = replace(OWNER, field="memory_mib", unit="GB")
    assert taught(acme, ram, replace(ram, unit="MB")).unit == "MB"


def test_patterns_are_their_tenants_alone(acme: Database) -> None:
    pattern = taught(acme, OWNER)
    save_embeddings(acme, "acme", "m", {pattern.pattern_id: vector(1.0)})
    assert current_patterns(acme, "other") == ()
    assert without_embedding(acme, "other", "m") == {}
    assert neighbours(acme, "other", "m", "asset", [vector(1.0)], 5) == [[]]
    save_embeddings(acme, "other", "m", {pattern.pattern_id: vector(0.0, 1.0)})
    assert neighbours(acme, "acme", "m", "asset", [vector(1.0)], 5) == [[(pattern.pattern_id, pytest.approx(1.0))]]


def test_the_nearest_come_first_and_only_of_this_model_and_kind(acme: Database) -> None:
    headers = ("a", "b", "c", "d", "e")
    kinds = {"d": "connection"}
    record(acme, "acme", [replace(OWNER, header_key=h, header=h, record=kinds.get(h, "asset")) for h in headers])
    ids = {p.header: p.pattern_id for p in current_patterns(acme, "acme")}
    here = {"a": vector(1.0, 0.0), "b": vector(1.0, 1.0), "c": vector(0.0, 1.0), "d": vector(1.0, 0.0)}
    save_embeddings(acme, "acme", "m", {ids[h]: v for h, v in here.items()})
    save_embeddings(acme, "acme", "another", {ids["e"]: vector(1.0, 0.0)})
    found = neighbours(acme, "acme", "m", "asset", [vector(1.0, 0.0), vector(0.0, 1.0)], 2)
    assert [[name for name, _ in near] for near in found] == [[ids["a"], ids["b"]], [ids["c"], ids["b"]]]
    assert found[0][1][1] == pytest.approx(0.7071, abs=1e-4)


def test_a_lesson_said_again_keeps_its_vector(acme: Database) -> None:
    pattern = taught(acme, OWNER)
    assert without_embedding(acme, "acme", "m") == {pattern.pattern_id: "Managed by"}
    save_embeddings(acme, "acme", "m", {pattern.pattern_id: vector(1.0)})
    taught(acme, OWNER)
    assert without_embedding(acme, "acme", "m") == {}
    assert list(without_embedding(acme, "acme", "newer model")) == [pattern.pattern_id]


def test_what_was_contradicted_or_names_no_field_is_not_recalled(acme: Database) -> None:
    pattern = taught(acme, OWNER)
    save_embeddings(acme, "acme", "m", {pattern.pattern_id: vector(1.0)})
    taught(acme, NONE)
    (none,) = current_patterns(acme, "acme")
    save_embeddings(acme, "acme", "m", {none.pattern_id: vector(1.0)})
    assert neighbours(acme, "acme", "m", "asset", [vector(1.0)], 5) == [[]]
