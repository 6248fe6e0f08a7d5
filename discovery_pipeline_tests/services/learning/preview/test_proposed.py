"""What would be learned is what is learned once it is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.learning.corrections import NewCorrection
from discovery_pipeline.domain.learning.patterns import Pattern
from discovery_pipeline.domain.mapping.places import Place
from discovery_pipeline.domain.mapping.recall.layouts import KnownColumn, KnownTable
from discovery_pipeline.domain.mapping.recall.lessons import SeenColumn
from discovery_pipeline.domain.mapping.recall.likeness import meaning
from discovery_pipeline.services.learning.preview.proposed import Proposed, outlook
from discovery_pipeline.services.learning.preview.scratch_mapping import Comparison
from discovery_pipeline.services.learning.rules import rules_for
from discovery_pipeline.services.mapping.embedders import embedder_of
from discovery_pipeline.services.mapping.learned import NEAREST, embedded
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.corrected_tables import corrected_tables
from discovery_pipeline.store.corrections import corrections, forget, record, undo
from discovery_pipeline.store.patterns import current_patterns, find_similar, save_embeddings, without_embedding
from discovery_pipeline.store.tenants import add_tenant

TENANT = "acme"
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def acme(settings: Settings) -> Iterator[Workspace]:
    with open_workspace(settings) as workspace:
        add_tenant(workspace.database, TENANT)
        yield workspace


def said(header: str, field: str | None, was: str | None = None, author: str = "ann", **more: Any) -> NewCorrection:
    place = {"source": "cmdb", "series": "cmdb", "table": "cmdb", "header_key": header.lower(), "occurrence": 0}
    context = {"file": "cmdb.csv", "table": "cmdb", "position": 1, "header": header, "record": "asset", "product": None}
    reading = {"field": field, "unit": None, "transform": None}
    return NewCorrection("mapping", "changed", place, reading, {"field": was}, context, author, "", **more)


def typed(asset: str, kind: str, author: str = "ann", **more: Any) -> NewCorrection:
    return NewCorrection("type", "set", {"asset_id": asset}, {"type": kind}, {}, {}, author, "", **more)


OWNER = said("Managed by", "technical_owner", was="business_owner")
# More than are compared at most.
HEADERS = ("Steward", "Keeper", "Guardian", "Warden", "Patron", "Curator", "Trustee", "Holder", "Boss", "Chief", "Lead")
AGAIN = replace(OWNER, author="bob")
OTHERWISE = said("Managed by", None, was="technical_owner", author="bob", overrules=1)


def timeless(patterns: tuple[Pattern, ...]) -> list[Pattern]:
    """Without the moments: a proposal has none of its own."""
    return [replace(p, learned_at=MOMENT, strengthened_at=MOMENT) for p in patterns]


@pytest.mark.parametrize(
    ("before", "proposed"),
    [
        pytest.param([], [OWNER], id="first"),
        pytest.param([OWNER], [AGAIN], id="agreement"),
        pytest.param([OWNER], [OTHERWISE], id="contradiction"),
        pytest.param([typed("a", "printer")], [OWNER, typed("a", "storage"), typed("b", "other")], id="kinds"),
    ],
)
def test_the_patterns_are_those_of_the_store(
    acme: Workspace, before: list[NewCorrection], proposed: list[NewCorrection]
) -> None:
    record(acme.database, TENANT, before)
    ahead = outlook(acme.database, TENANT, Proposed(tuple(proposed)))
    assert len(corrections(acme.database, TENANT)) == len(before)
    record(acme.database, TENANT, proposed)
    assert timeless(ahead.patterns) == timeless(current_patterns(acme.database, TENANT))
    assert ahead.rules("inventory") == rules_for(acme.database, TENANT, "inventory").rules
    assert ahead.kinds == {what.kind for what in proposed}


@pytest.mark.parametrize("numbers", [{1}, {2}, {1, 2}], ids=["first", "second", "both"])
@pytest.mark.parametrize("how", ["undone", "forgotten"])
def test_without_corrections_the_patterns_are_those_of_the_store(acme: Workspace, numbers: set[int], how: str) -> None:
    record(acme.database, TENANT, [OWNER])
    record(acme.database, TENANT, [OTHERWISE, typed("a", "printer")])
    ahead = outlook(acme.database, TENANT, Proposed(**{how: frozenset(numbers)}))
    assert {c.number for c in ahead.concerned} == numbers
    (undo if how == "undone" else forget)(acme.database, TENANT, numbers, "ann")
    assert timeless(ahead.patterns) == timeless(current_patterns(acme.database, TENANT))


def seen_with(*headers: str) -> KnownTable:
    return KnownTable("cmdb", "cmdb", "cmdb", "asset", None, tuple(KnownColumn(header, {}) for header in headers))


def test_tables_are_known_as_the_newest_standing_correction_saw_them(acme: Workspace) -> None:
    old, new = seen_with("Managed by", "Name"), seen_with("Managed by", "Name", "Site")
    record(acme.database, TENANT, [OWNER], [old])
    assert outlook(acme.database, TENANT, Proposed((OTHERWISE,), (new,))).tables == (new,)
    assert corrected_tables(acme.database, TENANT) == (old,)
    record(acme.database, TENANT, [OTHERWISE], [new])
    assert corrected_tables(acme.database, TENANT) == (new,)
    for proposed, tables in ((Proposed(undone=frozenset({2})), (old,)), (Proposed(forgotten=frozenset({1, 2})), ())):
        assert outlook(acme.database, TENANT, proposed).tables == tables


def test_an_undoing_goes_with_what_it_undid(acme: Workspace) -> None:
    record(acme.database, TENANT, [OWNER])
    undo(acme.database, TENANT, [1], "ann")
    ahead = outlook(acme.database, TENANT, Proposed(forgotten=frozenset({1})))
    assert (ahead.log, ahead.patterns) == ((), ())


def test_what_is_undone_already_can_not_be_proposed_again(acme: Workspace) -> None:
    record(acme.database, TENANT, [OWNER])
    undo(acme.database, TENANT, [1], "bob")
    for proposed, said in (
        (Proposed(undone=frozenset({1})), "was undone by bob already"),
        (Proposed(undone=frozenset({2})), "is itself an undoing"),
        (Proposed(forgotten=frozenset({2})), "forget what it took back: correction 1"),
    ):
        with pytest.raises(UsageError) as refused:
            outlook(acme.database, TENANT, proposed)
        assert said in str(refused.value)


@pytest.mark.parametrize("how", ["undone", "forgotten"])
def test_a_correction_that_is_not_there_is_refused(acme: Workspace, how: str) -> None:
    with pytest.raises(UsageError, match="no correction 7"):
        outlook(acme.database, TENANT, Proposed(**{how: frozenset({7})}))


def test_headers_are_compared_by_meaning_without_storing_a_vector(acme: Workspace) -> None:
    embedder = embedder_of(acme.settings)
    assert embedder is not None
    known = [said(header, "business_owner") for header in HEADERS]
    record(acme.database, TENANT, known)
    missing = without_embedding(acme.database, TENANT, embedder.model)
    vectors = embedded(embedder, missing.values())
    stored = {name: vectors[meaning(header)] for name, header in missing.items()}
    save_embeddings(acme.database, TENANT, embedder.model, stored)
    place = Place("dc", "dc", "dc", "custodian", 0)
    column = SeenColumn(0, 0, "Custodian", "asset", place)

    ahead = outlook(acme.database, TENANT, Proposed((OWNER,), undone=frozenset({1, 2})))
    model, cosines, _ = Comparison(acme.database, TENANT, ahead.lessons, embedder)([column])
    assert model == embedder.model
    assert without_embedding(acme.database, TENANT, embedder.model) == {}

    record(acme.database, TENANT, [OWNER])
    undo(acme.database, TENANT, [1, 2], "ann")
    missing = without_embedding(acme.database, TENANT, embedder.model)
    (vector,) = embedded(embedder, missing.values()).values()
    save_embeddings(acme.database, TENANT, embedder.model, dict.fromkeys(missing, vector))
    (asked,) = embedded(embedder, ["Custodian"]).values()
    (near,) = find_similar(acme.database, TENANT, embedder.model, "asset", [asked], NEAREST)
    assert cosines[column] == pytest.approx({s.pattern_id: s.similarity for s in near}, abs=1e-6)
