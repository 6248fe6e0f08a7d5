"""A table that was read, with rows whose cells slipped put right or set aside, and what is said about it.

Keep out: how a slipped row is recognised (domain/validation/slipped).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from discovery_pipeline.domain.validation.slipped import Slipped, find_slipped
from discovery_pipeline.domain.validation.structure import counted, places
from discovery_pipeline.files.readers.tables import REJECTED, FindingFields, ReadTable, finding_at

_REASON = "slipped_cells"


def put_right(read: ReadTable) -> ReadTable:
    """The table with slipped rows mended, in their place among the others, and the unclear ones among the rejected."""
    columns = [f"c{i}" for i in range(len(read.headers))]
    found = find_slipped(read.frame.lazy(), read.overlong, columns, read.facts.get("delimiter", ","))
    if found.mended.is_empty() and found.unclear.is_empty():
        return read
    rejected = read.rejected.join(found.mended, on="row", how="anti", maintain_order="left")
    aside = found.unclear.with_columns(reason=pl.lit(_REASON), detail=pl.lit("its cells stand beside their columns"))
    return replace(
        read,
        frame=_placed(read.frame.lazy(), found, columns),
        rejected=pl.concat([rejected, aside.select(list(REJECTED))]).sort("row"),
        findings=(*read.findings, *_findings(read, found)),
    )


def _placed(frame: pl.LazyFrame, found: Slipped, columns: list[str]) -> pl.LazyFrame:
    mended = found.mended.select("row", "line", *columns)
    moved = pl.concat([mended["row"], found.unclear["row"]]).to_frame().lazy()
    others = frame.join(moved, on="row", how="anti", maintain_order="left")
    return others.merge_sorted(mended.lazy(), key="row")


def _findings(read: ReadTable, found: Slipped) -> Iterator[FindingFields]:
    for (start, offset), rows in found.mended.group_by("moved_from", "offset", maintain_order=True):
        header = read.headers[int(start)].strip()[:80]
        way = "right" if int(offset) > 0 else "left"
        columns = counted(abs(int(offset)), "column")
        detail = (
            f"{counted(len(rows), 'row')}: cells from column {start} ('{header}') on stood {columns} to the {way} of"
            f" their place and were moved back; {places(rows)}"
        )
        advice = "look at these rows in the source; texts that hold the separator have to be quoted"
        yield _at(read, "slipped_rows_mended", detail, advice, rows, int(start))
    if len(found.unclear):
        detail = (
            f"{counted(len(found.unclear), 'row')} set aside: cells stand beside their columns, and from where on can't"
            f" be told; {places(found.unclear)}"
        )
        yield _at(read, "slipped_rows", detail, "mend these rows in the source and export it again", found.unclear)


def _at(
    read: ReadTable, code: str, detail: str, advice: str, rows: pl.DataFrame, position: int | None = None
) -> FindingFields:
    said = finding_at(read.file, read.table, "warning", code, detail, advice)
    return {**said, "row": rows["row"][0], "position": position}
