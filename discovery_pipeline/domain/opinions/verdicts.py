"""Whether people kept what models changed: later corrections of the same thing say so, or contradict it.

Keep out: where changes and corrections are kept (store), what a model's answers weigh (trust).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from discovery_pipeline.domain.learning.corrections import Correction, NewCorrection, lesson_of, not_undone

# kept: a person decided the same. overruled: a person decided otherwise. undecided: nobody has decided since.
Verdict = Literal["kept", "overruled", "undecided"]

# How a change of identities is told: field, before and after.
_IDENTITY, _SAME, _APART = "asset_id", "one", "two"
_STATUS = "status"
# The fields of changes that a decision of a kind is about; of values it names its own. Shares such as how sure a type
# is are no choice that a person could keep.
_FIELDS: Mapping[str, frozenset[str]] = {
    "mapping": frozenset({"field", _STATUS}), "merge": frozenset({_IDENTITY}), "split": frozenset({_IDENTITY}),
    "type": frozenset({"classified_type"}), "edge": frozenset({"kind"}), "strategy": frozenset({"strategy"}),
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A change of a result that a model caused; see domain/opinions/advice.ADVISED. made_at: when it was first made."""

    run_id: str
    agent: str
    subject: str
    field: str
    before: str | None
    after: str | None
    model: str
    confidence: float
    made_at: datetime

    @property
    def key(self) -> str:
        """The same for the same change in every run."""
        return hashlib.sha256("\0".join([self.agent, self.subject, self.field, repr(self.after)]).encode()).hexdigest()[
            :32
        ]


def verdicts(changes: Sequence[Change], corrections: Iterable[Correction]) -> list[Verdict]:
    """One per change, from the newest decision about its subject that was made after it and not taken back."""
    decided: dict[str, list[Correction]] = {}
    for correction in not_undone(corrections):
        for subject in _subjects(correction.what):
            decided.setdefault(subject, []).append(correction)
    return [_verdict(change, [c for name in _names(change) for c in decided.get(name, ())]) for change in changes]


def _verdict(change: Change, decided: Sequence[Correction]) -> Verdict:
    later = [c for c in decided if c.made_at > change.made_at and _is_about(c.what, change)]
    if not later:
        return "undecided"
    newest = max(later, key=lambda correction: correction.number)
    return "kept" if _agrees(newest.what, change) else "overruled"


def _names(change: Change) -> set[str]:
    """Under which decisions about it may stand; who takes one asset apart names it alone."""
    return {change.subject, *(change.subject.split("|") if change.field == _IDENTITY else ())}


def _is_about(what: NewCorrection, change: Change) -> bool:
    if what.kind == "value":
        return change.field == str(what.target["field"])
    return change.field in _FIELDS[what.kind]


def _agrees(what: NewCorrection, change: Change) -> bool:
    (said,) = lesson_of(what).values()
    if what.kind == "edge":  # a model only ever adds to what speaks for an edge
        return bool(said)
    if what.kind in ("merge", "split"):
        return change.after == (_SAME if said else _APART)
    if change.field == _STATUS:  # the choice was made sure: it is right when it stays
        return bool(said == what.was.get("field"))
    return bool(said == change.after)


def _subjects(what: NewCorrection) -> list[str]:
    """What the decision is about, as changes name it."""
    target: Mapping[str, Any] = what.target
    if what.kind == "mapping":
        return ["/".join(str(what.context.get(part)) for part in ("file", "table", "position"))]
    if what.kind == "value":
        spelled = f"{target.get('record')}.{target.get('field')}={target.get('raw')}"
        return [str(target["asset_id"]) if "asset_id" in target else spelled]
    if what.kind == "merge":
        return [f"{target['one']}|{target['other']}", f"{target['other']}|{target['one']}"]
    if what.kind == "edge":
        return [f"{target['from_asset']}>{target['to_asset']}"]
    return [str(target["one" if what.kind == "split" else "asset_id"])]
