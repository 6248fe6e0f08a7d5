"""Which of a tenant's files count: the rule of snapshots, as a pure function over the files' records.

A snapshot of a source is what was ingested together, or with the same stated as-of date. The newest one counts: by
date, then by the last ingestion that touched it. In a snapshot, a file of the same name replaces the earlier one.
Withdrawing a file undoes its ingestion: the version below it counts again, in the same snapshot or in the one before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class FileRecord:
    """One delivered file; see tables.SourceFile for the columns."""

    batch: int
    source: str
    file: str
    series: str
    sha256: str
    size: int
    as_of: datetime
    as_of_is_explicit: bool
    ingested_at: datetime
    withdrawn_at: datetime | None

    @property
    def key(self) -> tuple[int, str, str]:
        """What identifies a delivery within its tenant."""
        return self.batch, self.source, self.file

    @property
    def snapshot(self) -> str:
        """What the snapshot is called: its stated date, or the number of the ingestion."""
        return self.as_of.date().isoformat() if self.as_of_is_explicit else f"ingestion {self.batch}"


@dataclass(frozen=True)
class Snapshot:
    """The deliveries of one snapshot. names: every file it ever had. live: per file name the version in force."""

    names: dict[str, str]
    live: dict[str, FileRecord]

    @property
    def rank(self) -> tuple[date, int]:
        newest = max(self.live.values(), key=lambda record: record.batch)
        return newest.as_of.date(), newest.batch


def counting(records: Iterable[FileRecord]) -> list[FileRecord]:
    """The records that count, ordered by (source, file)."""
    by_source: dict[str, list[Snapshot]] = {}
    for (source, _), snapshot in snapshots_of(records).items():
        if snapshot.live:
            by_source.setdefault(source, []).append(snapshot)
    found: list[FileRecord] = []
    for snapshots in by_source.values():
        found += _in_force(sorted(snapshots, key=lambda snapshot: snapshot.rank)).values()
    return sorted(found, key=lambda record: (record.source, record.file))


def fingerprint(files: Iterable[FileRecord]) -> str:
    """One hash of what counts: equal for equal input, whatever home or day. files: ordered by (source, file)."""
    lines = "\n".join(f"{f.source}\t{f.file}\t{f.sha256}" for f in files)
    return hashlib.sha256(lines.encode()).hexdigest()


def snapshots_of(records: Iterable[FileRecord]) -> dict[tuple[str, str], Snapshot]:
    """(source, snapshot) -> its deliveries."""
    members: dict[tuple[str, str], list[FileRecord]] = {}
    for record in sorted(records, key=lambda record: record.batch):
        members.setdefault((record.source, record.snapshot), []).append(record)
    return {key: _snapshot(of_snapshot) for key, of_snapshot in members.items()}


def _snapshot(members: Sequence[FileRecord]) -> Snapshot:
    """members: ordered by batch, so that a later file of a name replaces the earlier one."""
    return Snapshot(
        names={record.file: record.series for record in members},
        live={record.file: record for record in members if record.withdrawn_at is None},
    )


def _in_force(snapshots: Sequence[Snapshot]) -> dict[str, FileRecord]:
    """Files in force by name: the newest snapshot's, and for each one withdrawn from it the version before.

    snapshots: oldest first, each with a live file. A dated file name changes with every delivery: the older files of a
    withdrawn name's series stand in for it, unless the snapshot still has another file of that series.
    """
    in_force: dict[str, FileRecord] = {}
    for snapshot in snapshots:
        withdrawn = {name: series for name, series in snapshot.names.items() if name not in snapshot.live}
        emptied = set(withdrawn.values()) - {record.series for record in snapshot.live.values()}
        again = {n: r for n, r in in_force.items() if n in withdrawn or r.series in emptied}
        in_force = {**again, **snapshot.live}
    return in_force
