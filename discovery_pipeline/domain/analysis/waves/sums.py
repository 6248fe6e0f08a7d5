"""Sums of fractions that don't depend on the order of rows. Keep out: everything else."""

from __future__ import annotations

import polars as pl

# Six decimals: far below what any figure here means, and a million assets stay far from the limits of 64 bits.
_UNITS = 1e6


def exact_sum(value: pl.Expr) -> pl.Expr:
    """The sum of a fraction in whole millionths: whole numbers add up to the same in any order and on any machine."""
    return (value.cast(pl.Float64) * _UNITS).round().cast(pl.Int64).sum() / _UNITS


def exact_mean(value: pl.Expr) -> pl.Expr:
    """The mean of what is not null, likewise; null where nothing is."""
    count = value.count()
    return pl.when(count > 0).then(exact_sum(value) / count)
