"""What corrections do to later mappings: the next delivery, the same and similar headers, and nobody else's tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from polars.testing import assert_frame_equal

from discovery_pipeline.agents.embeddings import Embedder, MiniLM, NoEmbeddings
from discovery_pipeline.domain.errors import Unreachable
from discovery_pipeline.domain.handoffs import RawTable
from discovery_pipeline.domain.mapping.candidates import propose
from discovery_pipeline.domain.mapping.recall.learned import Learned
from discovery_pipeline.services.mapping.corrections import Decision, correct
from discovery_pipeline.services.mapping.learned import learned, recall_for
from discovery_pipeline.services.mapping.preview import preview
from discovery_pipeline.services.mapping.review import ReviewColumn, review_columns
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.corrections import forget, undo
from discovery_pipeline.store.patterns import without_embedding
from discovery_pipeline_tests.services.mapped_by_hand import (
    COLUMNS,
    SERVERS,
    WORDS,
    asset_kinds,
    infos,
    run_mapping,
    table,
)

CHANNEL = {"Name": COLUMNS["Name"], "Team channel": WORDS}
PEOPLE = COLUMNS["Managed by"]


class Down:
    """An embedder that fails, or that nobody may ask."""

    model, dimensions = "none", 384

    def __init__(self, error: Exception) -> None:
        self.error = error

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        raise self.error


@pytest.fixture
def acme(settings: Settings) -> Iterator[Workspace]:
    """Its "Managed by" is corrected to technical_owner, its "Fnord" to tags."""
    with open_workspace(replace(settings, embeddings=False)) as workspace:
        run_mapping(workspace, "acme", SERVERS)
        place = (SERVERS.info.file, SERVERS.info.table)
        decisions = [Decision(*place, 1, "Managed by", "technical_owner"), Decision(*place, 2, "Fnord", "tags")]
        correct(workspace, "acme", decisions, "ann")
        yield workspace


def mapped(workspace: Workspace, *tables: RawTable, tenant: str = "acme") -> dict[str, ReviewColumn]:
    run_mapping(workspace, tenant, *tables)
    return {column.header: column for column in review_columns(workspace, tenant)}


def recalled(workspace: Workspace, made: RawTable, embedder: Embedder | None, tenant: str = "acme") -> Learned:
    kinds = asset_kinds([made])
    return learned(workspace.database, tenant, infos([made]), kinds, propose([made], kinds), embedder)


def said(made: Learned) -> list[tuple[int, str]]:
    """What corrections are evidence for: position and field."""
    evidence = made.proposals.evidence.filter(source="pattern")
    return [(row["position"], row["field"]) for row in evidence.iter_rows(named=True)]


def test_the_corrected_column_is_decided(acme: Workspace) -> None:
    column = mapped(acme, SERVERS)["Managed by"]
    assert (column.field, column.status, column.method) == ("technical_owner", "accepted", "pattern")
    assert "correction 1" in column.why[0]


@pytest.mark.parametrize(
    "later",
    [
        table(COLUMNS, "cmdb_2025-07-31.csv", "cmdb_2025-07-31"),
        table({"New": WORDS, **COLUMNS}, "cmdb_2025-07-31 (2).csv", "cmdb_2025-07-31 (2)"),
        table({"name": COLUMNS["Name"], "MANAGED  BY": PEOPLE, "fnord": WORDS}, "cmdb.csv", "cmdb"),
    ],
    ids=["another date", "a column inserted", "headers spelled otherwise"],
)
def test_the_next_delivery_follows(acme: Workspace, later: RawTable) -> None:
    columns = {header.casefold().replace("  ", " "): c for header, c in mapped(acme, later).items()}
    assert (columns["managed by"].field, columns["managed by"].method) == ("technical_owner", "pattern")
    assert (columns["fnord"].field, columns["fnord"].status) == ("tags", "accepted")


def test_a_column_that_is_gone_is_no_error(acme: Workspace) -> None:
    assert set(mapped(acme, table({"Name": COLUMNS["Name"]}, "cmdb.csv", "cmdb"))) == {"Name"}


def test_the_same_header_elsewhere_is_evidence(acme: Workspace) -> None:
    column = mapped(acme, table(COLUMNS, "vm list.csv", "vm list", source="vms"))["Managed by"]
    assert column.field == "technical_owner"
    assert any("correction 1" in reason for reason in column.why)


def test_a_table_of_the_same_layout_under_another_name_is_decided(acme: Workspace) -> None:
    moved = dict(reversed(list(COLUMNS.items())))
    columns = mapped(acme, table(moved, "estate.csv", "estate", source="moved"))
    assert (columns["Managed by"].field, columns["Fnord"].field) == ("technical_owner", "tags")
    assert "laid out like cmdb.csv" in columns["Managed by"].why[0]


@pytest.mark.parametrize("take_back", [undo, forget], ids=["undone", "forgotten"])
def test_what_was_taken_back_is_as_if_never_said(acme: Workspace, take_back: Callable[..., object]) -> None:
    run_mapping(acme, "other", SERVERS)
    take_back(acme.database, "acme", [1, 2], "ann")
    for later in (SERVERS, table(COLUMNS, "vm list.csv", "vm list", source="vms")):
        never, now = recalled(acme, later, None, "other"), recalled(acme, later, None)
        assert (now.overrides, now.kinds) == (never.overrides, never.kinds)
        assert_frame_equal(now.proposals.evidence, never.proposals.evidence)


def test_no_tenant_profits_from_anothers_corrections(acme: Workspace) -> None:
    before = mapped(acme, SERVERS, tenant="other")
    made = recalled(acme, SERVERS, Down(AssertionError("asked")), "other")
    assert (made.overrides, said(made), made.corrections) == ((), [], 0)
    assert (before["Managed by"].field, before["Fnord"].field) == ("business_owner", None)


def test_two_columns_of_one_header_are_told_apart(acme: Workspace) -> None:
    twice = table({"Name": COLUMNS["Name"], "Managed by": PEOPLE, "managed by ": PEOPLE}, "cmdb.csv", "cmdb")
    columns = mapped(acme, twice)
    assert columns["Managed by"].method == "pattern"
    assert "decided" not in " ".join(columns["managed by "].why)


def test_confirming_what_was_decided_keeps_its_unit(acme: Workspace) -> None:
    sizes = table({"Name": COLUMNS["Name"], "Mem": ["4096", "8192", "16384", "32768"]}, "vms.csv", "vms", "vms")
    run_mapping(acme, "acme", sizes)
    place = ("vms.csv", "vms", 1, "Mem")
    correct(acme, "acme", [Decision(*place, "memory_mib", unit="KiB")], "ann")
    run_mapping(acme, "acme", sizes)
    (confirmed,) = correct(acme, "acme", [Decision(*place, "memory_mib")], "bob")
    assert confirmed.action == "accepted"
    run_mapping(acme, "acme", sizes)
    (known,) = [m for m in recalled(acme, sizes, None).overrides if m.position == 1]
    assert (known.field, known.unit) == ("memory_mib", "KiB")


def test_a_blank_column_is_known_by_what_stands_left_of_it(acme: Workspace) -> None:
    blank, second = dict(COLUMNS), {"Name": COLUMNS["Name"], "": WORDS}
    first = table({**blank, "": ["R1", "R2", "R3", "R4"]}, "racks.csv", "racks", "racks")
    run_mapping(acme, "acme", first)
    correct(acme, "acme", [Decision("racks.csv", "racks", 3, "", "rack")], "ann")
    moved = table(
        {**second, **{k: v for k, v in blank.items() if k != "Name"}, " ": WORDS}, "racks.csv", "racks", "racks"
    )
    run_mapping(acme, "acme", moved)
    fields = {column.position: column.field for column in review_columns(acme, "acme")}
    assert (fields[1], fields[4]) == (None, "rack")


def test_a_renamed_header_is_recalled_by_meaning(acme: Workspace) -> None:
    run_mapping(acme, "acme", table(CHANNEL, "p.csv", "p"))
    correct(acme, "acme", [Decision("p.csv", "p", 1, "Team channel", "tags")], "ann")
    renamed = table({"Name": COLUMNS["Name"], "Slack channel of the team": WORDS, "Tail colour": WORDS}, "q.csv", "q")
    made = recalled(acme, renamed, MiniLM())
    assert said(made) == [(1, "tags")]
    assert (made.told["similar_header"], made.recall) == (1, f"by meaning: {MiniLM.model}")
    assert without_embedding(acme.database, "acme", MiniLM.model) == {}


@pytest.mark.parametrize(
    "embedder",
    [Down(NoEmbeddings("no model")), Down(Unreachable("no endpoint")), None],
    ids=["no model", "endpoint down", "switched off"],
)
def test_without_embeddings_spelling_recalls(acme: Workspace, embedder: Embedder | None) -> None:
    renamed = table({"Name": COLUMNS["Name"], "Fnords": WORDS, "Tail colour": WORDS}, "q.csv", "q")
    made = recalled(acme, renamed, embedder)
    assert made.recall.startswith("by spelling")
    assert said(made) == [(1, "tags")]


def test_settled_columns_are_not_embedded(acme: Workspace) -> None:
    settled = table({"IP address": ["10.0.0.1"] * 4, "Managed by": PEOPLE, "": WORDS}, "q.csv", "q")
    made = recalled(acme, settled, Down(AssertionError("asked")))
    assert made.recall == "no column was left to compare"


def test_a_preview_uses_what_the_tenant_has_learned(acme: Workspace, tmp_path: Path) -> None:
    (tmp_path / "cmdb_2026-01-01.csv").write_text("Fnord,Name,Managed by\nx,srv-1,Ann Lee\ny,srv-2,Bob Ray\n")

    def fields(document: dict[str, Any]) -> list[str | None]:
        return [column["field"] for column in document["files"][0]["tables"][0]["columns"]]

    assert fields(preview([tmp_path], recall_for(acme, "acme"))) == ["tags", "hostname", "technical_owner"]
    assert fields(preview([tmp_path]))[0] is None
