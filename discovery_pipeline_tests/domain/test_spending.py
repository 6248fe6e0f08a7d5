"""Limits: how they are written, which is stricter, and when a call is one too many."""

from __future__ import annotations

import re

import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.spending import SCOPES, Limit, Limits, Spent, micro, read_limits, refusal

NOTHING = {scope: Spent() for scope in SCOPES}


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("run 0.50, day 2, tenant 100, calls 200", Limits(Limit(200, 0.5), Limit(None, 2.0), Limit(None, 100.0))),
        ("day-calls 5,tenant-calls 9", Limits(day=Limit(5), tenant=Limit(9))),
        ("run $1", Limits(Limit(usd=1.0))),
        ("run 0", Limits(Limit(usd=0.0))),
        ("none", Limits()),
        (" ", Limits()),
    ],
)
def test_limits_are_read_and_written(text: str, limits: Limits) -> None:
    assert read_limits(text) == limits
    assert read_limits(limits.text) == limits


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("run", "is no limit"),
        ("week 3", "is no limit"),
        ("run -1", "no number of US dollars"),
        ("run nan", "no number of US dollars"),
        ("run inf", "no number of US dollars"),
        ("run 1e30", "no number of US dollars"),
        ("calls 1.5", "no whole number"),
        ("run 1, run 2", "run stands twice"),
        ("calls 1, run-calls 2", "run-calls stands twice"),
        ("run 1,", "is no limit"),
    ],
)
def test_nonsense_is_named(text: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem) as caught:
        read_limits(text)
    assert caught.value.where.startswith("model-budget")


def test_the_stricter_limit_holds_scope_by_scope() -> None:
    one, other = read_limits("run 1, calls 10, day 5"), read_limits("run 2, calls 3, tenant 7")
    assert one.stricter(other) == other.stricter(one) == read_limits("run 1, calls 3, day 5, tenant 7")
    assert one.stricter(Limits()) == one


@pytest.mark.parametrize(
    ("limits", "spent", "micro_usd", "said"),
    [
        ("calls 3", {"run": Spent(2)}, None, None),
        ("calls 3", {"run": Spent(3)}, 1, "the run's limit of 3 calls is reached"),
        ("day-calls 3", {"day": Spent(3)}, 1, "the day's limit"),
        ("tenant-calls 0", {}, 1, "the tenant's limit"),
        ("run 1", {"run": Spent(1, 999_990)}, 10, None),
        ("run 1", {"run": Spent(1, 999_990)}, 11, r"of the run's \$1 only \$0.000010 is left .* \$0.000011"),
        ("day 2", {"run": Spent(9, 9_000_000)}, 11, None),
        ("tenant 2", {"tenant": Spent(9, 9_000_000)}, 0, r"only \$0.000000 is left"),
        ("tenant 2", {}, None, "no price of the model is known"),
        ("run 0", {}, 0, None),
    ],
)
def test_a_call_too_many_is_refused_with_its_reason(
    limits: str, spent: dict[str, Spent], micro_usd: int | None, said: str | None
) -> None:
    found = refusal(read_limits(limits), NOTHING | spent, micro_usd)  # type: ignore[operator]
    if said is None:
        assert found is None
    else:
        assert found is not None
        assert re.search(said, found)


@pytest.mark.parametrize(("usd", "amount"), [(0.0, 0), (1e-9, 1), (0.5, 500_000), (0.1 + 0.2, 300_000), (None, None)])
def test_amounts_are_rounded_up_to_millionths(usd: float | None, amount: int | None) -> None:
    assert micro(usd) == amount
    assert (amount or 0) / 1e6 >= (usd or 0) - 1e-12
