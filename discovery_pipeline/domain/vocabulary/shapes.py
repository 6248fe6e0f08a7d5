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


def is_placeholder(value: pl.Expr) -> pl.Expr:
    """Cells that say 'no value' in words."""
    return folded(value).is_in([fold(word) for word in load("shapes")["placeholders"]])


def shape_flags(value: str, fold_column: str) -> list[pl.Expr]:
    """One Boolean column per shape. value: column of trimmed cells; fold_column: the same cells folded."""
    plain = {name: _flag(name, pl.col(value), pl.col(fold_column)) for name in shape_names()}
    excluded = load("shapes")["excludes"]
    return [
        (flag & ~pl.any_horizontal([plain[other] for other in excluded[name]]) if name in excluded else flag).alias(
            name
        )
        for name, flag in plain.items()
    ]


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
