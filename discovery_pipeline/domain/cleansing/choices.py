"""Rules for booleans and enums: the words of several languages onto what the schema allows."""

from __future__ import annotations

from functools import cache, lru_cache

import polars as pl

from discovery_pipeline.domain.cleansing.rules import TEXT, Rule, Stage, Trouble, nulled
from discovery_pipeline.domain.cleansing.vocabulary import (
    boolean_words,
    criticality_numbers,
    enum_words,
    lifecycle_codes,
    named_boolean_words,
    word_key,
)  # fmt: skip
from discovery_pipeline.domain.schema import Field

_UNKNOWN_WORD = Trouble(
    "unknown_enum_value", "warning", "words that are none of the field's choices",
    "say what they mean in a value correction, or correct the source",
)  # fmt: skip
_UNKNOWN_BOOLEAN = Trouble(
    "unparsable_value",
    "warning",
    "neither yes nor no; left empty",
    "correct the source, or map the column to another field",
)
_SCALE = Trouble(
    "criticality_scale_assumed",
    "info",
    "bare numbers; 1 was read as the most critical",
    "check the scale of the source",
)
# Headers of enum columns whose stages are kept instead of built for each column.
_HEADERS = 512
# In front of a word it turns its meaning: "not running" is not "running".
_NEGATION = r"\b(?:not|non|no|nicht|kein|keine|nie|never|pre|ex|former|pas|sin)\b"


@cache
def boolean_stages(field: Field, invert: bool) -> tuple[Stage, ...]:
    """Words to "true" or "false". invert: the column says the opposite, except where a word names the state itself."""
    named = named_boolean_words(field.name)
    plain = boolean_words()
    turned = {word: ("false" if value == "true" else "true") for word, value in plain.items()} if invert else plain
    # "P" is physical and "V" virtual before they could be anything else.
    words = {**turned, **named}
    key = word_key(TEXT)
    known = key.replace_strict(words, default=None, return_dtype=pl.String)
    contained = _phrases(key, named, {"false": 0, "true": 1})
    done = pl.lit(False) if invert else TEXT.is_in(["true", "false"])
    return (
        Stage(
            ~done,
            (
                Rule("boolean_inverted" if invert else "boolean_word", known.is_not_null(), known),
                Rule("boolean_keyword", ~TEXT.is_in(["true", "false"]) & contained.is_not_null(), contained),
                nulled("not_a_boolean", ~TEXT.is_in(["true", "false"]), _UNKNOWN_BOOLEAN),
            ),
        ),
    )


@lru_cache(_HEADERS)
def enum_stages(field: Field, header: str) -> tuple[Stage, ...]:
    """Words to the field's choices; any other word becomes "other" where that is a choice, else null."""
    words = {**enum_words(field.name), **{choice.replace("_", " "): choice for choice in field.choices}}
    words = {word: choice for word, choice in words.items() if choice in field.choices}
    key = word_key(TEXT)
    chosen = TEXT.is_in(field.choices)
    known = key.replace_strict(words, default=None, return_dtype=pl.String)
    rank = {choice: position for position, choice in enumerate(field.choices)}
    # One or two letters are a code on their own and noise inside of a phrase.
    phrases = {word: choice for word, choice in words.items() if len(word) > 2 or word in ("qa", "dr", "up")}
    contained = _phrases(key, phrases, rank)
    rules = [
        *_codes(field, header),
        Rule(f"enum_{field.name}_synonym", ~chosen & known.is_not_null(), known),
        *_numbered(field, chosen, key, words),
        Rule(f"enum_{field.name}_keyword", ~chosen & contained.is_not_null(), contained),
        *_unmatched(field, chosen, key),
    ]
    return (Stage(~chosen | _is_coded(field, header), tuple(rules)),)


def _numbered(field: Field, chosen: pl.Expr, key: pl.Expr, words: dict[str, str]) -> tuple[Rule, ...]:
    """ "DEV01", "TST 2": one of several environments of a kind."""
    if field.name != "environment":
        return ()
    stem = key.str.extract(r"^(\p{L}{2,}) ?\d{1,2}$", 1)
    known = stem.replace_strict(words, default=None, return_dtype=pl.String)
    return (Rule("enum_environment_numbered", ~chosen & known.is_not_null(), known),)


def _is_coded(field: Field, header: str) -> pl.Expr:
    return pl.lit(field.name == "lifecycle_status" and bool(lifecycle_codes(header)))


def _codes(field: Field, header: str) -> tuple[Rule, ...]:
    if field.name == "lifecycle_status":
        codes, name, trouble = lifecycle_codes(header), "enum_lifecycle_status_code", None
    elif field.name == "criticality":
        codes, name, trouble = criticality_numbers(), "enum_criticality_number", _SCALE
    else:
        return ()
    coded = TEXT.str.to_lowercase().replace_strict(codes, default=None, return_dtype=pl.String) if codes else None
    return () if coded is None else (Rule(name, coded.is_not_null(), coded, trouble),)


def _unmatched(field: Field, chosen: pl.Expr, key: pl.Expr) -> tuple[Rule, ...]:
    # Yes and no name none of the choices.
    is_word = TEXT.str.contains(r"\p{L}{2}") & ~key.is_in(sorted(boolean_words()))
    rules = []
    if "other" in field.choices:
        rules.append(Rule(f"enum_{field.name}_other", ~chosen & is_word, pl.lit("other"), _UNKNOWN_WORD))
    rules.append(nulled(f"enum_{field.name}_to_null", ~TEXT.is_in(field.choices), _UNKNOWN_WORD))
    return tuple(rules)


def _phrases(key: pl.Expr, words: dict[str, str], rank: dict[str, int]) -> pl.Expr:
    """The choice that a phrase inside of the text names; of several the one of lowest rank; null at any negation.

    Longer phrases win over words inside of them ("pre prod" over "prod"); negations inside of a phrase are its own.
    """
    if not words:
        return pl.lit(None, pl.String)
    listed = "|".join(sorted(words, key=lambda word: (-len(word), word)))
    pattern = rf"\b(?:{listed})\b"
    ranks = {word: rank[choice] for word, choice in words.items()}
    found = (
        key.str.extract_all(pattern)
        .list.eval(pl.element().replace_strict(ranks, default=None, return_dtype=pl.Int64))
        .list.min()
    )
    negated = key.str.replace_all(pattern, "").str.contains(_NEGATION)
    choices = {position: choice for choice, position in rank.items()}
    return pl.when(~negated).then(found.replace_strict(choices, default=None, return_dtype=pl.String))
