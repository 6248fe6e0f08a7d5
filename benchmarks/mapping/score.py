"""Scores automatic mapping on labelled layouts, through the same door as `discovery map`.

Run: python -m benchmarks.mapping_corpus FOLDER [--wrong]. FOLDER holds layouts: YAML with id, record and columns of
{header, values, gold}; gold is the list of acceptable fields, [] = unmapped. Each layout is written to a CSV with a
neutral name, so that nothing but headers and values can help.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from discovery_pipeline.domain.mapping.patterns import Recall
from discovery_pipeline.services.mapping.preview import nothing_learned, preview


@dataclass(frozen=True)
class ColumnScore:
    """One labelled column and what was predicted for it."""

    layout: str
    record: str
    header: str
    gold: tuple[str, ...]
    field: str | None
    confidence: float

    @property
    def is_right(self) -> bool:
        return self.field in self.gold if self.gold else self.field is None


@dataclass(frozen=True)
class Score:
    """columns: every labelled column. wrong_kinds: layouts whose record kind was not inferred, with what was."""

    columns: tuple[ColumnScore, ...]
    wrong_kinds: tuple[str, ...]

    @property
    def accuracy(self) -> float:
        return _share([c.is_right for c in self.columns])

    @property
    def precision(self) -> float:
        return _share([c.is_right for c in self.columns if c.field])

    @property
    def recall(self) -> float:
        return _share([c.is_right for c in self.columns if c.gold])

    @property
    def preferred(self) -> float:
        return _share([c.field == c.gold[0] for c in self.columns if c.gold and c.is_right])

    @property
    def layout_mean(self) -> float:
        layouts = {c.layout: [d.is_right for d in self.columns if d.layout == c.layout] for c in self.columns}
        return _share([_share(right) for right in layouts.values()])


def _share(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 1.0


def score(folder: Path, recall: Recall = nothing_learned) -> Score:
    """Map every layout of a folder and compare with its labels. recall: what corrections taught before."""
    layouts = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yaml"))]
    with tempfile.TemporaryDirectory() as scratch:
        for number, layout in enumerate(layouts):
            _write(layout, Path(scratch) / f"l{number:03d}.csv")
        files = preview([Path(scratch)], recall)["files"]
    found = {file["file"]: file["tables"][0] for file in files}
    scored = [(layout, found[f"l{number:03d}.csv"]) for number, layout in enumerate(layouts)]
    columns = [column for layout, table in scored for column in _columns(layout, table)]
    wrong = [f"{x['id']}: {t['record']}, not {x['record']}" for x, t in scored if t["record"] != x["record"]]
    return Score(tuple(columns), tuple(wrong))


def _write(layout: dict[str, Any], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column["header"] for column in layout["columns"]])
        writer.writerows(zip(*(column["values"] for column in layout["columns"]), strict=True))


def _columns(layout: dict[str, Any], table: dict[str, Any]) -> list[ColumnScore]:
    return [
        ColumnScore(layout["id"], layout["record"], c["header"], tuple(c["gold"]), p["field"], p["confidence"])
        for c, p in zip(layout["columns"], table["columns"], strict=True)
    ]


def _line(name: str, columns: Sequence[ColumnScore]) -> str:
    part = Score(tuple(columns), ())
    return (
        f"{name:14} accuracy {part.accuracy:.4f}  precision {part.precision:.4f}  recall {part.recall:.4f}  "
        f"layout mean {part.layout_mean:.4f}  preferred {part.preferred:.4f}  columns {len(columns)}"
    )


def _calibration(columns: Sequence[ColumnScore]) -> list[str]:
    """How often mappings of a confidence are right: 90 % should mean nine in ten."""
    lines = []
    for low, high in ((0.45, 0.6), (0.6, 0.75), (0.75, 0.9), (0.9, 1.01)):
        part = [c for c in columns if c.field and low <= c.confidence < high]
        if part:
            right = _share([c.is_right for c in part])
            lines.append(f"confidence {low:.2f}-{min(high, 1.0):.2f}: {right:.3f} right of {len(part)}")
    return lines


def main() -> None:
    """Print the score of a folder of layouts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--wrong", action="store_true", help="list the columns that are wrong")
    arguments = parser.parse_args()
    result = score(arguments.folder)
    print(_line("all", result.columns))
    for record in ("asset", "relationship", "connection"):
        part = [c for c in result.columns if c.record == record]
        if part:
            print(_line(record, part))
    print(*_calibration(result.columns), sep="\n")
    print(f"record kinds wrong: {len(result.wrong_kinds)}", *result.wrong_kinds, sep="\n  ")
    if arguments.wrong:
        for c in result.columns:
            if not c.is_right:
                print(f"{c.layout}: {c.header!r} -> {c.field} {c.confidence:.2f}, gold {list(c.gold)}")


if __name__ == "__main__":
    main()
