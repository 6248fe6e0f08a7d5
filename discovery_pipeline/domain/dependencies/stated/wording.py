"""What the words of a relationship say: its meaning and which side depends. Keep out: who the two sides are."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import polars as pl

from discovery_pipeline.domain.packaged import packaged_yaml

_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])")
_SEPARATORS = re.compile(r"[\s_\-]+")
_HALVES = re.compile(r"\s*(?:::|<->|->|\||/)\s*")

_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})

WORDING_SCHEMA = {"relationship_type": pl.String(), "relation": pl.String(), "parent_depends": pl.Boolean()}


def fold_phrase(text: str) -> str:
    """A phrase as wording.yaml's are compared: NFC, lower case, one blank between words, no outer punctuation."""
    spaced = _CAMEL.sub(" ", unicodedata.normalize("NFC", text))
    return _SEPARATORS.sub(" ", spaced).strip(" .:;,()[]\"'").casefold().replace("’", "'")


def _plain_spellings(phrase: str) -> tuple[str, ...]:
    """The phrase, and as it is written where umlauts and accents are not: "hängt ab", "haengt ab", "hangt ab"."""
    written_out = phrase.translate(_WRITTEN_OUT)
    bare = "".join(c for c in unicodedata.normalize("NFD", phrase) if not unicodedata.combining(c))
    return phrase, written_out, bare


@cache
def _phrases() -> dict[str, tuple[str, bool]]:
    """Folded phrase -> (meaning, whether the subject is the dependent side)."""
    data = packaged_yaml(__package__, "wording.yaml")
    listed = {
        fold_phrase(phrase): (meaning, side == "subject")
        for meaning, sides in data["phrases"].items()
        for side, phrases in sides.items()
        for phrase in phrases
    }
    plain = {spelling: told for phrase, told in listed.items() for spelling in _plain_spellings(phrase)}
    return {**plain, **listed}


def read_wording(text: str | None) -> tuple[str, bool]:
    """(meaning, whether the parent depends on the child) of a relationship's type.

    "A::B" reads A from the parent; when only B is known it is read from the child. Words that are not known give
    ("unknown", True): the stated order stands.
    """
    if text is None or not text.strip():
        return "unknown", True
    halves = [fold_phrase(half) for half in _HALVES.split(text) if half.strip()]
    known = _phrases()
    if halves and halves[0] in known:
        return known[halves[0]]
    if len(halves) > 1 and halves[1] in known:
        meaning, subject_depends = known[halves[1]]
        return meaning, not subject_depends
    return known.get(fold_phrase(text), ("unknown", True))


def wording_table(types: pl.Series) -> pl.DataFrame:
    """WORDING_SCHEMA, one row per distinct relationship type (a null type included)."""
    distinct = types.unique().sort().to_list()
    rows = [(text, *read_wording(text)) for text in distinct]
    return pl.DataFrame(rows, schema=WORDING_SCHEMA, orient="row")
