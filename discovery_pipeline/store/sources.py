"""What a tenant has delivered: registering a batch of files, what counts, the history, withdrawal.

Keep out: copying files and naming sources (services/delivery), the rule of which snapshot counts (snapshots.py),
what becomes of a batch (batches.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from typing import Literal

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.store.batches import NewFile, Outcome, decide
from discovery_pipeline.store.locks import lock_key
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.snapshots import FileRecord, counting
from discovery_pipeline.store.tables import SourceFile

Standing = Literal["counts", "superseded", "withdrawn"]


@dataclass(frozen=True)
class Registered:
    """What became of a file: added to a snapshot, unchanged (its source has this content already), or a duplicate.

    same_as: for the latter two, the file that has the content. counts: whether the content counts now.
    """

    file: NewFile
    outcome: Outcome
    counts: bool
    same_as: FileRecord | NewFile | None = None


@dataclass(frozen=True)
class Registration:
    """The outcome per file, in the order given, and the files that counted before and no longer do."""

    files: tuple[Registered, ...]
    superseded: tuple[FileRecord, ...]


@dataclass(frozen=True)
class FileStanding:
    """A delivered file and where it stands."""

    record: FileRecord
    standing: Standing


@dataclass(frozen=True)
class FilesState:
    """What counts now. changed_at: the last delivery or withdrawal, None before the first."""

    files: tuple[FileRecord, ...]
    changed_at: datetime | None


@dataclass(frozen=True)
class Withdrawal:
    """The delivery withdrawn, and those that count instead."""

    withdrawn: FileRecord
    counts_again: tuple[FileRecord, ...]


def register(
    database: Database, tenant: str, files: Sequence[NewFile], as_of: date | None, now: datetime
) -> Registration:
    """Add a batch of files in one transaction.

    files: each (source, file) once. as_of: the stated date of the snapshot, None = now. now: with time zone. One
    content counts once: a second file of the batch with it, or with what counts under another source, is a duplicate.
    A source that brings nothing new is unchanged; one that does gets a whole new snapshot, its unchanged files
    included. With a stated date that the source has already, the files join that snapshot.
    """
    with database.tenant_session(tenant) as session:
        _one_at_a_time(session, tenant)
        records = _records(session)
        before = counting(records)
        decisions = decide(files, as_of, records, before)
        batch = max((record.batch for record in records), default=0) + 1
        added = [_record(d.file, batch, as_of, now) for d in decisions if d.outcome == "added"]
        session.add_all(SourceFile(tenant_id=tenant, **asdict(record)) for record in added)
    after = counting([*records, *added])
    contents = {record.sha256 for record in after}
    return Registration(
        tuple(Registered(d.file, d.outcome, d.file.sha256 in contents, d.same_as) for d in decisions),
        _missing(before, after),
    )


def counted(database: Database, tenant: str) -> list[FileRecord]:
    """The files of the snapshots that count, ordered by (source, file)."""
    with database.tenant_session(tenant) as session:
        return counting(_records(session))


def files_state(database: Database, tenant: str) -> FilesState:
    """The files that count, ordered by (source, file), and when the tenant's files changed last."""
    with database.tenant_session(tenant) as session:
        records = _records(session)
    moments = [moment for r in records for moment in (r.ingested_at, r.withdrawn_at) if moment]
    return FilesState(tuple(counting(records)), max(moments, default=None))


def history(database: Database, tenant: str) -> list[FileStanding]:
    """Every delivery, ordered by (source, file, batch)."""
    with database.tenant_session(tenant) as session:
        return _standings(_records(session))


def withdraw(database: Database, tenant: str, file: str, source: str | None, now: datetime) -> Withdrawal:
    """Let a file no longer count: the delivery that counts, else the newest of this name not yet withdrawn.

    source: needed where two sources have a file of this name. Raises UsageError when there is none, or more than one.
    """
    with database.tenant_session(tenant) as session:
        _one_at_a_time(session, tenant)
        records = _records(session)
        chosen = _to_withdraw(_standings(records), file, source)
        key = (tenant, chosen.batch, chosen.source, chosen.file)
        session.get_one(SourceFile, key).withdrawn_at = now
    left = [replace(record, withdrawn_at=now) if record == chosen else record for record in records]
    return Withdrawal(chosen, _missing(counting(left), counting(records)))


def _one_at_a_time(session: Session, tenant: str) -> None:
    """Two ingestions of a tenant at once would give out the same batch number."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key("files", tenant)})


def _records(session: Session) -> list[FileRecord]:
    # Columns, not objects: sensors read every tenant's files over and over.
    columns = [getattr(SourceFile, f.name) for f in fields(FileRecord)]
    return [FileRecord(*row) for row in session.execute(select(*columns))]


def _record(file: NewFile, batch: int, as_of: date | None, now: datetime) -> FileRecord:
    moment = datetime.combine(as_of, time()) if as_of else now.astimezone(UTC).replace(tzinfo=None)
    return FileRecord(
        **asdict(file),
        batch=batch,
        as_of=moment,
        as_of_is_explicit=as_of is not None,
        ingested_at=now,
        withdrawn_at=None,
    )


def _missing(records: Sequence[FileRecord], others: Sequence[FileRecord]) -> tuple[FileRecord, ...]:
    there = {record.key for record in others}
    return tuple(record for record in records if record.key not in there)


def _standings(records: Sequence[FileRecord]) -> list[FileStanding]:
    counts = {record.key for record in counting(records)}

    def standing(record: FileRecord) -> Standing:
        if record.withdrawn_at is not None:
            return "withdrawn"
        return "counts" if record.key in counts else "superseded"

    ordered = sorted(records, key=lambda record: (record.source, record.file, record.batch))
    return [FileStanding(record, standing(record)) for record in ordered]


def _to_withdraw(standings: Sequence[FileStanding], file: str, source: str | None) -> FileRecord:
    named = [s for s in standings if s.record.file == file and source in (None, s.record.source)]
    if not named:
        known = sorted({s.record.file for s in standings})
        near = get_close_matches(file, known, n=3, cutoff=0.5) or known[:10]
        raise UsageError(f"there is no file {file!r}", advice=f"known: {', '.join(near)}" if near else "")
    counts = [s.record for s in named if s.standing == "counts"]
    candidates = counts or [s.record for s in named if s.standing == "superseded"]
    if not candidates:
        raise UsageError(f"{file!r} is withdrawn already")
    sources = sorted({record.source for record in candidates})
    if len(sources) > 1:
        raise UsageError(f"{len(sources)} sources have a file {file!r}", advice=f"name one: {', '.join(sources)}")
    return max(candidates, key=lambda record: record.batch)
