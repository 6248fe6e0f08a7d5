"""The pre-flight: each cell and row of a table against the vendor's rules, before a file is written.

Works on distinct values of a column. Keep out: the rules (YAML), what they say to people (issues.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.vendors.issues import gathered, issues
from discovery_pipeline.domain.vendors.rules import ColumnRule, TableRule

_CONTROL = r"[\p{Cc}\u{2028}\u{2029}]+"
# What spreadsheets take for the start of a formula (as in services/export/writers.py). No vendor's column holds
# negative numbers.
_FORMULA = r"^[=+\-@＝＋－＠\s]+"
_NUMBER = r"^\d+(?:\.\d+)?$"
_MANY = 8


@dataclass(frozen=True)
class Checked:
    """rows: as they can be written, in their order, with `apart` where the vendor can't use them. issues: ISSUES."""

    rows: pl.DataFrame
    issues: pl.DataFrame


def check(rows: pl.DataFrame, table: TableRule) -> Checked:
    """The rows that the vendor takes, their cells within the rules, and what was rejected, changed or left blank.

    rows: asset_id, name and text columns of the table (any that it has), in the order of preference: of two rows that
    may not both stand, the first stays.
    """
    no = pl.lit(value=False)
    checked = rows.with_columns(apart=no, rejected=no)
    found: list[pl.DataFrame] = []
    for rule in (rule for rule in table.columns if rule.name in rows.columns):
        checked, told = _column(checked, rule, table.name)
        found += told
    named = [column for column in table.any_of if column in rows.columns]
    if table.any_of:
        nameless = pl.all_horizontal(pl.col(column).is_null() for column in named)
        nobody = checked.filter(nameless)
        found.append(issues(nobody, table.name, named[0], "no_identifier", "rejected", ", ".join(table.any_of)))
        checked = checked.with_columns(rejected=pl.col("rejected") | nameless)
    kept = checked.filter(~pl.col("rejected")).drop("rejected")
    for rule in (rule for rule in table.columns if rule.unique):
        kept, twice = _first_of_each(kept, rule, table.name)
        found.append(twice)
    return Checked(kept, gathered(found))


def _column(rows: pl.DataFrame, rule: ColumnRule, table: str) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """The rows with this column's cells as they are written and with its verdicts, and what is said of them."""
    values = rows.get_column(rule.name)
    if values.null_count() == len(values) and rule.missing is None:
        return rows, []
    judged = judge(values.unique(), rule)
    cells = rows.select("asset_id", "name", pl.col(rule.name).alias("value")).join(
        judged, on="value", how="left", maintain_order="left"
    )
    absent = cells.select(pl.col("became").is_null() & pl.col("fault").is_null()).to_series()
    faulty = cells.get_column("fault").is_not_null()
    said = [
        issues(cells.filter(pl.col("change") == code), table, rule.name, code, "changed", _limit(rule, code))
        for code in _present(judged, "change")
    ]
    # A word that isn't listed stays in a row that is set apart; what is no number there is of no use.
    kept = pl.lit(rule.otherwise == "set_apart") & (pl.col("fault") == "not_listed")
    written = cells.with_columns(
        became=pl.when(pl.col("fault").is_null() | kept | (rule.otherwise == "rejected")).then("became")
    )
    for code in _present(judged, "fault"):
        told = written.filter(pl.col("fault") == code)
        told = told.with_columns(became=None) if rule.otherwise == "rejected" else told
        said.append(issues(told, table, rule.name, code, rule.otherwise, _limit(rule, code)))
    if rule.missing is not None:
        said.append(issues(cells.filter(absent), table, rule.name, "missing", rule.missing))
    verdicts = {
        name: pl.col(name) | _held(absent, rule.missing == outcome) | _held(faulty, rule.otherwise == outcome)
        for name, outcome in (("apart", "set_apart"), ("rejected", "rejected"))
    }
    marked = rows.with_columns(written.get_column("became").alias(rule.name)).with_columns(**verdicts)
    return marked, [part for part in said if not part.is_empty()]


def _present(judged: pl.DataFrame, column: str) -> list[str]:
    return judged.get_column(column).drop_nulls().unique().sort().to_list()


