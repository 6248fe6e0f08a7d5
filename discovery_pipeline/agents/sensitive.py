"""What looks like somebody's or something's own, whoever it belongs to: addresses, ids, numbers, secrets.

Keep out: names that only their tenant knows (pseudonyms).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import cache

# A kind by which a match is left as it is.
KEPT = "kept"

_HEX = r"[0-9a-f]"
_GROUPS = rf"(?:{_HEX}{{1,4}}(?::{_HEX}{{1,4}}){{0,6}})"
_LABEL = r"(?:pass(?:word|wd|wort|phrase)?|pwd|kennwort|secret|token|credentials?|signature|key)"
# Kind -> (signs of which a match holds at least one, "" = it may hold none; pattern).
_PATTERNS = {
    "secret": (
        ("-", r"-----begin[a-z ]+-----.*?(?:-----end[a-z ]+-----|$)"),
        ("@", r"(?<=://)[^/\s@]+(?=@)"),
        ("=:", rf"{_LABEL}[\"']?\s*[=:]\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\s;,&]+)"),
        ("", r"(?:pass(?:word|wd|wort|phrase)|kennwort|secret|token)\s+(?:is|ist|est)\s+(?P<told>\S+)"),
    ),
    "email": (("@", r"[^\s@,;:\"'()<>\\/=]+@[^\s@,;:\"'()<>\\/=]*[^\s@,;:\"'()<>\\/=.]"),),
    "id": (
        ("", rf"(?<![0-9a-z]){_HEX}{{8}}-?(?:{_HEX}{{4}}-?){{3}}{_HEX}{{12}}(?![0-9a-z])"),
        ("-", r"(?<!\w)s-1-\d+(?:-\d+)+(?!\w)"),
    ),
    "mac": (
        (":-", rf"(?<![\w:]){_HEX}{{2}}(?:[:-]{_HEX}{{2}}){{5,7}}(?![\w:])"),
        (".", rf"(?<![\w.])(?:{_HEX}{{4}}\.){{2}}{_HEX}{{4}}(?!\w)"),
    ),
    "address": (
        (":", rf"(?<![\w:])(?:{_HEX}{{1,4}}:){{7}}{_HEX}{{1,4}}(?![\w:])"),
        (":", rf"(?<![\w:])(?=[:0-9a-f]*{_HEX}){_GROUPS}?::{_GROUPS}?(?:%\w+)?(?:/\d{{1,3}})?(?![\w:])"),
        (".", r"(?<![\w.])(?:\d{1,3}\.){3}(?:\d{1,3}|[x*])(?:/\d{1,2})?(?!\w|\.\d)"),
    ),
    KEPT: (
        ("-", r"(?<![\w.-])\d{4}-\d{2}-\d{2}(?![\w-])"),
        (":", r"(?<![\w.-])\d{1,2}:\d{2}(?::\d{2})?(?![\w:])"),
    ),
    "number": (("+0", r"(?<![\w.])(?:\+\d|\(?0\d)[\d ()/.-]{4,}\d(?!\w)"),),
}  # fmt: skip
_SIGNS = "-@=:.+0"
_LABELLED = ("value", "told")
KINDS = tuple(kind for kind in _PATTERNS if kind != KEPT)

# What chat templates and markup are made of; a cell needs none of it.
_MARKUP = dict.fromkeys(map(ord, "<>{}[]|`"), " ")


def sensitive(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, kind) of everything in the text that is somebody's by its looks."""
    for match in _looking_for(tuple(sign for sign in _SIGNS if sign in text)).finditer(text):
        labelled = next((name for name in _LABELLED if match.groupdict().get(name) is not None), 0)
        yield *match.span(labelled), match.lastgroup or KEPT


@cache
def _looking_for(signs: Collection[str]) -> re.Pattern[str]:
    """What a text with these signs can hold; most texts have few of them."""
    possible = {
        kind: [pattern for needed, pattern in patterns if not needed or any(sign in signs for sign in needed)]
        for kind, patterns in _PATTERNS.items()
    }
    kinds = (f"(?P<{kind}>{'|'.join(patterns)})" for kind, patterns in possible.items() if patterns)
    return re.compile("|".join(kinds), re.IGNORECASE | re.DOTALL)


def plain_text(text: str) -> str:
    """One line in one spelling (NFKC), without invisible characters, controls, marks of markup and chat templates."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", "".join(c for c in text if unicodedata.category(c) not in _UNSEEN))
    text = text.translate(_MARKUP)
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())


# Format characters (directions, joiners, tags), private use, surrogates, unassigned.
_UNSEEN = ("Cf", "Co", "Cs", "Cn")
