"""Sensors and schedules of the running Dagster: which there are, what their last look said, on and off.

Keep out: what they do (defs), the transport (client).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from discovery_pipeline.domain.errors import PermanentError, UsageError
from discovery_pipeline.services.dagster_api.client import DagsterApi

Kind = Literal["sensor", "schedule"]
ALL = "all"

_STATE = """
{ status ticks(limit: 1) { status timestamp skipReason error { message } runIds } }
"""
LIST = f"""
query Automation {{
  repositoriesOrError {{
    __typename
    ... on RepositoryConnection {{
      nodes {{
        name location {{ name }}
        sensors {{ id name description sensorState {_STATE} }}
        schedules {{ id name description cronSchedule executionTimezone scheduleState {_STATE} }}
      }}
    }}
    ... on PythonError {{ message }}
  }}
}}
"""
SWITCHES: dict[tuple[Kind, bool], str] = {
    ("sensor", True): """
        mutation On($selector: SensorSelector!) {
          done: startSensor(sensorSelector: $selector) { __typename ... on Error { message } }
        }""",
    ("schedule", True): """
        mutation On($selector: ScheduleSelector!) {
          done: startSchedule(scheduleSelector: $selector) { __typename ... on Error { message } }
        }""",
    ("sensor", False): """
        mutation Off($id: String!) { done: stopSensor(id: $id) { __typename ... on Error { message } } }""",
    ("schedule", False): """
        mutation Off($id: String!) { done: stopRunningSchedule(id: $id) { __typename ... on Error { message } } }""",
}
DONE = frozenset({"Sensor", "ScheduleStateResult", "StopSensorMutationResult"})


@dataclass(frozen=True)
class Automation:
    """A sensor or schedule. when: its cron expression, "" for a sensor. last_at, last_said: its last look, in words.

    selector, identity: how Dagster is told which one is meant.
    """

    name: str
    kind: Kind
    is_on: bool
    when: str
    description: str
    last_at: datetime | None
    last_said: str
    selector: dict[str, str]
    identity: str


def list_automation(api: DagsterApi) -> list[Automation]:
    """Every sensor and schedule, sensors first. Raises Unreachable, PermanentError."""
    answer = api.query(LIST)["repositoriesOrError"]
    if answer["__typename"] != "RepositoryConnection":
        raise PermanentError("Dagster could not load the code", where=api.base_url, advice="see Deployment in its UI")
    found = [item for node in answer["nodes"] for item in _of_repository(node)]
    return sorted(found, key=lambda item: (item.kind != "sensor", item.name))


def switch(api: DagsterApi, names: Sequence[str], on: bool) -> list[Automation]:
    """Switch these on or off (`all`: every one) and return them all as they are then.

    Raises UsageError, before anything is switched, for an unknown name; Unreachable; PermanentError when Dagster
    refuses.
    """
    for item in _named(list_automation(api), names):
        if item.is_on != on:
            _switch(api, item, on)
    return list_automation(api)


def _named(known: Sequence[Automation], names: Sequence[str]) -> list[Automation]:
    by_name = {item.name: item for item in known}
    unknown = [name for name in names if name != ALL and name not in by_name]
    if unknown:
        raise UsageError(
            f"there is no sensor or schedule {', '.join(map(repr, unknown))}",
            advice=f"all, or some of: {', '.join(by_name)}",
        )
    return list(known) if ALL in names else [by_name[name] for name in dict.fromkeys(names)]


def _switch(api: DagsterApi, item: Automation, on: bool) -> None:
    variables: dict[str, Any] = {"selector": item.selector} if on else {"id": item.identity}
    done = api.query(SWITCHES[item.kind, on], variables)["done"]
    if done["__typename"] not in DONE:
        said = str(done.get("message") or done["__typename"]).strip().splitlines()[0]
        raise PermanentError(f"{item.name} was not switched: {said}", where=api.base_url, advice="see Dagster's UI")


def _of_repository(node: dict[str, Any]) -> list[Automation]:
    place = {"repositoryLocationName": node["location"]["name"], "repositoryName": node["name"]}
    sensors = [_automation(found, "sensor", found["sensorState"], "", place) for found in node["sensors"]]
    schedules = [
        _automation(found, "schedule", found["scheduleState"], _when(found), place) for found in node["schedules"]
    ]
    return [*sensors, *schedules]


def _automation(
    found: dict[str, Any], kind: Kind, state: dict[str, Any], when: str, place: dict[str, str]
) -> Automation:
    last = next(iter(state["ticks"]), None)
    return Automation(
        name=found["name"],
        kind=kind,
        is_on=state["status"] == "RUNNING",
        when=when,
        description=found["description"] or "",
        last_at=datetime.fromtimestamp(last["timestamp"], UTC) if last else None,
        last_said=_said(last) if last else "",
        selector={**place, f"{kind}Name": found["name"]},
        identity=found["id"],
    )


def _when(found: dict[str, Any]) -> str:
    return f"{found['cronSchedule']} {found['executionTimezone'] or 'UTC'}"


def _said(tick: dict[str, Any]) -> str:
    if tick["error"]:
        return f"failed: {str(tick['error']['message']).strip().splitlines()[-1]}"
    runs = len(tick["runIds"])
    return tick["skipReason"] or (f"{runs} run{'s' if runs > 1 else ''}" if runs else tick["status"].lower())
