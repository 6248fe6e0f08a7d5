"""What values look like: named shapes (shapes.yaml) as polars expressions. Knows no fields and no headers."""

from __future__ import annotations

from functools import cache

import polars as pl

from discovery_pipeline.domain.vocabulary.source import load
from discovery_pipeline.domain.vocabulary.text import fold

_ACCENTS = r"[\u0300-\u036f]"


@cache
def shape_names() -> tuple[str, ...]:
    """All shapes, in the packaged order."""
    document = load("shapes")
    return tuple(dict.fromkeys([*document["patterns"], *document["words"], *document["starts"]]))


def folded(value: pl.Expr) -> pl.Expr:
    """Cells as the closed vocabularies spell them: trimmed, lower case, without accents."""
    return value.str.to_lowercase().str.normalize("NFD").str.replace_all(_ACCENTS, "").str.normalize("NFC")


def bare(value: pl.Expr) -> pl.Expr:
    """Cells without the wrapping that scripts leave round them: quotes, ="text", the brackets of lists and objects.

    "['10.0.0.1', 'fe80::1']" -> "10.0.0.1, fe80::1". A cell that only begins with a bracket is left as it is.
    """
    plain = value.str.replace(r"(?s)^\[+(.*?)\]+$", "$1").str.replace(r"(?s)^\{(.*?)\}$", "$1")
    return (
        plain.str.replace_all(r"""(^=?|[,;:|\[{]\s*)u?["']([^"']*)["']""", "$1$2")
        .str.replace(r"^[=']", "")
        .str.strip_chars()
    )


def is_placeholder(value: pl.Expr) -> pl.Expr:
    """Cells that say 'no value' in words."""
    return folded(value).is_in([fold(word) for word in load("shapes")["placeholders"]])


def with_shapes(cells: pl.DataFrame, value: str, fold_column: str, written: str) -> pl.DataFrame:
    """One Boolean column per shape added. value: column of bare cells; fold_column: the same cells folded; written: the
    cells as they were written, by which shapes of the wrapping itself are told."""
    # In two steps and in one piece: every pattern is compiled again for each use and each chunk.
    return cells.rechunk().with_columns(_plain_flags(value, fold_column, written)).with_columns(_exclusions())


@cache
def _plain_flags(value: str, fold_column: str, written: str) -> tuple[pl.Expr, ...]:
    wrapping = load("shapes")["as_written"]
    return tuple(
        _flag(name, pl.col(written if name in wrapping else value), pl.col(fold_column)).alias(name)
        for name in shape_names()
    )


@cache
def _exclusions() -> tuple[pl.Expr, ...]:
    """A cell of the one shape is none of the other, whatever the order in which they are excluded."""
    return tuple(
        (pl.col(name) & ~pl.any_horizontal(others)).alias(name) for name, others in load("shapes")["excludes"].items()
    )


def _flag(name: str, value: pl.Expr, fold_value: pl.Expr) -> pl.Expr:
    document = load("shapes")
    tests = []
    if name in document["patterns"]:
        tests.append(value.str.contains(document["patterns"][name]))
    if name in document["words"]:
        tests.append(fold_value.is_in([fold(word) for word in document["words"][name]]))
    if name in document["starts"]:
        tests.extend(fold_value.str.starts_with(word) for word in document["starts"][name])
    return pl.any_horizontal(tests)
