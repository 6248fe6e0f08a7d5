"""What other tenants share, in a run: used by those that share too, behind their own decisions, and by nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from polars.testing import assert_frame_equal

from discovery_pipeline.domain.handoffs import RawTable
from discovery_pipeline.domain.mapping.candidates import propose
from discovery_pipeline.domain.mapping.recall.learned import Learned
from discovery_pipeline.services.learning.lessons import mapping_lessons
from discovery_pipeline.services.mapping.corrections import Decision, correct
from discovery_pipeline.services.mapping.embedders import embedder_of
from discovery_pipeline.services.mapping.learned import learned
from discovery_pipeline.services.mapping.review import ReviewColumn, review_columns
from discovery_pipeline.services.tenant_settings import set_tenant_setting
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.corrections import forget
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.services.mapped_by_hand import (
    COLUMNS,
    SERVERS,
    WORDS,
    asset_kinds,
    infos,
    run_mapping,
    table,
)

SHARERS = ("one", "two", "three")
MINE = table({"Name": COLUMNS["Name"], "Managed by": WORDS, "Fnord": WORDS}, "mine.csv", "mine", "mine")


def decide(workspace: Workspace, tenant: str, made: RawTable, **fields: str | None) -> None:
    """Map the table and decide its columns, by position: c1="tags"."""
    run_mapping(workspace, tenant, made)
    place, headers = (made.info.file, made.info.table), made.info.headers
    numbers = {int(name[1:]): field for name, field in fields.items()}
    correct(workspace, tenant, [Decision(*place, at, headers[at], field) for at, field in numbers.items()], "ann")


@pytest.fixture
def opened(settings: Settings) -> Iterator[Workspace]:
    """Three tenants that share that "Managed by" is the department, and a tenant acme that has decided nothing."""
    with open_workspace(replace(settings, embeddings=False)) as workspace:
        for tenant in SHARERS:
            add_tenant(workspace.database, tenant)
            set_tenant_setting(workspace.database, tenant, "share-learning", "on")
            decide(workspace, tenant, SERVERS, c1="department", c2="tags")
        add_tenant(workspace.database, "acme")
        yield workspace


def shares(workspace: Workspace, tenant: str = "acme", value: str = "on") -> None:
    set_tenant_setting(workspace.database, tenant, "share-learning", value)


def told(workspace: Workspace, made: RawTable = MINE, tenant: str = "acme") -> Learned:
    kinds = asset_kinds([made])
    return learned(
        workspace.database, tenant, infos([made]), kinds, propose([made], kinds), embedder_of(workspace.settings)
    )


def mapped(workspace: Workspace, made: RawTable = MINE, tenant: str = "acme") -> dict[str, ReviewColumn]:
    run_mapping(workspace, tenant, made)
    return {column.header: column for column in review_columns(workspace, tenant)}


def said(made: Learned) -> list[tuple[int, str]]:
    evidence = made.proposals.evidence.filter(source="pattern")
    return [(row["position"], row["field"]) for row in evidence.iter_rows(named=True)]


def same(one: Learned, other: Learned) -> bool:
    """Whether a run would publish the same of both."""
    assert_frame_equal(one.proposals.evidence, other.proposals.evidence)
    return replace(one, proposals=None) == replace(other, proposals=None)  # type: ignore[arg-type]


def test_a_tenant_that_shares_is_told_what_three_others_say(opened: Workspace) -> None:
    shares(opened)
    made = told(opened)
    assert said(made) == [(1, "department")]
    assert (made.overrides, made.told["shared_header"]) == ((), 1)
    assert made.recall.endswith("; 1 lessons of tenants that share what they learn")


def test_it_turns_the_mapping_names_no_tenant_and_is_not_accepted_unseen(opened: Workspace) -> None:
    line = {"Name": COLUMNS["Name"], "Service line": WORDS}
    for tenant in SHARERS:
        decide(opened, tenant, table(line, "theirs.csv", "theirs", "theirs"), c1="department")
    before = mapped(opened, table(line, "mine.csv", "mine", "mine"))["Service line"]
    shares(opened)
    column = mapped(opened, table(line, "mine.csv", "mine", "mine"))["Service line"]
    assert (before.field, column.field, column.status) == (None, "department", "review")
    assert any("tenants that share what they learn" in reason for reason in column.why)
    assert not any(name in reason for reason in column.why for name in (*SHARERS, "ann", "theirs"))


def test_headers_of_other_words_stay_with_their_tenant(opened: Workspace) -> None:
    """ "Fnord" is decided by all three, and no packaged word."""
    shares(opened)
    assert {lesson.header for lesson in mapping_lessons(opened.database, "acme")} == {"managed by"}


def test_who_does_not_share_is_mapped_to_the_last_byte_as_without_others(settings: Settings) -> None:
    with open_workspace(replace(settings, embeddings=False)) as workspace:
        add_tenant(workspace.database, "acme")
        decide(workspace, "acme", table({"Name": COLUMNS["Name"], "Rack": WORDS}, "r.csv", "r"), c1="tags")
        alone = told(workspace)
        for tenant in SHARERS:
            add_tenant(workspace.database, tenant)
            shares(workspace, tenant)
            decide(workspace, tenant, SERVERS, c1="department")
        assert same(told(workspace), alone)
        shares(workspace)
        assert said(told(workspace)) != said(alone)
        shares(workspace, value="off")
        assert same(told(workspace), alone)


@pytest.mark.parametrize(
    ("own", "field"),
    [({"c1": "technical_owner"}, "technical_owner"), ({"c1": None}, None)],
    ids=["another field", "no field"],
)
@pytest.mark.parametrize("series", ["mine.csv", "elsewhere.csv"], ids=["this table", "another table"])
def test_ones_own_decision_beats_what_others_say(
    opened: Workspace, own: dict[str, str | None], field: str | None, series: str
) -> None:
    shares(opened)
    decide(opened, "acme", replace(MINE, info=replace(MINE.info, file=series)), **own)
    made = told(opened)
    assert "department" not in {field for _, field in said(made)}
    assert mapped(opened)["Managed by"].field == field
    assert made.told["same_column"] == int(series == "mine.csv")
    assert "shared_header" not in made.told


def test_ones_own_similar_header_is_asked_first(opened: Workspace) -> None:
    shares(opened)
    people = {"Name": COLUMNS["Name"], "By managed": WORDS}
    decide(opened, "acme", table(people, "p.csv", "p", "p"), c1="tags")
    made = told(opened)
    assert said(made) == [(1, "tags")]
    assert (made.told["similar_header"], made.told["shared_header"]) == (1, 0)


def test_the_second_column_of_a_decided_header_is_not_told_by_others(opened: Workspace) -> None:
    shares(opened)
    twice = table({"Name": COLUMNS["Name"], "Managed by": WORDS, "managed by ": WORDS}, "t.csv", "t", "t")
    decide(opened, "acme", twice, c1="technical_owner")
    made = told(opened, twice)
    assert (2, "department") not in said(made)
    assert "shared_header" not in made.told


@pytest.mark.parametrize("how", ["opted out", "forgotten"])
def test_what_one_of_three_takes_back_is_told_no_more(opened: Workspace, how: str) -> None:
    never = told(opened)
    shares(opened)
    assert said(told(opened)) == [(1, "department")]
    if how == "opted out":
        shares(opened, "two", "off")
    else:
        forget(opened.database, "two", None, "ann")
    assert same(told(opened), never)


def test_a_tenant_hears_nothing_of_what_it_says_itself(opened: Workspace) -> None:
    assert all(lesson.corrections for lesson in mapping_lessons(opened.database, "one"))
    assert mapping_lessons(opened.database, "acme") == ()
