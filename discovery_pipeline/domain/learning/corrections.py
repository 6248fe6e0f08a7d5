"""A correction: what one person decided about one thing. The log of them is only ever added to.

Which of them stands follows from the log: the newest about a thing that was not undone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.learning.kinds import Kind

Action = Literal["accepted", "changed", "unmapped", "set", "undone"]
Content = Mapping[str, Any]


@dataclass(frozen=True)
class NewCorrection:
    """A decision before it has a number.

    target: what it is about, in words that hold for the next delivery too; by kind:
        mapping: source, series, table, header_key, occurrence (domain/mapping/places.py)
        value: record, field, raw, source (None = every feed), or asset_id, field, or of single rows record, field,
            source, cells (how cells of the row are spelt, by field)
        merge, split: one, other: asset_id each, for a split with the row's source and texts
        type, strategy: asset_id    edge: from_asset, to_asset, kind (None = every kind)
    said: the decision: field, unit, transform | value | holds and anchors | type | strategy. was: what stood before it,
    as far as known. context: where the person saw it. action: accepted (what the run chose), changed, unmapped (of
    mappings), set (of the other kinds), undone. undoes: the number that it takes back. overrules: the number of another
    person's standing decision that its author knew of.
    """

    kind: Kind
    action: Action
    target: Content
    said: Content
    was: Content
    context: Content
    author: str
    reason: str
    overrules: int | None = None
    undoes: int | None = None

    @property
    def target_key(self) -> str:
        """The same for every decision about the same thing."""
        return digest([self.kind, self.target])


@dataclass(frozen=True)
class Correction:
    """A correction as it was recorded. number: 1, 2, ... of the tenant."""

    number: int
    made_at: datetime
    what: NewCorrection


def digest(content: object) -> str:
    """A short hash of a JSON document, whatever the order of its keys."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def not_undone(corrections: Iterable[Correction]) -> list[Correction]:
    """The decisions that nobody took back, oldest first."""
    ordered = sorted(corrections, key=lambda correction: correction.number)
    undone = {correction.what.undoes for correction in ordered}
    return [c for c in ordered if c.what.action != "undone" and c.number not in undone]


def standing(corrections: Iterable[Correction]) -> dict[str, Correction]:
    """Per target_key the decision that holds: the newest that was not undone."""
    return {correction.what.target_key: correction for correction in not_undone(corrections)}


def of_numbers(corrections: Iterable[Correction], numbers: Collection[int]) -> list[Correction]:
    """Those of these numbers, in their order. Raises UsageError naming the numbers that are not there."""
    found = {correction.number: correction for correction in corrections if correction.number in numbers}
    missing = ", ".join(map(str, sorted(set(numbers) - found.keys())))
    if missing:
        raise UsageError(f"there is no correction {missing}", advice="discovery corrections TENANT lists them")
    return [found[number] for number in sorted(found)]


def require_undoable(chosen: Iterable[Correction], log: Iterable[Correction]) -> None:
    """Raises UsageError for one that is an undoing itself, or that one of the log takes back."""
    undone = {correction.what.undoes: correction for correction in log}
    for correction in chosen:
        if correction.what.action == "undone":
            raise UsageError(f"correction {correction.number} is itself an undoing", advice="correct it again instead")
        if again := undone.get(correction.number):
            raise UsageError(f"correction {correction.number} was undone by {again.what.author} already")


def require_forgettable(chosen: Iterable[Correction]) -> None:
    """Raises UsageError for one that is an undoing: it goes with what it took back."""
    for correction in chosen:
        if correction.what.action == "undone":
            undone = correction.what.undoes
            raise UsageError(
                f"correction {correction.number} is an undoing", advice=f"forget what it took back: correction {undone}"
            )


def says_otherwise(one: NewCorrection, other: NewCorrection) -> bool:
    """Whether two decisions about one thing can't both hold. A reading that only one of them names is no matter."""
    readings = ((one.said.get(name), other.said.get(name)) for name in ("unit", "transform"))
    return lesson_of(one) != lesson_of(other) or any(a != b for a, b in readings if a is not None and b is not None)


def rival_of(what: NewCorrection, holds: Iterable[Correction]) -> Correction | None:
    """The newest standing decision of another author that can't hold beside this one; None where there is none.

    Of one target, or of two that meet: an edge of any kind and one of some kind, a merge and a split of what it united.
    """
    found = [c for c in holds if c.what.author != what.author and _contradict(what, c.what)]
    return max(found, key=lambda correction: correction.number, default=None)


def _contradict(one: NewCorrection, other: NewCorrection) -> bool:
    if one.target_key == other.target_key:
        return says_otherwise(one, other)
    kinds = {one.kind, other.kind}
    if kinds == {"edge"}:
        ends = all(one.target[end] == other.target[end] for end in ("from_asset", "to_asset"))
        return ends and None in (one.target["kind"], other.target["kind"]) and says_otherwise(one, other)
    if kinds == {"merge", "split"}:
        merge, split = (one, other) if one.kind == "merge" else (other, one)
        united = split.target["one"] in (merge.target["one"], merge.target["other"])
        return united and bool(merge.said["holds"]) and not split.said["holds"]
    return False


# What a decision comes down to; the rest of `said` tells how to carry it out.
_ESSENCE: Mapping[Kind, Sequence[str]] = {
    "mapping": ("field",), "value": ("value",), "merge": ("holds",), "split": ("holds",), "type": ("type",),
    "edge": ("holds",), "strategy": ("strategy",),
}  # fmt: skip


def lesson_of(what: NewCorrection) -> dict[str, Any]:
    """What a decision teaches about its target, without the reading that was added to it."""
    return {name: what.said.get(name) for name in _ESSENCE[what.kind]}
