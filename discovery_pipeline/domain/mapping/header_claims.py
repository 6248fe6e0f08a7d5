"""What a table's headers claim to be, also without what a table, a path or a bracket puts around them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.domain.vocabulary.headers import Header, read_header
from discovery_pipeline.domain.vocabulary.lexicon import (
    NO_FIELD,
    Claim,
    claims_of,
    is_generic,
    is_holder,
    names_a_thing,
)
from discovery_pipeline.domain.vocabulary.text import LONGEST

# Columns that have to share a first or last word for it to say nothing of its own, and what leaving it out costs: more
# when it is a word with a meaning.
_SHARED = 3
_PREFIX_COST = 1.5
_UNKNOWN_PREFIX_COST = 0.5
# Share of a table's columns that a word nobody knows has to stand at for it to name their table.
_MOST_COLUMNS = 0.4
_GENERIC_COST = 1.0
# What punctuation sets apart ("Finance - Purchase date", "nics[0].subnet", "CI->Name") may be left out, too.
_ASIDE_COST = 1.0
_GROUP_COST = 1.2
_GROUPED = re.compile(r"\s+[-–—|>»]+\s+|\s*(?:->|=>|→|::|»)\s*|\s*:\s+|(?<=\w):(?=[^\W\d])|[\"\]]\s*\.\s*[\"\[]|__")
_PATH = re.compile(r"^[^\s.]+(?:\.[^\s.]+)+$")
_STEP = re.compile(r"\.")
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")


@dataclass(frozen=True)
class _Reading:
    """A header without a part of it, what that costs, and the words of the rest."""

    header: Header
    price: float
    aside: bool = False

    @property
    def rest(self) -> tuple[str, ...]:
        return tuple(word.text for word in self.header.words)


@dataclass(frozen=True)
class _Repeated:
    """first: words that open several headers. everywhere: those that open or close a great part of them."""

    first: frozenset[str]
    everywhere: frozenset[str]


def header_claims(record: RecordKind, headers: Sequence[Header], sides: Sequence[str]) -> tuple[tuple[Claim, ...], ...]:
    """Claims by position, strongest first. sides: the end it speaks of, which is part of its name."""
    repeated = _repeated(headers)
    return tuple(
        claims_of(record, header) if side else _claims(record, header, repeated)
        for header, side in zip(headers, sides, strict=True)
    )


def _claims(record: RecordKind, header: Header, repeated: _Repeated) -> tuple[Claim, ...]:
    """Claims of the header and, at a price, of the header without what a table, a path or a bracket puts around it."""
    best = {claim.field: claim for claim in claims_of(record, header)}
    after_first = tuple(word.text for word in header.words[1:])
    for reading in _shorter_readings(header, repeated):
        refusal = best.get(NO_FIELD)
        if refusal and refusal.rest in (reading.rest, after_first):
            del best[NO_FIELD]
        for claim in claims_of(record, reading.header):
            if reading.aside and claim.field == NO_FIELD:
                continue  # "Interfaces (upstream)": the bracket may be what makes it a field.
            cheaper = replace(claim, weight=claim.weight - reading.price)
            if claim.field not in best or cheaper.weight > best[claim.field].weight:
                best[claim.field] = cheaper
    return tuple(sorted(best.values(), key=lambda c: (-c.weight, c.field)))


def _repeated(headers: Sequence[Header]) -> _Repeated:
    """First and last words of several columns, often only the name of a source table: inventory_os, inventory_ip."""
    long = [header.words for header in headers if len(header.words) > 1]
    first = Counter(words[0].text for words in long)
    last = Counter(words[-1].text for words in long)
    most = max(_SHARED, _MOST_COLUMNS * len(headers))
    return _Repeated(
        frozenset(word for word, count in first.items() if count >= _SHARED),
        frozenset(word for word, count in (first + last).items() if count >= most),
    )


def _shorter_readings(header: Header, repeated: _Repeated) -> Iterator[_Reading]:
    """The header without its group, its path, its aside or a word that many headers share."""
    if len(header.raw) <= LONGEST:
        yield from _steps(header)
        yield from _without_aside(header)
    words = header.words
    if len(words) > 1 and words[0].text in repeated.first:
        named = words[0].known or words[0].text not in repeated.everywhere
        yield _Reading(replace(header, words=words[1:]), _PREFIX_COST if named else _UNKNOWN_PREFIX_COST)
    if len(words) > 1 and words[-1].text in repeated.everywhere and not words[-1].known:
        yield _Reading(replace(header, words=words[:-1]), _UNKNOWN_PREFIX_COST)


def _steps(header: Header) -> Iterator[_Reading]:
    """What stands after each separator: the last step of a path, and the last two."""
    separator, price = (_STEP, _PREFIX_COST) if _PATH.search(header.raw) else (_GROUPED, _GROUP_COST)
    for match in separator.finditer(header.raw):
        rest = read_header(header.raw[match.end() :], header.language)
        group = read_header(header.raw[: match.start()], header.language)
        if not rest.words or (is_generic(rest) and names_a_thing(group) and separator is _GROUPED):
            continue
        yield _Reading(rest, _price_of_group(group, rest, price))


def _price_of_group(group: Header, rest: Header, price: float) -> float:
    if all(is_holder(concept) for concept in group.concepts):
        return _ASIDE_COST
    known = any(word.known for word in group.words)
    return (price if known else _ASIDE_COST) + (_GENERIC_COST if is_generic(rest) else 0.0)


def _without_aside(header: Header) -> Iterator[_Reading]:
    """Without a last bracket, when something in it is not understood: "(as per CMDB)", "(RW)"."""
    bare = _BRACKETS.sub("", header.raw)
    if not bare.strip() or bare == header.raw:
        return
    aside = read_header(header.raw[len(bare) :], header.language)
    if any(not word.known for word in aside.words):
        yield _Reading(replace(read_header(bare, header.language), unit=header.unit), _ASIDE_COST, aside=True)
