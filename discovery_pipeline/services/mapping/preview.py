"""The `discovery map` use case: what would be mapped to what, in files that nothing is stored of.

Keep out: choosing mappings (domain), reading formats (files), printing (roots).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from discovery_pipeline.domain.errors import UnreadableFile
from discovery_pipeline.domain.handoffs import RawTable, TableInfo
from discovery_pipeline.domain.mapping.candidates import propose
from discovery_pipeline.domain.mapping.recall.learned import Recall, nothing_learned
from discovery_pipeline.domain.mapping.resolve import ResolveParams, resolve
from discovery_pipeline.domain.validation.intake import inspect
from discovery_pipeline.files.readers import ReadLimits, ReadTable, read_file
from discovery_pipeline.services.delivery.deliveries import Delivered, find
from discovery_pipeline.services.delivery.source_names import default_source
from discovery_pipeline.services.learning.tracker import NOBODY_LOOKED, LookedAt
from discovery_pipeline.services.mapping.document import mapping_document
from discovery_pipeline.services.mapping.meanings import Meanings

_NOWHERE = Path(os.devnull)
_DEFAULTS = ResolveParams()
_LIMITS = ReadLimits()


def preview(
    paths: Sequence[Path],
    recall: Recall = nothing_learned,
    without: Path = _NOWHERE,
    params: ResolveParams = _DEFAULTS,
    meanings: Meanings | None = None,
    limits: ReadLimits = _LIMITS,
    seen: LookedAt = NOBODY_LOOKED,
) -> dict[str, Any]:
    """The contract's `discovery map --json` document of these files and folders, and what of the folders was left out.

    recall: what a tenant has learned. without: a folder never entered (our own home). params: what is
    accepted. meanings: of headers that no word explains, not compared by default. limits: of what a file may hold.
    seen: what people made of the tenant's mappings so far; each file stands under the source it would have by default.
    A file, or a member of an archive, that cannot be read is an entry with "error". Raises UsageError when a path is
    missing or holds no file, MappingConflict when two decisions recalled claim one column.
    """
    delivered, notices = find(paths, without)
    tables: list[RawTable] = []
    unreadable: dict[str, str] = {}
    for item in delivered:
        try:
            for read in read_file(item.path, item.file, limits):
                _add(read, tables, unreadable)
        except UnreadableFile as error:
            unreadable[item.file] = error.message
    unreadable |= _without_tables(delivered, tables, unreadable)
    intake = inspect(tables)
    kinds = intake.kinds
    infos = [table.info for table in tables]
    meanings = meanings or Meanings(None)
    proposals = propose(tables, kinds, embed=meanings.embed, labelled=meanings.labelled, profiles=intake.profiles)
    placed = [replace(info, source=default_source(info.file.split("!/")[0])) for info in infos]
    known = recall(placed, kinds, proposals)
    params = replace(params, accept_for=seen.accept_for(params.precision, placed))
    mappings = resolve(known.proposals, known.kinds, known.overrides, params)
    document = mapping_document(infos, {kind.table_no: kind for kind in known.kinds}, mappings, unreadable)
    return document | {"left_out": [asdict(notice) for notice in notices]}


def _add(read: ReadTable, tables: list[RawTable], unreadable: dict[str, str]) -> None:
    if read.is_table:
        info = TableInfo(len(tables), "", read.file, read.table, tuple(read.headers), read.rows, read.format)
        tables.append(RawTable(info, read.frame.lazy()))
    for found in read.findings:
        if found["severity"] == "error" and not read.is_table:
            unreadable[found["file"]] = found["detail"]


def _without_tables(
    delivered: Sequence[Delivered], tables: Sequence[RawTable], unreadable: dict[str, str]
) -> dict[str, str]:
    """Files of which neither a table nor an error is known: empty ones."""
    told = {name.split("!/")[0] for name in [*unreadable, *(table.info.file for table in tables)]}
    return {item.file: "it holds no table" for item in delivered if item.file not in told}
