"""Decisions that were found possible, on their way to being recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from discovery_pipeline.domain.learning.corrections import NewCorrection, digest
from discovery_pipeline.services.learning.deciding.decisions import KIND_OF, Said, SplitDecision
from discovery_pipeline.services.mapping.decisions import Problem


@dataclass(frozen=True)
class Draft:
    """A decision in the words of the log (domain/learning/corrections.py has them by kind)."""

    decision: Said
    target: Mapping[str, Any]
    said: Mapping[str, Any]
    was: Mapping[str, Any]
    context: Mapping[str, Any]

    def by(self, author: str) -> NewCorrection:
        """The correction that it is of this author's."""
        decision = self.decision
        return NewCorrection(
            KIND_OF[type(decision)], "set", self.target, self.said, self.was, self.context, author,
            decision.reason.strip(), decision.overrules,
        )  # fmt: skip


def problem(decision: Said, code: str, detail: str, advice: str) -> Problem:
    """Why this decision can't be taken."""
    return Problem(decision.line, code, detail, advice)


def repeated(drafts: Sequence[Draft]) -> list[Problem]:
    """Decisions about a thing that another one of them is about already."""
    seen: dict[str, Said] = {}
    found = []
    for draft in drafts:
        key = digest([KIND_OF[type(draft.decision)], _thing(draft)])
        if key in seen:
            before = seen[key].line
            again = f" on line {before}" if before is not None else ""
            found.append(
                problem(draft.decision, "decided_twice", f"this is decided already{again}", "keep one of them")
            )
        seen.setdefault(key, draft.decision)
    return found


def _thing(draft: Draft) -> Mapping[str, Any]:
    """What people take for one thing: of a split the row, for several may be told apart by nothing."""
    return draft.context if isinstance(draft.decision, SplitDecision) else draft.target
