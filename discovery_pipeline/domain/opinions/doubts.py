"""Something in doubt and what may be chosen for it; settled things among the doubts are controls.

A control tells what an opinion is worth. Keep out: which things of a phase are in doubt (the phases), who is asked and
what may be shown (agents), what an answer weighs (trust).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# Offered beside the choices of every doubt that may have none.
NONE = "none"


@dataclass(frozen=True)
class Doubt:
    """One thing put up for a second opinion.

    key: names it within its phase, the same in every run over the same rows. shown: what may be told of it, by name;
    values of the tenant's are in it as they are, the agent pseudonymises them. offers: what may be chosen, in the order
    shown. likely: those that something speaks for already. expected: of a control, what is known to be right.
    """

    key: str
    shown: Mapping[str, Any] = field(compare=False)
    offers: tuple[str, ...]
    likely: frozenset[str] = frozenset()
    expected: str | None = None

    @property
    def is_control(self) -> bool:
        return self.expected is not None


@dataclass(frozen=True)
class GroupParams:
    """most: doubts asked about in a run. together: doubts in one question. controls: at least so many in a question,
    and twice that in a run: after 32 right ones of 32 the lower bound of the share is .93, after 16 of 16 it is .87."""

    most: int = 200
    together: int = 20
    controls: int = 16


def grouped(
    doubts: Sequence[Doubt],
    controls: Sequence[Doubt],
    params: GroupParams = GroupParams(),
    kind_of: Callable[[str], str] = str,
) -> list[list[Doubt]]:
    """The questions of a run: doubts, the most wanted first, with controls among them.

    doubts: by how much an answer is wanted. controls: those preferred first; kinds of expected answers take turns, and
    answers of a kind do, so that each kind is measured; those that would make one constant answer right on more than
    half of them, or of their kind, are left out. Nothing in the order of a question tells doubts from controls. No
    doubt, no question.
    """
    chosen = doubts[: params.most]
    count = -(-len(chosen) // params.together)
    if not count:
        return []
    each = max(params.controls, -(-2 * params.controls // count))
    taken = _without_majority(_taking_turns(controls, kind_of)[: each * count], kind_of)
    share = -(-len(taken) // count)
    return [
        sorted(
            [
                *chosen[number * params.together : (number + 1) * params.together],
                *taken[number * share : (number + 1) * share],
            ],
            key=lambda doubt: rank(doubt.key),
        )
        for number in range(count)
    ]


def controls_wanted(doubts: int, params: GroupParams = GroupParams()) -> int:
    """How many controls the questions about so many doubts take up."""
    count = -(-min(doubts, params.most) // params.together)
    return count and count * max(params.controls, -(-2 * params.controls // count))


def _taking_turns(controls: Sequence[Doubt], kind_of: Callable[[str], str]) -> list[Doubt]:
    """In rounds of one control per kind of answer; those of a kind in rounds of one per answer, in their order."""
    kinds: dict[str, dict[str, list[Doubt]]] = {}
    for control in controls:
        if control.expected is not None:
            kinds.setdefault(kind_of(control.expected), {}).setdefault(control.expected, []).append(control)
    return _in_rounds([_in_rounds(list(answers.values())) for answers in kinds.values()])


def _without_majority(taken: Sequence[Doubt], kind_of: Callable[[str], str]) -> list[Doubt]:
    """Where there are few of one kind, turns fill up with the other: then who always says that one would look right."""
    kinds: dict[str, list[Doubt]] = {}
    for control in taken:
        kinds.setdefault(kind_of(control.expected or NONE), []).append(control)
    several = [own for own in kinds.values() if len({control.expected for control in own}) > 1]
    out = {control.key for own in several for control in _surplus(own)}
    left = [control for control in taken if control.key not in out]
    out = {control.key for control in _surplus(left)}
    return [control for control in left if control.key not in out]


def _surplus(controls: Sequence[Doubt]) -> Sequence[Doubt]:
    """The last of those whose answer more than half of them share."""
    counted = Counter(control.expected for control in controls)
    answer, count = max(counted.items(), key=lambda pair: pair[1], default=(None, 0))
    rest = len(controls) - count
    return [control for control in controls if control.expected == answer][min(rest, count) :]


def _in_rounds(queues: Sequence[Sequence[Doubt]]) -> list[Doubt]:
    rounds = max(map(len, queues), default=0)
    return [queue[turn] for turn in range(rounds) for queue in queues if turn < len(queue)]


def rank(*words: str) -> bytes:
    """A place in an order that has nothing to do with what the words mean, the same on every machine."""
    return hashlib.sha256("\n".join(words).encode()).digest()
