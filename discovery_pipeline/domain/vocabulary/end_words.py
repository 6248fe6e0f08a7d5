"""What single headers may say of an end of a flow or a relation, by the words of data/ends.yaml."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from discovery_pipeline.domain.vocabulary.dictionary import STOP_WORDS, Word, dictionary
from discovery_pipeline.domain.vocabulary.headers import Header, header_words
from discovery_pipeline.domain.vocabulary.source import load
from discovery_pipeline.domain.vocabulary.text import split_words
from discovery_pipeline.domain.vocabulary.words import read_words

# What the words of either end are read as.
SOURCE, DESTINATION = "source", "destination"
# Concepts of the dictionary that say an end by themselves, for scripts without blanks and compounds.
_CONCEPTS = {
    "source": ("flow", 0), "destination": ("flow", 1), "local": ("local", 0), "remote": ("local", 1),
    "parent": ("tree", 0), "child": ("tree", 1),
}  # fmt: skip
_ENDS = {
    "source": SOURCE, "local": SOURCE, "parent": SOURCE, "from": SOURCE,
    "destination": DESTINATION, "remote": DESTINATION, "target": DESTINATION, "child": DESTINATION, "to": DESTINATION,
}  # fmt: skip
# Names of one thing in many words: "Client host" and "Server IP" are the same said twice.
NAMING = frozenset(
    """
    name host ip address server vm machine computer device node system asset application ipv4 fqdn
    """.split()  # noqa: SIM905  # words, not a list
)
# Things that relations relate; people and places are what an export says of one thing.
_THINGS = frozenset(
    """
    application service asset server vm host device computer machine node system database software cluster hypervisor
    instance storage solution process interface
    """.split()  # noqa: SIM905  # words, not a list
)
_KEYS = frozenset(("name", "id", "fqdn", "title", "label", "display", "hostname", "uuid", "full"))
# Words of the dictionary that are abbreviations of an end and an address.
_SHORT_FOR_TWO = frozenset(("sip", "dip"))
_LONGEST_PREFIX = 12
_STEPS = re.compile(r"\s*(?:->|\.|::?|/)\s*")
_REPEATED = re.compile(r"(?:[ ._]?\(?\d\)?)$")
_PATH = re.compile(r"^[^\s.]+(?:\.[^\s.]+)+$")


@dataclass(frozen=True)
class Said:
    """A header that may speak of an end. side: 0 or 1; word: the one that says so; rest: what it says besides."""

    position: int
    family: str
    side: int
    word: str
    rest: tuple[Word, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """What headers of the two ends have in common."""
        return tuple(sorted({word.concept for word in self.rest}))


def paths(headers: Sequence[Header], language: str) -> Iterator[Said]:
    """Columns of a link between two things: 'Application->Name' and 'CI->Name'; the first thing is the source."""
    steps = [_STEPS.split(header.raw.strip()) for header in headers]
    things: dict[str, list[int]] = {}
    for position, found in enumerate(steps):
        first, last = read_words(split_words(found[0]), language), read_words(split_words(found[-1]), language)
        thing = len(found) == 2 and any(word.concept in _THINGS or len(word.text) == 1 for word in first)
        if thing and last and _KEYS.issuperset(word.concept for word in last):
            things.setdefault(found[0], []).append(position)
        elif len(found) == 1 and NAMING.issuperset(word.concept for word in first):
            return
    if len(things) != len((SOURCE, DESTINATION)):
        return
    for side, prefix in enumerate(things):
        for position, found in enumerate(steps):
            if found[0] == prefix and len(found) > 1:
                rest = read_words(split_words(" ".join(found[1:])), language)
                yield Said(position, "path", side, prefix, tuple(rest))


def repeated(headers: Sequence[Header]) -> Iterator[Said]:
    """Headers without a word for an end that stand twice, as they are or numbered: 'IP' and 'IP.1'."""
    places: dict[str, list[int]] = defaultdict(list)
    for position, header in enumerate(headers):
        places[_REPEATED.sub("", header.raw.strip())].append(position)
    for text, found in places.items():
        words = tuple(word for word in headers[found[0]].words if not word.concept.isdigit())
        if len(found) == 2 and headers[found[0]].raw.strip() == text and words and not end_of(headers[found[0]]):
            yield from (Said(position, "repeat", side, "", words) for side, position in enumerate(found))


def end_of(header: Header) -> str:
    """The end that the concepts of a header speak of, or "" for none or both."""
    told = {side for concept, side in _ENDS.items() if concept in header.concepts}
    return told.pop() if len(told) == 1 else ""


def is_whole(family: str) -> bool:
    return bool(load("ends")["pairs"][family].get("whole"))


@cache
def _word_sides() -> Mapping[str, tuple[tuple[str, int], ...]]:
    """Word -> the pairs it belongs to, and on which side."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for family, pair in load("ends")["pairs"].items():
        for side, name in enumerate(("first", "second")):
            for word in pair[name]:
                found[word].append((family, side))
    return {word: tuple(places) for word, places in found.items()}


def said_by(position: int, header: Header, language: str) -> Iterator[Said]:
    """Every way in which a header may speak of an end."""
    _, words = header_words(_from_end(header.raw))
    fillers: Any = load("ends")["fillers"]
    for index, token in enumerate(words):
        for word, family, side, left in _readings(token):
            rest = [*words[:index], *left, *words[index + 1 :]]
            other = {s for t in rest for f, s in _word_sides().get(t, ()) if f == family}
            if {1 - side} & other and is_whole(family):
                continue
            if not is_whole(family):
                rest = [t for t in rest if t not in fillers]
            yield Said(position, family, side, word, tuple(_read_rest(rest, language)))
    yield from _said_in_concepts(position, header)
    yield Said(position, "bare", 0, "", header.words)


def _from_end(raw: str) -> str:
    """A dotted path without the steps before the one that says an end: 'payload.connection.src_ip' -> 'src_ip'."""
    steps = raw.split(".") if _PATH.search(raw.strip()) else [raw]
    for start, step in enumerate(steps):
        if any(is_whole(family) for token in split_words(step) for _, family, _, _ in _readings(token)):
            return ".".join(steps[start:])
    return raw


def _read_rest(words: Sequence[str], language: str) -> list[Word]:
    things: Any = load("ends")["things"]
    thing = next((word for word in words if word in things), None)
    read = read_words([word for word in words if word not in things], language)
    return read if thing is None else [Word("asset", thing, known=True), *read]


def _said_in_concepts(position: int, header: Header) -> Iterator[Said]:
    told = [word for word in header.words if word.concept in _CONCEPTS]
    if len(told) == 1 and told[0].text not in _word_sides():
        family, side = _CONCEPTS[told[0].concept]
        rest = tuple(word for word in header.words if word is not told[0])
        yield Said(position, family, side, told[0].text, rest)


@lru_cache(maxsize=20_000)
def _readings(token: str) -> tuple[tuple[str, str, int, tuple[str, ...]], ...]:
    """(word, pair, side, what is left of the token) of a token that is a word for an end, or begins with one."""
    whole = [(token, family, side, ()) for family, side in _word_sides().get(token, ())]
    if whole or ((token,) in dictionary().forms and token not in _SHORT_FOR_TWO):
        return tuple(whole)
    found: list[tuple[str, str, int, tuple[str, ...]]] = []
    for size in range(1, min(len(token) - 1, _LONGEST_PREFIX)):
        word, left = token[:size], token[size:]
        if word not in STOP_WORDS and left in dictionary().pieces:
            found.extend((word, family, side, (left,)) for family, side in _word_sides().get(word, ()))
    return tuple(found)
