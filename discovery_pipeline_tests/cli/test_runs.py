"""What `discovery run` refuses before anything is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from discovery_pipeline.cli.app import execute


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        pytest.param(["--replay", "--no-model"], "they exclude each other", id="both"),
        pytest.param(["--replay"], "no model is configured whose answers could be replayed", id="nobody to replay"),
    ],
)
def test_flags_that_make_no_sense(
    flags: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DISCOVERY_MODEL_PROVIDERS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISCOVERY_HOME", str(tmp_path / "home"))
    assert execute(["run", "acme", *flags]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "home").exists()
