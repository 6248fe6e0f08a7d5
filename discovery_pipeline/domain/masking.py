"""Masking: a value's shape without its content, for places whose readers may not see cells."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

# Marks count as letters: several scripts write their vowels with them.
_RULES = ((r"[\p{L}\p{M}--\p{Lu}]", "x"), (r"\p{Lu}", "X"), (r"\p{N}", "9"))


def masked(value: pl.Expr) -> pl.Expr:
    """Letters become x or X, digits 9: the shape stays, the content goes."""
    for pattern, sign in _RULES:
        value = value.str.replace_all(pattern, sign)
    return value


def masked_texts(values: Sequence[str]) -> list[str]:
    """Each value masked, in order; null is none of them."""
    return (
        pl.DataFrame({"value": list(values)}, schema={"value": pl.String})
        .select(masked(pl.col("value")))
        .to_series()
        .to_list()
    )
