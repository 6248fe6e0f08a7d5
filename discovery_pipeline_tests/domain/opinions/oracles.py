"""Answerers for the tests of second opinions: one that is right so often, and some that know nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from discovery_pipeline.domain.opinions.advice import Advised, advised
from discovery_pipeline.domain.opinions.doubts import NONE, Doubt, grouped, rank
from discovery_pipeline.domain.opinions.trust import Answer, one_or_none, trust

Oracle = Callable[[Doubt], str | None]
MODEL = "oracle"


def _chance(seed: str, doubt: Doubt) -> float:
    return int.from_bytes(rank(seed, doubt.key)[:4]) / 2**32


def right_on(share: float, truth: Mapping[str, str], seed: str = "") -> Oracle:
    """Right on this share of the doubts (truth: by key, NONE where it is silent) and controls, else wrong."""

    def answer(doubt: Doubt) -> str:
        right = doubt.expected or truth.get(doubt.key, NONE)
        wrong = [offer for offer in doubt.offers if offer != right]
        return (
            right if _chance(seed, doubt) < share or not wrong else min(wrong, key=lambda o: rank(seed, doubt.key, o))
        )

    return answer


def at_random(seed: str = "") -> Oracle:
    return lambda doubt: min(doubt.offers, key=lambda offer: rank(seed, doubt.key, offer))


def always_none(_: Doubt) -> str:
    return NONE


def always_first(doubt: Doubt) -> str:
    return doubt.offers[0]


def never_offered(_: Doubt) -> None:
    return None


def answered(doubts: Sequence[Doubt], controls: Sequence[Doubt], oracle: Oracle) -> list[Advised]:
    """What the answers are worth that the oracle gives to the questions of a run."""
    asked: Iterable[Doubt] = (doubt for group in grouped(doubts, controls, kind_of=one_or_none) for doubt in group)
    answers = [Answer(doubt, oracle(doubt), MODEL) for doubt in asked]
    return advised(answers, trust(answers))
