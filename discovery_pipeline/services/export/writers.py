"""Writes one table of an export as Parquet, CSV or XLSX, batch by batch, the same bytes for the same rows.

CSV and XLSX are opened by people: lists become one text and no cell starts a formula. Keep out: which tables there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol, Self, get_args

import polars as pl

from discovery_pipeline.domain.handoffs import FrameSchema

Format = Literal["parquet", "csv", "xlsx"]
FORMATS: tuple[Format, ...] = get_args(Format)

LIST_SEPARATOR = ";"
# A spreadsheet runs a cell that starts so; numbers with a sign are only numbers.
_FORMULA_START = r"^[=+\-@\t\r\n＝＋－＠]"
_PLAIN_NUMBER = r"^[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?$"
XLSX_SHEET_ROWS = 1_048_576
XLSX_CELL_CHARACTERS = 32_767
_CUT = " … (cut here; whole in the Parquet and CSV exports)"
_XLSX_CREATED = datetime(2000, 1, 1)


@dataclass(frozen=True)
class ExportTable:
    """name: of the file, without ending. batches: frames of exactly this schema, in the order of the keys."""

    name: str
    schema: FrameSchema
    batches: Iterator[pl.DataFrame]


class _Writer(AbstractContextManager[Any], Protocol):
    def write(self, batch: pl.DataFrame) -> None: ...


def write_table(table: ExportTable, folder: Path, format: Format) -> int:
    """Write `folder/name.format`; returns the number of rows. A table without rows has its header."""
    path = folder / f"{table.name}.{format}"
    rows = 0
    with _WRITERS[format](path, table) as writer:
        for batch in table.batches:
            writer.write(batch)
            rows += batch.height
    return rows


def as_text(column: str, dtype: pl.DataType) -> pl.Expr:
    """A column as the text that CSV and provenance show: ISO times, lists joined, null stays null."""
    value = pl.col(column)
    if isinstance(dtype, pl.List):
        return value.list.eval(pl.element().cast(pl.String)).list.join(LIST_SEPARATOR, ignore_nulls=True)
    if isinstance(dtype, pl.Datetime):
        return value.dt.to_string("%Y-%m-%dT%H:%M:%S%.f")
    return value if dtype == pl.String() else value.cast(pl.String)


def harmless(text: pl.Expr) -> pl.Expr:
    """Text that no spreadsheet runs: an apostrophe before what would start a formula."""
    runs = text.str.contains(_FORMULA_START) & ~text.str.contains(_PLAIN_NUMBER)
    return pl.when(runs).then(pl.lit("'") + text).otherwise(text)


def _for_people(schema: FrameSchema, plain: tuple[type[pl.DataType], ...]) -> list[pl.Expr]:
    """Columns as a spreadsheet takes them; types in `plain` stay what they are, figures that are none become null."""
    return [
        _plain(name, dtype) if isinstance(dtype, plain) else harmless(as_text(name, dtype)).alias(name)
        for name, dtype in schema.items()
    ]


def _plain(name: str, dtype: pl.DataType) -> pl.Expr:
    return pl.when(pl.col(name).is_finite()).then(pl.col(name)) if dtype.is_float() else pl.col(name)


class _ParquetWriter(AbstractContextManager["_ParquetWriter"]):
    """One row group per batch; no metadata but the schema."""

    def __init__(self, path: Path, table: ExportTable) -> None:
        from pyarrow.parquet import ParquetWriter

        self._schema = pl.DataFrame(schema=table.schema).to_arrow().schema
        self._writer = ParquetWriter(path, self._schema, compression="zstd")

    def write(self, batch: pl.DataFrame) -> None:
        self._writer.write_table(batch.to_arrow().cast(self._schema))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()


class _CsvWriter(AbstractContextManager["_CsvWriter"]):
    """UTF-8, comma, \\n; null is nothing, empty text is ""."""

    def __init__(self, path: Path, table: ExportTable) -> None:
        self._columns = _for_people(table.schema, (pl.Boolean, pl.Float64, pl.Int64))
        self._file = path.open("wb")
        pl.DataFrame(schema=table.schema).select(self._columns).write_csv(self._file)

    def write(self, batch: pl.DataFrame) -> None:
        batch.select(self._columns).write_csv(self._file, include_header=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


class _XlsxWriter(AbstractContextManager["_XlsxWriter"]):
    """Rows go to disk as they come; past a sheet's limit they go on in `name (2)`, each sheet with the header."""

    def __init__(self, path: Path, table: ExportTable) -> None:
        from xlsxwriter import Workbook

        self._name = table.name
        self._headers = list(table.schema)
        self._columns = _for_people(table.schema, (pl.Boolean, pl.Float64, pl.Int64, pl.Datetime))
        self._book = Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)})
        self._book.set_properties({"created": _XLSX_CREATED})
        self._book.use_zip64()
        self._bold = self._book.add_format({"bold": True})
        self._time = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._sheets = 0
        self._next_sheet()

    def write(self, batch: pl.DataFrame) -> None:
        for row in batch.select(self._columns).iter_rows():
            if self._row == XLSX_SHEET_ROWS:
                self._next_sheet()
            for column, value in enumerate(row):
                if value is not None:
                    self._write_cell(column, value)
            self._row += 1

    def _write_cell(self, column: int, value: object) -> None:
        if isinstance(value, str):
            self._sheet.write_string(self._row, column, _fitting(value))
        elif isinstance(value, datetime):
            self._sheet.write_datetime(self._row, column, value, self._time)
        elif isinstance(value, bool):
            self._sheet.write_boolean(self._row, column, value)
        else:
            self._sheet.write_number(self._row, column, value)

    def _next_sheet(self) -> None:
        self._sheets += 1
        name = self._name if self._sheets == 1 else f"{self._name} ({self._sheets})"
        self._sheet = self._book.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        for column, header in enumerate(self._headers):
            self._sheet.set_column(column, column, min(40, len(header) + 4))
            self._sheet.write_string(0, column, header, self._bold)
        self._row = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()


def _fitting(text: str) -> str:
    return text if len(text) <= XLSX_CELL_CHARACTERS else text[: XLSX_CELL_CHARACTERS - len(_CUT)] + _CUT


_WRITERS: dict[Format, type[_ParquetWriter] | type[_CsvWriter] | type[_XlsxWriter]] = {
    "parquet": _ParquetWriter,
    "csv": _CsvWriter,
    "xlsx": _XlsxWriter,
}
