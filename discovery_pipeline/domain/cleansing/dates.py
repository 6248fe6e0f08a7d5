"""Rules for dates: every common way of writing one becomes "YYYY-MM-DD HH:MM:SS[.ffffff]", naive UTC.

A time without a zone is taken as UTC: exports do not say whose clock it was. A month or a year alone becomes its first
day. A two-digit year up to 69 lies in this century, as POSIX has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import polars as pl

from discovery_pipeline.domain.cleansing.clocks import clock_rules
from discovery_pipeline.domain.cleansing.months import month_rules
from discovery_pipeline.domain.cleansing.rules import TEXT, Rule, Stage, Trouble, nulled, replaced
from discovery_pipeline.domain.cleansing.vocabulary import never_words, word_key

CANONICAL = r"^\d{4}-\d\d-\d\d(?: (?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d{1,6})?)?$"
_NUMERIC = r"^\s*(\d{1,2})[/-](\d{1,2})[/-](?:\d{4}|\d{2})(?:\D|$)"
_FULL = r"^(\d{1,2})([/.\-])(\d{1,2})[/.\-](\d{4})(.*)$"

_WEEK = r"^(\d{4})-?W(\d\d)(?:-?([1-7]))?$"
_RELATIVE = (
    r"(?i)^(?:now|today|yesterday|heute|gestern|hier|aujourd.hui|hoy|ayer|oggi|ieri|just now)$|\bago$|"
    r"^(?:vor|il y a|hace)\s.*\d|^(?:last|letzte\w*|next|n[äa]chste\w*) "
)
_RELATIVE_TO_WHAT = Trouble(
    "relative_date", "warning", "said from the day on which the source was written, which is not known; left empty",
    "export dates instead of how long ago they were",
)  # fmt: skip
_AMBIGUOUS = Trouble(
    "ambiguous_date_order", "warning", "day first or month first; nothing in the table decides, day first was taken",
    "check a value you know; if it is wrong, write the dates as YYYY-MM-DD in the source",
)  # fmt: skip
_NOT_A_DATE = Trouble(
    "unparsable_value", "warning", "no date; left empty",
    "correct them in the source, or map the column to another field",
)  # fmt: skip
_IMPOSSIBLE = Trouble(
    "impossible_value",
    "warning",
    "dates before 1980 or after 2100; left empty",
    "correct them in the source",
)


@dataclass(frozen=True)
class DateEvidence:
    """Cells that can be read in one order only (a part above 12)."""

    day_first: int = 0
    month_first: int = 0
    open: int = 0

    def __add__(self, other: DateEvidence) -> DateEvidence:
        return DateEvidence(
            self.day_first + other.day_first, self.month_first + other.month_first, self.open + other.open
        )


@dataclass(frozen=True)
class DateOrder:
    """How to read "03/04/2024" in a column. assumed: nothing in the table decided."""

    day_first: bool = True
    assumed: bool = False


def date_evidence(values: pl.DataFrame) -> DateEvidence:
    """Count the cells (text, n) that prove an order. AM or PM, where nothing else decides, speaks for month first."""
    first = TEXT.str.extract(_NUMERIC, 1).cast(pl.Int64)
    second = TEXT.str.extract(_NUMERIC, 2).cast(pl.Int64)
    number = pl.col("n")
    counts = (
        values.filter(TEXT.str.contains(_NUMERIC))
        .select(
            number.filter((first > 12) & (second <= 12)).sum().alias("day"),
            number.filter((second > 12) & (first <= 12)).sum().alias("month"),
            number.filter((first <= 12) & (second <= 12) & (first != second)).sum().alias("open"),
            number.filter(first.is_not_null() & TEXT.str.contains(r"(?i)\d\s?[ap]m\b")).sum().alias("meridiem"),
        )
        .row(0, named=True)
    )
    if not counts["day"] and not counts["month"]:
        return DateEvidence(0, counts["meridiem"], counts["open"])
    return DateEvidence(counts["day"], counts["month"], counts["open"])


def date_order(column: DateEvidence, table: DateEvidence) -> DateOrder:
    """Decide by the column's own cells, else by the table's other dates; else day first, said to be assumed."""
    for evidence in (column, table):
        if evidence.day_first != evidence.month_first:
            return DateOrder(day_first=evidence.day_first > evidence.month_first)
    return DateOrder(day_first=True, assumed=True)


@cache
def date_stages(order: DateOrder) -> tuple[Stage, ...]:
    """The stages that bring a tidy cell to CANONICAL, or to null."""
    return (*_numbers_and_isos(), _written(order), *_sane())


def date_value(text: pl.Expr) -> pl.Expr:
    """The canonical text as a naive datetime."""
    full = pl.when(text.str.len_bytes() == 10).then(text + " 00:00:00").otherwise(text)
    return full.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us")


def _epoch(name: str, pattern: str, per_second: float) -> Rule:
    micros = (TEXT.cast(pl.Float64, strict=False) * (1e6 / per_second)).round().cast(pl.Int64, strict=False)
    return Rule(name, TEXT.str.contains(pattern), _canonical(micros.cast(pl.Datetime("us"))))


def _canonical(moment: pl.Expr) -> pl.Expr:
    return moment.dt.strftime("%Y-%m-%d %H:%M:%S%.6f").str.replace(r"\.0+$", "")


@cache
def _numbers_and_isos() -> tuple[Stage, ...]:
    serial = TEXT.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    # Excel's day 1 is 1900-01-01 and its 1900 has a 29 February: day 0 is 1899-12-30 for every date since March 1900.
    excel = pl.datetime(1899, 12, 30) + pl.duration(microseconds=(serial * 86400).round() * 1_000_000)
    filetime = ((TEXT.cast(pl.Int64, strict=False) - 116_444_736_000_000_000) // 10).cast(pl.Datetime("us"))
    numeric = (
        _epoch("epoch_seconds", r"^\d{9,10}(?:\.\d+)?$", 1),
        _epoch("epoch_milliseconds", r"^\d{12,13}$", 1e3),
        _epoch("epoch_microseconds", r"^\d{16}$", 1e6),
        _epoch("epoch_nanoseconds", r"^\d{19}$", 1e9),
        Rule("filetime", TEXT.str.contains(r"^1[23]\d{16}$"), _canonical(filetime)),
        Rule("excel_serial", TEXT.str.contains(r"^[2-7]\d{4}(?:[.,]\d+)?$"), _canonical(excel)),
        nulled("date_zero_to_null", TEXT.str.contains(r"^-?[01]$|^0+$|^0{1,4}[-/.]0{1,2}[-/.]0{1,4}")),
        replaced("date_compact", r"^((?:19|20)\d\d)([01]\d)([0-3]\d)$", "${1}-${2}-${3}"),
        replaced(
            "date_compact",
            r"^((?:19|20)\d\d)([01]\d)([0-3]\d)[T_ -]?([0-2]\d)([0-5]\d)([0-5]\d)(?:\.0)?Z?$",
            "${1}-${2}-${3} ${4}:${5}:${6}",
        ),
    )
    iso = (
        # The form of most machines, without a capturing pattern: a third of the time on a million timestamps.
        Rule(
            "date_iso_utc",
            TEXT.str.contains(r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?Z?$"),
            TEXT.str.replace("T", " ", literal=True).str.strip_suffix("Z"),
        ),
        replaced(
            "date_iso_utc",
            r"^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,6})?)\d*(?:Z|[+-]00:?00)?$",
            "${1} ${2}",
        ),
    )
    return (
        Stage(TEXT.str.contains(r"^-?\d+(?:[.,]\d+)?$|^\d{8}[T_ -]?\d{6}|^0"), numeric),
        Stage(TEXT.str.contains(r"^\d{4}-\d\d-\d\d[T ].*(?:\d|Z)$") & ~TEXT.str.contains(CANONICAL), iso),
    )


def _written(order: DateOrder) -> Stage:
    rules = (*_framing(), *month_rules(), *_year_forms(), *_numeric_orders(order), *_partial(), *clock_rules())
    return Stage(~TEXT.str.contains(CANONICAL), rules)


@cache
def _framing() -> tuple[Rule, ...]:
    # CIM writes asterisks for what it does not know of the zone.
    wmi = r"^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\.(\d{6})[+-](?:\d{3}|\*{3})$"
    offset = TEXT.str.extract(r"([+-]\d{3})$", 1).cast(pl.Int64, strict=False)
    local = TEXT.str.replace(wmi, "${1}-${2}-${3} ${4}:${5}:${6}.${7}").str.to_datetime(
        "%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us"
    )
    return (
        nulled("date_never_to_null", word_key(TEXT).is_in(sorted(never_words()))),
        nulled("date_relative_to_null", TEXT.str.contains(_RELATIVE), _RELATIVE_TO_WHAT),
        replaced(
            "date_approximate",
            r"(?i)^(?:~|≈|ca\.?|circa|approx\.?|about|around|since|seit|depuis|until|bis|till|by|um)\s*(\d)",
            "${1}",
        ),
        replaced("date_cjk", r"^(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?\s*", "${1}-${2}-${3} "),
        replaced("date_cjk", r"^(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]$", "${1}-${2}"),
        Rule("date_quarter", _quarter().is_not_null(), _quarter()),
        Rule("date_japanese_era", _era().is_not_null(), _era()),
        Rule("date_iso_week", TEXT.str.contains(_WEEK), _week_start()),
        Rule("date_wmi", TEXT.str.contains(wmi), _canonical(local - pl.duration(minutes=offset.fill_null(0)))),
        Rule(
            "date_json",
            TEXT.str.contains(r"^/Date\(-?\d+(?:[+-]\d{4})?\)/$"),
            _canonical((TEXT.str.extract(r"\((-?\d+)", 1).cast(pl.Int64) * 1000).cast(pl.Datetime("us"))),
        ),
        replaced(
            "date_time_joined", r"(?i)^(.*\d{4})\s*(?:[@_]|\s[-–]|\sum|\sat|\sà)\s*(\d{1,2}:\d\d.*)$", "${1} ${2}"
        ),
        replaced("date_time_joined", r"^(\d{4}-\d\d-\d\d)[_-](\d\d)[.:](\d\d)[.:](\d\d)", "${1} ${2}:${3}:${4}"),
        replaced("date_compact", r"^((?:19|20)\d\d)(\d\d)(\d\d)T(\d\d:\d\d:\d\d)", "${1}-${2}-${3} ${4}"),
        replaced("date_compact", r"^((?:19|20)\d\d)(\d\d)(\d\d)[_ T-]([0-2]\d)([0-5]\d)$", "${1}-${2}-${3} ${4}:${5}"),
        replaced("date_note_dropped", r"^(\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4})\s+\p{L}{3,}$", "${1}"),
        replaced("date_note_dropped", r"(?i)(\d)\s*(?:[!?*]+|uhr|h| r\.|\([^)]*\)|\[[^\]]*\])$", "${1}"),
        # "10:00:00-05:00" is a time with its zone; a range has blanks around its dash, or no seconds behind a date.
        replaced("date_range_start", r"(?i)^(.*\d:\d\d(?::\d\d)?)\s+(?:-|–|to|bis)\s+\d{1,2}:\d\d.*$", "${1}"),
        replaced("date_range_start", r"(?i)^(\d{1,2}[/.-]\d.*\d{1,2}:\d\d)(?:-|–|to|bis)\d{1,2}:\d\d$", "${1}"),
        replaced("date_range_start", r"(?i)^(\S*\d{4}\S*)\s+(?:-|–|to|bis)\s+\S*\d{4}.*$", "${1}"),
    )


@cache
def _quarter() -> pl.Expr:
    """The first day of a quarter."""
    year, number = r"((?:20)?\d\d)", "([1-4])"
    forms = (
        (rf"(?i)^q{number}[ /-]?{year}$", 1, 2),
        (rf"(?i)^{year}[ /-]?q{number}$", 2, 1),
        (rf"(?i)^{number}q{year}$", 1, 2),
    )
    found = [(TEXT.str.extract(form, at), TEXT.str.extract(form, of)) for form, at, of in forms]
    quarter, of_year = pl.coalesce([q for q, _ in found]), pl.coalesce([y for _, y in found])
    month = (quarter.cast(pl.Int64) * 3 - 2).cast(pl.String).str.zfill(2)
    return pl.lit("20") + of_year.str.slice(-2) + "-" + month + pl.lit("-01")


def _era() -> pl.Expr:
    """ "R5.1.31": the fifth year of Reiwa; H is Heisei."""
    form = r"^(?:([RH])|令和|平成)(\d{1,2})[./](\d{1,2})(?:[./](\d{1,2}))?$"
    before = pl.when(TEXT.str.contains("^(?:R|令和)")).then(2018).otherwise(1988)
    year = (TEXT.str.extract(form, 2).cast(pl.Int64) + before).cast(pl.String)
    month, day = (TEXT.str.extract(form, group).str.zfill(2) for group in (3, 4))
    return year + "-" + month + "-" + day.fill_null("01")


def _week_start() -> pl.Expr:
    """The day of an ISO week, its Monday where none is said."""
    named = TEXT.str.replace(_WEEK, "${1}-${2}-") + TEXT.str.extract(_WEEK, 3).fill_null("1")
    return named.str.to_date("%G-%V-%u", strict=False).dt.to_string("%Y-%m-%d")


def _year_forms() -> tuple[Rule, ...]:
    two_digits = r"^(\d{1,2}[/.\-]\d{1,2}[/.\-])(%s)(\D.*)?$"
    return (
        replaced("date_blanks_dropped", r"^(\d{1,2})\. ?(\d{1,2})\. ?(\d{2}(?:\d\d)?)\b", "${1}.${2}.${3}"),
        replaced("date_year_first", r"^(\d{4})[/._](\d{1,2})[/._](\d{1,2})", "${1}-${2}-${3}"),
        replaced("date_two_digit_year", two_digits % r"[0-6]\d", "${1}20${2}${3}"),
        replaced("date_two_digit_year", two_digits % r"[7-9]\d", "${1}19${2}${3}"),
    )


def _numeric_orders(order: DateOrder) -> tuple[Rule, ...]:
    first = TEXT.str.extract(_FULL, 1).cast(pl.Int64)
    second = TEXT.str.extract(_FULL, 3).cast(pl.Int64)
    dotted = TEXT.str.extract(_FULL, 2) == "."
    day_first, month_first = (
        TEXT.str.replace(_FULL, "${4}-${3}-${1}${5}"),
        TEXT.str.replace(_FULL, "${4}-${1}-${3}${5}"),
    )
    name = "date_day_first_by_column" if order.day_first else "date_month_first_by_column"
    open_rule = Rule(
        "date_day_first_assumed" if order.assumed else name,
        (first <= 12) & (second <= 12) & (first != second) & ~dotted,
        day_first if order.day_first else month_first,
        _AMBIGUOUS if order.assumed else None,
    )
    return (
        open_rule,
        Rule("date_day_first", (second <= 12) & ((first > 12) | dotted | (first == second)), day_first),
        Rule("date_month_first", (second > 12) & (first <= 12), month_first),
    )


@cache
def _partial() -> tuple[Rule, ...]:
    return (
        replaced("date_month_only", r"^(\d{1,2})[/.\-]((?:19|20)\d\d)$", "${2}-${1}-01"),
        replaced("date_month_only", r"^((?:19|20)\d\d)[/.\-](\d{1,2})$", "${1}-${2}-01"),
        replaced("date_year_only", r"^((?:19|20)\d\d)$", "${1}-01-01"),
    )


@cache
def _sane() -> tuple[Stage, ...]:
    year = TEXT.str.slice(0, 4).cast(pl.Int64, strict=False)
    # Zero of the clocks of Unix, DOS, Windows, .NET and Excel, and the "no end" of databases.
    sentinel = year.is_in([1, 1600, 1601, 1753, 1899, 1900, 1901, 2999, 3000, 9998, 9999])
    zero = TEXT.str.contains(r"^(?:1969-12-31|1970-01-0[12]|1980-01-01(?: 0[0-2]:00:00)?$)")
    return (
        Stage(~TEXT.str.contains(CANONICAL), (nulled("not_a_date", pl.lit(True), _NOT_A_DATE),)),
        Stage(
            TEXT.str.contains(r"^(?:[013-9]|1[0-8]|19[0-7]|1980-01-01|2[1-9])"),
            (
                nulled("date_sentinel_to_null", sentinel | zero),
                nulled("date_out_of_bounds", ~year.is_between(1980, 2100), _IMPOSSIBLE),
            ),
        ),
        Stage(date_value(TEXT).is_null() & TEXT.is_not_null(), (nulled("not_a_date", pl.lit(True), _NOT_A_DATE),)),
    )
