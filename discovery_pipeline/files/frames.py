"""Frames: the Parquet files that phases hand on, one folder per tenant and asset, published as versions.

    <location>/<tenant>/<asset>/current.json            the pointer: which version readers see
    <location>/<tenant>/<asset>/<version>/<part>.parquet, files/<name>, manifest.json

A version is written where no reader looks and becomes visible when the pointer is replaced, in one atomic step. A
process killed at any point leaves the old version or the new one, and what it left aside goes with the next stage().
One writer per tenant is assumed (the store's lock); readers need none. Keep out: what the frames mean.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import polars as pl

from discovery_pipeline.domain.errors import PermanentError
from discovery_pipeline.files.folders import Folder, Frame, LocalFolder, RemoteFolder, open_folder
from discovery_pipeline.files.isolation import checked, is_allowed

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_POINTER = "current.json"
_MANIFEST = "manifest.json"
_FILES = "files"


class MissingFrame(PermanentError):
    """Nothing is published under this asset, version, part or name."""


@dataclass(frozen=True)
class _Pointer:
    """version: what readers see. previous and keep: versions that stay readable until a later publish drops them."""

    version: str
    previous: str | None = None
    keep: tuple[str, ...] = ()

    @property
    def alive(self) -> set[str]:
        return {self.version, *self.keep} | ({self.previous} if self.previous else set())


@dataclass(frozen=True)
class _Manifest:
    """What a version holds: parts with their rows, names of files, the JSON document of its writer."""

    parts: dict[str, int]
    files: tuple[str, ...]
    meta: dict[str, Any]


class FrameStore:
    """The frames of all tenants. location: local path or fsspec URL."""

    def __init__(self, location: str) -> None:
        self.location = location
        self._folder = open_folder(location)

    def open(self, tenant: str) -> TenantFrames:
        """The frames of one tenant; nothing is created. Raises IsolationViolation for a name that isn't one."""
        return TenantFrames(self._folder, checked("tenant", tenant))

    def remove(self, tenant: str) -> None:
        """Remove everything of a tenant; pointers go first, so that no reader meets half a version."""
        checked("tenant", tenant)
        for asset in self._folder.names(tenant):
            self._folder.remove(tenant, asset, _POINTER)
        self._folder.remove(tenant)


class TenantFrames:
    """One tenant's frames: the only door to them.

    Without `version` a method reads the one published now; pass version() to read several parts of the same one while
    a run goes on.
    """

    def __init__(self, folder: LocalFolder | RemoteFolder, tenant: str) -> None:
        self.tenant = tenant
        self._folder = folder

    def stage(self, asset: str) -> StagedFrame:
        """Begin a new version of an asset, unseen until it is published. Removes what a killed writer left."""
        checked("asset", asset)
        pointer = _read_pointer(self._folder, self.tenant, asset)
        _remove_versions(self._folder, self.tenant, asset, pointer.alive if pointer else set())
        return StagedFrame(self._folder, self.tenant, asset, _next_version(pointer), pointer)

    def has(self, asset: str) -> bool:
        """Whether a version is published."""
        return self.version(asset) is not None

    def version(self, asset: str) -> str | None:
        """The id of the version readers see now; ids of one asset sort by time of publication."""
        pointer = _read_pointer(self._folder, self.tenant, checked("asset", asset))
        return pointer.version if pointer else None

    def scan(self, asset: str, part: str, version: str | None = None) -> pl.LazyFrame:
        """One part as a lazy frame. Raises MissingFrame."""
        version, manifest = self._published(asset, version)
        if checked("part", part) not in manifest.parts:
            raise self._missing(f"{asset} has no part {part}", "its parts: " + ", ".join(sorted(manifest.parts)))
        return self._folder.scan_parquet(self.tenant, asset, version, f"{part}.parquet")

    def parts(self, asset: str, version: str | None = None) -> list[str]:
        """Names of the parts, sorted. Raises MissingFrame."""
        return sorted(self._published(asset, version)[1].parts)

    def meta(self, asset: str, version: str | None = None) -> dict[str, Any]:
        """The JSON document that the writer set. Raises MissingFrame."""
        return self._published(asset, version)[1].meta

    def read_bytes(self, asset: str, name: str, version: str | None = None) -> bytes:
        """A file's content. Raises MissingFrame."""
        return self._folder.read(*self._file(asset, name, version))

    def location(self, asset: str, name: str) -> str:
        """Absolute path or URL of a published file. Raises MissingFrame."""
        return self._folder.place(*self._file(asset, name, None))

    def duckdb(self, *assets: str) -> DuckDBPyConnection:
        """A connection that reaches this tenant's frames and nothing else; its configuration is locked.

        One view per published part of this moment: `<asset>` where the part is named like the asset, otherwise
        `<asset>__<part>`. assets: of these alone, for each view costs a look at its file; of all where none is named.
        """
        from discovery_pipeline.files import duck

        parts = self._published_parts(assets or self._folder.names(self.tenant))
        names = {_view(asset, part): keys for asset, part, keys in parts}
        if isinstance(self._folder, LocalFolder):
            folder = self._folder
            return duck.over_directory(folder.path(self.tenant), {n: folder.path(*k) for n, k in names.items()})
        return duck.over_datasets({n: self._folder.dataset(*k) for n, k in names.items()})

    def _published_parts(self, assets: Collection[str]) -> list[tuple[str, str, tuple[str, ...]]]:
        found: list[tuple[str, str, tuple[str, ...]]] = []
        for asset in assets:
            if is_allowed("asset", asset) and self.has(asset):
                version, manifest = self._published(asset, None)
                found += [(asset, p, (self.tenant, asset, version, f"{p}.parquet")) for p in sorted(manifest.parts)]
        return found

    def _file(self, asset: str, name: str, version: str | None) -> tuple[str, ...]:
        version, manifest = self._published(asset, version)
        if checked("file", name) not in manifest.files:
            raise self._missing(f"{asset} has no file {name}", "its files: " + (", ".join(manifest.files) or "none"))
        return self.tenant, asset, version, _FILES, name

    def _published(self, asset: str, version: str | None) -> tuple[str, _Manifest]:
        current = self.version(asset) if version is None else version
        if current is None:
            raise self._missing(f"{asset} is not there yet", "run the phases up to it: discovery run TENANT")
        try:
            return current, _read_manifest(self._folder, self.tenant, checked("asset", asset), current)
        except FileNotFoundError:
            raise self._missing(f"{asset} has no version {current}", "read the one published now") from None

    def _missing(self, message: str, advice: str) -> MissingFrame:
        return MissingFrame(message, where=f"frames of tenant {self.tenant}", advice=advice)


