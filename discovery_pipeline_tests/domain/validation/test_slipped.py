"""Rows whose cells stand beside their columns: mended where the columns' forms leave one reading, else set aside."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest

from discovery_pipeline.domain.validation.slipped import Slipped, find_slipped

_ROWS = 60
Cells = list[str | None]


def _record(i: int) -> Cells:
    return [
        f"srv-{i:02d}", f"10.0.{i % 3}.{i}", f"the team of {'ABCDEFGH'[i % 8]} in room {i}"[: 20 + i % 9],
        ["Windows Server 2019", "Debian 12"][i % 2], ["poweredOn", "poweredOff"][i % 2],
        None if i % 5 == 0 else f"00:50:56:aa:{i % 90 + 10}:0f", str(4096 * (1 + i % 4)), f"p{i}@example.com",
    ]  # fmt: skip


_COLUMNS = [f"c{i}" for i in range(len(_record(0)))]


def _found(rows: Sequence[Sequence[str | None]], overlong: Sequence[Sequence[str]] = ()) -> Slipped:
    numbers = pl.int_range(len(rows), dtype=pl.Int64, eager=True)
    cells = {c: pl.Series([row[i] for row in rows], dtype=pl.String) for i, c in enumerate(_COLUMNS)}
    frame = pl.DataFrame({"row": numbers, "line": numbers + 2, **cells})
    schema = {"row": pl.Int64(), "line": pl.Int64(), "cells": pl.List(pl.String)}
    extra = [(len(rows) + n, len(rows) + n + 2, list(cells)) for n, cells in enumerate(overlong)]
    return find_slipped(frame.lazy(), pl.DataFrame(extra, schema=schema, orient="row"), _COLUMNS, ",")


def _mended(found: Slipped) -> dict[int, Cells]:
    return {row[0]: list(row[1:]) for row in found.mended.select("row", *_COLUMNS).rows()}


def _with(row: Cells, at: int = 7) -> list[Cells]:
    rows = [_record(i) for i in range(_ROWS)]
    rows[at] = row
    return rows


def test_a_text_cut_by_its_separator_is_one_again() -> None:
    record = _record(7)
    cut = [*record[:2], "Doe", " Jane", *record[3:7]]

    found = _found(_with(cut))

    assert _mended(found) == {7: [*record[:2], "Doe, Jane", *record[3:7], None]}
    assert found.mended.select("moved_from", "offset").row(0) == (3, 1)
    assert found.unclear.is_empty()


@pytest.mark.parametrize(
    ("cells", "whole"),
    [
        pytest.param(["Doe", " Jane"], "Doe, Jane", id="one separator"),
        pytest.param(["web", " app", "db"], "web, app,db", id="two separators"),
        pytest.param(["x", "", " y"], "x, y", id="with an empty part"),
    ],
)
def test_records_with_too_many_cells(cells: list[str], whole: str) -> None:
    record = [cell or "" for cell in _record(7)]

    found = _found([_record(i) for i in range(_ROWS)], [[*record[:2], *cells, *record[3:]]])

    assert _mended(found) == {_ROWS: [*record[:2], whole, *record[3:]]}


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param([*(c or "" for c in _record(7)), "imported", "twice"], id="more behind the last column"),
        pytest.param(["what", "is", "this", "line", "doing", "in", "a", "table", "?"], id="something else"),
        pytest.param([*(c or "" for c in _record(7)), *"abcdefgh"], id="far too many"),
    ],
)
def test_other_records_with_too_many_cells_stay_set_aside(cells: list[str]) -> None:
    found = _found([_record(i) for i in range(_ROWS)], [cells])

    assert (len(found.mended), len(found.unclear)) == (0, 0)


def test_a_cell_left_out_is_missing_where_cells_are_often_missing() -> None:
    record = _record(7)
    short = [*record[:5], *record[6:], None]

    assert _mended(_found(_with(short))) == {7: [*record[:5], None, *record[6:]]}


def test_a_blank_cell_too_many_is_no_text() -> None:
    record = _record(7)
    pushed = [*record[:3], None, *record[3:7]]

    assert _mended(_found(_with(pushed))) == {7: [*record[:7], None]}


@pytest.mark.parametrize(
    ("at", "parts", "whole"),
    [
        pytest.param(3, ["Windows Server", " 2019"], "Windows Server, 2019", id="a word that no other row has"),
        pytest.param(4, ["powered", " On"], "powered, On", id="beside free columns"),
        pytest.param(0, ["srv-07", " old"], "srv-07, old", id="the name"),
    ],
)
def test_the_rest_of_a_text_begins_with_a_blank(at: int, parts: list[str], whole: str) -> None:
    record = [cell or "" for cell in _record(7)]

    found = _found([_record(i) for i in range(_ROWS)], [[*record[:at], *parts, *record[at + 1 :]]])

    assert _mended(found) == {_ROWS: [*record[:at], whole, *record[at + 1 :]]}


def test_a_few_slipped_rows_do_not_blur_what_the_columns_look_like() -> None:
    rows = [_record(i) for i in range(1_000)]
    slipped = range(7, 1_000, 120)
    for i in slipped:
        rows[i] = [*rows[i][:5], *rows[i][6:], None]

    found = _found(rows)

    assert [*_mended(found)] == [*slipped]
    assert all(cells[5] is None and cells[6] == _record(i)[6] for i, cells in _mended(found).items())


@pytest.mark.parametrize("at", range(8))
@pytest.mark.parametrize("i", [7, 10, 31])
def test_wherever_a_row_slipped_it_is_put_right_or_not_at_all(at: int, i: int) -> None:
    record = _record(i)
    cut = [cell or "" for cell in record]
    cut[at : at + 1] = ["one part", "the other"]
    short = [*record[:at], *record[at + 1 :], None]

    whole = _mended(_found([_record(n) for n in range(_ROWS)], [cut]))
    filled = _mended(_found(_with(short, i)))

    assert whole in ({}, {_ROWS: [cell or None for cell in [*cut[:at], "one part,the other", *cut[at + 2 :]]]})
    assert filled in ({}, {i: [*record[:at], None, *record[at + 1 :]]})


def test_where_several_readings_fit_the_row_is_set_aside() -> None:
    record = _record(7)
    # Neither the first nor the second text shows to which column the cell too many belongs.
    columns = [record[0], "one", "two", "three", *record[3:7]]
    rows = [[row[0], row[2], "text of " + str(row[2]), *row[3:]] for row in map(_record, range(_ROWS))]
    rows[7] = columns

    found = _found(rows)

    assert found.unclear["row"].to_list() == [7]
    assert found.mended.is_empty()


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            ["sw-01", "fe80::1", "a switch", "IOS-XE 17", "up", None, None, None], id="a device of another kind"
        ),
        pytest.param([None] * 8, id="a blank row"),
        pytest.param(["Total", None, None, None, None, None, "409600", None], id="a total"),
        pytest.param(["srv-07", "unknown", "n/a", "?", "-", "n/a", "n/a", "n/a"], id="placeholders"),
        pytest.param(["10.0.0.7", "srv-07", *_record(7)[2:]], id="two cells exchanged"),
    ],
)
def test_unusual_rows_are_left_alone(row: Cells) -> None:
    found = _found(_with(row))

    assert (len(found.mended), len(found.unclear)) == (0, 0)


def test_a_table_of_two_kinds_of_rows_has_not_slipped() -> None:
    rows = [_record(i) for i in range(_ROWS)]
    others = [[None, *_record(i)[:7]] for i in range(_ROWS)]

    found = _found([*rows, *others])

    assert (len(found.mended), len(found.unclear)) == (0, 0)


def test_order_of_rows_changes_nothing() -> None:
    record = _record(7)
    rows = _with([*record[:2], "Doe", " Jane", *record[3:7]])

    there, back = _found(rows), _found(rows[::-1])

    assert list(_mended(there).values()) == list(_mended(back).values())


def _short(i: int) -> Cells:
    """A record that was written without its hardware address and the separator behind it."""
    record = _record(i)
    return [*record[:5], *record[6:], None]


def test_many_rows_one_cell_short_are_put_right() -> None:
    short = range(_ROWS * 2 // 3, _ROWS)

    found = _found([_short(i) if i in short else _record(i) for i in range(_ROWS)])

    assert _mended(found) == {i: [*_record(i)[:5], None, *_record(i)[6:]] for i in short}


def test_many_short_rows_in_which_the_missing_cell_is_not_told_are_set_aside() -> None:
    def cells(i: int, short: bool) -> Cells:
        full = _record(i)
        full[2] = f"srv-{i + 100:02d}"
        return [full[0], *full[2:], None] if short else [full[0], f"srv-{i + 200:02d}", *full[2:]]

    found = _found([cells(i, i >= 40) for i in range(_ROWS)])

    assert found.mended.is_empty()
    assert found.unclear["row"].to_list() == list(range(40, _ROWS))
