"""How values are written into cells: numbers without exponents, platforms, lists of addresses.

Keep out: which value goes into which column (the vendors' modules).
"""

from __future__ import annotations

from ipaddress import ip_address

import polars as pl

_MAC = r"^(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}$"


def number(value: pl.Expr, digits: int = 2) -> pl.Expr:
    """A finite number as text: rounded, without exponent or needless zeros; null for none.

    Three decimals get a zero behind them: half of the world's spreadsheets read 511.997 as 511997.
    """
    finite = pl.when(value.cast(pl.Float64).is_finite()).then(value.cast(pl.Float64).round(digits))
    whole = (finite == finite.round(0)) & (finite.abs() < 2**53)
    parted = finite.cast(pl.String).str.replace(r"^(\d+\.\d{3})$", "${1}0")
    return pl.when(whole).then(finite.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(parted)


def nameable(platform: pl.Expr, words: dict[str, str]) -> pl.Expr:
    """A platform by the vendor's word for it; its own name where the vendor has none."""
    folded = platform.str.to_lowercase()
    known = [pl.when(folded.str.contains(find)).then(pl.lit(word)) for find, word in words.items()]
    return pl.coalesce([*known, platform])


def addresses(lists: pl.DataFrame, column: str, kind: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(asset_id and the list without what is no address, the items that are none: asset_id, name, value).

    lists: asset_id, name and the list column. kind: ip or mac. Order and repeats: the first of each stays.
    """
    items = (
        lists.select("asset_id", "name", pl.col(column).alias("value"))
        .explode("value", empty_as_null=False)
        .drop_nulls("value")
    )
    distinct = items.get_column("value").unique()
    valid = distinct.filter(_is_ip(distinct) if kind == "ip" else distinct.str.to_lowercase().str.contains(_MAC))
    good = pl.col("value").is_in(valid.implode())
    kept = items.filter(good).group_by("asset_id").agg(pl.col("value").unique(maintain_order=True).alias(column))
    return kept, items.filter(~good)


def _is_ip(texts: pl.Series) -> pl.Series:
    return pl.Series([_parses(text) for text in texts], dtype=pl.Boolean)


def _parses(text: str) -> bool:
    try:
        ip_address(text.strip())
    except ValueError:
        return False
    return True
