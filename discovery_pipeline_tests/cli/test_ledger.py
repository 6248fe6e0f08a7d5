"""`discovery ledger`: what was called, paid, expected and changed, as people and scripts see it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from discovery_pipeline.agents.choosing import ANSWERS
from discovery_pipeline.cli import ledger
from discovery_pipeline.cli.app import execute
from discovery_pipeline.domain.calls import Call, Prices
from discovery_pipeline.domain.opinions.advice import ADVISED
from discovery_pipeline.domain.opinions.forecast import NOTHING_KNOWN, Expected, Forecast
from discovery_pipeline.domain.spending import Limits
from discovery_pipeline.services.agents.opinions import record_opinions
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.budgets import WantedCall, reserve_calls
from discovery_pipeline.store.corrections import record
from discovery_pipeline.store.forecasts import add_forecast, forecasts
from discovery_pipeline.store.kept_answers import KeptRow
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.cli.opened import hand_over
from discovery_pipeline_tests.domain.learning.corrected import VALUE
from discovery_pipeline_tests.store.model_rows import keep_answers, record_calls

DAY = datetime(2026, 1, 2, 8, 0, tzinfo=UTC)
CALL = Call("cleansing", "gpt", "q", 20, DAY, 120.0, "answered", "", 1_000, 100, "openai", "cleansing@1")
PRICES = Prices(1.0, 2.0)
FORECAST = Forecast({"cleansing": Expected(3.0, 3_000.0, 300.0, 0.004)}, "the mean of 1 earlier run")


@pytest.fixture
def acme(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    with open_workspace(replace(settings, embeddings=False, model_budget_day=2.0)) as workspace:
        add_tenant(workspace.database, "acme")
        hand_over(workspace, monkeypatch, ledger)
        yield workspace


@pytest.fixture
def called(acme: Workspace) -> Workspace:
    """Two runs; in the first a model changed two spellings, of which people overruled one."""
    database = acme.database
    silent = replace(CALL, outcome="timed_out", prompt_tokens=None, completion_tokens=None)
    record_calls(database, "acme", "run-1", [CALL, silent, replace(CALL, outcome="kept")], PRICES)
    record_calls(database, "acme", "run-2", [replace(CALL, asked_at=DAY.replace(day=5))], PRICES)
    add_forecast(database, "acme", "run-1", Forecast({}, NOTHING_KNOWN))
    add_forecast(database, "acme", "run-2", FORECAST)
    answers = [("cleansing", f"k{n}", "test", "test" if n else "production", "gpt", CALL.question) for n in range(10)]
    changes = [
        ("cleansing", f"asset.environment={raw}", "environment", None, "test", "gpt", 0.9, "") for raw in ("PRD", "T")
    ]
    frames = (pl.DataFrame(answers, schema=ANSWERS, orient="row"), pl.DataFrame(changes, schema=ADVISED, orient="row"))
    record_opinions(database, "acme", "run-1", *frames)
    record(database, "acme", [VALUE])
    keep_answers(database, "acme", [KeptRow("q", "{}", "openai", "gpt", "cleansing@1")])
    reserve_calls(database, "acme", "run-2", [WantedCall("c", 5)], Limits(), datetime.now(UTC))
    return acme


def document(capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    capsys.readouterr()
    assert execute(["ledger", "acme", "--json", *more]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_before_any_call_the_limits_are_told(acme: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["ledger", "acme"]) == 0
    assert "run-calls 300, day 2" in capsys.readouterr().err


def test_a_person_sees_calls_costs_worth_and_forecasts(called: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["ledger", "acme"]) == 0
    shown = capsys.readouterr().out
    assert "openai/gpt" in shown
    assert "answered 2, timed_out 1" in shown
    assert "67%" in shown
    assert "9 of 10" in shown
    assert "0.002400 and 1 calls of unknown cost" in shown
    assert "the mean of 1 earlier run" in shown
    assert "1 answers are kept" in shown
    assert "day 1 calls, $0.0000" in shown


def test_a_script_reads_it_all(called: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys)
    assert (found["total"]["calls"], found["total"]["kept"], found["total"]["unpriced"]) == (3, 1, 1)
    (agent,) = found["agents"]
    assert (agent["agent"], agent["provider"], agent["runs"]) == ("cleansing", "openai", 2)
    (worth,) = found["worth"]
    assert (worth["changes"], worth["kept"], worth["overruled"], worth["accepted"]) == (2, 0, 1, 1)
    assert worth["usd_per_accepted"] == pytest.approx(0.0024)
    assert worth["runs"][0]["bound"] == pytest.approx(0.69, abs=0.02)
    first, second = found["runs"]
    assert first["forecast"] == {"basis": NOTHING_KNOWN, "agents": {}}
    assert (second["forecast"]["calls"], second["forecast"]["calls_error"]) == (3.0, -2.0)
    assert second["forecast"]["usd_error"] == pytest.approx(0.0012 - 0.004)
    assert (found["limits"], found["kept_answers"]) == ("run-calls 300, day 2", 1)


def test_one_run_and_some_days(called: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    of_run = document(capsys, "--run", "run-2")
    assert ([run["run_id"] for run in of_run["runs"]], of_run["worth"]) == (["run-2"], [])
    assert document(capsys, "--since", "2026-01-03")["runs"] == of_run["runs"]
    assert document(capsys, "--since", "2026-01-06")["runs"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--run", "run-9"], "no model was asked in run 'run-9'"),
        (["--since", "yesterday"], "'yesterday' is no day"),
        (["--drop-kept", "--run", "run-1"], "dropped all at once"),
    ],
)
def test_wrong_usage(called: Workspace, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    assert execute(["ledger", "acme", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_kept_answers_are_dropped(called: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert document(capsys, "--drop-kept") == {"tenant": "acme", "dropped": 1}
    assert execute(["ledger", "acme", "--drop-kept"]) == 0
    assert "acme: 0 kept answers dropped" in capsys.readouterr().out
    assert document(capsys)["total"]["calls"] == 3


def test_the_first_forecast_of_a_run_stays(acme: Workspace) -> None:
    for forecast in (FORECAST, Forecast({}, NOTHING_KNOWN)):
        add_forecast(acme.database, "acme", "run-1", forecast)
    assert forecasts(acme.database, "acme") == {"run-1": FORECAST}
