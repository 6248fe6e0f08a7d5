"""What was decided and waits for a run: every kind, as it stands now. Keep out: starting the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from discovery_pipeline.domain.learning.corrections import Correction, standing
from discovery_pipeline.services.due_runs import CorrectionsDue, corrections_due, corrections_used
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.corrections import corrections, newest_by_kind

# Where a run over what waits begins, in words.
BEGINS: Mapping[str, str] = {
    "column_mapping": "the choice of fields", "clean_records": "the reading of values", "inventory": "the inventory",
    "dependencies": "the dependencies", "analysis": "the assessment",
}  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """decisions: that stand and no run has followed yet, oldest first. taken_back: how many runs still follow that
    stand no more. due: what a run would find; None where it would find nothing new."""

    decisions: tuple[Correction, ...] = ()
    taken_back: int = 0
    due: CorrectionsDue | None = None

    @property
    def count(self) -> int:
        """How many things a run would do otherwise."""
        return len(self.decisions) + self.taken_back

    def about(self, kind: str, **target: object) -> Correction | None:
        """The newest of this kind whose target holds all of this."""
        found = (
            each
            for each in reversed(self.decisions)
            if each.what.kind == kind and all(each.what.target.get(name) == value for name, value in target.items())
        )
        return next(found, None)

    def last_of(self, author: str) -> tuple[Correction, ...]:
        """What this person decided last, all that was recorded at once, oldest first."""
        own = [each for each in self.decisions if each.what.author == author]
        return tuple(each for each in own if each.made_at == own[-1].made_at)


def waiting(workspace: Workspace, tenant: str) -> Waiting:
    """What waits for the tenant's next run. Raises UsageError (no such tenant), Unreachable."""
    due = corrections_due(workspace, tenant)
    if due is None:
        return Waiting()
    used = corrections_used(workspace.frames.open(tenant))
    newest = newest_by_kind(workspace.database, tenant)
    open_kinds = {kind: used[kind] for kind, number in newest.items() if number > used[kind]}
    if not open_kinds:
        return Waiting(due=due)
    log = corrections(workspace.database, tenant, after=min(open_kinds.values()))
    new = [each for each in log if each.what.kind in open_kinds and each.number > open_kinds[each.what.kind]]
    numbers = {each.number for each in new}
    # Taken back before any run followed it, a decision is nothing to be done.
    undone = [each for each in new if each.what.undoes is not None and each.what.undoes not in numbers]
    return Waiting(tuple(sorted(standing(new).values(), key=lambda each: each.number)), len(undone), due)
