"""`discovery models` shows who is asked in which order, with whose key and at what price, and never a key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from discovery_pipeline.cli.app import execute
from discovery_pipeline_tests.agents.fault_server import saying, serving

KEY = "sk-secret-1234567890"
PRICES = "as_of: 2026-01-31\nmodels: {qwen3-8b: {input: 0.05, output: 0.4}}\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DISCOVERY_MODEL", "DISCOVERY_MODEL_PROVIDERS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISCOVERY_HOME", str(tmp_path / "home"))
    return tmp_path


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert execute(["models", *arguments]) == 0
    return capsys.readouterr().out


def providers(
    home: Path, monkeypatch: pytest.MonkeyPatch, url: str, distant: str = "https://api.openai.com/v1"
) -> None:
    file = home / "providers.yaml"
    local = f"{{name: local, base_url: '{url}', models: [qwen3-8b, phi-4]}}"
    other = f"{{name: distant, base_url: '{distant}', models: [gpt-4o-mini], key_env: DISTANT_KEY}}"
    file.write_text(f"providers: [{local}, {other}]")
    (home / "prices.yaml").write_text(PRICES)
    monkeypatch.setenv("DISCOVERY_MODEL_PROVIDERS", str(file))
    monkeypatch.setenv("DISCOVERY_MODEL_PRICES", str(home / "prices.yaml"))
    monkeypatch.setenv("DISTANT_KEY", KEY)


def test_without_a_model_it_says_that_none_is_needed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "none is needed" in shown(capsys)
    assert json.loads(shown(capsys, "--json"))["models"] == []


def test_the_order_the_keys_and_the_prices(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    providers(home, monkeypatch, "http://127.0.0.1:9/v1")
    document = json.loads(shown(capsys, "--json"))
    lines = document["models"]
    assert [(line["provider"], line["model"]) for line in lines] == [
        ("local", "qwen3-8b"), ("local", "phi-4"), ("distant", "gpt-4o-mini"),
    ]  # fmt: skip
    assert [(line["key_variable"], line["key_is_set"]) for line in lines] == [
        (None, False), (None, False), ("DISTANT_KEY", True),
    ]  # fmt: skip
    assert [line["input_price"] for line in lines[:2]] == [0.05, None]
    assert (lines[0]["price_source"], lines[0]["price_as_of"]) == ("prices.yaml", "2026-01-31")
    assert lines[2]["price_source"].startswith("genai-prices")
    text = shown(capsys)
    assert "DISTANT_KEY is set" in text
    assert "0.05 / 0.4" in text
    assert KEY not in text + json.dumps(document)


def test_a_check_tells_who_answers(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(saying(b'{"data": [{"id": "qwen3-8b"}]}')) as endpoint:
        providers(home, monkeypatch, endpoint.url, distant="http://127.0.0.1:9/v1")
        text = shown(capsys, "--check")
        near, far = json.loads(shown(capsys, "--check", "--json"))["health"]
    assert (near["answers"], near["unlisted"]) == (True, ["phi-4"])
    assert (far["answers"], far["said"]) == (False, "[Errno 111] Connection refused")
    assert "not in its list: phi-4" in text


def test_a_file_that_is_wrong_ends_in_one_line(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "providers.yaml").write_text(f"providers: [{{name: a, base_url: 'http://h/v1', models: [m], key: {KEY}}}]")
    monkeypatch.setenv("DISCOVERY_MODEL_PROVIDERS", str(home / "providers.yaml"))
    assert execute(["models"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "providers.0.key: is not a known key" in said.err
    assert "Traceback" not in said.err
    assert KEY not in said.err
