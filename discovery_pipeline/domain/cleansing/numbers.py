"""Rules for integers and numbers: separators of both conventions, units, bounds, and what a column says of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from discovery_pipeline.domain.cleansing.plausible import (
    bounds,
    inferred_unit,
    is_implausible,
    split_limit,
    split_units,
    tells_units,
)
from discovery_pipeline.domain.cleansing.rules import (
    TEXT,
    Rule,
    Stage,
    Trouble,
    nothing_recorded,
    nulled,
    replaced,
    run,
)
from discovery_pipeline.domain.cleansing.units import (
    PLAIN_NUMBER,
    Unit,
    amount,
    in_cell,
    of_column,
    unit_named,
)  # fmt: skip
from discovery_pipeline.domain.schema import Field

# Fields, each in the styles and units that a run meets, whose stages are kept instead of built for each column.
_READINGS = 512
_END = r"(?:[^\d.,]|$)"
_COMMA_3 = rf"^-?[1-9]\d{{0,2}},\d{{3}}{_END}"
_DOT_3 = rf"^-?[1-9]\d{{0,2}}\.\d{{3}}{_END}"
_COMMA_DECIMAL = rf"^-?(?:\d+,(?:\d{{1,2}}|\d{{4,}})|0,\d+|\d{{4,}},\d+|\d{{1,3}}(?:\.\d{{3}})+,\d+){_END}"
_DOT_DECIMAL = rf"^-?(?:\d+\.(?:\d{{1,2}}|\d{{4,}})|0\.\d+|\d{{4,}}\.\d+|\d{{1,3}}(?:,\d{{2,3}})+\.\d+){_END}"
_DOT_THOUSANDS = rf"^-?\d{{1,3}}(?:\.\d{{3}}){{2,}}{_END}"
_COMMA_THOUSANDS = rf"^-?\d{{1,3}}(?:,\d{{2,3}}){{2,}}{_END}"
# A thousandth of a megabyte of memory or of a megahertz is nothing.
_SMALL = frozenset({"b", "kb", "mb", "mhz"})
# Fields whose cell may list the sizes of several disks.
_SUMMED = ("storage_total_gib", "storage_used_gib")
_AMOUNT = r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_SIZE = r"\d+(?:\.\d+)?\s*[KMGTkmgt]i?[Bb]?"

_IMPOSSIBLE = Trouble(
    "impossible_value", "warning", "outside of what the field can be; left empty",
    "correct them in the source; the raw values stay readable with `discovery explain`",
)  # fmt: skip
_NOT_A_NUMBER = Trouble(
    "unparsable_value", "warning", "no number; left empty",
    "correct them in the source, or map the column to another field",
)  # fmt: skip
_NOT_AN_INTEGER = Trouble(
    "not_an_integer", "warning", "a fraction where a count is expected; left empty",
    "map the column to another field, or correct the source",
)  # fmt: skip
# A counter that was never set: sources fill a size's field with nines.
_ALL_NINES = Stage(
    TEXT.str.starts_with("999999"), (nulled("all_nines_to_null", TEXT.str.contains("^9+$"), _IMPOSSIBLE),)
)


@dataclass(frozen=True)
class NumberStyle:
    """How a column writes numbers that could be read in two ways: "16,384" and "1.024"."""

    comma_is_decimal: bool = False
    dot_is_thousands: bool = False


@dataclass(frozen=True)
class SeparatorEvidence:
    """Cells that can be read in one way only."""

    comma_decimal: int = 0
    dot_decimal: int = 0

    def __add__(self, other: SeparatorEvidence) -> SeparatorEvidence:
        return SeparatorEvidence(self.comma_decimal + other.comma_decimal, self.dot_decimal + other.dot_decimal)


@dataclass(frozen=True)
class ColumnUnit:
    """The unit of a column's bare numbers.

    inferred: from the values. declared: what the header said, where the values contradict it. smaller: the unit of the
    numbers below the limit of plausible.split_limit, where the column mixes two.
    """

    unit: Unit
    inferred: bool
    declared: Unit | None = None
    smaller: Unit | None = None


def separator_evidence(values: pl.DataFrame) -> SeparatorEvidence:
    """Count the cells (text, n) that prove a decimal comma or a decimal point."""
    marked = values.filter(TEXT.str.contains("[.,]"))
    text = TEXT.str.strip_chars(" $€£~")
    comma = text.str.contains(_COMMA_DECIMAL) | text.str.contains(_DOT_THOUSANDS)
    dot = text.str.contains(_DOT_DECIMAL) | text.str.contains(_COMMA_THOUSANDS)
    counts = marked.select(pl.col("n").filter(comma).sum().alias("comma"), pl.col("n").filter(dot).sum().alias("dot"))
    return SeparatorEvidence(*counts.row(0))


def number_style(
    field: Field, column: SeparatorEvidence, table: SeparatorEvidence, declared: str | None = None
) -> NumberStyle:
    """Decide by the column's own cells, else by the table's, else by what the field can be.

    Without any evidence a comma before three digits parts thousands, and so does a dot in counts and sizes: a size
    is rarely given to three decimals in every cell. Percentages, rates and clock speeds keep their decimal point.
    Money has two decimals whatever the other columns have: three digits behind a mark are thousands.
    """
    for evidence in (column,) if field.name == "cost" else (column, table):
        if evidence.comma_decimal != evidence.dot_decimal:
            comma = evidence.comma_decimal > evidence.dot_decimal
            fractions = field.base == "number" and not _is_whole(field, declared)
            return NumberStyle(comma_is_decimal=comma and fractions, dot_is_thousands=comma)
    return NumberStyle(dot_is_thousands=field.base == "integer" or field.unit in (None, "MiB", "GiB", "bytes"))


def _is_whole(field: Field, declared: str | None) -> bool:
    """Whether nobody gives three decimals: of money, and of small units (the declared one, else the field's)."""
    target = field.unit or ""
    unit = unit_named(target, declared) or unit_named(target, target)
    return field.name == "cost" or (unit is not None and unit.name in _SMALL)


def column_unit(
    field: Field, declared: str | None, style: NumberStyle, values: Callable[[], pl.DataFrame]
) -> ColumnUnit | None:
    """The unit of the column's bare numbers: the header's where the values do not contradict it, else the values' own.

    values: gives tidy text and n, asked only where sizes tell units. None when nothing can be said: the schema's unit.
    """
    target = field.unit or ""
    named = unit_named(target, declared)
    if not tells_units(target):
        return ColumnUnit(named, inferred=False) if named else None
    numbers = _bare_numbers(field, style, values())
    mixed = split_units(target, numbers, named is not None)
    if mixed is not None:
        return ColumnUnit(mixed[1], inferred=True, declared=named, smaller=mixed[0])
    guess = inferred_unit(target, numbers)
    if named is None:
        return ColumnUnit(guess, inferred=True) if guess else None
    if not is_implausible(target, named, numbers) or guess is None or is_implausible(target, guess, numbers):
        return ColumnUnit(named, inferred=False)
    return ColumnUnit(guess, inferred=True, declared=named)


def _bare_numbers(field: Field, style: NumberStyle, values: pl.DataFrame) -> pl.DataFrame:
    parsed = run(values, (_notation(field, style),), nothing_recorded).filter(TEXT.str.contains(PLAIN_NUMBER))
    return parsed.select(TEXT.cast(pl.Float64, strict=False).alias("value"), "n").filter(pl.col("value").is_finite())


@lru_cache(_READINGS)
def number_stages(field: Field, style: NumberStyle, unit: ColumnUnit | None) -> tuple[Stage, ...]:
    """The stages that bring a tidy cell to a plain number in the schema's unit."""
    stages = [_notation(field, style)]
    if field.unit in ("MiB", "GiB", "MHz"):
        stages.insert(0, _ALL_NINES)
    if unit is not None:
        stages += _of_column(field.unit or "", unit)
    return (*stages, *_finishing(field))


def _of_column(target: str, unit: ColumnUnit) -> list[Stage]:
    rules = []
    if unit.smaller is not None:
        rules.append(of_column(unit.smaller, target, "mixed", below=split_limit(target)))
    if unit.unit.factor != 1.0:
        rules.append(of_column(unit.unit, target, "inferred" if unit.inferred else ""))
    return [Stage(TEXT.str.contains(PLAIN_NUMBER), tuple(rules))] if rules else []


@lru_cache(_READINGS)
def _notation(field: Field, style: NumberStyle) -> Stage:
    needed = ~TEXT.str.contains(PLAIN_NUMBER)
    if style.dot_is_thousands:
        needed = needed | TEXT.str.contains(_DOT_3)
    units = in_cell(field.unit) if field.unit else _counted()
    return Stage(
        needed,
        (*_whole_thousands(), *_signs(), *_framing(field), *_separators(style), *_notes(), _multiplied(), *units),
    )


def _framing(field: Field) -> tuple[Rule, ...]:
    """What stands around the number of some fields."""
    if field.name.endswith("_port"):
        return (
            replaced("port_protocol_dropped", r"(?i)^(\d+)\s*/\s*(?:tcp|udp|sctp)$", "${1}"),
            replaced("port_protocol_dropped", r"(?i)^(?:tcp|udp|sctp)\s*[/:\s]\s*(\d+)$", "${1}"),
        )
    if field.unit == "MHz":
        return (replaced("clock_of_model", r"(?i)^.*@\s*(\d+(?:[.,]\d+)?\s*[GM]Hz)$", "${1}"),)
    return _sizes(field) if field.unit in ("MiB", "GiB") else ()


def _sizes(field: Field) -> tuple[Rule, ...]:
    """Cells that say what is used and what there is, or list the sizes of several disks."""
    used = "_used_" in field.name
    total = (
        replaced("size_of_total", rf"(?i)^({_SIZE}) total,.*$", "${1}"),
        replaced("size_of_total", rf"^{_SIZE}\s*/\s*({_SIZE})$", "${1}"),
    )
    part = (replaced("size_of_used", rf"^({_SIZE})\s*/\s*{_SIZE}$", "${1}"),)
    return (*(part if used else total), *((_summed(), _summed_bare()) if field.name in _SUMMED else ()))


def _summed() -> Rule:
    """ "C: 100 GB (20 GB free), D: 1 TB", "100 GB + 200 GB"."""
    drive = r"[A-Za-z]:\\?\s*|/\w*:?\s*"
    part = rf"(?:{drive})?{_SIZE}(?:\s*\([^)]*\))?"
    listed = rf"^{part}(?:\s*[,;+|]\s*{part})+$|^(?:{drive}){_SIZE}\s*\([^)]*\)$"
    sizes = TEXT.str.replace_all(r"\([^)]*\)", "").str.extract_all(_SIZE)
    power = pl.element().str.extract("([KMGTkmgt])i?[Bb]?$", 1).str.to_uppercase()
    factor = power.replace_strict({"K": 2.0**-10, "M": 1.0, "G": 2.0**10, "T": 2.0**20}, return_dtype=pl.Float64)
    total = sizes.list.eval(
        pl.element().str.extract(rf"^({_AMOUNT})", 1).cast(pl.Float64, strict=False) * factor
    ).list.sum()
    return Rule(
        "sizes_summed",
        TEXT.str.contains(listed),
        pl.format("{} MB", amount(total)),
    )


def _summed_bare() -> Rule:
    """ "100; 200" and "120+200", in the unit of the column."""
    total = TEXT.str.extract_all(_AMOUNT).list.eval(pl.element().cast(pl.Float64, strict=False)).list.sum()
    return Rule("sizes_summed", TEXT.str.contains(rf"^{_AMOUNT}(?:\s*[;+]\s*{_AMOUNT})+$"), amount(total))


def _multiplied() -> Rule:
    """ "2 x 8 GB", "480G*2": so many of one size."""
    first = rf"(?i)^(\d{{1,3}})\s*[x*×]\s*({_AMOUNT})(\s*[a-z]*)$"
    last = rf"(?i)^({_AMOUNT})(\s*[a-z]+)\s*[x*×]\s*(\d{{1,3}})$"
    swapped = TEXT.str.replace(last, "${3} x ${1}${2}")
    product = swapped.str.extract(first, 1).cast(pl.Float64) * swapped.str.extract(first, 2).cast(pl.Float64)
    return Rule("number_multiplied", swapped.str.contains(first), amount(product) + swapped.str.extract(first, 3))


def _whole_thousands() -> tuple[Rule, ...]:
    """Three digits behind a mark, of money or a small unit named in the cell: nobody gives three decimals of them."""
    money, small = r"us\$|r\$|[$€£¥]|usd|eur|gbp|chf", r"bytes?|[km]i?b|mhz"
    return (
        replaced("thousands_of_money", rf"(?i)^(-?(?:{money})\s*[1-9]\d{{0,2}})[.,](\d{{3}})$", "${1}${2}"),
        replaced("thousands_of_small_unit", rf"(?i)^(-?[1-9]\d{{0,2}}),(\d{{3}}\s*(?:{small})\b)", "${1}${2}"),
    )


def _signs() -> tuple[Rule, ...]:
    return (
        nulled("not_finite", TEXT.str.contains(r"(?i)^[+-]?(?:nan|inf|infinity|∞|1\.#\w+)$"), _IMPOSSIBLE),
        replaced("number_approximate", r"(?i)^(?:~|≈|ca\.?|approx\.?|about|circa|[<>]=?|≤|≥|\+)\s*(-?\d)", "${1}"),
        replaced("currency_stripped", r"(?i)^(-?)(?:us\$|r\$|[$€£¥]|usd|eur|gbp|chf|inr|brl)\s*(\d)", "${1}${2}"),
        replaced("currency_stripped", r"(?i)(\d)\s*(?:us\$|[$€£¥]|usd|eur|euro|gbp|chf|inr)$", "${1}"),
        replaced("currency_stripped", r"(\d)(?:/-|,-|,--)$", "${1}"),
        replaced("accounting_negative", r"^\((\d[\d.,]*)\)$", "-${1}"),
        replaced("unicode_minus", r"^[\u2212\u2013]\s?(\d)", "-${1}"),
    )


def _separators(style: NumberStyle) -> tuple[Rule, ...]:
    comma = "decimal_comma_by_column" if style.comma_is_decimal else "thousands_comma_by_column"
    spaced = r"^-?\d{1,3}(?:[ '’]\d{3})+"
    # Before the commas become dots, which are no marks of thousands then.
    dots = [Rule("thousands_dot_by_column", TEXT.str.contains(_DOT_3), TEXT.str.replace(".", "", literal=True))]
    rules = [
        Rule(
            "thousands_space",
            TEXT.str.contains(spaced + r"(?:\D|$)"),
            TEXT.str.extract(f"({spaced})", 1).str.replace_all("[ '’]", "") + TEXT.str.replace(spaced, ""),
        ),
        Rule("decimal_comma", TEXT.str.contains(_COMMA_DECIMAL), _without(".").str.replace(",", ".", literal=True)),
        Rule(
            "thousands_comma",
            TEXT.str.contains(_COMMA_THOUSANDS) | TEXT.str.contains(r"^-?[\d,]+,\d{3}\.\d"),
            _without(","),
        ),
        Rule("thousands_dot", TEXT.str.contains(_DOT_THOUSANDS), _without(".")),
        Rule(
            comma,
            TEXT.str.contains(_COMMA_3),
            TEXT.str.replace(",", "." if style.comma_is_decimal else "", literal=True),
        ),
    ]
    return (*(dots if style.dot_is_thousands else ()), *rules)


def _without(mark: str) -> pl.Expr:
    head = TEXT.str.extract(r"^(-?[\d.,]+)", 1)
    return head.str.replace_all(mark, "", literal=True) + TEXT.str.replace(r"^-?[\d.,]+", "")


def _notes() -> tuple[Rule, ...]:
    words = r"(?:ram|memory|ddr\d?|total|used|free|ssd|hdd|sas|sata|nvme|disk|nl-sas|sd|speicher|installed|usable)"
    return (
        replaced("number_point", rf"^({_AMOUNT})\.$", "${1}"),
        replaced(
            "number_note_dropped",
            rf"(?i)^((?:\d{{1,3}}\s*[x×*]\s*)?{_AMOUNT}(?:\s*[a-z%/]+)?)\s+(?:{words}\b\s*)+$",
            "${1}",
        ),
        replaced("number_note_dropped", rf"^({_AMOUNT}(?:\s*[A-Za-z%/]+)?)\s*\(.*\)$", "${1}"),
    )


def _counted() -> tuple[Rule, ...]:
    other_units = r"(?i)\d\s*(?:[kmgt]i?b|[mgk]hz|%|percent)(?:/s|ps)?$"
    noun = rf"^({_AMOUNT})\s*(?:x\s*)?\p{{L}}[^\d]*$"
    return (
        _magnitude("magnitude_thousand", r"(?:k(?:packets)?|tsd\.?|thousand)", 1e3),
        _magnitude("magnitude_million", r"(?:m(?:packets)?|mio\.?|mn|million|millionen)", 1e6),
        _magnitude("magnitude_billion", r"(?:bn|mrd\.?|billion|gpackets)", 1e9),
        Rule(
            "count_noun_stripped",
            TEXT.str.contains(noun) & ~TEXT.str.contains(other_units),
            TEXT.str.extract(noun, 1),
        ),
    )


def _magnitude(name: str, words: str, factor: float) -> Rule:
    pattern = rf"(?i)^({_AMOUNT})\s*{words}$"
    return Rule(
        name, TEXT.str.contains(pattern), amount(TEXT.str.extract(pattern, 1).cast(pl.Float64, strict=False) * factor)
    )


def number_value(field: Field, text: pl.Expr) -> pl.Expr:
    """The canonical text as a typed number."""
    return text.str.extract(_canonical(field), 1).cast(field.dtype, strict=False)


def _canonical(field: Field) -> str:
    return rf"^({_AMOUNT})(?: {field.unit})?$" if field.unit else rf"^({_AMOUNT})$"


def _finishing(field: Field) -> tuple[Stage, ...]:
    value = TEXT.str.extract(_canonical(field), 1).cast(pl.Float64, strict=False)
    low, high = bounds(field)
    needed = value.is_null() | ~value.is_between(low, high)
    rules = [nulled("not_a_number", value.is_null(), _NOT_A_NUMBER)]
    if low > 0:
        rules.append(nulled("zero_to_null", value == 0))
    if field.unit == "percent":
        # Counters sampled at different moments add up to a little more than everything.
        rules.append(Rule("percent_capped", (value > 100) & (value <= 110), pl.lit("100")))
    rules.append(nulled("out_of_bounds", ~value.is_between(low, high), _IMPOSSIBLE))
    stage = Stage(TEXT.is_not_null() & needed, tuple(rules))
    return (stage, _whole(value)) if field.base == "integer" else (stage,)


def _whole(value: pl.Expr) -> Stage:
    plain = value.round().cast(pl.Int64, strict=False).cast(pl.String)
    rules = (
        nulled("not_an_integer", value != value.round(), _NOT_AN_INTEGER),
        Rule("integer_plain", pl.lit(True), plain),
    )
    return Stage(TEXT.str.contains(r"[.eE]"), rules)
