"""Scores automatic mapping as shipped on labelled layouts, through the same door as `discovery map`.

Run: python -m benchmarks.mapping.score FOLDER [--wrong]. FOLDER holds layouts (layouts.py has their form). Each is
written to a CSV with a neutral name, so that nothing but headers and values can help.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.mapping.figures import Answer, Score
from benchmarks.mapping.layouts import Layout, load
from discovery_pipeline.domain.mapping.recall.learned import Recall, nothing_learned
from discovery_pipeline.domain.schema import RECORD_KINDS
from discovery_pipeline.services.mapping.preview import preview


@dataclass(frozen=True)
class Mapped:
    """score: of every column. wrong_kinds: id of each layout whose record kind was not inferred -> what was."""

    score: Score
    wrong_kinds: dict[str, str]


def score(layouts: Sequence[Layout], recall: Recall = nothing_learned) -> Mapped:
    """Map every layout and compare with its labels. recall: what corrections taught before."""
    with tempfile.TemporaryDirectory() as scratch:
        for number, layout in enumerate(layouts):
            _write(layout, Path(scratch) / f"l{number:04d}.csv")
        files = preview([Path(scratch)], recall)["files"]
    found = {file["file"]: file["tables"][0] for file in files}
    scored = [(layout, found[f"l{number:04d}.csv"]) for number, layout in enumerate(layouts)]
    answers = tuple(answer for layout, table in scored for answer in _answers(layout, table))
    return Mapped(Score(answers), {x.id: t["record"] for x, t in scored if t["record"] != x.record})


def _write(layout: Layout, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.header for column in layout.columns])
        writer.writerows(zip(*(column.values for column in layout.columns), strict=True))


def _answers(layout: Layout, table: dict[str, Any]) -> list[Answer]:
    if len(table["columns"]) != len(layout.columns):
        raise ValueError(f"{layout.id}: {len(layout.columns)} columns were written, {len(table['columns'])} read")
    return [
        Answer(layout, position, given["field"], given["confidence"], given["status"] == "accepted")
        for position, given in enumerate(table["columns"])
    ]


def _line(name: str, part: Score) -> str:
    return (
        f"{name:14} accuracy {part.accuracy:.4f}  precision {part.precision:.4f}  recall {part.recall:.4f}  "
        f"ECE {part.calibration_error or 0.0:.4f}  layout mean {part.layout_mean:.4f}  "
        f"preferred {part.preferred:.4f}  columns {len(part.answers)}\n"
        f"{'':14} accepted {part.accepted_share:.4f} of mappings, precision {part.accepted.accuracy:.4f}"
    )


def main() -> None:
    """Print the score of a folder of layouts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--wrong", action="store_true", help="list the columns that are wrong")
    arguments = parser.parse_args()
    result = score(load([arguments.folder]))
    print(_line("all", result.score))
    for record in RECORD_KINDS:
        part = result.score.where(lambda a, record=record: a.layout.record == record)  # type: ignore[misc]
        if part.answers:
            print(_line(record, part))
    print(f"record kinds wrong: {len(result.wrong_kinds)}", *map(": ".join, result.wrong_kinds.items()), sep="\n  ")
    if arguments.wrong:
        for a in result.score.answers:
            if not a.is_right:
                print(f"{a.layout.id}: {a.header!r} -> {a.field} {a.confidence:.2f}, gold {list(a.gold)}")


if __name__ == "__main__":
    main()
