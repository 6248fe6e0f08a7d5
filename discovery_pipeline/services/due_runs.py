"""What a tenant's next run would find that its last one did not know: files, corrections, other settings.

Keep out: starting runs, and whether one goes on (the sensors).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from discovery_pipeline.domain.learning.kinds import FIRST_ASSET, KINDS, Kind
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.services.analysis_basis import REFERENCE
from discovery_pipeline.services.reference_data import reference_prints
from discovery_pipeline.services.run_frames import ASSETS, newest_frames, outdated_among
from discovery_pipeline.services.tenant_settings import FIRST_SAY as SETTING_SAYS
from discovery_pipeline.services.tenant_settings import SETTINGS, tenant_settings
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.corrections import newest_by_kind
from discovery_pipeline.store.run_holds import standing_hold
from discovery_pipeline.store.snapshots import fingerprint
from discovery_pipeline.store.sources import files_state

# What a result rests on beside files and corrections -> the asset in which it has its first say.
FIRST_SAY = {**SETTING_SAYS, REFERENCE: "analysis"}
# The earliest asset in which something learned from analysts has a say.
FIRST_CORRECTED = "column_mapping"
PRINT_LENGTH = 16


@dataclass(frozen=True)
class FilesDue:
    """files: how many count. print: fingerprint of what counts; used: of what the last run read, None before one.

    changed_at: the last delivery or withdrawal.
    """

    tenant: str
    files: int
    print: str
    used: str | None
    changed_at: datetime | None

    @property
    def is_due(self) -> bool:
        """Whether the files that count are others than those of the last run, and there are any."""
        return self.files > 0 and self.print != self.used

    @property
    def all_gone(self) -> bool:
        """Whether a run read files, and none counts any more."""
        return self.files == 0 and self.used is not None

    @property
    def run_key(self) -> str:
        """One key per state of the files. A state that comes back after another one is a state of its own."""
        moment = self.changed_at.astimezone(UTC).isoformat() if self.changed_at else "-"
        return f"{self.tenant}:files:{self.print[:PRINT_LENGTH]}:{moment}"


@dataclass(frozen=True)
class CorrectionsDue:
    """newest: the highest correction that waits, 0 where only a setting does. first: the earliest asset in which what
    waits has a say. settings: those (and dated tables) that a result rests on and that were others at the last run,
    with their values.

    start: `apply` where the published frames fit each other, `all` where the run has to begin with the files.
    """

    tenant: str
    newest: int
    first: str
    start: Literal["apply", "all"]
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def assets(self) -> tuple[str, ...]:
        """What an applying run makes anew: the first asset and everything after it."""
        return assets_from(self.first)

    @property
    def run_key(self) -> str:
        text = "\n".join(f"{name}: {value}" for name, value in self.settings)
        print_ = f":{hashlib.sha256(text.encode()).hexdigest()[:PRINT_LENGTH]}" if text else ""
        return f"{self.tenant}:corrections:{self.newest}{print_}"


def files_due(workspace: Workspace, tenant: str) -> FilesDue:
    """Compare the files that count with those of the last run. Raises UsageError, Unreachable."""
    state = files_state(workspace.database, tenant)
    used = _document(workspace.frames.open(tenant), "raw_export").get("fingerprint")
    return FilesDue(tenant, len(state.files), fingerprint(state.files), used, state.changed_at)


def corrections_due(workspace: Workspace, tenant: str) -> CorrectionsDue | None:
    """What analysts decided, undid, had forgotten or set since; None where nothing, or before anything was mapped."""
    newest = newest_by_kind(workspace.database, tenant)
    frames = workspace.frames.open(tenant)
    if not frames.has(FIRST_CORRECTED):
        return None
    used = corrections_used(frames)
    waiting = {kind: number for kind, number in newest.items() if number > used[kind]}
    settings = _other_settings(workspace, frames)
    firsts = [FIRST_ASSET[kind] for kind in waiting] + [FIRST_SAY[name] for name, _ in settings]
    if not firsts:
        return None
    first = min(firsts, key=ASSETS.index)
    start: Literal["apply", "all"] = "apply" if inputs_fit(frames, first) else "all"
    return CorrectionsDue(tenant, max(waiting.values(), default=0), first, start, settings)


def why_held(workspace: Workspace, tenant: str) -> str:
    """Why no run may be started by itself, in words: somebody paused one. "" where one may. Raises Unreachable."""
    hold = standing_hold(workspace.database, tenant)
    if hold is None:
        return ""
    return f"a run waits before {hold.before}, paused by {hold.asked_by}: discovery resume {tenant}, or cancel it"


def _other_settings(workspace: Workspace, frames: TenantFrames) -> tuple[tuple[str, str], ...]:
    """The settings that a published result rests on, where it was made under others, with the values in force."""
    wanted = tenant_settings(workspace.database, frames.tenant)
    others = [
        (name, wanted[name])
        for name, asset in SETTING_SAYS.items()
        if frames.version(asset) and wanted[name] != _document(frames, asset).get(name, SETTINGS[name].default)
    ]
    return (*others, *_other_tables(workspace, frames))


def _other_tables(workspace: Workspace, frames: TenantFrames) -> list[tuple[str, str]]:
    """The dated tables, where those that the last analysis knew are no longer in force."""
    used = _document(frames, FIRST_SAY[REFERENCE]).get(REFERENCE) if frames.version(FIRST_SAY[REFERENCE]) else None
    wanted = reference_prints(workspace.settings.frames_location) if used else None
    return [(REFERENCE, json.dumps(wanted, sort_keys=True))] if used != wanted else []


def corrections_used(frames: TenantFrames) -> dict[Kind, int]:
    """Per kind the highest number that the newest frames used; 0 where nothing is published."""
    used = {asset: int(_document(frames, asset).get("corrections") or 0) for asset in set(FIRST_ASSET.values())}
    return {kind: used[FIRST_ASSET[kind]] for kind in KINDS}


def assets_from(first: str) -> tuple[str, ...]:
    """The asset and everything that is made from it, in order."""
    return ASSETS[ASSETS.index(first) :]


def inputs_fit(frames: TenantFrames, first: str) -> bool:
    """Whether everything before an asset is there, and made from what is published."""
    newest = newest_frames(frames)
    inputs = ASSETS[: ASSETS.index(first)]
    return all(newest.has(asset) for asset in inputs) and not outdated_among(newest, inputs)


def _document(frames: TenantFrames, asset: str) -> dict[str, Any]:
    """What the asset's writer published with it; nothing before the first run."""
    version = frames.version(asset)
    return frames.meta(asset, version) if version else {}
