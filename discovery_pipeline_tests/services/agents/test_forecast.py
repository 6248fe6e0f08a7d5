"""What the next run is expected to call, from the tenant's ledger, files and results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from discovery_pipeline.agents.choosing import ANSWERS
from discovery_pipeline.agents.prompts import prompt
from discovery_pipeline.domain.calls import Call, Prices
from discovery_pipeline.domain.opinions.forecast import NOTHING_KNOWN, SAME_FILES, Forecast
from discovery_pipeline.services.agents.forecast import foresee, used_in_run
from discovery_pipeline.services.agents.history import TenantPlanner
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.forecasts import add_forecast
from discovery_pipeline.store.ledger import called_by_run
from discovery_pipeline.store.snapshots import fingerprint
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.services.hand_built import publish, publish_estate
from discovery_pipeline_tests.store.model_rows import record_calls

NOW = datetime.now(UTC)
PRICES = Prices(1.0, 2.0)
ANSWERED = pl.DataFrame([("mapping", "0/1", None, "hostname", "m", "q")], schema=ANSWERS, orient="row")


@pytest.fixture
def acme(settings: Settings) -> Iterator[Workspace]:
    with open_workspace(replace(settings, model_base_url="http://localhost:1/v1", model_name="m")) as workspace:
        add_tenant(workspace.database, "acme")
        yield workspace


def foreseen(workspace: Workspace, **changed: object) -> Forecast:
    settings = replace(workspace.settings, **changed)  # type: ignore[arg-type]
    found = foresee(settings, workspace.database, workspace.frames.open("acme"))
    assert found is not None
    return found


def call(days_ago: int, agent: str = "mapping", **changed: object) -> Call:
    asked_at = NOW - timedelta(days=days_ago)
    made = Call(agent, "m", "q", 20, asked_at, 1.0, "answered", "", 1_000, 100, "model")
    return replace(made, **changed)  # type: ignore[arg-type]


def recorded(workspace: Workspace, run: str, *calls: Call) -> None:
    record_calls(workspace.database, "acme", run, calls, PRICES)


def test_who_asks_nobody_foresees_nothing(acme: Workspace) -> None:
    frames = acme.frames.open("acme")
    for mode in ("off", "replay"):
        assert foresee(replace(acme.settings, model_mode=mode), acme.database, frames) is None  # type: ignore[arg-type]
    assert foresee(replace(acme.settings, model_base_url=None), acme.database, frames) is None


def test_before_anything_is_known(acme: Workspace) -> None:
    assert foreseen(acme).basis == NOTHING_KNOWN


def test_doubts_of_the_last_results_are_priced(acme: Workspace) -> None:
    frames = acme.frames.open("acme")
    publish_estate(frames)
    publish(frames, "column_mapping", {"mapping": pl.DataFrame({"status": ["review"] * 21 + ["accepted"] * 50})})
    unpriced = foreseen(acme)
    assert (unpriced.agents["mapping"].calls, unpriced.agents["analysis"].calls) == (2, 1)
    assert unpriced.total.usd is None
    priced = foreseen(acme, model_input_price=1.0, model_output_price=2.0)
    tokens = priced.total.prompt_tokens + 2 * priced.total.completion_tokens
    assert priced.total.usd == pytest.approx(tokens / 1e6)


def test_the_mean_of_earlier_runs_without_kept_answers(acme: Workspace) -> None:
    recorded(acme, "r1", call(3), call(3), call(3, outcome="kept"))
    recorded(acme, "r2", call(2, "cleansing"), call(2))
    recorded(acme, "only kept", call(1, outcome="kept"))
    recorded(acme, "long ago", *[call(200)] * 50)
    found = foreseen(acme)
    assert {name: expected.calls for name, expected in found.agents.items()} == {"mapping": 1.5, "cleansing": 0.5}
    assert found.total.usd == pytest.approx(2 * 0.0012)
    recorded(acme, "r3", call(0, prompt_tokens=None, completion_tokens=None, outcome="timed_out"))
    assert foreseen(acme).total.usd is None


def test_over_the_same_files_nothing_is_expected(acme: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded(acme, "r1", call(1))
    frames = acme.frames.open("acme")
    publish(frames, "raw_export", {"tables": pl.DataFrame({"x": [1]})}, {"fingerprint": fingerprint([])})
    publish(frames, "model_answers", {"answers": ANSWERED})
    assert foreseen(acme).basis == SAME_FILES
    with monkeypatch.context() as anew:
        anew.setattr(TenantPlanner, "uses_kept", lambda *_: False)
        assert foreseen(acme).total.calls == 1
    publish(frames, "model_answers", {"answers": ANSWERED.clear()})
    assert foreseen(acme).total.calls == 1
    publish(frames, "model_answers", {"answers": ANSWERED})
    publish(frames, "raw_export", {"tables": pl.DataFrame({"x": [1]})}, {"fingerprint": "of other files"})
    assert foreseen(acme).total.calls == 1


@pytest.mark.parametrize(
    ("asked", "changed"),
    [
        pytest.param({}, {"model_name": "another"}, id="another model is asked"),
        pytest.param({"prompt": "mapping@000000000000"}, {}, id="the instructions were others"),
        pytest.param({"prompt": "gone@000000000000"}, {}, id="the agent is gone"),
    ],
)
def test_answers_kept_of_other_models_or_instructions_do_not_serve(
    acme: Workspace, asked: dict[str, str], changed: dict[str, str]
) -> None:
    recorded(acme, "r0", call(2, prompt="mapping@of.an.older.run"))
    recorded(acme, "r1", call(1, **{"prompt": str(prompt("mapping")), **asked}))
    frames = acme.frames.open("acme")
    publish(frames, "raw_export", {"tables": pl.DataFrame({"x": [1]})}, {"fingerprint": fingerprint([])})
    publish(frames, "model_answers", {"answers": ANSWERED})
    assert (foreseen(acme).basis == SAME_FILES) == (not asked)
    assert (foreseen(acme, **changed).basis == SAME_FILES) is False


def test_a_run_is_told_beside_its_forecast(acme: Workspace) -> None:
    assert used_in_run(acme.database, "acme", "r1") is None
    recorded(acme, "r0", call(1))
    expected = foreseen(acme)
    add_forecast(acme.database, "acme", "r1", expected)
    recorded(acme, "r1", call(0), call(0, "cleansing"), call(0, outcome="broken", prompt_tokens=None))
    recorded(acme, "r1", call(0, outcome="kept"))
    used = used_in_run(acme.database, "acme", "r1")
    assert used is not None
    assert (used.calls, used.kept, used.usd, used.unpriced) == (3, 1, pytest.approx(0.0024), 1)
    assert used.document["expected"]["calls"] == expected.total.calls == 1
    unforeseen = used_in_run(acme.database, "acme", "r0")
    assert unforeseen is not None
    assert unforeseen.document["expected"] is None


def test_the_newest_run_comes_first(acme: Workspace) -> None:
    recorded(acme, "b", call(3), call(0, "questions"))
    recorded(acme, "a", call(2))
    assert [(one.run_id, one.agent) for one in called_by_run(acme.database, "acme")] == [
        ("a", "mapping"), ("b", "questions"), ("b", "mapping"),
    ]  # fmt: skip
