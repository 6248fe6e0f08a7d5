"""Corrections: what people decided, numbered in the order in which it was decided, and only ever added to.

Recording, undoing and forgetting teach the pattern store in the same transaction. Keep out: whether a decision is
possible (services), what it teaches (domain/learning).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import cast

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.learning.corrections import (
    Correction,
    NewCorrection,
    of_numbers,
    require_forgettable,
    require_undoable,
    rival_of,
    standing,
)
from discovery_pipeline.domain.learning.kinds import Kind
from discovery_pipeline.domain.mapping.recall.layouts import KnownTable
from discovery_pipeline.store.corrected_tables import drop_unused_tables, save_tables
from discovery_pipeline.store.correction_rows import FORGOTTEN, as_row, read, storable
from discovery_pipeline.store.locks import lock_key
from discovery_pipeline.store.patterns import learn
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import CorrectionRow

_SHOWN = 10


@dataclass(frozen=True)
class Disagreement:
    """A decision that another person's standing one contradicts, without its author having said so."""

    what: NewCorrection
    stands: Correction

    def __str__(self) -> str:
        other = self.stands
        when = other.made_at.strftime("%Y-%m-%d %H:%M")
        return f"{named(other.what)} is {told(other.what)} by {other.what.author} (correction {other.number}, {when})"


class CorrectionConflict(UsageError):
    """Decisions that contradict what somebody else decided; none of those given with them was recorded."""

    def __init__(self, disagreements: Sequence[Disagreement]) -> None:
        self.disagreements = tuple(disagreements)
        listed = "; ".join(map(str, disagreements[:_SHOWN]))
        more = f"; and {len(disagreements) - _SHOWN} more" if len(disagreements) > _SHOWN else ""
        super().__init__(
            f"somebody else decided otherwise: {listed}{more}",
            advice="talk to them, then decide again and name the correction that you overrule",
        )


def named(what: NewCorrection) -> str:
    """What a correction is about, in words."""
    if what.kind == "mapping":
        return f"column {what.context.get('header', '')!r} of {what.target.get('table') or what.target.get('series')}"
    about = ", ".join(str(value) for value in what.target.values() if value is not None)
    return f"the {what.kind} of {about}"


def told(what: NewCorrection) -> str:
    """What a correction says, in words."""
    said = next((value for name, value in what.said.items() if name not in ("unit", "transform", "anchors")), None)
    reading = [str(what.said[name]) for name in ("unit", "transform") if what.said.get(name)]
    return " ".join(["nothing" if said is None else str(said), *(f"({how})" for how in reading)])


def record(
    database: Database, tenant: str, decided: Sequence[NewCorrection], tables: Sequence[KnownTable] = ()
) -> tuple[Correction, ...]:
    """Append corrections and learn from them, all or none; a second writer waits for its numbers.

    tables: those that the corrected columns stand in. Raises UsageError for an unknown tenant, CorrectionConflict where
    another author's standing decision says otherwise and is not the one overruled.
    """
    with _writing(database, tenant) as session:
        kept = [storable(what) for what in decided]
        _refuse_conflicts(session, kept)
        recorded = _append(session, tenant, save_tables(session, tenant, kept, tables))
        learn(session, tenant, _rows_of(session, {what.target_key for what in kept}))
    return recorded


def undo(
    database: Database, tenant: str, numbers: Collection[int], author: str, reason: str = ""
) -> tuple[Correction, ...]:
    """Take corrections back by appending that they are; what stood before them stands again.

    Raises UsageError for a number that is not there, was undone before, or is itself an undoing.
    """
    with _writing(database, tenant) as session:
        chosen = _undoable(session, numbers)
        undone = [_undoing(correction, author, reason) for correction in chosen]
        recorded = _append(session, tenant, undone)
        learn(session, tenant, _rows_of(session, {what.target_key for what in undone}))
    return recorded


def forget(
    database: Database, tenant: str, numbers: Collection[int] | None, author: str, reason: str = ""
) -> Mapping[Kind, int]:
    """Delete corrections (all when None) with everything learned from them; returns how many of each kind.

    What stays is that something was forgotten, by whom and when; numbers are never given twice. Raises UsageError for a
    number that is not there, or is an undoing.
    """
    with _writing(database, tenant) as session:
        newest = _newest_number(session)
        chosen = _forgettable(session, numbers)
        gone = {correction.number for correction in chosen}
        keys = {correction.what.target_key for correction in chosen}
        undoings = CorrectionRow.undoes.in_(gone)
        session.execute(delete(CorrectionRow).where(CorrectionRow.number.in_(gone) | undoings))
        counts = _counted([correction for correction in chosen if correction.what.action != "undone"])
        _append_forgotten(session, tenant, newest + 1, counts, author, reason)
        learn(session, tenant, _rows_of(session, keys), also=keys)
        drop_unused_tables(session)
    return counts


