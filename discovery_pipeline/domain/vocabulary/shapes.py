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


@cache
def shape_flags(value: str, fold_column: str, written: str) -> tuple[pl.Expr, ...]:
    """One Boolean column per shape. value: column of bare cells; fold_column: the same cells folded; written: the
    cells as they were written, by which shapes of the wrapping itself are told."""
    wrapping = load("shapes")["as_written"]
    plain = {
        name: _flag(name, pl.col(written if name in wrapping else value), pl.col(fold_column)) for name in shape_names()
    }
    excluded = load("shapes")["excludes"]
    return tuple(
        (flag & ~pl.any_horizontal([plain[other] for other in excluded[name]]) if name in excluded else flag).alias(
            name
        )
        for name, flag in plain.items()
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
