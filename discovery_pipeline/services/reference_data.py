"""Dated data that results rest on (support dates, prices, ports): what ships, what was refreshed, what holds.

A refreshed table lies beside the tenants' frames, where every process of the installation sees it; its folder's name is
none that a tenant can have, and no tenant's data is in it. Keep out: what the tables mean (domain).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

from discovery_pipeline.domain.analysis.lifecycle.table import LifecycleTable, packaged_table_text, read_table
from discovery_pipeline.domain.analysis.sizing.catalogue import Catalogue, read_catalogue
from discovery_pipeline.domain.dependencies.ports.registry import registry
from discovery_pipeline.domain.errors import PermanentError, UsageError
from discovery_pipeline.domain.packaged import packaged_text
from discovery_pipeline.files.folders import open_folder

FOLDER = "_reference"
LIFECYCLE, PRICES, PORTS = "lifecycle", "prices", "ports"


class Dated(Protocol):
    """What every table says of itself. entries: releases, machine types."""

    @property
    def as_of(self) -> date: ...
    @property
    def source(self) -> str: ...
    @property
    def entries(self) -> int: ...


@dataclass(frozen=True)
class DataSet:
    """packaged: the text that ships. read: a table from its text, UsageError tells what is wrong with it."""

    name: str
    description: str
    packaged: Callable[[], str]
    read: Callable[[str], Dated]


DATA_SETS = {
    LIFECYCLE: DataSet(
        LIFECYCLE, "when vendors end support of systems, databases, middleware", packaged_table_text, read_table
    ),
    PRICES: DataSet(
        PRICES,
        "machine types of the clouds with their prices",
        lambda: packaged_text("discovery_pipeline.domain.analysis.sizing", "catalogue.yaml"),
        read_catalogue,
    ),
}


@dataclass(frozen=True)
class Standing:
    """The table of a data set that is in force. origin: packaged or refreshed; file, refreshed_at: of the latter."""

    name: str
    description: str
    as_of: date
    source: str
    entries: int
    sha256: str
    origin: str
    file: str | None = None
    refreshed_at: str | None = None
    is_refreshable: bool = True

    def document(self) -> dict[str, Any]:
        """JSON-ready."""
        return {**vars(self), "as_of": self.as_of.isoformat()}


def standing(location: str, name: str) -> Standing:
    """What is in force. location: of the frames. Raises UsageError for an unknown name."""
    if name == PORTS:
        return _ports()
    text, kept = _in_force(location, name)
    data_set, table = DATA_SETS[name], _read(DATA_SETS[name], text, kept)
    told = {"file": kept["file"], "refreshed_at": kept["refreshed_at"]} if kept else {}
    return Standing(
        name, data_set.description, table.as_of, table.source, table.entries, _sha256(text),
        "refreshed" if kept else "packaged", **told,
    )  # fmt: skip


def standings(location: str) -> list[Standing]:
    """What is in force of every data set."""
    return [standing(location, name) for name in (*DATA_SETS, PORTS)]


def text_in_force(location: str, name: str) -> str:
    """The text of the table in force. Raises UsageError for an unknown name."""
    return _in_force(location, name)[0]


def refresh(
    location: str, name: str, text: str, file: str, refreshed_at: str, force: bool = False
) -> tuple[Standing, Standing]:
    """Let a newer table hold for the whole installation; returns what held before and what holds now.

    file: where the text is from, for people. refreshed_at: when, ISO. Raises UsageError for what is no table, and for
    one that is older than the one in force unless forced.
    """
    data_set = _known(name)
    table, before = data_set.read(text), standing(location, name)
    if table.as_of < before.as_of and not force:
        raise UsageError(
            f"its dates are of {table.as_of.isoformat()}, those in force of {before.as_of.isoformat()}",
            where=file,
            advice="take a newer one, or add --force",
        )
    kept = {"name": name, "text": text, "file": file, "refreshed_at": refreshed_at, "forced": force}
    open_folder(location).put(json.dumps(kept, ensure_ascii=False).encode(), FOLDER, f"{name}.json")
    return before, standing(location, name)


def reset(location: str, name: str) -> Standing:
    """Let the packaged table hold again; returns it. Raises UsageError for an unknown name."""
    _known(name)
    open_folder(location).remove(FOLDER, f"{name}.json")
    return standing(location, name)


def lifecycle_table(location: str) -> LifecycleTable:
    """The table of support dates in force."""
    return read_table(text_in_force(location, LIFECYCLE))


def price_catalogue(location: str) -> Catalogue:
    """The price catalogue in force."""
    return read_catalogue(text_in_force(location, PRICES))


def reference_prints(location: str) -> dict[str, str]:
    """name -> hash of each table that an analysis rests on: another hash, and the analysis is to be made anew."""
    return {name: _sha256(text_in_force(location, name)) for name in DATA_SETS}


def _known(name: str) -> DataSet:
    if name == PORTS:
        raise UsageError("the registry of ports changes with the program only", where=PORTS, advice="")
    if name not in DATA_SETS:
        known = ", ".join((*DATA_SETS, PORTS))
        raise UsageError(f"there is no data set {name!r}", advice=f"one of: {known}")
    return DATA_SETS[name]


def _in_force(location: str, name: str) -> tuple[str, dict[str, Any] | None]:
    """(text, what was kept with it); None where the packaged one holds, as it does once it is newer."""
    data_set, packaged = _known(name), _known(name).packaged()
    kept = _kept(location, name)
    if kept is None:
        return packaged, None
    if not kept["forced"] and _read(data_set, kept["text"], kept).as_of < _table(name, packaged).as_of:
        return packaged, None
    return kept["text"], kept


def _kept(location: str, name: str) -> dict[str, Any] | None:
    """What was refreshed, with text, file, refreshed_at and forced; None where nothing was."""
    try:
        data = open_folder(location).read(FOLDER, f"{name}.json")
    except FileNotFoundError:
        return None
    try:
        kept: dict[str, Any] = json.loads(data)
        return {key: kept[key] for key in ("text", "file", "refreshed_at", "forced")}
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(name) from error


def _read(data_set: DataSet, text: str, kept: dict[str, Any] | None) -> Dated:
    try:
        return _table(data_set.name, text)
    except UsageError as error:
        raise (_damaged(data_set.name) if kept else error) from error


@lru_cache(maxsize=8)
def _table(name: str, text: str) -> Dated:
    """Read once: a sensor asks for every tenant."""
    return DATA_SETS[name].read(text)


def _damaged(name: str) -> PermanentError:
    return PermanentError(
        f"the refreshed table {name} can't be read by this version",
        where="reference data",
        advice=f"discovery data reset {name}, or refresh it",
    )


def _ports() -> Standing:
    ports = registry()
    printed = "\n".join(map(str, ports.frame().rows()))
    return Standing(
        PORTS, "which service a port names (IANA)", date.fromisoformat(str(ports.as_of)[:10]), ports.source,
        len(ports.assigned), _sha256(printed), "packaged", is_refreshable=False,
    )  # fmt: skip


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
