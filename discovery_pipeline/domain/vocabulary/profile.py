"""Column profiles: what the values of every column of a table look like, over all its rows.

Counts (nulls, distinct values) come from every row. Shapes are judged on distinct values, weighted by their frequency:
the whole of a column with few, a spread of rows of a column with many. Knows no fields and no headers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.handoffs import RawTable
from discovery_pipeline.domain.vocabulary.shapes import bare, folded, is_placeholder, shape_names, with_shapes

# What of a cell shapes are told by, in characters.
_LONGEST = 300


@dataclass(frozen=True)
class ProfileParams:
    """distinct_limit: columns with more distinct values are judged on `spread_rows` rows, evenly spaced, so that memory
    stays bounded: shares of a shape move by less than 2 % from there on. judged_values: distinct values a column is
    judged on. cells_at_once, values_at_once: cells and distinct values held in memory at a time. samples: values kept
    as examples."""

    distinct_limit: int = 5_000
    spread_rows: int = 4_000
    judged_values: int = 1_000
    cells_at_once: int = 4_000_000
    values_at_once: int = 200_000
    samples: int = 5

    def sees_all(self, rows: int) -> bool:
        """Whether every value of so many rows is judged: any params of which this holds find the same profiles."""
        return rows <= min(self.distinct_limit, self.judged_values)


@dataclass(frozen=True)
class ColumnProfile:
    """One column. rows: of the table; filled: non-empty cells; distinct: about (2 %). shares: per shape in [0, 1], of
    the cells that hold a value; only those above zero. low/middle/high: of the numbers, None when fewer than half are.
    placeholders: share of filled cells that say 'no value'. samples: the most frequent values, shortened."""

    position: int
    rows: int
    filled: int
    distinct: int
    shares: Mapping[str, float]
    low: float | None
    middle: float | None
    high: float | None
    mean_length: float
    placeholders: float
    samples: tuple[str, ...]

    def share(self, *shapes: str) -> float:
        """The highest share among these shapes."""
        if len(shapes) == 1:
            return self.shares.get(shapes[0], 0.0)
        return max((self.shares.get(shape, 0.0) for shape in shapes), default=0.0)

    @property
    def has_values(self) -> bool:
        """Whether any cell holds more than a placeholder."""
        return self.filled > 0 and self.placeholders < 1.0


def profile_table(table: RawTable, params: ProfileParams = ProfileParams()) -> list[ColumnProfile]:
    """Profiles of all columns, by position. Reads the table in slices of columns, so memory doesn't grow with width."""
    return profile_tables([table], params)[0]


def profile_tables(tables: Sequence[RawTable], params: ProfileParams = ProfileParams()) -> list[list[ColumnProfile]]:
    """`profile_table` of each. Values of several tables are judged at once: compiling the patterns of all shapes takes
    longer than matching them with the few values of one table."""
    profiles: list[list[ColumnProfile]] = [[] for _ in tables]
    waiting: list[_Slice] = []
    for number, table in enumerate(tables):
        for part in _slices(number, table, params):
            if waiting and sum(len(p.values) for p in (*waiting, part)) > params.values_at_once:
                _add_profiles(profiles, waiting, params)
                waiting = []
            waiting.append(part)
    _add_profiles(profiles, waiting, params)
    return profiles


@dataclass(frozen=True)
class _Slice:
    """Some columns of a table. number: of the table. counts: one row of filled and distinct. values: to be judged."""

    number: int
    rows: int
    names: Sequence[str]
    counts: Mapping[str, int]
    values: pl.DataFrame