def corrections(database: Database, tenant: str, after: int = 0) -> tuple[Correction, ...]:
    """The tenant's corrections with a number above `after`, oldest first, undoings included."""
    with database.tenant_session(tenant) as session:
        return read(session, CorrectionRow.number > after)


def newest_correction(database: Database, tenant: str, kinds: Collection[Kind] = ()) -> int:
    """The highest number given so far (to these kinds), undoing and forgetting included; 0 where there is none."""
    with database.tenant_session(tenant) as session:
        return _newest_number(session, kinds)


def newest_by_kind(database: Database, tenant: str) -> dict[Kind, int]:
    """Per kind the highest number given so far, undoing and forgetting included."""
    query = select(CorrectionRow.kind, func.max(CorrectionRow.number)).group_by(CorrectionRow.kind)
    with database.tenant_session(tenant) as session:
        return {cast("Kind", row[0]): row[1] for row in session.execute(query)}


@contextmanager
def _writing(database: Database, tenant: str) -> Iterator[Session]:
    with database.tenant_session(tenant) as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key("corrections", tenant)})
        yield session


def _newest_number(session: Session, kinds: Collection[Kind] = ()) -> int:
    query = select(func.max(CorrectionRow.number))
    return session.execute(query.where(CorrectionRow.kind.in_(kinds)) if kinds else query).scalar() or 0


def _append(session: Session, tenant: str, decided: Sequence[NewCorrection]) -> tuple[Correction, ...]:
    first = _newest_number(session) + 1
    now = session.execute(select(func.now())).scalar_one()
    recorded = tuple(Correction(first + i, now, what) for i, what in enumerate(decided))
    if recorded:
        session.execute(insert(CorrectionRow), [as_row(tenant, correction) for correction in recorded])
    return recorded


# No bigint is as large.
_BEYOND = 2**63
# Decisions about other targets may contradict those of these kinds.
_MEETING: Sequence[Kind] = ("edge", "merge", "split")


def _refuse_conflicts(session: Session, decided: Sequence[NewCorrection]) -> None:
    _chosen(session, {what.overrules for what in decided if what.overrules is not None})
    kinds = {what.kind for what in decided} & set(_MEETING)
    of_targets = CorrectionRow.target_key.in_({what.target_key for what in decided})
    holds = standing(read(session, of_targets | CorrectionRow.kind.in_(kinds))).values()
    rivals = ((what, rival_of(what, holds)) for what in decided)
    disagreements = [Disagreement(what, rival) for what, rival in rivals if rival and rival.number != what.overrules]
    if disagreements:
        raise CorrectionConflict(disagreements)


def _undoable(session: Session, numbers: Collection[int]) -> list[Correction]:
    chosen = _chosen(session, numbers)
    require_undoable(chosen, read(session, CorrectionRow.undoes.in_(set(numbers))))
    return chosen


def _chosen(session: Session, numbers: Collection[int] | None) -> list[Correction]:
    if numbers is None:
        return list(read(session, CorrectionRow.action != FORGOTTEN))
    possible = {number for number in numbers if 0 < number < _BEYOND}
    return of_numbers(read(session, CorrectionRow.number.in_(possible)), numbers)


def _forgettable(session: Session, numbers: Collection[int] | None) -> list[Correction]:
    chosen = _chosen(session, numbers)
    if numbers is not None:
        require_forgettable(chosen)
    return chosen


def _undoing(correction: Correction, author: str, reason: str) -> NewCorrection:
    return replace(
        correction.what, action="undone", said={}, was=correction.what.said, author=author, reason=reason,
        overrules=None, undoes=correction.number,
    )  # fmt: skip


def _counted(chosen: Sequence[Correction]) -> dict[Kind, int]:
    counts: dict[Kind, int] = {}
    for correction in chosen:
        counts[correction.what.kind] = counts.get(correction.what.kind, 0) + 1
    return counts


def _append_forgotten(
    session: Session, tenant: str, first: int, counts: Mapping[Kind, int], author: str, reason: str
) -> None:
    rows = [
        {
            "tenant_id": tenant, "number": first + i, "kind": kind, "action": FORGOTTEN, "target_key": "", "target": {},
            "said": {"count": count}, "was": {}, "context": {}, "author": author, "reason": reason,
        }
        for i, (kind, count) in enumerate(sorted(counts.items()))
    ]  # fmt: skip
    if rows:
        session.execute(insert(CorrectionRow), rows)


def _rows_of(session: Session, target_keys: Collection[str]) -> tuple[Correction, ...]:
    return read(session, CorrectionRow.target_key.in_(target_keys))
