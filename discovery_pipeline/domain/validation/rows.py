"""Rows that are no records: blank rows, the header repeated, totals and remarks at the end. Reads every row, lazily."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.handoffs import SET_ASIDE, RawTable
from discovery_pipeline.domain.vocabulary.text import fold

# Comparing every cell with its header on ten thousand columns would cost more than it tells.
_COMPARED_HEADERS = 40
_REPEATED = 0.8
_FOOTER_ROWS = 10
_BLANK_BYTES = 8
_TOTAL = "|".join(
    (
        r"^(?:grand |sub)?total(?:\s|:|$)",
        r"^(?:(?:gesamt|zwischen)?summe|gesamt|somme|suma|soma|totale|totaux|totali)(?:\s|:|$)",
        r"^(?:合計|総計|小計|总计|合计)",
        r"^(?:count|anzahl)\s*[:=]",
        r"^number of (?:rows|records|items)\b",
    )
)
_REMARK = "|".join(
    (
        r"^\(?\d+ (?:rows?|records?|items?|zeilen|lignes|filas|linhas|righe)\b",
        r"^(?:generated|exported|created|printed|report generated) (?:by|on|at|from)\b",
        r"^(?:erstellt (?:am|von)|exporte le|generado (?:el|por)|gerado (?:em|por))\b",
        r"^end of (?:report|file|export|list)\b",
        r"^-+ ?(?:end|ende|fin|eof)\b",
        r"^page \d+",
        r"^(?:source|quelle|stand|note)\s*:",
        r"^(?:confidential|vertraulich|confidentiel)\b",
        r"^(?:copyright\b|©)",
        r"^(?:filters? applied|applied filters)\b",
        r"^(?:\*+|-{3,}|={3,})$",
    )
)


def rows_that_are_no_records(table: RawTable) -> pl.DataFrame:
    """SET_ASIDE of a table, each row once, all with disposition dropped."""
    columns = [f"c{i}" for i in range(len(table.info.headers))]
    if not columns:
        return _reasons(table.frame.select("row", "line").collect(), table, "blank_row", "a table without columns")
    found = [
        _reasons(_blank(table, columns), table, "blank_row", "no cell holds anything"),
        _reasons(_repeated_header(table, columns), table, "repeated_header", "the header once more"),
        _footers(table, columns),
    ]
    return pl.concat(found).unique("row", keep="first", maintain_order=True).sort("row")


def _reasons(rows: pl.DataFrame, table: RawTable, reason: str, detail: str) -> pl.DataFrame:
    said = {"table_no": table.info.table_no, "reason": reason, "detail": detail, "disposition": "dropped"}
    return rows.with_columns(pl.lit(v).alias(k) for k, v in said.items()).select(
        pl.col(k).cast(t) for k, t in SET_ASIDE.items()
    )


def _blank(table: RawTable, columns: list[str]) -> pl.DataFrame:
    """Cheap test on all rows first (empty or a few characters), the exact one on the few that pass it."""
    short = table.frame.filter(
        pl.all_horizontal(pl.col(c).is_null() | (pl.col(c).str.len_bytes() <= _BLANK_BYTES) for c in columns)
    )
    blank = pl.all_horizontal(pl.col(c).is_null() | (pl.col(c).str.strip_chars() == "") for c in columns)
    return short.filter(blank).select("row", "line").collect(engine="streaming")


def _repeated_header(table: RawTable, columns: list[str]) -> pl.DataFrame:
    named = [(c, h.strip()) for c, h in zip(columns, table.info.headers, strict=True) if h.strip()][:_COMPARED_HEADERS]
    if len(named) < 2:
        return table.frame.select("row", "line").head(0).collect()
    same = pl.sum_horizontal((pl.col(c).str.strip_chars() == h).fill_null(False).cast(pl.Int32) for c, h in named)
    return table.frame.filter(same >= max(2, _REPEATED * len(named))).select("row", "line").collect(engine="streaming")


def _footers(table: RawTable, columns: list[str]) -> pl.DataFrame:
    """Totals and remarks among the last rows: mostly empty, and what they say first is one of the known phrases."""
    last = table.frame.tail(_FOOTER_ROWS).collect()
    first = pl.coalesce(pl.when(pl.col(c).str.strip_chars() != "").then(pl.col(c)) for c in columns)
    filled = pl.sum_horizontal(pl.col(c).is_not_null().cast(pl.Int32) for c in columns)
    said = last.select("row", "line", first.alias("first"), filled.alias("filled"))
    folded = [fold(text or "").strip() for text in said["first"]]
    said = said.with_columns(pl.Series("folded", folded, dtype=pl.String))
    usual = _usual_width(last, columns)
    total = pl.col("folded").str.contains(_TOTAL) & (pl.col("filled") <= max(1.0, usual * 0.6))
    remark = pl.col("folded").str.contains(_REMARK) & (pl.col("filled") <= max(1.0, usual * 0.34))
    rows = said.filter((total | remark) & (pl.lit(len(columns)) > 1))
    marked = _reasons(rows.select("row", "line"), table, "footer_total", "")
    return marked.with_columns(pl.Series("detail", [str(t)[:80] for t in rows["first"]], dtype=pl.String))


def _usual_width(last: pl.DataFrame, columns: list[str]) -> float:
    """Cells that the fuller of the last rows hold: what a record of this table fills."""
    filled = last.select(pl.sum_horizontal(pl.col(c).is_not_null().cast(pl.Int32) for c in columns).alias("n"))["n"]
    width = filled.max()
    return float(width) if isinstance(width, int) else 0.0
