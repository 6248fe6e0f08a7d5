"""HTML tables and Excel's XML spreadsheets, which many tools export under the name .xls.

Keep out: other XML and HTML; they are no tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import polars as pl

from discovery_pipeline.files.readers.content import Content, unreadable
from discovery_pipeline.files.readers.encoding import Text
from discovery_pipeline.files.readers.grids import table_from_grid
from discovery_pipeline.files.readers.tables import ReadTable

_START = re.compile(rb"\s*<(!doctype html|html|table|head|meta|body|style|\?xml|workbook|!--|div)", re.IGNORECASE)
_TABLE = re.compile(rb"<(\w+:)?(table|workbook)[\s>]", re.IGNORECASE)
_ISO_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(\.0+)?")
# A span is layout; a larger one is a mistake or an attack.
_WIDEST_SPAN = 1_000


def is_markup(head: bytes) -> bool:
    """Whether a text's first bytes are HTML or XML."""
    return _START.match(head) is not None


def read_markup(content: Content, text: Text) -> Iterator[ReadTable]:
    """One table per HTML table or worksheet with rows. Raises UnreadableFile where the text has none."""
    data = text.data[text.begin :]
    if not _TABLE.search(data):
        raise unreadable(content.file, "it is HTML or XML without a table")
    parser = _TableParser()
    parser.feed(data.decode("utf-8", "replace"))
    parser.close()
    grids = [g for g in parser.grids if any(any(cells) for _, cells in g.rows)]
    wide = [g for g in grids if max(len(cells) for _, cells in g.rows) > 1]
    for number, grid in enumerate(wide or grids, start=1):
        name = grid.name or (content.table if number == 1 else f"{content.table}_{number}")
        yield table_from_grid(content.file, name, "html", _frame(grid))


@dataclass
class _Grid:
    """Rows of a table being read: (line, cells). below: cells that rows above reach down into, by column."""

    name: str | None = None
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    below: dict[int, int] = field(default_factory=dict)


def _frame(grid: _Grid) -> pl.DataFrame:
    width = max(len(cells) for _, cells in grid.rows)
    columns = {f"c{i}": [cells[i] if i < len(cells) else None for _, cells in grid.rows] for i in range(width)}
    lines = pl.Series("line", [line for line, _ in grid.rows], dtype=pl.Int64)
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).with_columns(lines)


class _TableParser(HTMLParser):
    """Collects tables from HTML (table, tr, td) and SpreadsheetML (worksheet, row, cell, data)."""

    _ROW = frozenset({"tr", "row"})
    _CELL = frozenset({"td", "th", "cell"})

    def __init__(self) -> None:
        super().__init__()
        self.grids: list[_Grid] = []
        self._open: list[_Grid] = []
        self._sheet: str | None = None
        self._cell: list[str] | None = None
        self._across = 0
        self._type = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = tag.rsplit(":", 1)[-1]
        values = {key.rsplit(":", 1)[-1]: value or "" for key, value in attrs}
        if name == "worksheet":
            self._sheet = values.get("name")
        elif name == "table":
            self._end_cell()
            self._open.append(_Grid(self._sheet))
            self.grids.append(self._open[-1])
        elif name in self._ROW and self._open:
            self._end_cell()
            self._open[-1].rows.append((self.getpos()[0], []))
        elif name in self._CELL and self._open and self._open[-1].rows:
            self._begin_cell(values)
        elif name == "data":
            self._type = values.get("type", "").lower()
        elif name in ("br", "p", "div") and self._cell:
            self._cell.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        name = tag.rsplit(":", 1)[-1]
        if name in self._CELL or name in self._ROW:
            self._end_cell()
        elif name == "table" and self._open:
            self._end_cell()
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _begin_cell(self, values: dict[str, str]) -> None:
        self._end_cell()
        grid = self._open[-1]
        cells = grid.rows[-1][1]
        place = _number(values.get("index"), 0)
        while len(cells) < place - 1 or grid.below.get(len(cells), 0) > 0:
            grid.below[len(cells)] = grid.below.get(len(cells), 0) - 1
            cells.append("")
        self._cell, self._type = [], ""
        self._across = _number(values.get("colspan"), _number(values.get("mergeacross"), 0) + 1)
        down = _number(values.get("rowspan"), _number(values.get("mergedown"), 0) + 1)
        for i in range(len(cells), len(cells) + self._across):
            grid.below[i] = down - 1

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        text = re.sub(r"[ \t\r\n\xa0]*\n[ \t\r\n\xa0]*", "\n", "".join(self._cell)).strip(" \t\r\n\xa0")
        self._open[-1].rows[-1][1].extend([self._as_seen(text), *[""] * (self._across - 1)])
        self._cell = None

    def _as_seen(self, text: str) -> str:
        if self._type == "boolean":
            return {"1": "True", "0": "False"}.get(text, text)
        if self._type == "datetime":
            return _ISO_MOMENT.sub(r"\1 \2", text).removesuffix(" 00:00:00")
        return text


def _number(text: str | None, otherwise: int) -> int:
    return min(int(text), _WIDEST_SPAN) if text and text.isdigit() else otherwise
