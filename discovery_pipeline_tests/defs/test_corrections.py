"""A correction from the decision to the result: what a run over corrections alone re-makes, and what it applies."""

from __future__ import annotations

from dataclasses import dataclass

import dagster as dg
import pytest

from discovery_pipeline.defs.instance import open_instance
from discovery_pipeline.defs.launch import RunSummary, run_tenant
from discovery_pipeline.services.mapping.corrections import Decision, correct, waiting
from discovery_pipeline.services.mapping.review import ReviewColumn, review_columns
from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline_tests.defs.conftest import TENANT

READ_AND_GATHERED = ("raw_export", "export_findings", "mapping_proposals", "model_answers")


@dataclass(frozen=True)
class Corrected:
    """before, after: the columns by (file, header). versions: of what was read and gathered, before and after."""

    summary: RunSummary
    before: dict[tuple[str, str], ReviewColumn]
    after: dict[tuple[str, str], ReviewColumn]
    versions: tuple[list[str | None], list[str | None]]


@pytest.fixture(scope="module")
def corrected(home: Settings, run: RunSummary) -> Corrected:
    """Who manages servers was taken for the business owner; a person says it is the technical one."""
    with open_workspace(home) as workspace:
        before = _columns(review_columns(workspace, TENANT))
        column = before["cmdb_ci_server_2025-06-30.csv", "Managed by"]
        decision = Decision(column.file, column.table, column.position, column.header, "technical_owner")
        correct(workspace, TENANT, [decision], "ann")
        versions = [workspace.frames.open(TENANT).version(asset) for asset in READ_AND_GATHERED]
    summary = run_tenant(home, TENANT, None, lambda _: None, only_corrections=True)
    with open_workspace(home) as workspace:
        assert waiting(workspace, TENANT) == ()
        after = _columns(review_columns(workspace, TENANT))
        again = [workspace.frames.open(TENANT).version(asset) for asset in READ_AND_GATHERED]
    return Corrected(summary, before, after, (versions, again))


def _columns(columns: tuple[ReviewColumn, ...]) -> dict[tuple[str, str], ReviewColumn]:
    return {(column.file, column.header): column for column in columns}


def test_the_correction_is_applied(corrected: Corrected) -> None:
    place = ("cmdb_ci_server_2025-06-30.csv", "Managed by")
    assert (corrected.before[place].field, corrected.before[place].status) == ("business_owner", "accepted")
    assert (corrected.after[place].field, corrected.after[place].status) == ("technical_owner", "accepted")


def test_nothing_is_read_or_gathered_again(home: Settings, corrected: Corrected) -> None:
    assert corrected.versions[0] == corrected.versions[1]
    with open_instance(home) as instance:
        steps = [stats.step_key for stats in instance.get_run_step_stats(corrected.summary.run_id)]
    assert corrected.summary.phases[0].asset == "column_mapping"
    assert "column_mapping" in steps
    assert set(steps).isdisjoint(READ_AND_GATHERED)


def test_the_inventory_follows(home: Settings, corrected: Corrected) -> None:
    with open_workspace(home) as workspace:
        inventory = workspace.frames.open(TENANT).scan("inventory", "inventory").collect()
    assert corrected.summary.status == "done"
    assert inventory["technical_owner"].drop_nulls().len() > 0


def test_what_was_told_stands_in_dagsters_metadata(home: Settings, corrected: Corrected) -> None:
    with open_instance(home) as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey("column_mapping"))
    assert event is not None
    assert event.asset_materialization is not None
    told = {name: value.value for name, value in event.asset_materialization.metadata.items()}
    assert (told["corrections"], told["told_by_same_column"], told["told_by_same_header"]) == (1, 1, 1)


def test_columns_that_nobody_corrected_stay_as_they_were(corrected: Corrected) -> None:
    moved = {place for place, column in corrected.after.items() if column.field != corrected.before[place].field}
    assert {header for _, header in moved} == {"Managed by"}


def test_a_wrong_correction_taken_back_leaves_nothing_behind(home: Settings, corrected: Corrected) -> None:
    """Ids that only the wrong reading made are no assets that vanished: no file changed."""
    with open_workspace(home) as workspace:
        names = [c for c in review_columns(workspace, TENANT) if c.field in ("hostname", "fqdn", "application_name")]
    sizes = []
    for restored in (False, True):
        decisions = [
            Decision(c.file, c.table, c.position, c.header, c.field if restored else None, source=c.source)
            for c in names
        ]
        with open_workspace(home) as workspace:
            correct(workspace, TENANT, decisions, "ann")
        assert run_tenant(home, TENANT, None, lambda _: None, only_corrections=True).status == "done"
        with open_workspace(home) as workspace:
            inventory = workspace.frames.open(TENANT).scan("inventory", "inventory").collect()
        assert not inventory["vanished"].any()
        sizes.append(len(inventory))
    assert sizes[0] > sizes[1]