def _slices(number: int, table: RawTable, params: ProfileParams) -> Iterator[_Slice]:
    width = len(table.info.headers)
    rows = int(table.frame.select(pl.len()).collect(engine="streaming").item()) if width else 0
    at_once = max(1, min(200, params.cells_at_once // max(rows, 1)))
    for start in range(0, width, at_once):
        names = [f"c{i}" for i in range(start, min(start + at_once, width))]
        frame = table.frame.select(names).collect(engine="streaming")
        counts = frame.select(
            pl.all().count().name.suffix(" filled"), pl.all().drop_nulls().approx_n_unique().name.suffix(" distinct")
        ).row(0, named=True)
        values = _judged_values(_counted(frame, counts, params), params)
        placed = values.with_columns(pl.lit(number, pl.UInt32).alias("table"), pl.col("value").str.slice(0, _LONGEST))
        yield _Slice(number, rows, names, counts, placed)


def _add_profiles(profiles: list[list[ColumnProfile]], waiting: Sequence[_Slice], params: ProfileParams) -> None:
    # In one piece: every pattern would be compiled again for each chunk.
    judged = _judge(pl.concat([part.values for part in waiting], rechunk=True), params) if waiting else {}
    for part in waiting:
        for name in part.names:
            filled, distinct = part.counts[f"{name} filled"], part.counts[f"{name} distinct"]
            profiles[part.number].append(_profile(name, part.rows, filled, distinct, judged.get((part.number, name))))


def _counted(frame: pl.DataFrame, counts: Mapping[str, int], params: ProfileParams) -> pl.DataFrame:
    """Values of all columns with how often they stand: column, value, n."""
    if len(frame) <= params.distinct_limit:
        long = frame.unpivot(variable_name="column", value_name="value").drop_nulls("value")
        return long.group_by("column", "value").agg(pl.len().cast(pl.Int64).alias("n"))
    return pl.concat([_counted_column(frame[name], counts[f"{name} distinct"], params) for name in frame.columns])


def _counted_column(column: pl.Series, distinct: int, params: ProfileParams) -> pl.DataFrame:
    every = max(1, len(column) // params.spread_rows) if distinct > params.distinct_limit else 1
    counted = column.gather_every(every).drop_nulls().value_counts(name="n").rename({column.name: "value"})
    return counted.select(pl.lit(column.name).alias("column"), "value", pl.col("n").cast(pl.Int64))


def _judged_values(counted: pl.DataFrame, params: ProfileParams) -> pl.DataFrame:
    """Of each column the most frequent values and, where there are too many, a spread of the others."""
    half = params.judged_values // 2
    ranked = counted.sort(["column", "n", "value"], descending=[False, True, False]).with_columns(
        pl.int_range(pl.len()).over("column").alias("rank"), pl.len().over("column").alias("values")
    )
    step = ((pl.col("values").cast(pl.Int64) - half) // half).clip(1)
    top = (pl.col("values") <= params.judged_values) | (pl.col("rank") < half)
    # Each value of the spread stands for the `step` values around it.
    weighted = ranked.with_columns(pl.when(top).then(pl.col("n")).otherwise(pl.col("n") * step))
    return weighted.filter(top | ((pl.col("rank") - half) % step == 0)).drop("rank", "values")


def _judge(values: pl.DataFrame, params: ProfileParams) -> dict[tuple[int, str], dict[str, object]]:
    """Per table and column: weighted share of every shape, numbers, lengths, samples; one look at each value."""
    cells = values.with_columns(pl.col("value").str.strip_chars()).filter(pl.col("value") != "")
    flagged = cells.join(_looks(cells.select("value").unique()), on="value", how="left", maintain_order="left")
    weight = pl.col("n").filter(~pl.col("none"))
    per_column = flagged.group_by("table", "column", maintain_order=True).agg(
        *[(pl.col("n").filter(pl.col(s) & ~pl.col("none")).sum() / weight.sum()).alias(s) for s in shape_names()],
        (pl.col("n").filter(pl.col("none")).sum() / pl.col("n").sum()).alias("placeholders"),
        pl.col("number value").drop_nulls().min().alias("low"),
        pl.col("number value").drop_nulls().median().alias("middle"),
        pl.col("number value").drop_nulls().max().alias("high"),
        pl.col("number value").is_not_null().mean().alias("numeric"),
        pl.col("value").str.len_chars().mean().alias("mean_length"),
        pl.col("value").filter(~pl.col("none")).str.slice(0, 60).head(params.samples).alias("samples"),
    )
    return {(row["table"], row["column"]): row for row in per_column.iter_rows(named=True)}


def _looks(cells: pl.DataFrame) -> pl.DataFrame:
    """What shows in a value wherever it stands: "none" (a placeholder), "number value" and every shape."""
    plain = cells.with_columns(bare(pl.col("value")).alias("bare"), is_placeholder(pl.col("value")).alias("none"))
    shaped = with_shapes(plain.with_columns(folded(pl.col("bare")).alias("fold")), "bare", "fold", "value")
    numeric = pl.col("number") | pl.col("quantity") | pl.col("percentage")
    return shaped.with_columns(pl.when(numeric).then(_as_number()).alias("number value")).drop("bare", "fold")


def _as_number() -> pl.Expr:
    """Numbers with either decimal sign: the last separator decides unless three digits follow it."""
    digits = pl.col("bare").str.extract(r"^[^\d+-]{0,4}([+-]?\d[\d.,'’ \u00a0\u202f]*)")
    grouped = digits.str.replace_all(r"['’ \u00a0\u202f]", "").str.replace_all(r"[.,](\d{3})\b", "$1")
    return grouped.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)


def _profile(name: str, rows: int, filled: int, distinct: int, judged: Mapping[str, object] | None) -> ColumnProfile:
    position = int(name[1:])
    if judged is None:
        return ColumnProfile(position, rows, 0, 0, {}, None, None, None, 0.0, 0.0, ())
    numbers: Sequence[object] = [
        judged[k] if _share(judged["numeric"]) >= 0.5 else None for k in ("low", "middle", "high")
    ]
    low, middle, high = (None if n is None else float(str(n)) for n in numbers)
    shares = {s: round(_share(judged[s]), 4) for s in shape_names() if _share(judged[s]) > 0}
    samples = judged["samples"]
    return ColumnProfile(
        position, rows, filled, distinct, shares, low, middle, high, round(_share(judged["mean_length"]), 2),
        _share(judged["placeholders"]), tuple(map(str, samples)) if isinstance(samples, list) else (),
    )  # fmt: skip


def _share(value: object) -> float:
    """A number out of an aggregated row; nulls and NaN (a column of placeholders only) count as zero."""
    return float(value) if isinstance(value, int | float) and value == value else 0.0
