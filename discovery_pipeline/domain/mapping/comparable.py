"""Whether two cells that carry one field say the same: cells of two columns in a form that compares. Cleans nothing.

Everything that is a matter of spelling is left out: case, blanks, punctuation, number formats, known units, the order
of words, the domain behind a host's name.
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.handoffs import ColumnMapping
from discovery_pipeline.domain.names import IPV4
from discovery_pipeline.domain.schema import Field

# Values of different tools that count as one: a GB read as a GiB is 7 % more, a TB 10 %.
_CLOSE_SIZES, _CLOSE = 0.11, 0.01
_HOSTS = frozenset({"hostname", "hypervisor_host", "parent", "child", "source_host", "destination_host"})
# The longer may hold the shorter: "4c4c45-...:vm-1234" is "vm-1234" of some vCenter.
_IDENTIFIERS = frozenset({"uuid", "serial_number", "asset_tag", "source_id", "contact_email", "source_ip",
                          "destination_ip", "subnet", "os_version", "software_version", "cost_center"})  # fmt: skip
_SIZE = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
_UNIT = r"(?i)\d\s*([kmgtp]?)i?(b|bytes?|hz)(?:/s|ps)?\s*$"
# A day and a month in either order; a year of two or four digits.
_DATE_PARTS = 3


def agreement(field: Field, first: ColumnMapping, second: ColumnMapping, pairs: pl.DataFrame) -> pl.Series:
    """Per pair whether both say the same; null where they can't be compared.

    pairs: columns first and second (filled cells, distinct pairs) and n, how many rows hold the pair.
    """
    folded = pairs.with_columns(pl.col("first", "second").str.strip_chars().str.to_lowercase())
    match field.base:
        case "integer" | "number":
            same = _numbers(field, first, second)
        case "datetime":
            same = _dates("first") == _dates("second")
        case "boolean" | "enum":
            return _words_of_a_list(folded)
        case _:
            same = _texts(field)
    return folded.select(same.alias("same")).to_series()


def _numbers(field: Field, first: ColumnMapping, second: ColumnMapping) -> pl.Expr:
    if first.transform != second.transform:
        return pl.lit(None, pl.Boolean)
    one, other = _number("first", field, first.unit), _number("second", field, second.unit)
    close = _CLOSE_SIZES if field.unit else _CLOSE
    return (one - other).abs() <= close * pl.max_horizontal(one.abs(), other.abs())


def _number(column: str, field: Field, unit: str | None) -> pl.Expr:
    """The number in its smallest unit. Null without a unit where the field has several."""
    digits = pl.col(column).str.extract(r"([+-]?\d[\d.,'’ \u00a0\u202f]*)").str.replace_all(r"['’ \u00a0\u202f]", "")
    plain = digits.str.replace_all(r"[.,](\d{3})\b", "$1").str.replace(",", ".", literal=True)
    number = plain.str.strip_chars_end(".").cast(pl.Float64, strict=False)
    if field.unit in (None, "percent", "1/s"):
        return number
    written = pl.col(column).str.extract(_UNIT).replace_strict(_powers(), default=None, return_dtype=pl.Float64)
    return number * pl.coalesce(written, pl.lit(_power(unit), pl.Float64))


def _powers() -> dict[str, float]:
    return {prefix: 1024.0**power for prefix, power in _SIZE.items()}


def _power(unit: str | None) -> float | None:
    """What a unit's prefix multiplies by; all units of a field share the rest, but bits are an eighth."""
    if unit is None:
        return None
    prefix = unit[0].lower() if unit[0].lower() in "kmgtp" else ""
    return 1024.0 ** _SIZE[prefix] / (8.0 if "bit" in unit else 1.0)


def _dates(column: str) -> pl.Expr:
    """Day, month and year in whatever order they stand; null for dates in words and seconds since 1970."""
    parts = pl.col(column).str.extract_all(r"\d+").list.head(_DATE_PARTS)
    known = (parts.list.len() == _DATE_PARTS) & ~pl.col(column).str.contains(r"\p{L}{3,}")
    short = parts.list.eval(pl.element().cast(pl.Int64, strict=False) % 100).list.sort()
    return pl.when(known).then(short.cast(pl.List(pl.String)).list.join("-"))


def _texts(field: Field) -> pl.Expr:
    if field.name in _HOSTS:
        return _first_label("first") == _first_label("second")
    if field.base == "fqdn":
        whole = pl.col("first").str.contains(".", literal=True) & pl.col("second").str.contains(".", literal=True)
        return pl.when(whole).then(_compact("first") == _compact("second")).otherwise(
            _first_label("first") == _first_label("second")
        )  # fmt: skip
    if field.name in _IDENTIFIERS:
        one, other = _compact("first"), _compact("second")
        return one.str.contains(other, literal=True) | other.str.contains(one, literal=True)
    return _share_words()


def _first_label(column: str) -> pl.Expr:
    name = pl.col(column).str.replace(r"^.*[\\/]", "")
    return pl.when(name.str.contains(f"^{IPV4}$")).then(name).otherwise(name.str.replace(r"\..*$", ""))


def _compact(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all(r"[^\p{L}\p{N}]+", "")


def _share_words() -> pl.Expr:
    """The shorter text's words are at least half in the longer, its words with digits all."""
    one, other = (pl.col(c).str.extract_all(r"[\p{L}\p{N}]+").list.unique() for c in ("first", "second"))
    shared = one.list.set_intersection(other).list.len()
    fewer = pl.min_horizontal(one.list.len(), other.list.len())
    numbered = [
        pl.col(c).str.extract_all(r"[\p{L}\p{N}]*\p{N}[\p{L}\p{N}]*").list.unique() for c in ("first", "second")
    ]
    fewer_numbered = pl.min_horizontal(numbered[0].list.len(), numbered[1].list.len())
    all_numbered = numbered[0].list.set_intersection(numbered[1]).list.len() >= fewer_numbered
    return pl.when(fewer > 0).then((shared * 2 >= fewer) & all_numbered)


def _words_of_a_list(folded: pl.DataFrame) -> pl.Series:
    """Closed vocabularies: the same word where both use one vocabulary, else a word and its usual translation."""
    pairs = folded.with_columns(_compact("first").alias("first"), _compact("second").alias("second"))
    seen = [set(pairs[column].to_list()) for column in ("first", "second")]
    if 2 * len(seen[0] & seen[1]) >= min(map(len, seen)):
        return pairs.select((pl.col("first") == pl.col("second")).alias("same")).to_series()
    # One of several equally frequent translations is enough; the coarser column translates the finer.
    frequent = pl.struct(pl.col("n").sum().over("first", "second"), "first", "second").rank("dense").alias("rank")
    ranked = pairs.with_columns(frequent)
    translated = [
        ranked.select("n", (pl.col("rank") == pl.col("rank").max().over(column)).alias("same"))
        for column in ("first", "second")
    ]
    return max(translated, key=lambda found: int(found.filter("same")["n"].sum()))["same"]
