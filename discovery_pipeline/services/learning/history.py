"""What a tenant's people decided so far and what became of it; taking decisions back, and forgetting them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.learning.corrections import Correction, NewCorrection, standing
from discovery_pipeline.domain.learning.kinds import Kind
from discovery_pipeline.services.due_runs import corrections_used
from discovery_pipeline.services.learning.deciding.words import about, in_words
from discovery_pipeline.services.learning.tracker import TrackRecord, published_track_records
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store import corrections as store
from discovery_pipeline.store.correction_log import LogQuery, State, logged, search_log
from discovery_pipeline.store.forgotten import Forgotten, forgotten
from discovery_pipeline.store.patterns import counts
from discovery_pipeline.store.tenants import require_tenant

# The number of an undoing, by what it takes back.
_Undone = Mapping[int | None, int]


@dataclass(frozen=True)
class Entry:
    """A correction of the log. state: superseded = a newer one about the same thing stands. waits: for a run.

    about, said, was: in words; was is "" where nothing is known of it. undoes, overrules: numbers. undone_by: the
    number of what took it back.
    """

    number: int
    made_at: datetime
    author: str
    kind: Kind
    about: str
    said: str
    was: str
    state: State
    reason: str
    overrules: int | None
    undoes: int | None
    undone_by: int | None
    waits: bool


@dataclass(frozen=True)
class History:
    """entries, forgotten: oldest first. patterns: how many there are, by kind and state (store/patterns.py).

    track_records: how each method of mapping did where people decided, as the newest mapping knows it.
    """

    entries: tuple[Entry, ...]
    forgotten: tuple[Forgotten, ...]
    patterns: Mapping[tuple[str, str], int]
    track_records: tuple[TrackRecord, ...] = ()


def history(workspace: Workspace, tenant: str) -> History:
    """Everything that was decided for a tenant. Raises UsageError (no such tenant)."""
    require_tenant(workspace.database, tenant)
    log = store.corrections(workspace.database, tenant)
    frames = workspace.frames.open(tenant)
    used = corrections_used(frames)
    holds = {correction.number for correction in standing(log).values()}
    undone = {correction.what.undoes: correction.number for correction in log}
    entries = tuple(_entry(c, _state(c, holds, undone), undone.get(c.number), used) for c in log)
    learned = counts(workspace.database, tenant)
    return History(entries, forgotten(workspace.database, tenant), learned, published_track_records(frames))


def log_page(workspace: Workspace, tenant: str, query: LogQuery, offset: int, limit: int) -> tuple[Entry, ...]:
    """Some entries of the log that match, the newest first. Raises UsageError for an unknown tenant, Unreachable."""
    used = corrections_used(workspace.frames.open(tenant))
    found = search_log(workspace.database, tenant, query, offset, limit)
    return tuple(_entry(each.correction, each.state, each.undone_by, used) for each in found)


def log_entry(workspace: Workspace, tenant: str, number: int) -> Entry | None:
    """One entry of the log; None where there is none of this number. Raises what log_page does."""
    found = logged(workspace.database, tenant, number)
    if found is None:
        return None
    return _entry(found.correction, found.state, found.undone_by, corrections_used(workspace.frames.open(tenant)))


def undo(
    workspace: Workspace, tenant: str, numbers: Collection[int], author: str, reason: str = ""
) -> tuple[Correction, ...]:
    """Take corrections back, all or none; what stood before them stands again, as the next run shows.

    Raises UsageError for an unknown tenant, a blank author, a number that is not there, was undone before or is itself
    an undoing.
    """
    _require(workspace, tenant, author)
    return store.undo(workspace.database, tenant, numbers, author.strip(), reason.strip())


def forget(
    workspace: Workspace, tenant: str, numbers: Collection[int] | None, author: str, reason: str = ""
) -> Mapping[Kind, int]:
    """Delete corrections (all when None) with everything learned from them; returns how many of each kind.

    Raises UsageError for an unknown tenant, a blank author or a number that is not there.
    """
    _require(workspace, tenant, author)
    return store.forget(workspace.database, tenant, numbers, author.strip(), reason.strip())


def _require(workspace: Workspace, tenant: str, author: str) -> None:
    require_tenant(workspace.database, tenant)
    if not author.strip():
        raise UsageError("this needs an author", advice="say who decides")


def _entry(correction: Correction, state: State, undone_by: int | None, used: Mapping[Kind, int]) -> Entry:
    what, number = correction.what, correction.number
    said = f"undoes {what.undoes}" if what.undoes is not None else in_words(what, what.said)
    return Entry(
        number, correction.made_at, what.author, what.kind, about(what), said, _was(what), state, what.reason,
        what.overrules, what.undoes, undone_by, number > used[what.kind],
    )  # fmt: skip


def _state(correction: Correction, holds: Collection[int], undone: _Undone) -> State:
    if correction.what.undoes is not None:
        return "undoing"
    if correction.number in undone:
        return "undone"
    return "standing" if correction.number in holds else "superseded"


def _was(what: NewCorrection) -> str:
    """What stood before; of an undoing, what it took back."""
    return in_words(what, what.was) if what.was else ""
