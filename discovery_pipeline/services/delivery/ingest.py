"""Ingesting files for a tenant, withdrawing them, listing them: what the command line, the app and the API offer.

Keep out: reading what is in the files (the run does).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.files.landing import LandingZone
from discovery_pipeline.services.delivery.deliveries import Delivered, Notice, find
from discovery_pipeline.services.delivery.source_names import default_source, series_of
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.batches import NewFile, Outcome
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.snapshots import FileRecord
from discovery_pipeline.store.sources import Registered, Withdrawal, register
from discovery_pipeline.store.sources import withdraw as withdraw_from_store
from discovery_pipeline.store.tenants import require_tenant

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class IngestedFile:
    """What became of a file. size: bytes. counts: whether its content counts in the next run. detail: why not added."""

    file: str
    source: str
    sha256: str
    size: int
    outcome: Outcome
    counts: bool
    detail: str


@dataclass(frozen=True)
class IngestReport:
    """files: every file taken, by name. notices: what was left out or no longer counts, and what looks unintended."""

    tenant: str
    files: tuple[IngestedFile, ...]
    notices: tuple[Notice, ...]


def ingest(
    settings: Settings,
    database: Database,
    tenant: str,
    paths: Sequence[Path],
    source: str | None = None,
    as_of: date | None = None,
    progress: Progress = lambda *_: None,
) -> IngestReport:
    """Copy files and folders into the landing zone and register them as a delivery.

    source: the feed they belong to; None = each file's own, by its name without dates and counters. as_of: the date of
    the snapshot; None = now. progress(file, bytes done, bytes in all) is called as copying goes on.
    Everything is copied before anything is registered, in one transaction: an ingestion that was killed has either
    happened or not, and can be repeated. Raises UsageError.
    """
    require_tenant(database, tenant)
    _check_source(source)
    delivered, notices = find(paths, settings.home)
    report = ingest_found(settings, database, tenant, delivered, source, as_of, progress)
    return replace(report, notices=(*notices, *report.notices))


def ingest_found(
    settings: Settings,
    database: Database,
    tenant: str,
    delivered: Sequence[Delivered],
    source: str | None = None,
    as_of: date | None = None,
    progress: Progress = lambda *_: None,
) -> IngestReport:
    """The same for files already found, each under its own name. Raises UsageError."""
    now = datetime.now(UTC)
    new = _land(LandingZone(settings.landing_dir), tenant, delivered, source, progress)
    registration = register(database, tenant, new, as_of, now)
    notices = [
        *_superseded(registration.superseded, new),
        *_several_dates(registration.files),
        *_of_date(registration.files, as_of, now),
    ]
    return IngestReport(tenant, tuple(_ingested(r) for r in registration.files), tuple(notices))


def withdraw(database: Database, tenant: str, file: str, source: str | None = None) -> Withdrawal:
    """Let a wrong upload no longer count; the delivery before it counts again. Raises UsageError."""
    return withdraw_from_store(database, tenant, file, source, datetime.now(UTC))


def _check_source(source: str | None) -> None:
    if source is not None and (not source.strip() or not source.isprintable()):
        raise UsageError(f"{source!r} is not a name for a source", advice="for example --source cmdb")


def _land(
    zone: LandingZone, tenant: str, delivered: Sequence[Delivered], source: str | None, progress: Progress
) -> list[NewFile]:
    total, done = sum(d.size for d in delivered), 0
    new: list[NewFile] = []
    for item in delivered:

        def advanced(size: int, file: str = item.file) -> None:
            nonlocal done
            done += size
            progress(file, done, total)

        landed = zone.store(tenant, item.path, advanced, item.found)
        name = source or default_source(item.file)
        new.append(NewFile(name, item.file, series_of(item.file), landed.sha256, landed.size))
    return new


def _ingested(registered: Registered) -> IngestedFile:
    file = registered.file
    return IngestedFile(
        file.file, file.source, file.sha256, file.size, registered.outcome, registered.counts, _detail(registered)
    )


def _detail(registered: Registered) -> str:
    same = registered.same_as
    if same is not None and registered.outcome == "duplicate":
        return f"same content as {same.file} of source {same.source}"
    if same is not None and registered.outcome == "unchanged":
        return "already ingested" if same.file == registered.file.file else f"already ingested as {same.file}"
    return "" if registered.counts else "kept as history: a newer snapshot of this source counts"


def _superseded(superseded: Sequence[FileRecord], new: Sequence[NewFile]) -> list[Notice]:
    """Files that stop counting although this delivery brought none of their series: two feeds may share a source."""
    brought = {(file.source, file.series) for file in new}
    return [
        Notice(r.file, f"no longer counts: not in the newer snapshot of source {r.source} (--source keeps feeds apart)")
        for r in superseded
        if (r.source, r.series) not in brought
    ]


def _several_dates(registered: Sequence[Registered]) -> list[Notice]:
    """Deliveries of one feed that came in one go count together, which their dated names make look unintended."""
    by_series: dict[tuple[str, str], list[str]] = {}
    for item in registered:
        if item.outcome == "added":
            by_series.setdefault((item.file.source, item.file.series), []).append(item.file.file)
    return [
        Notice(files[-1], f"counts together with {', '.join(files[:-1])}: to let one replace the other, use --as-of")
        for files in by_series.values()
        if len(files) > 1
    ]


def _of_date(registered: Sequence[Registered], as_of: date | None, now: datetime) -> list[Notice]:
    if as_of is not None and as_of > now.date():
        return [Notice(as_of.isoformat(), "lies in the future: what is ingested without --as-of will not replace it")]
    return [
        Notice(item.file.file, "is older than the snapshot that counts; withdraw that one to let this count")
        for item in registered
        if item.outcome == "added" and not item.counts
    ]
