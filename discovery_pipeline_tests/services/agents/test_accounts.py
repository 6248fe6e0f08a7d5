"""What every kind of accounts keeps to: those over the database, and those that other tests of the desk stand on."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from discovery_pipeline.agents import line
from discovery_pipeline.agents.choices import question_key
from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.agents.ports import Accounts, KeptAnswer, Page, Plan, Refused, Reservation, Wanted
from discovery_pipeline.agents.prices import Price, PriceList
from discovery_pipeline.domain.calls import Prices
from discovery_pipeline.domain.spending import read_limits
from discovery_pipeline.services.agents.stores import TenantAccounts
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.agents.desk_questions import RIGHT, question, questions, telling, values
from discovery_pipeline_tests.agents.fault_server import Behaviour, completion, first, saying, serving
from discovery_pipeline_tests.agents.stand_ins import InMemory

KEPT = KeptAnswer('{"a": "yes"}', "m", 10, 2, "p", "choose@1")
OTHER = {"a": "no", "b": "no"}
MOST = 100
LARGEST = 2**31 - 1


@pytest.fixture(params=["database", "memory"])
def accounts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Accounts:
    """Each with a limit of 3,000 tokens of answers, or calls that may cost as much."""
    monkeypatch.setattr(line, "_FIRST_WAIT_S", 0.02)
    if request.param == "memory":
        return InMemory(limit=30 * MOST)
    database = request.getfixturevalue("database")
    add_tenant(database, "acme")
    prices = PriceList({}, {"m": Price(Prices(0.0, 1.0), "test")})
    return TenantAccounts(database, "acme", "run-1", read_limits(f"run {30 * MOST / 1e6}"), prices)


def desk(accounts: Accounts, url: str) -> Desk:
    return Desk((Endpoint(url, "m", most_tokens=MOST),), 10.0, accounts)


def replayed(accounts: Accounts, url: str) -> list[dict[str, str | None] | None]:
    asking = replace(desk(accounts, url), mode="replay")
    return values(asking.ask("mapping", [question()]))


def test_the_last_answer_stays(accounts: Accounts) -> None:
    later = replace(KEPT, text='{"a": "no"}')
    accounts.write(Page(answers={"q": KEPT, "r": KEPT}))
    accounts.write(Page(answers={"q": later}))
    assert accounts.find({"q", "r", "s"}) == {"q": later, "r": KEPT}
    accounts.write(Page(answers={"q": KEPT}, outdated=["q", "r", "s"]))
    assert accounts.find({"q", "r", "s"}) == {"q": KEPT}


def test_what_is_set_aside_is_within_the_limit_and_free_again_where_it_was_not_used(accounts: Accounts) -> None:
    wanted = Wanted("p", "m", 500, MOST)
    found = [accounts.reserve(wanted) for _ in range(31)]
    assert isinstance(found[-1], Refused)
    unused = [one.key for one in found if isinstance(one, Reservation)]
    accounts.write(Page(unused=unused))
    accounts.write(Page(unused=unused))
    assert isinstance(accounts.reserve(wanted), Reservation)


@pytest.mark.parametrize("use_kept", [True, False])
def test_a_replay_gives_what_the_last_run_answered(accounts: Accounts, use_kept: bool) -> None:
    with serving(first(telling(RIGHT), then=telling(OTHER))) as endpoint:
        desk(accounts, endpoint.url).ask("mapping", [question()])
        last = values(desk(accounts, endpoint.url).ask("mapping", [question()], Plan(use_kept=use_kept)))
    assert last == [RIGHT if use_kept else OTHER]
    assert replayed(accounts, endpoint.url) == last


def test_a_replay_of_a_run_that_did_without_kept_answers_and_got_none_has_none(accounts: Accounts) -> None:
    with serving(first(telling(RIGHT), then=saying(b"", 401))) as endpoint:
        desk(accounts, endpoint.url).ask("mapping", [question()])
        asked = desk(accounts, endpoint.url).ask("mapping", [question()], Plan(use_kept=False))
    assert values(asked) == replayed(accounts, endpoint.url) == [None]


def test_an_answer_that_is_believed_no_more_is_paid_for_once_more_and_no_further(accounts: Accounts) -> None:
    with serving(telling(RIGHT)) as endpoint:
        desk(accounts, endpoint.url).ask("mapping", [question()])
        key = question_key(question(), "m")
        accounts.write(Page(answers={key: replace(KEPT, text='{"a": "former choice"}')}))
        runs = [values(desk(accounts, endpoint.url).ask("mapping", [question()])) for _ in range(3)]
        assert len(endpoint.requests) == 2
    assert runs == [[RIGHT]] * 3
    assert replayed(accounts, endpoint.url) == [RIGHT]


def half(beside: str, usage: object = None) -> Behaviour:
    """An answer of which one half is right."""
    return saying(completion('{"a": "yes", "b": "' + beside + '"}', usage))


@pytest.mark.parametrize(
    ("answer", "repair"),
    [
        pytest.param(half("\ud800"), half("\ud800"), id="half a sign, twice"),
        pytest.param(half("\ud800"), saying(b"", 400), id="half a sign, then a refusal"),
        pytest.param(half("\ud800"), saying(completion("no")), id="half a sign, then no JSON"),
        pytest.param(half("\\u0000"), half("\\u0000"), id="the sign that ends a text"),
        pytest.param(
            half("maybe", {"prompt_tokens": LARGEST, "completion_tokens": LARGEST}),
            half("maybe", {"prompt_tokens": LARGEST, "completion_tokens": LARGEST}),
            id="more tokens than a column holds",
        ),
        pytest.param(half("maybe", {"prompt_tokens": 10**40, "completion_tokens": 1}), half("maybe"), id="far more"),
    ],
)
def test_what_an_endpoint_lies_fails_nothing_and_what_was_right_is_kept(
    accounts: Accounts, answer: Behaviour, repair: Behaviour
) -> None:
    with serving(first(answer, then=repair)) as endpoint:
        asked = desk(accounts, endpoint.url).ask("mapping", questions(1))
    assert values(asked) == replayed(accounts, endpoint.url) == [{"a": "yes", "b": None}]


def test_tokens_that_nobody_could_have_used_cost_what_was_set_aside(accounts: Accounts) -> None:
    usage = {"prompt_tokens": LARGEST, "completion_tokens": LARGEST}
    with serving(saying(completion(json.dumps(RIGHT), usage))) as endpoint:
        asked = desk(accounts, endpoint.url).ask("mapping", questions(31))
    assert (len(asked.calls), asked.over_budget) == (30, 1)
    assert {(call.prompt_tokens, call.completion_tokens) for call in asked.calls} == {(None, None)}
