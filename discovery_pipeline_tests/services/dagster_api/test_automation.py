"""Sensors and schedules of a real webserver: listed, switched on and off, and clear words for what is not there."""

from __future__ import annotations

import json
import time

import pytest
from dagster._core.scheduler.instigation import TickData, TickStatus

from discovery_pipeline.cli.app import execute
from discovery_pipeline.defs.instance import open_instance
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.services.dagster_api.automation import list_automation, switch
from discovery_pipeline.services.dagster_api.client import DagsterApi
from discovery_pipeline.settings import Settings
from discovery_pipeline_tests.services.conftest import free_port

SENSORS = ["failed_runs", "landing_files", "new_corrections"]
SCHEDULES = ["rediscover_daily", "rediscover_hourly", "rediscover_monthly", "rediscover_weekly"]


def on(api: DagsterApi) -> list[str]:
    return [item.name for item in list_automation(api) if item.is_on]


def test_everything_is_listed_and_off_by_default(api: DagsterApi) -> None:
    found = list_automation(api)
    assert [item.name for item in found] == [*SENSORS, *SCHEDULES]
    assert on(api) == []
    assert all(item.description for item in found)
    assert {item.name: item.when for item in found}["rediscover_daily"] == "15 1 * * * UTC"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(["landing_files"], ["landing_files"], id="a sensor"),
        pytest.param(["rediscover_weekly"], ["rediscover_weekly"], id="a schedule"),
        pytest.param(["all"], [*SENSORS, *SCHEDULES], id="all"),
    ],
)
def test_what_is_switched_on_is_on_until_it_is_switched_off(
    api: DagsterApi, names: list[str], expected: list[str]
) -> None:
    for _ in range(2):  # twice is no mistake
        switch(api, names, True)
    assert on(api) == expected
    switch(api, names, False)
    assert on(api) == []


def test_an_unknown_name_switches_nothing_and_is_told_what_there_is(api: DagsterApi) -> None:
    with pytest.raises(UsageError, match="'landing'") as caught:
        switch(api, ["failed_runs", "landing"], True)
    assert "landing_files" in caught.value.advice
    assert on(api) == []


@pytest.mark.parametrize(
    ("status", "said"),
    [
        pytest.param({"status": TickStatus.SKIPPED, "skip_reason": "nothing new"}, "nothing new", id="nothing to do"),
        pytest.param({"status": TickStatus.SUCCESS, "run_ids": ["1", "2"]}, "2 runs", id="runs"),
        pytest.param({"status": TickStatus.SUCCESS, "run_ids": ["1"]}, "1 run", id="one run"),
    ],
)
def test_the_last_look_is_shown(api: DagsterApi, home: Settings, status: dict[str, object], said: str) -> None:
    switch(api, ["new_corrections"], True)
    with open_instance(home) as instance:
        state = next(s for s in instance.all_instigator_state() if s.instigator_name == "new_corrections")
        tick = TickData(
            state.instigator_origin_id, "new_corrections", state.instigator_type, timestamp=time.time(),
            selector_id=state.selector_id, **status,
        )  # fmt: skip
        instance.create_tick(tick)
    shown = {item.name: item for item in list_automation(api)}["new_corrections"]
    switch(api, ["new_corrections"], False)
    assert shown.last_said == said
    assert shown.last_at is not None


def test_the_command_shows_and_switches(
    api: DagsterApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISCOVERY_DAGSTER_API", api.base_url)
    assert execute(["automation", "on", "landing_files", "--json"]) == 0
    assert {a["name"]: a["on"] for a in json.loads(capsys.readouterr().out)["automation"]}["landing_files"]
    assert execute(["automation", "off", "all"]) == 0
    capsys.readouterr()
    assert execute(["automation"]) == 0
    said = capsys.readouterr().out
    assert "landing_files" in said
    assert " on " not in said.split("\n\n")[0]


def test_without_dagster_the_command_says_how_to_start_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISCOVERY_DAGSTER_API", f"http://127.0.0.1:{free_port()}")
    assert execute(["automation"]) == 3
    assert "discovery up" in capsys.readouterr().err


@pytest.mark.parametrize("is_up", [True, False])
def test_a_schedule_that_does_nothing_yet_is_said(
    api: DagsterApi,
    home: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    is_up: bool,
) -> None:
    monkeypatch.setenv("DISCOVERY_HOME", str(home.home))
    monkeypatch.setenv("DISCOVERY_DAGSTER_API", api.base_url if is_up else f"http://127.0.0.1:{free_port()}")
    assert execute(["tenant", "set", "acme", "schedule", "daily"]) == 0
    said = capsys.readouterr()
    assert said.out == "schedule of acme: daily\n"
    assert ("schedule rediscover_daily is off" if is_up else "discovery up") in said.err
    assert "discovery automation on rediscover_daily" in said.err


def test_a_schedule_that_is_on_needs_no_word(
    api: DagsterApi, home: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISCOVERY_HOME", str(home.home))
    monkeypatch.setenv("DISCOVERY_DAGSTER_API", api.base_url)
    switch(api, ["rediscover_daily"], True)
    assert execute(["tenant", "set", "acme", "schedule", "daily"]) == 0
    assert execute(["tenant", "set", "acme", "schedule", "off"]) == 0
    switch(api, ["all"], False)
    assert capsys.readouterr().err == ""


def test_a_tenant_is_told_where_to_drop_files(
    home: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISCOVERY_HOME", str(home.home))
    assert execute(["tenant", "add", "fresh", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["drop_folder"] == str(home.landing_dir / "fresh")
    assert (home.landing_dir / "fresh").is_dir()
    assert execute(["tenant", "list"]) == 0
    assert "schedule" in capsys.readouterr().out
