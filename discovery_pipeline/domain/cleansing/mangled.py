"""What spreadsheets make of identifiers and names: errors, dates, truth values, lost zeros, rounded or padded numbers.

What can be told from the cell or its column is put back under a named rule; what can't is left empty, with a finding.
Keep out: numbers that stand for amounts (numbers), artefacts of any text (text).
"""

from __future__ import annotations

import re
from collections.abc import Collection

import polars as pl

from discovery_pipeline.domain.cleansing.rules import TEXT, Rule, Stage, Trouble, nulled

_AS_TEXT = "format the column as text in the spreadsheet and export it again"
_ERROR = Trouble(
    "spreadsheet_error", "warning", "a formula's error or a column too narrow for its value; left empty",
    "mend the formula or widen the column in the spreadsheet and save it again",
)  # fmt: skip
_DATE = Trouble(
    "date_out_of_identifier", "warning", "a date that a spreadsheet made of a name or number; left empty", _AS_TEXT
)
_TRUTH = Trouble(
    "truth_value_out_of_name", "warning", "a truth value where a name or number belongs; left empty", _AS_TEXT
)
_ROUNDED = Trouble(
    "rounded_identifier", "warning",
    "a number of which a spreadsheet kept 15 digits and made zeros of the others; it identifies nothing, left empty",
    _AS_TEXT,
)  # fmt: skip
_ZEROS = Trouble(
    "leading_zeros_lost", "warning",
    "fewer digits than nearly all others have: leading zeros were lost to a spreadsheet and put back", _AS_TEXT,
)  # fmt: skip

# Excel's errors in English, German, French, Spanish, Italian and Portuguese. A lookup that found nothing (#N/A) says
# that there is no value: a placeholder.
_ERRORS = (
    r"(?i)^#(?:ref|value|name|div/0|null|num|spill|calc|field|blocked|connect|bezug|wert|zahl|valeur|nom|nombre|"
    r"valor|nome|rif|valore|¡ref|¡valor|¿nombre|¡div/0|¡num|¡nulo|getting_data|überlauf)\s*[!?]?$|^#{3,}$"
)
_MONTHS = (
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mrz|Mär|Mai|Okt|Dez|Janv|Févr|Avr|Juin|Juil|Août|Déc|Ene|Abr|"
    r"Ago|Dic|Gen|Mag|Giu|Lug|Set|Ott|Fev|Out)\.?"
)
# "1-Dec" and "2024-12-01 00:00:00" are no names; "Dec-01" may be one, but is no number.
_DAY_AND_MONTH = rf"^\d{{1,2}}(?:-|\. ){_MONTHS}(?:[- ]\d{{2,4}})?$|^\d{{4}}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?$"
_MONTH_AND_YEAR = rf"^{_MONTHS}[- ]\d{{2}}$"
_TRUTHS = r"^(?i:true|false|wahr|falsch|vrai|faux|verdadero|falso|verdadeiro|vero)$"

ERRORS = Stage(TEXT.str.starts_with("#"), (nulled("spreadsheet_error_to_null", TEXT.str.contains(_ERRORS), _ERROR),))
_TRUTH_RULE = nulled("truth_value_to_null", TEXT.str.contains(_TRUTHS), _TRUTH)
NAME = (
    Stage(TEXT.str.contains(rf"^\d{{1,4}}[-.]|{_TRUTHS}"), (
        nulled("date_to_null", TEXT.str.contains(_DAY_AND_MONTH), _DATE), _TRUTH_RULE,
    )),
)  # fmt: skip
NUMBER = (
    Stage(TEXT.str.contains(rf"^\d{{1,4}}[-.]|^\d+\.0+$|^\d{{15}}0{{3}}|^\p{{L}}{{3,5}}\.?[- ]\d\d$|{_TRUTHS}"), (
        Rule("decimal_of_whole_number", TEXT.str.contains(r"^\d{3,}\.0+$"), TEXT.str.replace(r"\.0+$", "")),
        nulled("date_to_null", TEXT.str.contains(f"{_DAY_AND_MONTH}|{_MONTH_AND_YEAR}"), _DATE),
        _TRUTH_RULE,
        nulled("rounded_number_to_null", TEXT.str.contains(r"^\d{15}0{3,}$"), _ROUNDED),
    )),
)  # fmt: skip

# Fields whose numbers makers and owners write with a fixed number of digits. Keys of records just count.
FIXED_WIDTH = ("serial_number", "asset_tag")
_RESTORED = "leading_zeros_restored_to_"
# A column tells its width by so many different numbers, nearly all of it; every tenth one begins with a zero.
_LEAST_NUMBERS = 20
_NUMBERS_SHARE = 0.9
_WIDE_SHARE, _ZERO_SHARE = 0.75, 0.22
_LEAST_WIDTH, _MOST_ZEROS = 6, 3
# Numbers that fill the range from the smallest to the largest so densely were counted up, with ever more digits.
_COUNTED = 20


def restored(width: int | None) -> tuple[Stage, ...]:
    """The stage that gives numbers of a column their width back; none without a width."""
    if width is None:
        return ()
    shorter = TEXT.str.contains(rf"^\d{{{width - _MOST_ZEROS},{width - 1}}}$")
    return (Stage(shorter, (Rule(f"{_RESTORED}{width}", shorter, TEXT.str.zfill(width), _ZEROS),)),)


def restored_width(applied: Collection[str]) -> int | None:
    """The width that these rules, counted for a column, gave its numbers back."""
    found = (re.fullmatch(rf"{_RESTORED}(\d+)", rule) for rule in applied)
    return next((int(match[1]) for match in found if match), None)


def width_lost(values: pl.DataFrame) -> int | None:
    """The width of a column's numbers where some lost leading zeros, or None. values: text and n.

    Nearly all cells are numbers, most of one width, none is wider, and as many are shorter as chance makes begin with
    zeros. Numbers that were counted up are left alone, whatever their widths.
    """
    is_number = TEXT.str.contains(r"^\s*\d{3,15}\s*$")
    if not values.select(pl.col("n").filter(is_number).sum() >= _NUMBERS_SHARE * pl.col("n").sum()).item():
        return None
    numbers = values.filter(is_number).select(TEXT.str.strip_chars()).unique()
    numbers = numbers.with_columns(TEXT.str.len_bytes().alias("width"))
    if len(numbers) < _LEAST_NUMBERS:
        return None
    width = int(str(numbers["width"].max()))
    shorter = numbers.filter(pl.col("width") < width)
    share = len(shorter) / len(numbers)
    if width < _LEAST_WIDTH or not 0 < share <= min(_ZERO_SHARE, 1 - _WIDE_SHARE):
        return None
    kept = numbers.filter(TEXT.str.starts_with("0") & (pl.col("width") < width))
    by_one = shorter.filter(pl.col("width") == width - 1)
    too_short = shorter.filter(pl.col("width") < width - _MOST_ZEROS)
    if len(kept) or len(too_short) or 2 * len(by_one) < len(shorter) or _counted_up(numbers):
        return None
    return width


def _counted_up(numbers: pl.DataFrame) -> bool:
    low, high = numbers.select(TEXT.cast(pl.Int64).min(), TEXT.cast(pl.Int64).max().alias("high")).row(0)
    return int(high - low) < _COUNTED * len(numbers)
