"""The truth files beside the exports: assets, records, dependencies, mappings. Only tests read them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from benchmarks.northwind.edges import Edges
from benchmarks.northwind.exports import Export
from benchmarks.northwind.things import Thing, World


def truth_files(world: World, exports: Sequence[Export], edges: Edges) -> dict[str, bytes]:
    """File name -> bytes, LF ends, sorted by their keys."""
    described = {r.true_id for e in exports for t in e.tables for r in t.rows}
    return {
        "assets.csv": table(ASSETS, (asset(t, t.id in described) for t in world.things)),
        "records.csv": table(("file", "table", "row", "outcome", "true_id", "note"), records(exports)),
        "dependencies.csv": table(("from", "to", "to_address", "kind", "required"), dependencies(edges)),
        "mappings.csv": table(("file", "table", "position", "header", "field"), mappings(exports)),
    }


ASSETS = (
    "true_id",
    "name",
    "fqdn",
    "type",
    "environment",
    "os_family",
    "cpu_count",
    "memory_mib",
    "storage_gib",
    "serial_number",
    "uuid",
    "ip_address",
    "owner",
    "applications",
    "parent",
    "retired",
    "is_template",
    "described",
)


def asset(thing: Thing, described: bool) -> tuple[object, ...]:
    family = thing.os.family if thing.os else ""
    return (
        thing.id,
        thing.name,
        thing.fqdn if thing.os and not thing.is_template else "",
        thing.type,
        thing.environment,
        family,
        thing.cpus or "",
        thing.memory_mib or "",
        sum(thing.disks_gib) or "",
        thing.serial,
        thing.uuid,
        thing.ip,
        thing.owner,
        ";".join(thing.apps),
        thing.parent,
        int(thing.stale),
        int(thing.is_template),
        int(described),
    )


def records(exports: Sequence[Export]) -> Iterable[tuple[object, ...]]:
    for export in sorted(exports, key=lambda e: e.file):
        for t in export.tables:
            for number, row in enumerate(t.rows):
                yield export.file, t.name, number, row.outcome, row.true_id, row.note


def dependencies(edges: Edges) -> Iterable[tuple[object, ...]]:
    for (source, target, address), (kind, required) in sorted(edges.found.items()):
        yield source, target, address, kind, int(required)


def mappings(exports: Sequence[Export]) -> Iterable[tuple[object, ...]]:
    for export in sorted(exports, key=lambda e: e.file):
        for t in export.tables:
            for position, (header, field) in enumerate(t.headers):
                yield export.file, t.name, position, header, field


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")
