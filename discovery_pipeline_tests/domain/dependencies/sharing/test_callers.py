"""Clients told by whom they call: database consoles, file transfers; agents that report once in a long time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from discovery_pipeline_tests.domain.dependencies.small_graphs import ENDS, flow, run
from discovery_pipeline_tests.domain.estate import application, connections, inventory, server

_START = datetime(2026, 10, 1)
_DATED = f"{ENDS} observed_at"
_APPS = [application(f"p{n}", f"App {n}") for n in range(12)]
_FRONT = [server(f"s{n}", f"10.0.1.{n}", application_name=[f"App {n // 2}"]) for n in range(24)]
_STORES = [server(f"d{n}", f"10.0.2.{n}", application_name=[f"App {n}"]) for n in range(12)]


def _at(day: float, *ends: Any) -> tuple[Any, ...]:
    return (*flow(*ends), _START + timedelta(days=day))


def _business() -> list[tuple[Any, ...]]:
    """Every server uses its application's database, over three weeks."""
    return [_at(day + n / 100, f"10.0.1.{n}", f"10.0.2.{n // 2}", 5432) for n in range(24) for day in (0, 9, 20)]


def _kinds(rows: list[tuple[Any, ...]], *machines: Any, end: str, at: str) -> set[str]:
    outcome = run(inventory(*_APPS, *_FRONT, *_STORES, *machines), connections(_DATED, *_business(), *rows))
    return set(outcome.dependencies.filter(**{end: at})["kind"])


@pytest.mark.parametrize(
    ("databases", "called", "named", "kind"),
    [
        (12, False, None, "management"),
        (4, False, None, "tier"),
        (12, True, None, "tier"),
        (12, False, ["App 1"], "tier"),
    ],
    ids=["nearly all databases", "a few databases", "something calls it", "an application's server"],
)
def test_a_console_calls_the_databases_of_nearly_all_applications(
    databases: int, called: bool, named: list[str] | None, kind: str
) -> None:
    host = server("host", "10.0.0.9", application_name=named)
    rows = [_at(day, "10.0.0.9", f"10.0.2.{n}", 5432) for n in range(databases) for day in (1, 2, 3)]
    rows += [_at(day, "10.0.1.1", "10.0.0.9", 8080) for day in (1, 2, 3) if called]
    found = _kinds(rows, host, end="from_asset", at="host")
    assert kind in found
    assert len(found - {"application", "hosting"}) == 1


@pytest.mark.parametrize(
    ("days", "targets", "kind"),
    [((1, 4, 9), 1, "tier"), ((1, 1.1, 1.2), 1, "management"), ((1,), 1, "management"), ((1, 4, 9), 9, "management")],
    ids=["over days", "one afternoon", "once", "to many hosts"],
)
def test_recurrent_ssh_to_few_hosts_is_file_transfer(days: tuple[float, ...], targets: int, kind: str) -> None:
    rows = [_at(day, "10.0.1.0", f"10.0.1.{n + 2}", 22) for n in range(targets) for day in days]
    outcome = run(inventory(*_APPS, *_FRONT, *_STORES), connections(_DATED, *_business(), *rows))
    assert set(outcome.dependencies.filter(from_asset="s0", to_asset="s2")["kind"]) == {kind}


def test_ssh_from_a_host_of_no_application_stays_management() -> None:
    rows = [_at(day, "10.0.0.9", "10.0.1.2", 22) for day in (1, 4, 9)]
    assert _kinds(rows, server("host", "10.0.0.9"), end="from_asset", at="host") == {"management"}


@pytest.mark.parametrize(
    ("stores", "kind"), [(True, "infrastructure"), (False, "tier")], ids=["stores too", "no store"]
)
def test_a_host_that_everything_calls_once_a_month_is_shared(stores: bool, kind: str) -> None:
    rows = [_at(n / 3, f"10.0.1.{n}", "10.0.0.9", 443) for n in range(24)]
    rows += [_at(n / 2, f"10.0.2.{n}", "10.0.0.9", 443) for n in range(12) if stores]
    assert _kinds(rows, server("host", "10.0.0.9"), end="to_asset", at="host") == {kind}
