"""Prices: a person's before the library's, none for a model that nobody sells, nothing over the network."""

from __future__ import annotations

import socket
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from discovery_pipeline.agents.ports import Wanted
from discovery_pipeline.agents.prices import UNKNOWN, Price, PriceList, kept_price, read_prices
from discovery_pipeline.domain.calls import Call, CallOutcome, Prices
from discovery_pipeline.domain.errors import ConfigurationError

OPENAI = "https://api.openai.com/v1"
OWN = {
    "small": Price(Prices(1.0, 2.0), "mine"),
    "gateway/small": Price(Prices(3.0, 4.0), "mine"),
    "ours": Price(Prices(0.0, 0.0), "mine"),
}


def call(
    outcome: CallOutcome = "answered", tokens: tuple[int | None, int | None] = (1_000_000, 0), **more: str
) -> Call:
    asked_at = datetime(2026, 1, 2, tzinfo=UTC)
    named = {"model": "small", "provider": "p", **more}
    return Call("mapping", named["model"], "q", 1, asked_at, 1.0, outcome, "", *tokens, provider=named["provider"])


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.parametrize(
    ("prices", "cost"),
    [(Prices(0.15, 0.6), 0.00021), (Prices(), None), (Prices(0.15, None), None), (Prices(0.0, 0.0), 0.0)],
    ids=["both prices", "no price", "one price", "free"],
)
def test_tokens_cost_nothing_known_while_a_price_is_missing(prices: Prices, cost: float | None) -> None:
    assert prices.of_tokens(1_000, 100) == (None if cost is None else pytest.approx(cost))


@pytest.mark.usefixtures("no_network")
def test_the_library_knows_what_a_provider_sells() -> None:
    found = kept_price(OPENAI, "gpt-4o-mini")
    assert found.source.startswith("genai-prices ")
    assert (found.prices.input or 0) > 0
    assert (found.prices.output or 0) > (found.prices.input or 0)
    cost = found.of_tokens(1_000_000, 1_000)
    assert cost == pytest.approx((found.prices.input or 0) + (found.prices.output or 0) / 1_000)


@pytest.mark.usefixtures("no_network")
def test_a_fee_per_call_is_part_of_the_cost() -> None:
    sold = kept_price("https://api.perplexity.ai", "sonar-pro")
    tokens_alone = sold.prices.of_tokens(1_000, 100)
    assert (sold.of_tokens(1_000, 100) or 0) > (tokens_alone or 0) > 0


@pytest.mark.parametrize(
    ("address", "model"),
    [("http://127.0.0.1:8080/v1", "gpt-4o-mini"), (OPENAI, "no-such-model"), ("", "gpt-4o-mini")],
    ids=["a server of one's own", "an unknown model", "no address"],
)
def test_what_nobody_sells_has_no_price(address: str, model: str) -> None:
    found = kept_price(address, model)
    assert found is UNKNOWN
    assert found.of_tokens(1, 1) is None


def test_own_prices_come_first_and_the_closer_name_before_the_wider() -> None:
    prices = PriceList({"p": OPENAI, "gateway": OPENAI}, {**OWN, "gpt-4o-mini": Price(Prices(9.0, 9.0), "mine")})
    assert prices.of("p", "small").prices.input == 1.0
    assert prices.of("gateway", "small").prices.input == 3.0
    assert prices.of("p", "gpt-4o-mini").prices.input == 9.0
    assert prices.of("p", "gpt-4o").source.startswith("genai-prices")


def test_the_most_a_call_may_cost_counts_every_byte_and_every_token_allowed() -> None:
    prices = PriceList({}, OWN)
    assert prices.most(Wanted("p", "small", 500_000, 250_000)) == pytest.approx(1.0)
    assert prices.most(Wanted("p", "ours", 500_000, 250_000)) == 0.0
    assert prices.most(Wanted("p", "unknown", 1, 1)) is None


@pytest.mark.parametrize(
    ("made", "cost"),
    [
        (call(), 1.0),
        (call(tokens=(0, 500_000)), 1.0),
        (call(tokens=(1, None)), None),
        (call("refused", (None, None)), 0.0),
        (call("kept"), 0.0),
        (call("over_budget", (None, None)), 0.0),
        (call("timed_out", (None, None)), None),
        (call(model="unknown"), None),
    ],
    ids=["prompt", "answer", "uncounted", "refused", "kept", "never made", "timed out", "no price"],
)
def test_cost_of_a_call(made: Call, cost: float | None) -> None:
    assert PriceList({}, OWN).cost(made) == cost


def test_a_price_file(tmp_path: Path) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text("as_of: 2026-10-01\nmodels:\n  gpt: {input: 0.5, output: 2}\n  local/qwen: {input: 0, output: 0}\n")
    assert read_prices(path) == {
        "gpt": Price(Prices(0.5, 2.0), "prices.yaml", date(2026, 10, 1)),
        "local/qwen": Price(Prices(0.0, 0.0), "prices.yaml", date(2026, 10, 1)),
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("as_of: 2026-10-01\nmodels: {m: {input: -1, output: 2}}", "models.m.input"),
        ("as_of: 2026-10-01\nmodels: {m: {input: .nan, output: 2}}", "models.m.input"),
        ("as_of: 2026-10-01\nmodels: {m: {input: 1}}", "models.m.output"),
        ("as_of: 2026-10-01\nmodels: {m: {input: 1, output: 1, per: day}}", "models.m.per"),
        ("models: {m: {input: 1, output: 1}}", "as_of"),
        ("[1, 2]", "the document"),
        ("{", "is no YAML"),
    ],
)
def test_a_price_file_that_says_nonsense(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=problem) as caught:
        read_prices(path)
    assert caught.value.where == str(path)


def test_a_price_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        read_prices(tmp_path / "none.yaml")


def test_the_library_is_loaded_only_when_a_price_is_asked_for() -> None:
    loaded = "import sys, discovery_pipeline.agents.prices; sys.exit('genai_prices' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0