class StagedFrame:
    """A version being written. As a context manager it leaves nothing behind unless it was published."""

    def __init__(self, folder: Folder, tenant: str, asset: str, version: str, before: _Pointer | None) -> None:
        self._folder = folder
        self._tenant = tenant
        self._asset = asset
        self._version = version
        self._before = before
        self._parts: dict[str, int] = {}
        self._files: list[str] = []
        self._meta: dict[str, Any] = {}
        self._open = True

    @property
    def version(self) -> str:
        """The id under which it will be published."""
        return self._version

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._open:
            self._open = False
            self._folder.remove(*self._place())

    def write(self, part: str, frame: Frame) -> int:
        """Write a part, replacing one of this name; returns its rows. Lazy frames stream to a local store."""
        place = self._writable(f"{checked('part', part)}.parquet")
        self._parts[part] = self._folder.write_parquet(frame, *place)
        return self._parts[part]

    def take_over(self, part: str, version: str) -> int:
        """Hold a part of an earlier version of this asset unchanged, without writing its rows again; returns its rows.

        It stays when that version goes. Raises MissingFrame.
        """
        place = self._writable(f"{checked('part', part)}.parquet")
        earlier = (self._tenant, self._asset, checked("version", version), f"{part}.parquet")
        try:
            rows = _read_manifest(self._folder, self._tenant, self._asset, version).parts[part]
            self._folder.share(earlier, place)
        except (FileNotFoundError, KeyError):
            where = f"{self._asset} of tenant {self._tenant}"
            raise MissingFrame(f"version {version} has no part {part}", where=where) from None
        self._parts[part] = rows
        return rows

    def write_bytes(self, name: str, data: bytes) -> None:
        """Write a file, replacing it where it was written before."""
        self._folder.put(data, *self._writable(_FILES, checked("file", name)))
        self._files = sorted({*self._files, name})

    def set_meta(self, meta: dict[str, Any]) -> None:
        """Set the version's document; it has to be JSON. Raises TypeError or ValueError when it isn't."""
        json.dumps(meta, allow_nan=False)
        self._meta = meta

    def scan(self, part: str) -> pl.LazyFrame:
        """A part already written to this stage: what the checks before publishing read. Raises MissingFrame."""
        if checked("part", part) not in self._parts:
            raise MissingFrame(f"part {part} is not written yet", where=f"{self._asset} of tenant {self._tenant}")
        return self._folder.scan_parquet(*self._place(f"{part}.parquet"))

    def publish(self, keep: Collection[str] = ()) -> str:
        """Make this the version readers see, in one atomic step; returns its id.

        All other versions go, except the previous one and those in `keep` (ids; unknown ones are ignored).
        """
        document = {"parts": self._parts, "files": self._files, "meta": self._meta}
        self._folder.put(_json(document), *self._writable(_MANIFEST))
        previous = self._before.version if self._before else None
        pointer = _Pointer(self._version, previous, tuple(sorted(checked("version", v) for v in keep)))
        fields = {"version": pointer.version, "previous": pointer.previous, "keep": list(pointer.keep)}
        # Closed before the put: when a store reports a failure for a put that did succeed, the version must stay.
        self._open = False
        self._folder.put(_json(fields), self._tenant, self._asset, _POINTER)
        _remove_versions(self._folder, self._tenant, self._asset, pointer.alive)
        return self._version

    def _place(self, *names: str) -> tuple[str, ...]:
        return self._tenant, self._asset, self._version, *names

    def _writable(self, *names: str) -> tuple[str, ...]:
        if not self._open:
            raise ValueError(f"{self._asset}: this stage is closed; a published version never changes")
        return self._place(*names)


def _read_pointer(folder: Folder, tenant: str, asset: str) -> _Pointer | None:
    try:
        document = json.loads(folder.read(tenant, asset, _POINTER))
    except FileNotFoundError:
        return None
    return _Pointer(document["version"], document["previous"], tuple(document["keep"]))


def _read_manifest(folder: Folder, tenant: str, asset: str, version: str) -> _Manifest:
    document = json.loads(folder.read(tenant, asset, checked("version", version), _MANIFEST))
    return _Manifest(document["parts"], tuple(document["files"]), document["meta"])


def _next_version(pointer: _Pointer | None) -> str:
    number = int(pointer.version.split("-")[0]) + 1 if pointer else 1
    return f"{number:06d}-{secrets.token_hex(4)}"


def _remove_versions(folder: Folder, tenant: str, asset: str, alive: set[str]) -> None:
    for name in folder.names(tenant, asset):
        if name != _POINTER and name not in alive:
            folder.remove(tenant, asset, name)


def _view(asset: str, part: str) -> str:
    return asset if asset == part else f"{asset}__{part}"


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, allow_nan=False, sort_keys=True).encode()
