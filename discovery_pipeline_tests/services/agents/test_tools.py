"""Tools look up what one tenant's people decided and what its last run published; read only, in time."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from discovery_pipeline.agents.tools import DecidedArguments, NeighboursArguments, ProfileArguments
from discovery_pipeline.domain.errors import Unreachable
from discovery_pipeline.domain.handoffs import DEPENDENCIES
from discovery_pipeline.domain.learning.corrections import NewCorrection
from discovery_pipeline.files.frames import FrameStore
from discovery_pipeline.services.agents.tools import TenantKnowledge
from discovery_pipeline.store import decided as store
from discovery_pipeline.store.corrections import record
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.domain.learning.corrected import OWNER

ASSETS = [f"a_{letter * 20}" for letter in "bcd"]


@pytest.fixture
def knowledge(database: Database, tmp_path: Path) -> TenantKnowledge:
    add_tenant(database, "acme")
    add_tenant(database, "other")
    return TenantKnowledge(database, FrameStore(str(tmp_path)).open("acme"))


def value(raw: str, said: str, field: str = "environment", author: str = "ann") -> NewCorrection:
    target = {"record": "asset", "field": field, "raw": raw, "source": None}
    return NewCorrection(
        "value", "corrected", target, {"value": said}, {}, {"text": raw, "record": "asset"}, author, ""
    )


def test_decisions_are_counted_by_what_they_said(knowledge: TenantKnowledge) -> None:
    said = [value("u", "staging"), value("vor", "staging"), value("x", "test"), value("y", "Jane Doe", "owner")]
    record(knowledge.database, "acme", said)
    found = knowledge.decided(DecidedArguments(kind="value"))
    assert [(row.field, row.choice, row.times) for row in found] == [
        ("environment", "staging", 2), ("environment", "test", 1), ("owner", "other text", 1),
    ]  # fmt: skip
    only = knowledge.decided(DecidedArguments(kind="value", field="owner"))
    assert [row.choice for row in only] == ["other text"]


def test_what_a_header_was_said_to_mean(knowledge: TenantKnowledge) -> None:
    record(knowledge.database, "acme", [OWNER])
    (row,) = knowledge.decided(DecidedArguments(kind="mapping", header=OWNER.context["header"].upper()))
    assert (row.choice, row.times, row.by) == (OWNER.said["field"], 1, 1)
    assert knowledge.decided(DecidedArguments(kind="mapping", header="another")) == []


def test_another_tenants_decisions_are_not_seen(knowledge: TenantKnowledge) -> None:
    record(knowledge.database, "other", [value("u", "staging")])
    assert knowledge.decided(DecidedArguments(kind="value")) == []


def test_queries_can_write_nothing(knowledge: TenantKnowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_DECIDED", text("DELETE FROM patterns RETURNING NULL, '', 1, 1"))
    with pytest.raises(DBAPIError, match="read-only transaction"):
        store.decided(knowledge.database, "acme", "value")


def test_queries_end_in_time(knowledge: TenantKnowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_DECIDED", text("SELECT NULL, '', 1, 1 FROM pg_sleep(20)"))
    with pytest.raises(Unreachable, match="timeout"):
        store.decided(knowledge.database, "acme", "value", seconds=0.05)


def test_neighbours_are_counted_by_type(knowledge: TenantKnowledge) -> None:
    assert knowledge.neighbours(NeighboursArguments(asset_id=ASSETS[0])) == []
    inventory = pl.DataFrame({"asset_id": ASSETS, "classified_type": ["virtual_machine", "database", "database"]})
    edges = pl.DataFrame(
        {
            "from_asset": [ASSETS[0], ASSETS[0], ASSETS[1], ASSETS[0]],
            "to_asset": [ASSETS[1], ASSETS[2], ASSETS[0], None],
            "kind": ["tier", "tier", "hosting", "external"],
            "confidence": [0.9, 0.8, 0.3, 0.9],
        }
    )
    typed = pl.concat([pl.DataFrame(schema=DEPENDENCIES), edges], how="diagonal")
    for asset, frame in (("inventory", inventory), ("dependencies", typed)):
        with knowledge.frames.stage(asset) as staged:
            staged.write(asset, frame)
            staged.publish()
    (found,) = knowledge.neighbours(NeighboursArguments(asset_id=ASSETS[0]))
    assert (found.direction, found.kind, found.asset_type, found.count) == ("uses", "tier", "database", 2)
    (back,) = knowledge.neighbours(NeighboursArguments(asset_id=ASSETS[2]))
    assert (back.direction, back.asset_type) == ("used_by", "virtual_machine")


def test_profiles_of_a_table_that_is_not_there(knowledge: TenantKnowledge) -> None:
    assert knowledge.profile(ProfileArguments(table_no=1, position=0)) == []
