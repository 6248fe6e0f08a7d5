"""Labelled layouts, a YAML file each: {id, product, family, record, origin, tuned, columns: [{header, values, gold}]}.

gold: acceptable canonical fields, the preferred one first; [] = the right answer is 'unmapped'. family: of the product;
what is trained is judged on families that it was not trained on. tuned: whether the vocabulary was written with this
layout in sight.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from discovery_pipeline.domain.handoffs import RawTable, TableInfo
from discovery_pipeline.domain.schema import RecordKind

HERE = Path(__file__).parent
# Ours, and the copy of the development corpus.
OURS, CORPUS = HERE / "layouts", HERE / "corpus"
# Figures are told apart by these: only on untuned layouts is the vocabulary as good as on an export nobody has seen.
DEVELOPMENT, TUNED, UNTUNED = "development corpus", "ours, tuned on", "ours, untuned"
PARTS = (DEVELOPMENT, TUNED, UNTUNED)


@dataclass(frozen=True)
class Labelled:
    """One labelled column. values: six cells, "" = empty."""

    header: str
    values: tuple[str, ...]
    gold: tuple[str, ...]

    def is_right(self, field: str | None) -> bool:
        """field: None or "" = unmapped."""
        return field in self.gold if self.gold else not field


@dataclass(frozen=True)
class Layout:
    """One export. columns: in its order. part: one of PARTS. origin: where its headers are from."""

    id: str
    family: str
    record: RecordKind
    part: str
    origin: str
    columns: tuple[Labelled, ...]

    @property
    def is_tuned(self) -> bool:
        """Whether the vocabulary was written with it in sight."""
        return self.part != UNTUNED


def load(folders: Iterable[Path] = (OURS, CORPUS)) -> list[Layout]:
    """All layouts of these folders, by file name within each."""
    return [_layout(path) for folder in folders for path in sorted(folder.glob("*.yaml"))]


def _layout(path: Path) -> Layout:
    given: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # safe
    columns = tuple(Labelled(c["header"], tuple(c["values"]), tuple(c["gold"])) for c in given["columns"])
    ours = TUNED if given.get("tuned", True) else UNTUNED
    part = DEVELOPMENT if path.parent == CORPUS else ours
    return Layout(
        given["id"], given.get("family", given["id"]), given["record"], part, given.get("origin", ""), columns
    )


def sample(layouts: Sequence[Layout], count: int | None) -> list[Layout]:
    """So many layouts, evenly spread; all when count is None."""
    if count is None or count >= len(layouts):
        return list(layouts)
    return [layouts[i * len(layouts) // count] for i in range(count)]


def tables(layouts: Sequence[Layout]) -> list[RawTable]:
    """Each layout as a table as a reader would hand it on, numbered in order, its name telling nothing."""
    return [_table(number, layout) for number, layout in enumerate(layouts)]


def _table(number: int, layout: Layout) -> RawTable:
    rows = len(layout.columns[0].values)
    cells = {
        f"c{i}": pl.Series([v or None for v in column.values], dtype=pl.String)
        for i, column in enumerate(layout.columns)
    }
    numbers = pl.int_range(rows, dtype=pl.Int64, eager=True)
    frame = pl.DataFrame({"row": numbers, "line": numbers + 2, **cells})
    name = f"t{number:04d}"
    info = TableInfo(number, "labelled", f"{name}.csv", name, tuple(c.header for c in layout.columns), rows)
    return RawTable(info, frame.lazy())


def digest(folders: Iterable[Path] = (OURS, CORPUS)) -> str:
    """Of the names and contents of all layouts: what an artefact was trained on."""
    found = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")):
            found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()