def _held(holds: pl.Series, counts: bool) -> pl.Series:
    return holds if counts else pl.zeros(len(holds), dtype=pl.Boolean, eager=True)


def judge(values: pl.Series, rule: ColumnRule) -> pl.DataFrame:
    """Per value: became (as it can be written), change and fault (codes of issues.yaml, or null)."""
    text = pl.col("value")
    plain = text.str.replace_all(_CONTROL, " ").str.strip_chars()
    harmless = plain if _is_identity(rule) or rule.type != "text" else plain.str.replace(_FORMULA, "")
    classes = "[" + "".join(f"\\{c}" for c in rule.forbidden) + "]+"
    allowed = harmless.str.replace_all(rf"\s*{classes}\s*", " ").str.strip_chars() if rule.forbidden else harmless
    short = allowed.str.slice(0, rule.longest).str.strip_chars_end() if rule.cut and rule.longest else allowed
    change = (
        pl.when(short != allowed).then(pl.lit("too_long"))
        .when(allowed != harmless).then(pl.lit("forbidden"))
        .when(harmless != plain).then(pl.lit("formula"))
        .when(text.str.contains(_CONTROL)).then(pl.lit("line_break"))
    )  # fmt: skip
    frame = values.drop_nulls().alias("value").to_frame()
    became = pl.when(short != "").then(short)
    return frame.with_columns(became.alias("became"), change.alias("change")).with_columns(_fault(rule).alias("fault"))


def _is_identity(rule: ColumnRule) -> bool:
    """Whether the column names the row: such a text is never altered to fit."""
    return rule.otherwise == "rejected"


def _fault(rule: ColumnRule) -> pl.Expr:
    cell = pl.col("became")
    tests: list[tuple[str, pl.Expr]] = []
    if _is_identity(rule) and rule.type == "text":
        tests.append(("formula", cell.str.contains(_FORMULA)))
    if rule.type != "text":
        amount = cell.cast(pl.Float64, strict=False)
        form = _NUMBER if rule.type == "number" else r"^\d+$"
        tests.append(("not_a_number", ~cell.str.contains(form)))
        bounds = [amount < rule.least] if rule.least is not None else []
        bounds += [amount > rule.most] if rule.most is not None else []
        tests += [("out_of_range", pl.any_horizontal(bounds))] if bounds else []
    if rule.one_of:
        tests.append(("not_listed", ~cell.is_in(list(rule.one_of))))
    if rule.longest is not None:
        tests.append(("too_long", cell.str.len_chars() > rule.longest))
    if rule.pattern is not None:
        tests.append(("wrong_form", ~cell.str.contains(f"^(?:{rule.pattern})$")))
    nothing = pl.lit(None, pl.String)
    return pl.coalesce([*(pl.when(holds).then(pl.lit(code)) for code, holds in tests), nothing])


def _limit(rule: ColumnRule, code: str) -> str:
    """What the rule takes, for people."""
    match code:
        case "not_listed":
            few = ", ".join(rule.one_of[:_MANY])
            return few if len(rule.one_of) <= _MANY else f"one of {len(rule.one_of)} published names, such as {few}"
        case "out_of_range":
            low = "" if rule.least is None else f"at least {rule.least:g}"
            high = "" if rule.most is None else f"at most {rule.most:g}"
            return " and ".join(part for part in (low, high) if part)
        case "too_long":
            return f"{rule.longest}"
        case "forbidden":
            return " or ".join(rule.forbidden)
        case "wrong_form":
            return rule.pattern or ""
    return ""


def _first_of_each(rows: pl.DataFrame, rule: ColumnRule, table: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of the rows with one value, whatever its case, the first stays; one that isn't set apart before one that is."""
    folded = pl.col(rule.name).str.to_lowercase()
    ordered = rows.with_row_index("_at").sort("apart", "_at").with_columns(_first=folded.is_first_distinct())
    twice = ordered.filter(~pl.col("_first") & pl.col(rule.name).is_not_null())
    said = issues(twice.with_columns(value=pl.col(rule.name)), table, rule.name, "not_unique", "rejected")
    kept = ordered.filter(~pl.col("_at").is_in(twice.get_column("_at").implode())).sort("_at")
    return kept.drop("_at", "_first"), said
