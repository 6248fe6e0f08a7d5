"""Files dropped into a tenant's folder of the landing zone: found, ingested once they are whole, then removed there.

The rules of names are those of `discovery ingest` on a folder. Keep out: when to look (the sensor).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.files.landing import file_id, is_content
from discovery_pipeline.services.delivery.deliveries import JUNK_ENDINGS, Delivered, Notice, junk, legible, no_data
from discovery_pipeline.services.delivery.ingest import IngestedFile, ingest_found
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.locks import drops_taker
from discovery_pipeline.store.tenants import list_tenants

# As long as anything in the folder changed this recently, somebody is still copying: what arrives together is one
# delivery, in which no file supersedes another.
SETTLED_S = 5.0


@dataclass(frozen=True)
class Drop:
    """A dropped file. file: its name for the tenant, relative to the folder, with slashes. seen: as it was found."""

    path: Path
    file: str
    seen: os.stat_result

    @property
    def changed_at(self) -> float:
        """Seconds since 1970. A copy may bring a modification time of its own, even one in the future; the change of
        the entry is the file system's."""
        modified = self.seen.st_mtime if self.seen.st_mtime <= time.time() else 0.0
        return max(modified, self.seen.st_ctime)

    @property
    def is_unfinished(self) -> bool:
        """Whether its name says that a program is still writing it."""
        return self.path.name.lower().endswith(JUNK_ENDINGS)

    def is_unchanged(self) -> bool:
        """Whether it is still the file that was found."""
        now = self.path.stat(follow_symlinks=False)
        return _version(now) == _version(self.seen)


@dataclass(frozen=True)
class TakenDrops:
    """files: what was ingested and removed from the folder. stay: what was left there, and why. notices: of the
    ingestion."""

    files: tuple[IngestedFile, ...] = ()
    stay: tuple[Notice, ...] = ()
    notices: tuple[Notice, ...] = ()


def take_drops(workspace: Workspace, tenant: str) -> TakenDrops:
    """Ingest what was dropped for a tenant, as one delivery, unless something in its folder is still changing.

    Whatever can't be ingested stays where it is. Killed at any point, the next call takes up what is left: ingesting
    the same content twice changes nothing. Raises UsageError, TenantBusy while another process takes them, Unreachable.
    """
    found = list(_below(workspace.landing.drop_folder(tenant)))
    changing = [drop for drop in found if time.time() - drop.changed_at < SETTLED_S]
    if changing:
        return TakenDrops(stay=tuple(Notice(drop.file, "is still being written") for drop in changing))
    usable, stay = _sorted_out([drop for drop in found if not drop.is_unfinished])
    if not usable:
        return TakenDrops(stay=tuple(stay))
    with drops_taker(workspace.database, tenant):
        delivered = [Delivered(drop.path, drop.file, drop.seen.st_size, file_id(drop.seen)) for drop in usable]
        report = ingest_found(workspace.settings, workspace.database, tenant, delivered)
        stay += [notice for drop in usable for notice in _removed(drop)]
    return TakenDrops(report.files, tuple(stay), report.notices)


def dropped_for_nobody(workspace: Workspace) -> list[str]:
    """Names in the landing zone that are no tenant's: a file beside the folders, a folder with a slip in its name."""
    with suppress(FileNotFoundError):
        tenants = {tenant.name for tenant in list_tenants(workspace.database)}
        names = sorted(os.listdir(workspace.landing.root))
        return [legible(name) for name in names if name not in tenants and not name.startswith(".")]
    return []


def _below(folder: Path, prefix: str = "") -> Iterator[Drop]:
    """Every file that may be meant, by name; hidden ones, links and contents are none."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise UsageError(f"can't be read: {error.strerror}", where=str(folder)) from error
    for entry in entries:
        if entry.name.startswith(".") or entry.is_symlink() or is_content(prefix.rstrip("/"), entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _below(Path(entry.path), f"{prefix}{entry.name}/")
        elif entry.is_file(follow_symlinks=False):
            with suppress(FileNotFoundError):  # renamed since, by the program that wrote it
                yield Drop(Path(entry.path), legible(prefix + entry.name), entry.stat(follow_symlinks=False))


def _sorted_out(found: Sequence[Drop]) -> tuple[list[Drop], list[Notice]]:
    """What can be ingested, each name once, and why the rest can't."""
    usable: dict[str, Drop] = {}
    stay = []
    for drop in found:
        reason = _why_not_taken(drop)
        if reason:
            stay.append(Notice(drop.file, reason))
        else:
            usable.setdefault(drop.file, drop)
    return list(usable.values()), stay


def _why_not_taken(drop: Drop) -> str:
    if reason := junk(drop.path.name) or no_data(drop.path.name):
        return reason
    if not os.access(drop.path, os.R_OK):
        return "can't be read: permission denied"
    if not os.access(drop.path.parent, os.W_OK | os.X_OK):
        return "could not be removed from its folder afterwards: permission denied"
    return ""


def _removed(drop: Drop) -> Iterator[Notice]:
    """Remove an ingested drop from the folder; yields why it stays, where it does."""
    try:
        if drop.is_unchanged():
            drop.path.unlink()
        else:
            yield Notice(drop.file, "changed while it was being taken, and will be taken again")
    except FileNotFoundError:
        return
    except OSError as error:
        yield Notice(drop.file, f"was ingested but can't be removed: {error.strerror}")


def _version(seen: os.stat_result) -> tuple[int, ...]:
    return seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns
