"""The frames that belong together: an inventory and exactly what it was made from, and what was made from it.

A run that was stopped leaves newer frames of the early phases beside an older inventory; row numbers of the one mean
nothing in the other. Keep out: what is read from the frames.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import ColumnBinding, TableInfo, TableKind, table_info, table_kind
from discovery_pipeline.files.frames import MissingFrame, TenantFrames

# An asset's meta may name the versions it was made from: {"inputs": {asset: version}}.
BEFORE = (
    "raw_export", "export_findings", "mapping_proposals", "model_answers", "column_mapping", "canonical_records",
    "clean_records", "quarantined_records",
)  # fmt: skip
ANCHOR = "inventory"
AFTER = ("inventory_changes", "dependencies", "analysis", "discovery_report")
ASSETS = (*BEFORE, ANCHOR, *AFTER)


@dataclass(frozen=True)
class RunFrames:
    """One consistent set of published versions.

    outdated: published assets of another inventory, or no longer there in the version that this one was made from.
    """

    frames: TenantFrames
    versions: Mapping[str, str]
    outdated: tuple[str, ...] = ()

    @property
    def tenant(self) -> str:
        return self.frames.tenant

    @property
    def newer_files_wait(self) -> bool:
        """Whether files were read after this inventory was made, by a run that was stopped before the next one."""
        return self.frames.version("raw_export") != self.versions.get("raw_export")

    def has(self, asset: str, part: str | None = None) -> bool:
        """Whether the set holds the asset (and this part of it)."""
        return asset in self.versions and (part is None or part in self.parts(asset))

    def parts(self, asset: str) -> list[str]:
        """The part names of an asset. Raises MissingFrame."""
        return self.frames.parts(asset, self._version(asset))

    def scan(self, asset: str, part: str) -> pl.LazyFrame:
        """One part. Raises MissingFrame."""
        return self.frames.scan(asset, part, self._version(asset))

    def meta(self, asset: str) -> dict[str, Any]:
        """The document of an asset. Raises MissingFrame."""
        return self.frames.meta(asset, self._version(asset))

    def read_bytes(self, asset: str, name: str) -> bytes:
        """A file of an asset. Raises MissingFrame."""
        return self.frames.read_bytes(asset, name, self._version(asset))

    def tables(self) -> list[TableInfo]:
        """The tables that were read, by number."""
        return sorted((table_info(t) for t in self.meta("raw_export")["tables"]), key=lambda t: t.table_no)

    def kinds(self) -> dict[int, TableKind]:
        """What a row of each table is, by table number, as it was mapped."""
        return self._kinds("column_mapping" if self.has("column_mapping") else "export_findings")

    def kinds_found(self) -> dict[int, TableKind]:
        """What validation took each table for, before anything learned."""
        return self._kinds("export_findings")

    def _kinds(self, asset: str) -> dict[int, TableKind]:
        return {kind.table_no: kind for kind in map(table_kind, self.meta(asset)["kinds"])}

    def bindings(self, table_no: int) -> tuple[ColumnBinding, ...]:
        """The columns of a canonical table; none for a table that has no canonical frame."""
        documents = self.meta("canonical_records")["bindings"].get(str(table_no), [])
        return tuple(ColumnBinding(**document) for document in documents)

    def _version(self, asset: str) -> str:
        if asset not in self.versions:
            raise MissingFrame(
                f"{asset} is not there yet",
                where=f"frames of tenant {self.tenant}",
                advice=f"run the phases up to it: discovery run {self.tenant}",
            )
        return self.versions[asset]


def newest_frames(frames: TenantFrames) -> RunFrames:
    """What each asset's writer published last: what the next asset of a run works on."""
    return RunFrames(frames, {asset: version for asset in ASSETS if (version := frames.version(asset))})


def outdated_among(newest: RunFrames, assets: Iterable[str]) -> set[str]:
    """Of these assets and all they were made from: those that something has been published anew beneath."""
    outdated, waiting, seen = set(), list(assets), set[str]()
    while waiting:
        asset = waiting.pop()
        seen.add(asset)
        inputs = newest.meta(asset).get("inputs", {}) if newest.has(asset) else {}
        if any(newest.versions.get(source) != version for source, version in inputs.items()):
            outdated.add(asset)
        waiting += [source for source in inputs if source not in seen]
    return outdated


def run_frames(frames: TenantFrames) -> RunFrames:
    """The newest inventory and what belongs to it; before there is one, the furthest asset takes its place."""
    newest = newest_frames(frames).versions
    anchor = next((asset for asset in (ANCHOR, *reversed(BEFORE)) if asset in newest), None)
    made_from = _made_from(frames, newest, anchor) if anchor else {}
    versions = {asset: version for asset, version in made_from.items() if _inputs(frames, asset, version) is not None}
    for asset in (a for a in ASSETS if a in newest and a not in made_from):
        inputs = _inputs(frames, asset, newest[asset]) or {}
        if all(versions.get(source) == version for source, version in inputs.items()):
            versions[asset] = newest[asset]
    return RunFrames(frames, versions, tuple(a for a in ASSETS if a in newest and a not in versions))


def frames_of(frames: TenantFrames, asset: str) -> RunFrames:
    """The newest version of an asset and everything it was made from; empty before it was ever published."""
    newest = newest_frames(frames).versions
    return RunFrames(frames, _made_from(frames, newest, asset) if asset in newest else {})


def _made_from(frames: TenantFrames, newest: Mapping[str, str], anchor: str) -> dict[str, str]:
    """The newest version of an asset and of everything it was made from, as each asset names its inputs."""
    versions = {anchor: newest[anchor]}
    for asset in (a for a in (ANCHOR, *reversed(BEFORE)) if a in versions):
        for source, version in (_inputs(frames, asset, versions[asset]) or {}).items():
            versions.setdefault(source, version)
    return versions


def _inputs(frames: TenantFrames, asset: str, version: str) -> dict[str, str] | None:
    """The versions that an asset was made from; None when this version of it is no longer there."""
    try:
        inputs: dict[str, str | None] = frames.meta(asset, version).get("inputs", {})
    except MissingFrame:
        return None
    return {source: made_from for source, made_from in inputs.items() if made_from}
