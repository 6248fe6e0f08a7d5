"""Which Dagster `discovery automation` speaks to."""

from __future__ import annotations

from pathlib import Path

import pytest

from discovery_pipeline.cli.automation import _address
from discovery_pipeline.defs.machine.state import ProcessId, UpState, write_state
from discovery_pipeline.domain.errors import Unreachable
from discovery_pipeline.settings import Settings

HERE, ELSEWHERE = "http://127.0.0.1:3901", "http://dagster.example:3000"


@pytest.mark.parametrize(
    ("announced", "set_to", "asked"),
    [
        pytest.param({"dagster": HERE}, None, HERE, id="that of this home"),
        pytest.param({"dagster": HERE}, ELSEWHERE, ELSEWHERE, id="the one that is set"),
        pytest.param(None, ELSEWHERE, ELSEWHERE, id="the one that is set, nothing up"),
    ],
)
def test_the_dagster_asked(tmp_path: Path, announced: dict[str, str] | None, set_to: str | None, asked: str) -> None:
    if announced is not None:
        write_state(tmp_path, UpState(ProcessId(1, 0.0), {}, announced))
    assert _address(Settings(home=tmp_path, dagster_api_url=set_to)) == asked


@pytest.mark.parametrize("announced", [pytest.param({}, id="still being started"), pytest.param(None, id="nothing up")])
def test_another_homes_dagster_is_not_asked(tmp_path: Path, announced: dict[str, str] | None) -> None:
    if announced is not None:
        write_state(tmp_path, UpState(ProcessId(1, 0.0), {}, announced))
    with pytest.raises(Unreachable, match="Dagster does not run"):
        _address(Settings(home=tmp_path))
