"""What would be learned if corrections were recorded, undone or forgotten. Reads the log; writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from discovery_pipeline.domain.learning.corrections import (
    Correction,
    NewCorrection,
    digest,
    not_undone,
    of_numbers,
    require_forgettable,
    require_undoable,
)
from discovery_pipeline.domain.learning.kinds import Kind
from discovery_pipeline.domain.learning.patterns import Pattern, fold
from discovery_pipeline.domain.learning.rules import Rules
from discovery_pipeline.domain.learning.sharing import SharedLesson
from discovery_pipeline.domain.mapping.recall.layouts import KnownTable
from discovery_pipeline.domain.mapping.recall.lessons import Lesson
from discovery_pipeline.domain.mapping.recall.shared import shared_lessons_of
from discovery_pipeline.services.learning.lessons import lessons_of, newest_snapshot
from discovery_pipeline.services.learning.rules import kinds_of, rules_of
from discovery_pipeline.store.corrected_tables import KEY, known_tables_by_id, naming, table_id
from discovery_pipeline.store.corrections import corrections, newest_correction
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.sharing import shared_lessons


@dataclass(frozen=True)
class Proposed:
    """Corrections that nobody has saved. decided: new ones. tables: those that the columns among them stand in.

    undone, forgotten: numbers of recorded ones that would be taken back, or deleted.
    """

    decided: tuple[NewCorrection, ...] = ()
    tables: tuple[KnownTable, ...] = ()
    undone: frozenset[int] = frozenset()
    forgotten: frozenset[int] = frozenset()

    @property
    def key(self) -> str:
        """The same for proposals that would change the same."""
        decided = [[what.target_key, what.said, what.author, what.action] for what in self.decided]
        return digest([decided, sorted(self.undone), sorted(self.forgotten)])


@dataclass(frozen=True)
class Outlook:
    """What a tenant would know. log: as it would stand. before: as it stands. concerned: recorded corrections that
    would go. looks: of corrected tables, by the id that their corrections name. shared: what other tenants say, as long
    as they go on sharing it. today: the newest snapshot's date, None without one."""

    log: tuple[Correction, ...]
    before: tuple[Correction, ...]
    concerned: tuple[Correction, ...]
    looks: Mapping[str, KnownTable]
    shared: Mapping[SharedLesson, int]
    today: datetime | None

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """What would hold, as the store would give it."""
        return tuple(pattern for pattern in fold(self.log) if pattern.is_current)

    @cached_property
    def lessons(self) -> tuple[Lesson, ...]:
        """What would be known of columns: the tenant's own, then what others share."""
        own = lessons_of([p for p in self.patterns if p.kind == "mapping"], self.today)
        return (*own, *shared_lessons_of(self.shared, own))

    @cached_property
    def tables(self) -> tuple[KnownTable, ...]:
        """The tables that a correction that would stand was made in, each as the newest found it."""
        ids = [str(c.what.context.get(KEY)) for c in not_undone(self.log) if c.what.kind == "mapping"]
        newest = {_name(self.looks[name]): self.looks[name] for name in ids if name in self.looks}
        return tuple(newest[name] for name in sorted(newest))

    def rules(self, asset: str) -> Rules:
        """The rules that this asset would be told."""
        return rules_of([p for p in self.patterns if p.kind in kinds_of(asset)], self.today)

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of what would be added or taken away."""
        known = {correction.number for correction in self.before}
        added = [correction for correction in self.log if correction.number not in known]
        return frozenset(correction.what.kind for correction in (*added, *self.concerned))


def outlook(database: Database, tenant: str, proposed: Proposed) -> Outlook:
    """What the tenant would know under a proposal.

    Raises UsageError (no such tenant, no such correction, one that can't be undone or forgotten).
    """
    log = corrections(database, tenant)
    concerned = of_numbers(log, proposed.undone | proposed.forgotten)
    require_undoable([c for c in concerned if c.number in proposed.undone], log)
    require_forgettable([c for c in concerned if c.number in proposed.forgotten])
    newest, today = newest_correction(database, tenant), newest_snapshot(database, tenant)
    added = _numbered(naming(proposed.decided, proposed.tables), newest + 1, _moment(log, today))
    taken_back = _undoings([c for c in concerned if c.number in proposed.undone], newest + 1 + len(added))
    gone = proposed.forgotten
    kept = [c for c in (*log, *added, *taken_back) if c.number not in gone and c.what.undoes not in gone]
    looks = known_tables_by_id(database, tenant) | {table_id(table): table for table in proposed.tables}
    return Outlook(tuple(kept), log, tuple(concerned), looks, shared_lessons(database, tenant), today)


def _numbered(decided: Sequence[NewCorrection], first: int, moment: datetime) -> list[Correction]:
    return [Correction(first + place, moment, what) for place, what in enumerate(decided)]


def _undoings(chosen: Sequence[Correction], first: int) -> list[Correction]:
    return [
        replace(c, number=first + place, what=replace(c.what, action="undone", said={}, undoes=c.number))
        for place, c in enumerate(chosen)
    ]


def _moment(log: Sequence[Correction], today: datetime | None) -> datetime:
    """When a proposal would be made: never before the newest snapshot, so that it is as young as one made now."""
    moments = [correction.made_at for correction in log]
    if today is not None:
        moments.append(today.replace(tzinfo=UTC))
    return max(moments, default=datetime.min.replace(tzinfo=UTC))


def _name(table: KnownTable) -> tuple[str, str, str]:
    return table.source, table.series, table.table
