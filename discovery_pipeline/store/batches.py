"""What becomes of each file of a batch: added, unchanged or a duplicate. Pure; keep out: reading and writing tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from discovery_pipeline.store.snapshots import FileRecord, snapshots_of

Outcome = Literal["added", "unchanged", "duplicate"]


@dataclass(frozen=True)
class NewFile:
    """A file to register: its content is in the landing zone already. series: `file` without dates and counters."""

    source: str
    file: str
    series: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Decision:
    """same_as: the file that has the content already, where one has."""

    file: NewFile
    outcome: Outcome
    same_as: FileRecord | NewFile | None = None


def decide(
    files: Sequence[NewFile], as_of: date | None, records: Iterable[FileRecord], counts: Sequence[FileRecord]
) -> list[Decision]:
    """One decision per file, in the order given.

    as_of: the stated date, None = now. records: every delivery of the tenant. counts: those that count.
    """
    compared = counts if as_of is None else _of_date(as_of, records)
    present = {(record.source, record.sha256): record for record in compared}
    first: dict[str, NewFile] = {}
    for file in sorted(files, key=lambda file: (file.source, file.sha256) not in present):
        first.setdefault(file.sha256, file)
    fresh = [file for file in first.values() if (file.source, file.sha256) not in present]
    renewed, elsewhere = _renewed(fresh, counts)

    def decision(file: NewFile) -> Decision:
        known = present.get((file.source, file.sha256))
        if first[file.sha256] is not file:
            return Decision(file, "duplicate", first[file.sha256])
        if known and (as_of is not None or file.source not in renewed):
            return Decision(file, "unchanged", known)
        if _is_elsewhere(file, elsewhere):
            return Decision(file, "duplicate", elsewhere[file.sha256])
        return Decision(file, "added")

    return [decision(file) for file in files]


def _of_date(as_of: date, records: Iterable[FileRecord]) -> list[FileRecord]:
    """The files in force in the snapshots of a stated date."""
    name = as_of.isoformat()
    return [
        r for (_, label), snapshot in snapshots_of(records).items() if label == name for r in snapshot.live.values()
    ]


def _renewed(fresh: Sequence[NewFile], counts: Sequence[FileRecord]) -> tuple[set[str], dict[str, FileRecord]]:
    """The sources that get a new snapshot, and the contents that go on counting under the others, by hash.

    A content that counts under a source which is itself renewed is no hindrance: two files may swap their names. What
    turns out a duplicate may leave its source with nothing new, hence the loop; it only ever takes sources away.
    """
    renewed = {file.source for file in fresh}
    while True:
        elsewhere = {record.sha256: record for record in counts if record.source not in renewed}
        left = {file.source for file in fresh if not _is_elsewhere(file, elsewhere)}
        if left == renewed:
            return renewed, elsewhere
        renewed = left


def _is_elsewhere(file: NewFile, elsewhere: dict[str, FileRecord]) -> bool:
    return file.sha256 in elsewhere and elsewhere[file.sha256].source != file.source
