"""Whether a text of a model's may be shown: plain sentences that say nothing which their facts don't.

Every figure, name and verdict of the text has to stand in its facts. What can't be seen this way (two figures that
changed places) is why the facts are shown beside it and nothing is computed from it. Keep out: asking.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from discovery_pipeline.agents.pseudonyms import KnownNames

_MARKUP = frozenset("<>{}[]|`*#~^\\@=_")
# Sentences end so; "e.g." and figures like 1.5 don't.
_SENTENCE_END = re.compile(r"[.!?](?=\s+[^a-z]|\s*$)")
_NUMBER = re.compile(r"\d+(?:[,\u202f\u00a0 ]\d{3})*(?:\.\d+)?(?!\w)")
_WORD = re.compile(r"[^\s\"'“”‘’()]+")
_NUMBER_WORDS = {
    **{word: number for number, word in enumerate(
        ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
         "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"), 2)},
    **{word: 10 * number for number, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 2)},
    "zero": 0, "quarter": 25, "half": 50, "dozen": 12, "hundred": 100, "thousand": 1000, "million": 10**6,
    "billion": 10**9,
}  # fmt: skip
# How much or how many without a figure; a text may say so where its facts use the word.
_AMOUNTS = frozenset(
    (
        "every", "everything", "most", "nearly", "none", "nothing", "majority", "minority", "many", "few", "several",
        "dozens", "scores", "third", "thirds", "quarters", "halves", "hundreds", "thousands", "millions", "billions",
        "twice", "thrice", "double", "doubles", "doubled", "triple", "triples", "tripled", "quadruple", "twofold",
        "threefold", "tenfold",
    )
)  # fmt: skip
# What a text of facts has no need to say, and one that was led astray may: requests of the reader.
_REQUESTS = re.compile(
    r"\b(?:click|visit|download|install|log ?in|sign ?in|log ?on|passwords?|credentials?|ignore|disregard|instructions?"
    r"|prompt|system message|e-?mails?|phone|call us|transfer|pay(?:ment)?|invoice|password|token|secret|urgent(?:ly)?"
    r"|as an ai|language model|i cannot|i can't|sorry)\b",
    re.IGNORECASE,
)
_NO_NAMES = frozenset(("I", "A", "", "e.g", "i.e"))
# Verdicts of the product: a text may give only the one that the facts give.
_VERDICTS = (
    "rehost", "replatform", "refactor", "rearchitect", "replac", "retir", "retain", "decommission", "delet",
)  # fmt: skip


@dataclass(frozen=True)
class Bounds:
    """least, most: characters. sentences: at most."""

    least: int = 30
    most: int = 420
    sentences: int = 2


@dataclass(frozen=True)
class Grounds:
    """What one text may say. facts: as they were sent, stand-ins for names. known: names that no text may hold."""

    facts: tuple[str, ...]
    bounds: Bounds
    known: KnownNames

    @cached_property
    def told(self) -> str:
        return " ".join(self.facts).casefold()

    @cached_property
    def numbers(self) -> frozenset[Decimal]:
        return frozenset(_numbers(" ; ".join(self.facts)))

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(_words(self.told))

    def objection(self, text: str) -> str:
        """Why the text is not believed, in words of ours; "" where it is."""
        checks = (self._form, self._requests, self._figures, self._verdicts, self._names)
        return next((found for check in checks if (found := check(text))), "")

    def _form(self, text: str) -> str:
        if not self.bounds.least <= len(text) <= self.bounds.most:
            return "its length"
        if len(_SENTENCE_END.findall(text)) > self.bounds.sentences:
            return "too many sentences"
        if not text[0].isalnum() or text[-1] not in ".!?":
            return "no whole sentences"
        return "" if all(map(_is_plain, text)) and "://" not in text else "no plain text"

    def _requests(self, text: str) -> str:
        return "it asks something of its reader" if _REQUESTS.search(text) else ""

    def _figures(self, text: str) -> str:
        words = {part for word in _words(text) for part in re.split("[-–—/]", word)}
        said = {*_numbers(text), *(Decimal(_NUMBER_WORDS[word]) for word in words & _NUMBER_WORDS.keys())}
        is_told = said <= self.numbers and words & _AMOUNTS <= self.words
        return "" if is_told else "a figure that its facts don't have"

    def _verdicts(self, text: str) -> str:
        folded = text.casefold()
        said = (stem for stem in _VERDICTS if stem in folded and stem not in self.told)
        return "a verdict that its facts don't give" if any(said) else ""

    def _names(self, text: str) -> str:
        """Names are words with a capital inside of a sentence, with figures or signs in them, and known ones."""
        begins = {match.end() for match in re.finditer(r"^|[.!?]\s+", text)}
        for match in _WORD.finditer(text):
            word = match[0].strip(".,;:!?%").casefold()
            looks_so = _looks_like_a_name(match[0].strip(".,;:!?%"), match.start() in begins)
            if (looks_so or self.known.kind_of(word)) and word not in self.words:
                return "a name that its facts don't have"
        return ""


def _looks_like_a_name(word: str, opens: bool) -> bool:
    if _NUMBER.fullmatch(word) or word in _NO_NAMES:
        return False
    inner = word[1:] if opens else word
    return any(c.isdigit() for c in word) or any(c.isupper() for c in inner) or any(c in "./:&" for c in word)


def _is_plain(character: str) -> bool:
    """A letter of the Latin script, a digit of ours, a blank or usual punctuation."""
    if character in _MARKUP:
        return False
    if character.isascii():
        return character.isprintable()
    return unicodedata.name(character, "").startswith("LATIN ") or character in "–—’‘“”…\u00a0\u202f€£"


def _numbers(text: str) -> list[Decimal]:
    return [Decimal(re.sub(r"[,\u202f\u00a0 ]", "", match)) for match in _NUMBER.findall(text)]


def _words(text: str) -> Collection[str]:
    return [word.strip(".,;:!?%").casefold() for word in _WORD.findall(text)]
