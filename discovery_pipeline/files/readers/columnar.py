"""Parquet files: every column as text. Structs become columns with dotted names, lists are joined with `;`."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import polars as pl
from polars._typing import PolarsDataType

from discovery_pipeline.files.readers.archives import UNPACKS_TOO_FAR
from discovery_pipeline.files.readers.content import Content, refuse_too_wide, unreadable
from discovery_pipeline.files.readers.tables import ReadLimits, ReadTable, finding_at, no_table, rejected_frame

# Above this a float may stand for several integers.
_EXACT = 2.0**53


def read_parquet(content: Content, limits: ReadLimits) -> Iterator[ReadTable]:
    """The one table of a Parquet file. Raises UnreadableFile when it is too large, or damaged, wherever
    the damage is."""
    if limits.max_parquet_values is not None:
        _refuse_many_values(content, limits.max_parquet_values)
    scan = pl.scan_parquet(content.path if content.path else BytesIO(content.data[:]), glob=False)
    try:
        schema = scan.collect_schema()
        columns = [c for name, dtype in schema.items() for c in _as_text(pl.col(name), name, dtype)]
        refuse_too_wide(content.file, len(columns), limits)
        cells = scan.select(expression.replace("", None).alias(f"c{i}") for i, (_, expression) in enumerate(columns))
        rows = int(scan.select(pl.len()).collect().item())
        # Decodes every page once, so that a damaged one is found here and not in the middle of a later write.
        cells.select(pl.all().null_count()).collect(engine="streaming")
    except pl.exceptions.PolarsError as error:
        why = str(error).splitlines()[0]
        raise unreadable(content.file, f"it is a damaged Parquet file: {why}", "write or copy it again") from error
    if not columns:
        note = finding_at(content.file, content.table, "info", "empty_table", "it has no columns", "")
        yield no_table(content.file, content.table, "parquet", note)
        return
    key = pl.int_range(pl.len(), dtype=pl.Int64).alias("row"), pl.lit(None, pl.Int64).alias("line")
    notes = () if rows else (finding_at(content.file, content.table, "warning", "no_rows", "columns and no rows", ""),)
    headers = tuple(name for name, _ in columns)
    frame = cells.select(*key, pl.all())
    yield ReadTable(content.file, content.table, headers, frame, rejected_frame([]), notes, "parquet", rows)


def _refuse_many_values(content: Content, most: int) -> None:
    """By the file's footer, before anything is decoded; what is no footer is refused by who reads the file."""
    from pyarrow import ArrowInvalid
    from pyarrow.parquet import read_metadata

    try:
        footer = read_metadata(content.path if content.path else BytesIO(content.data[:]))
    except (ArrowInvalid, OSError):
        return
    groups = [footer.row_group(number) for number in range(footer.num_row_groups)]
    values = sum(group.column(number).num_values for group in groups for number in range(group.num_columns))
    if values > most:
        raise unreadable(content.file, UNPACKS_TOO_FAR, "ingest it: a run reads it a part at a time")


def _as_text(column: pl.Expr, name: str, dtype: pl.DataType) -> list[tuple[str, pl.Expr]]:
    """(header, expression) of the text columns that one column becomes."""
    if isinstance(dtype, pl.Struct):
        return [
            part
            for inner in dtype.fields
            for part in _as_text(column.struct.field(inner.name), f"{name}.{inner.name}", _instance(inner.dtype))
        ]
    return [(name, _text(column, dtype))]


def _text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Array):
        return _text(column.arr.to_list(), pl.List(dtype.inner))
    if isinstance(dtype, pl.List):
        return column.list.eval(_text(pl.element(), _instance(dtype.inner))).list.join(";", ignore_nulls=True)
    if isinstance(dtype, pl.Struct):
        return column.struct.json_encode()
    if dtype.is_float():
        is_whole = (column == column.round()) & (column.abs() < _EXACT)
        whole = column.cast(pl.Int64, strict=False).cast(pl.String)
        return pl.when(is_whole).then(whole).when(column.is_not_nan()).then(column.cast(pl.String))
    if dtype == pl.Boolean:
        return pl.when(column).then(pl.lit("True")).when(~column).then(pl.lit("False"))
    if dtype == pl.Binary:
        return column.bin.encode("hex")
    return _moment(column, dtype) if dtype.is_temporal() else column.cast(pl.String)


def _moment(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Dates and times in ISO form; a moment with a time zone in UTC with a Z behind it."""
    if not isinstance(dtype, pl.Datetime):
        return column.dt.to_string("iso")
    if dtype.time_zone:
        return column.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return column.dt.strftime("%Y-%m-%d %H:%M:%S").str.replace(r" 00:00:00$", "")


def _instance(dtype: PolarsDataType) -> pl.DataType:
    return dtype if isinstance(dtype, pl.DataType) else dtype()
