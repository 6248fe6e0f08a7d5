"""Frames in and out of tenant tables by COPY.

COPY FROM is refused on a table under row-level security: rows go to a temporary table and from there through the
policy. 1,000,000 rows of the registry take seconds so, where an ORM takes minutes. Keep out: what the rows mean.
"""

from __future__ import annotations

import io

import polars as pl
from psycopg import Connection as DriverConnection
from sqlalchemy.orm import Session

ROWS_A_CHUNK = 50_000
# polars quotes every string and leaves null bare, so a cell that reads \N isn't taken for null.
COPY_FORMAT = "FORMAT csv, NULL '\\N'"
NO_NUL = ("\x00", "\ufffd")  # PostgreSQL's text can't hold it


def insert_frame(session: Session, table: str, frame: pl.DataFrame, *, replacing: str | None = None) -> int:
    """Insert rows of the session's tenant; the frame's columns are named as the table's. Returns their number.

    String lists become text[], lists of structs become JSON. replacing: a column; rows of the table with a value that
    the frame has give way to the frame's (at 1,000,000 rows in half the time of ON CONFLICT).
    """
    driver = driver_of(session)
    columns = ", ".join(f'"{name}"' for name in frame.columns)
    with driver.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE incoming (LIKE {table}) ON COMMIT DROP")
        cursor.execute("ALTER TABLE incoming DROP COLUMN tenant_id")
        with cursor.copy(f"COPY incoming ({columns}) FROM STDIN ({COPY_FORMAT})") as copy:
            for chunk in frame.iter_slices(ROWS_A_CHUNK):
                copy.write(_csv(chunk))
        if replacing:
            cursor.execute(f"DELETE FROM {table} old USING incoming new WHERE old.{replacing} = new.{replacing}")
        cursor.execute(
            f"INSERT INTO {table} (tenant_id, {columns}) SELECT (SELECT current_tenant()), {columns} FROM incoming"
        )
        cursor.execute("DROP TABLE incoming")
    return frame.height


def read_frame(session: Session, query: str, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """The rows of a query over the session's tenant as a frame of this schema; list columns arrive as JSON text."""
    received = io.BytesIO()
    with driver_of(session).cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)") as copy:
        for block in copy:
            received.write(block)
    received.seek(0)
    lists = {name: dtype for name, dtype in schema.items() if isinstance(dtype, pl.List)}
    flat = {name: pl.String() if name in lists else dtype for name, dtype in schema.items()}
    frame = pl.read_csv(received, schema=flat)
    return frame.with_columns(pl.col(name).str.json_decode(dtype) for name, dtype in lists.items())


def driver_of(session: Session) -> DriverConnection:
    """psycopg's connection below a session, inside the session's transaction."""
    driver = session.connection().connection.driver_connection
    if not isinstance(driver, DriverConnection):
        raise TypeError(f"COPY needs psycopg, this session runs on {type(driver).__name__}")
    return driver


def _csv(frame: pl.DataFrame) -> bytes:
    made = frame.select(_encoded(name, dtype) for name, dtype in frame.schema.items())
    return made.write_csv(include_header=False, quote_style="non_numeric", null_value="\\N").encode()


def _encoded(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.String):
        return column.str.replace_all(*NO_NUL, literal=True)
    if not isinstance(dtype, pl.List):
        return column
    item = pl.element()
    if isinstance(dtype.inner, pl.Struct):
        return _joined("[", column.list.eval(item.struct.json_encode()), "]").alias(name)
    escaped = item.str.replace_all(*NO_NUL, literal=True).str.replace_all(r'(["\\])', r"\$1")
    return _joined("{", column.list.eval(pl.format('"{}"', escaped)), "}").alias(name)


def _joined(opening: str, items: pl.Expr, closing: str) -> pl.Expr:
    return pl.concat_str(pl.lit(opening), items.list.join(","), pl.lit(closing))
