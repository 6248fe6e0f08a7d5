"""Patterns: what standing corrections add up to. A pure fold: to undo or forget a correction is to fold without it.

Each decision makes a positive pattern (this target is that) and, where it overruled what a run had chosen, a negative
one (it is not that). The id is of the content: learning the same thing twice makes one stronger pattern.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from discovery_pipeline.domain.learning.corrections import (
    Content,
    Correction,
    NewCorrection,
    digest,
    lesson_of,
    not_undone,
)
from discovery_pipeline.domain.learning.kinds import Kind

Polarity = Literal[1, -1]


@dataclass(frozen=True)
class Pattern:
    """What the corrections of one target taught.

    said: with the reading of the newest correction that said so. polarity: -1 = the target is *not* this. source,
    record, product: of the table it was learned in, null where it has none. text: what similar things are found by: the
    header, or the spelling of a value. corrections, authors: those that said so, oldest first. contradicted: how many
    said otherwise of this target, by other authors. version: grows with every strengthening and weakening. is_current:
    whether this is what holds for the target now.
    """

    pattern_id: str
    kind: Kind
    target_key: str
    target: Content
    said: Content
    polarity: Polarity
    source: str | None
    record: str | None
    product: str | None
    text: str
    corrections: tuple[int, ...]
    authors: tuple[str, ...]
    contradicted: int
    version: int
    is_current: bool
    learned_at: datetime
    strengthened_at: datetime


def fold(corrections: Iterable[Correction]) -> tuple[Pattern, ...]:
    """The patterns of all corrections that nobody took back, by id."""
    by_target: dict[str, list[Correction]] = {}
    for correction in not_undone(corrections):
        by_target.setdefault(correction.what.target_key, []).append(correction)
    found = [pattern for of_target in by_target.values() for pattern in _of_target(of_target)]
    return tuple(sorted(found, key=lambda pattern: pattern.pattern_id))


def pattern_id(target_key: str, lesson: Content, polarity: Polarity) -> str:
    """The id of a lesson about a target, from its content."""
    return digest([target_key, lesson, polarity])


def _of_target(corrections: Sequence[Correction]) -> list[Pattern]:
    known: dict[str, Pattern] = {}
    for correction in corrections:
        own = _positive(correction)
        for taught in filter(None, (own, _negative(correction))):
            known[taught.pattern_id] = _strengthened(known.get(taught.pattern_id), taught)
        known = {name: _judged(pattern, own) for name, pattern in known.items()}
    return [replace(pattern, contradicted=_contradicted(pattern, corrections)) for pattern in known.values()]


def _positive(correction: Correction) -> Pattern:
    return _pattern(correction, correction.what.said, lesson_of(correction.what), 1)


def _negative(correction: Correction) -> Pattern | None:
    """That a column is not what a run took it for. Of the other kinds, saying what is says what is not."""
    was = correction.what.was.get("field")
    if correction.what.kind != "mapping" or was is None or was == correction.what.said.get("field"):
        return None
    return _pattern(correction, {"field": was}, {"field": was}, -1)


def _pattern(correction: Correction, said: Content, lesson: Content, polarity: Polarity) -> Pattern:
    what = correction.what
    context: Mapping[str, Any] = {**what.context, **what.target}
    return Pattern(
        pattern_id(what.target_key, lesson, polarity), what.kind, what.target_key, what.target, said, polarity,
        context.get("source"), context.get("record"), context.get("product"), text_of(what),
        (correction.number,), (what.author,), 0, 1, is_current=True, learned_at=correction.made_at,
        strengthened_at=correction.made_at,
    )  # fmt: skip


def text_of(what: NewCorrection) -> str:
    """What a similar thing would be found by; "" where only the thing itself counts."""
    return str(what.context.get("header") or what.target.get("raw") or "")


def _strengthened(before: Pattern | None, again: Pattern) -> Pattern:
    if before is None:
        return again
    return replace(
        again, corrections=(*before.corrections, *again.corrections), authors=(*before.authors, *again.authors),
        version=before.version + 1, learned_at=before.learned_at,
    )  # fmt: skip


def _judged(pattern: Pattern, newest: Pattern) -> Pattern:
    """What the newest decision means for a pattern of its target: it is that decision, is denied by it, or stands."""
    if pattern.pattern_id == newest.pattern_id:
        return replace(pattern, is_current=True)
    is_denied = _denies(newest.said, pattern)
    is_current = pattern.polarity == -1 and not is_denied
    return replace(pattern, is_current=is_current, version=pattern.version + is_denied)


def _denies(said: Content, pattern: Pattern) -> bool:
    """Whether a decision of another content than the pattern's own says otherwise."""
    return pattern.polarity == 1 or said.get("field") == pattern.said.get("field")


def _contradicted(pattern: Pattern, corrections: Iterable[Correction]) -> int:
    """How many decisions of people who never said it say otherwise: changing one's own mind is no second opinion."""
    others = (c.what for c in corrections if c.what.author not in pattern.authors)
    return sum(
        pattern_id(pattern.target_key, lesson_of(what), 1) != pattern.pattern_id and _denies(what.said, pattern)
        for what in others
    )
