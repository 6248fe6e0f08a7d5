"""What health says of each part, and the exit code that follows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from discovery_pipeline.services import health
from discovery_pipeline.services.health import HealthReport, PartHealth, check_frames, check_health, model_health
from discovery_pipeline.settings import ModelProvider, Settings
from discovery_pipeline.store.health import HealthResult


@contextmanager
def endpoint(status: int, location: str = "", asked: list[str] | None = None) -> Iterator[str]:
    """An endpoint on this machine that answers every question with one status. asked: takes the paths asked for."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if asked is not None:
                asked.append(self.path)
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("status", "state", "words"),
    [
        pytest.param(200, "ok", "answers", id="answers"),
        pytest.param(404, "ok", "HTTP 404", id="answers without a list of models"),
        pytest.param(401, "down", "key is refused", id="key refused"),
        pytest.param(503, "down", "HTTP 503", id="overloaded"),
    ],
)
def test_a_model_endpoint_is_asked(tmp_path: Path, status: int, state: str, words: str) -> None:
    with endpoint(status) as url:
        (part,) = model_health(Settings(tmp_path, model_base_url=url, model_api_key="secret"))
    assert (part.state, part.needed) == (state, False)
    assert words in part.detail
    assert "secret" not in part.detail


def test_the_key_does_not_follow_a_redirect(tmp_path: Path) -> None:
    asked: list[str] = []
    with endpoint(200, asked=asked) as other, endpoint(302, location=f"{other}/elsewhere") as url:
        (part,) = model_health(Settings(tmp_path, model_base_url=url, model_api_key="secret"))
    assert "HTTP 302" in part.detail
    assert asked == []


@pytest.mark.parametrize(
    ("url", "state"),
    [
        pytest.param("http://127.0.0.1:9/v1", "down", id="nobody listens"),
        pytest.param("file:///etc/passwd", "down", id="no web address"),
        pytest.param(None, "not configured", id="none named"),
    ],
)
def test_a_run_does_without_a_model(tmp_path: Path, url: str | None, state: str) -> None:
    (part,) = model_health(Settings(tmp_path, model_base_url=url))
    assert part.state == state
    assert HealthReport((part,)).exit_code == 0


def test_switched_off_models_are_not_asked(tmp_path: Path) -> None:
    asked: list[str] = []
    with endpoint(200, asked=asked) as url:
        (part,) = model_health(Settings(tmp_path, model_base_url=url, model_mode="off"))
    assert (part.state, part.detail, asked) == ("not configured", "models are switched off", [])


def test_every_provider_is_a_part_of_its_own(tmp_path: Path) -> None:
    with endpoint(200) as url:
        alive, dead = ModelProvider("near", url, ("m",)), ModelProvider("far", "http://127.0.0.1:9/v1", ("n",))
        parts = model_health(Settings(tmp_path, model_providers=(dead, alive)))
    assert [(part.name, part.state) for part in parts] == [("model far", "down"), ("model near", "ok")]
    assert HealthReport(tuple(parts)).exit_code == 0


def test_frames_are_written_read_and_nothing_stays(tmp_path: Path) -> None:
    assert "read back 1 row" in check_frames(Settings(tmp_path))
    assert list((tmp_path / "frames").iterdir()) == []


def test_frames_that_cannot_be_written_are_down(tmp_path: Path) -> None:
    (tmp_path / "frames").write_text("a file where a folder should be")
    assert health.checked("frames", check_frames, Settings(tmp_path)).state == "down"


@pytest.mark.parametrize(
    ("result", "state", "code"),
    [
        pytest.param(HealthResult("database", False, "refused", is_down=True), "down", 3, id="server down"),
        pytest.param(HealthResult("role", False, "a superuser"), "misconfigured", 2, id="unsafe role"),
        pytest.param(HealthResult("database", True, "PostgreSQL"), "ok", 0, id="fine"),
    ],
)
def test_the_store_decides_the_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, result: HealthResult, state: str, code: int
) -> None:
    monkeypatch.setattr("discovery_pipeline.store.health.check", lambda settings: [result])
    report = check_health(Settings(tmp_path), {"dagster": lambda settings: "fine"})
    assert [(p.name, p.state) for p in report.parts] == [
        (result.name, state),
        ("frames", "ok"),
        ("dagster", "ok"),
        ("model", "not configured"),
    ]
    assert report.exit_code == code


def test_a_part_that_fails_in_its_own_words_hides_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(settings: Settings) -> str:
        raise RuntimeError("odd")

    monkeypatch.setattr("discovery_pipeline.store.health.check", lambda settings: [])
    report = check_health(Settings(tmp_path), {"dagster": fail})
    assert [(p.name, p.state) for p in report.parts][1:] == [("dagster", "down"), ("model", "not configured")]


def test_a_wrong_configuration_outweighs_a_part_that_is_down() -> None:
    parts = (PartHealth("database", "down", True, ""), PartHealth("roles", "misconfigured", True, ""))
    assert HealthReport(parts).exit_code == 2
