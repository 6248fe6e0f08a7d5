"""What models add to an assessment: words and, once trusted, an order; nothing else, whatever they say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.agents.pseudonyms import KnownNames
from discovery_pipeline.domain.analysis.narratives.narrative import narratives_frame
from discovery_pipeline.domain.analysis.questions.order import LATER, SOON
from discovery_pipeline.services.agents.assessment import worded
from discovery_pipeline_tests.agents.fault_server import Behaviour, completion, respond, saying, serving
from discovery_pipeline_tests.agents.stand_ins import InMemory
from discovery_pipeline_tests.domain.analysis.small_assessments import GOOD, run
from discovery_pipeline_tests.domain.estate import application, server

OUTCOME = run(
    *(
        server(f"zeus-{n}", f"10.0.0.{n}", **{**GOOD, "business_owner": "Ann Zeus", "application_name": ["Zeus"]})
        for n in range(4)
    ),
    server("zeus-8", **{**GOOD, "os_name": None, "technical_owner": "Ann Zeus", "environment": "test"}),
    server("zeus-9", **{**GOOD, "os_name": None, "technical_owner": "Ann Zeus", "environment": "test", "cpu_count": 2}),
    application("app", "Zeus"),
)
KNOWN = KnownNames()


def known_right(item: Mapping[str, Any]) -> str:
    """As an honest model sees it: dear things that move early are worth asking about soon."""
    return SOON if item["things"] > 10 else LATER


def wordy(choose: Any, text: str) -> Behaviour:
    """Chooses so and says this of everything; {strategy} as the facts have it."""

    def behave(request: Any, handler: Any, _: Any) -> None:
        items = json.loads(request.document["messages"][1]["content"])["items"]
        answer = {i["key"]: choose(i) if "choices" in i else text.format(**_strategy(i)) for i in items}
        respond(handler, completion(json.dumps(answer)))

    return behave


def _strategy(item: Mapping[str, Any]) -> dict[str, str]:
    facts = dict(fact.split(": ", 1) for fact in item["facts"])
    return {"strategy": facts.get("strategy", "that")}


GOOD_TEXT = "What its facts say speaks for {strategy} and for little else."
BELIEVABLE = wordy(known_right, GOOD_TEXT)
LIES = [
    pytest.param(wordy(lambda i: i["choices"][0], "All is retired, says Contoso, see www.evil.example."), id="lying"),
    pytest.param(wordy(lambda _: "never", "It costs 1 USD; the other 999,999 are yours."), id="not offered"),
    pytest.param(saying(b"{}", 500), id="down"),
    pytest.param(saying(completion("[]")), id="no object"),
]


def test_without_a_model_the_stated_texts_stand_and_no_name_is_gathered() -> None:
    def never() -> KnownNames:
        raise AssertionError("names were gathered for nobody")

    told = worded(Desk(), OUTCOME, never, in_doubt=True)
    assert told.narratives.equals(narratives_frame(OUTCOME.narratives))
    assert told.questions.equals(OUTCOME.questions)
    assert told.consulted == ()


def test_where_nothing_was_in_doubt_nobody_is_asked() -> None:
    with serving(BELIEVABLE) as endpoint:
        told = worded(Desk((Endpoint(endpoint.url, "m"),)), OUTCOME, lambda: KNOWN, in_doubt=False)
    assert endpoint.requests == []
    assert told.narratives.equals(narratives_frame(OUTCOME.narratives))
    assert told.consulted == ()


def test_believable_words_stand_beside_what_they_are_from() -> None:
    with serving(BELIEVABLE) as endpoint:
        told = worded(Desk((Endpoint(endpoint.url, "m"),)), OUTCOME, lambda: KNOWN, in_doubt=True)
    assert told.narratives["model"].null_count() == 0
    rows = told.narratives.filter(kind="rationale", subject="app").to_dicts()
    assert rows[0]["text"] == "What its facts say speaks for rehost and for little else."
    assert rows[0]["stated"].startswith("Rehost: ")
    assert told.narratives.drop("text", "model").equals(narratives_frame(OUTCOME.narratives).drop("text", "model"))


def test_nothing_of_the_tenant_is_in_the_requests() -> None:
    with serving(BELIEVABLE) as endpoint:
        worded(Desk((Endpoint(endpoint.url, "m"),)), OUTCOME, lambda: KNOWN, in_doubt=True)
    sent = b" ".join(request.body for request in endpoint.requests).lower()
    assert len(endpoint.requests) >= 2
    assert not any(name in sent for name in (b"zeus", b"ann", b"10.0.0"))


@pytest.mark.parametrize("behaviour", LIES)
def test_whatever_a_model_says_neither_questions_nor_texts_change(behaviour: Behaviour) -> None:
    with serving(behaviour) as endpoint:
        told = worded(Desk((Endpoint(endpoint.url, "m"),), seconds=3.0), OUTCOME, lambda: KNOWN, in_doubt=True)
    assert told.questions.equals(OUTCOME.questions)
    assert told.narratives.equals(narratives_frame(OUTCOME.narratives))
    assert told.advised.is_empty()
    assert sum(one.unanswered + one.rejected for one in told.consulted) > 0


def test_a_second_time_nobody_is_called() -> None:
    kept = InMemory()
    with serving(BELIEVABLE) as endpoint:
        desk = Desk((Endpoint(endpoint.url, "m"),), accounts=kept)
        first = worded(desk, OUTCOME, lambda: KNOWN, in_doubt=True)
        asked = len(endpoint.requests)
        again = worded(Desk((Endpoint(endpoint.url, "m"),), accounts=kept), OUTCOME, lambda: KNOWN, in_doubt=True)
        assert len(endpoint.requests) == asked
    assert again.narratives.equals(first.narratives)
    assert again.questions.equals(first.questions)


def test_an_order_that_was_earned_is_told_as_a_change() -> None:
    few = OUTCOME.questions.head(2).with_columns(
        owner=pl.lit("Ann Zeus"), value=pl.Series([2.0, 1.9]), rank=pl.Series([1, 2]), assets=pl.Series([3, 90])
    )
    with serving(BELIEVABLE) as endpoint:
        told = worded(
            Desk((Endpoint(endpoint.url, "m"),)), replace(OUTCOME, questions=few), lambda: KNOWN, in_doubt=True
        )
    first, second = few["question_id"]
    assert told.questions.select("question_id", "rank").rows() == [(second, 1), (first, 2)]
    assert told.advised.select("subject", "before", "after").rows() == [(second, "2", "1"), (first, "1", "2")]
    assert told.opinions[0].trust.earned
