"""Rules for any text: white space, invisible characters, spreadsheet artefacts, broken encodings, placeholders."""

from __future__ import annotations

import html
from functools import cache

import polars as pl

from discovery_pipeline.domain.cleansing.rules import TEXT, Rule, Stage, Trouble, each, nulled, replaced
from discovery_pipeline.domain.cleansing.vocabulary import enum_words, legal_words, placeholders, word_key
from discovery_pipeline.domain.schema import Field

# UTF-8 read as cp1252 or latin-1: a capital that starts a two-byte sequence, then something from the upper half.
_MOJIBAKE = (
    r"[\u00c2-\u00c5\u00ce\u00cf\u00d0\u00d1\u00e2]"
    r"[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2026\u2030\u2039\u203a\u20ac\u2122]"
)
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]|_x00(?:0[0-8BCEFbcef]|1[0-9A-Fa-f]|7[Ff])_"
_ZERO_WIDTH = r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
_BLANKS = r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0085]"
_UNTIDY = r"""[^\x20-\x7e]|^[ "'=]|[ "]$|  |&[#a-zA-Z]|_x00|'$"""

_LOST = Trouble(
    "lost_characters",
    "info",
    "characters were lost when the file was written (\ufffd)",
    "export the file again in UTF-8; the characters cannot be recovered from this one",
)


_REPAIRED = Trouble(
    "encoding_repaired", "info", "UTF-8 that was read as another encoding when the file was written; put right",
    "export the file again in UTF-8",
)  # fmt: skip
# How often a file may have been written in the wrong encoding, one after the other.
_TIMES = 3
# Letters of DOS under the numbers of control characters; beside a letter they can be nothing else.
_DOS = str.maketrans("\x81\x84\x94\x8e\x99\x9a\x82\x8a", "üäöÄÖÜéè")
_DOS_BESIDE_LETTERS = r"\p{L}[\x81\x84\x94\x8e\x99\x9a\x82\x8a]|[\x81\x84\x94\x8e\x99\x9a\x82\x8a]\p{Ll}"


def _repaired(text: str) -> str:
    """The text with its encoding repaired, where the bytes prove that it was UTF-8 read as something else."""
    for _ in range(_TIMES):
        once = _repaired_once(text)
        if once == text:
            break
        text = once
    return text


def _repaired_once(text: str) -> str:
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return text


def _from_dos(text: str) -> str:
    return text.translate(_DOS)


def _unescaped(text: str) -> str:
    return html.unescape(text)


def _before_blanks() -> tuple[Rule, ...]:
    return (
        Rule(
            "excel_text_formula",
            TEXT.str.contains(r'(?s)^="(?:.*)"$'),
            TEXT.str.extract(r'(?s)^="(.*)"$', 1).str.replace_all('""', '"', literal=True),
        ),
        Rule("lost_characters", TEXT.str.contains("ï¿½"), TEXT.str.replace_all("ï¿½", "?"), _LOST),
        Rule("mojibake_repair", TEXT.str.contains(_MOJIBAKE), each(_repaired), _REPAIRED),
        Rule("dos_letters_repair", TEXT.str.contains(_DOS_BESIDE_LETTERS), each(_from_dos), _REPAIRED),
        Rule("html_entity", TEXT.str.contains(r"&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,5});"), each(_unescaped)),
        replaced("excel_line_break", r"_x000[Dd]_\n?|\r\n?", "\n"),
        replaced("control_characters", _CONTROL, ""),
        replaced("zero_width_characters", _ZERO_WIDTH, ""),
        replaced("nbsp_to_space", _BLANKS, " "),
        Rule("unicode_composed", TEXT.str.contains(r"\p{M}"), TEXT.str.normalize("NFC")),
        Rule("fullwidth_to_ascii", TEXT.str.contains(r"[\uff01-\uff5e]"), TEXT.str.normalize("NFKC")),
        Rule("lost_characters", TEXT.str.contains("\ufffd"), TEXT.str.replace_all("\ufffd", "?"), _LOST),
    )


def _blanks(lines: bool) -> tuple[Rule, ...]:
    trimmed = TEXT.str.strip_chars(" \t\n")
    pattern = r"[ \t]{2,}|\t" if lines else r"[ \t\n]{2,}|[\t\n]"
    return (
        Rule("trim_whitespace", TEXT.str.contains(r"^[ \t\n]|[ \t\n]$"), pl.when(trimmed != "").then(trimmed)),
        replaced("collapse_whitespace", pattern, " "),
    )


def _quotes(lines: bool) -> tuple[Rule, ...]:
    return (
        Rule(
            "wrapped_quotes",
            TEXT.str.contains(r"""^(?:"[^"]*"|'[^']*')$"""),
            TEXT.str.extract(r"""(?s)^["'](.*)["']$""", 1).str.strip_chars(" "),
        ),
        replaced("leading_apostrophe", r"^'+", ""),
        *_blanks(lines)[:1],
        nulled("empty_to_null", TEXT == ""),
    )


@cache
def tidy_text(lines: bool) -> Stage:
    """Text without artefacts. lines: line breaks are kept, since they part the items of a list."""
    return Stage(TEXT.str.contains(_UNTIDY) | (TEXT == ""), (*_before_blanks(), *_blanks(lines), *_quotes(lines)))


@cache
def absent(field: Field) -> Stage:
    """Placeholders to null, except the words that mean something in this field."""
    words = placeholders() - legal_words(field.name)
    if field.base == "enum":
        words -= set(enum_words(field.name))
    marks = r"^[-_.?#~/\\=+,;:!\u2013\u2014\u2026 ]+$"
    listed = word_key(TEXT).is_in(sorted(words)) & ~TEXT.str.contains(r"^[\[({].*[^\])}]$")
    # "*" is any address in a listing of connections, and a mark for "nothing" everywhere else.
    star = pl.lit(False) if field.base == "ip" and not field.is_list else TEXT.str.contains(r"^\*+$")
    # No placeholder holds two digits in a row: most values of columns with many distinct ones are spared.
    needed = (TEXT.str.len_bytes() <= 40) & ~TEXT.str.contains(r"\d\d")
    # "::" is an address: any.
    blank = TEXT.str.contains(marks) & (TEXT != "::") if field.base == "ip" else TEXT.str.contains(marks)
    return Stage(needed, (nulled("placeholder_to_null", listed | blank | star),))
