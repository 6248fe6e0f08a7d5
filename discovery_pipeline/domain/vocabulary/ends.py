"""The two ends that a table's headers speak of: "Subject IP" and "Peer IP", "sPort" and "dPort", "CI 1" and "CI 2".

Words for ends (data/ends.yaml) mean too much else to be read one by one; two headers that differ in nothing but such a
pair of words prove each other. Knows no canonical fields.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.domain.vocabulary.dictionary import Word, table_language
from discovery_pipeline.domain.vocabulary.end_words import (
    DESTINATION,
    NAMING,
    SOURCE,
    Said,
    is_whole,
    paths,
    repeated,
    said_by,
)
from discovery_pipeline.domain.vocabulary.headers import Header
from discovery_pipeline.domain.vocabulary.source import load
from discovery_pipeline.domain.vocabulary.text import split_words

_SIDES = (SOURCE, DESTINATION)


@dataclass(frozen=True)
class Ends:
    """headers: as read, the word for an end read as source or destination. sides: the end each speaks of, or "".
    pairs: positions of the headers that say the same of either end; plain: those of words and not of letters."""

    headers: tuple[Header, ...]
    sides: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...]
    plain: frozenset[tuple[int, int]]


def read_ends(headers: Sequence[Header], record: RecordKind) -> Ends:
    """The ends that these headers of a record kind speak of; without pairs the headers stay as they are."""
    language = table_language(split_words(header.raw) for header in headers[:300])
    said = [
        one
        for position, header in enumerate(headers)
        for one in said_by(position, header, language)
        if load("ends")["pairs"][one.family].get("record", record) == record
    ]
    pairs = _pairs(said)
    if not pairs and record == "relationship":
        said = list(paths(headers, language))
        pairs = _pairs(said)
    if any(is_whole(one.family) for one, _ in pairs):
        twins = list(repeated(headers))
        said, pairs = [*said, *twins], [*pairs, *_matched(twins, lambda one: one.key)]
    chosen = _chosen(said, pairs)
    read = tuple(_rewritten(header, chosen.get(position)) for position, header in enumerate(headers))
    sides = tuple(_SIDES[chosen[p].side] if p in chosen else "" for p in range(len(headers)))
    found = {(one.position, two.position): one.family for one, two in pairs}
    plain = frozenset(pair for pair, family in found.items() if is_whole(family))
    return Ends(read, sides, tuple(found), plain)


def _rewritten(header: Header, said: Said | None) -> Header:
    if said is None:
        return header
    return replace(header, words=(Word(_SIDES[said.side], said.word, known=True), *said.rest))


def _pairs(said: Sequence[Said]) -> list[tuple[Said, Said]]:
    """Headers that differ in nothing but the words of one pair; then those that both only name their end."""
    exact = _matched(said, lambda one: one.key)
    paired = {one.position for pair in exact for one in pair}
    naming = [one for one in said if one.position not in paired and is_whole(one.family) and NAMING.issuperset(one.key)]
    return [*exact, *_matched(naming, lambda _: ())]


def _matched(said: Sequence[Said], key: Callable[[Said], tuple[str, ...]]) -> list[tuple[Said, Said]]:
    """One of either side under each key. More than one letter or digit of a side makes a list and no two ends."""
    by_key: dict[tuple[str, tuple[str, ...]], tuple[list[Said], list[Said]]] = defaultdict(lambda: ([], []))
    for one in said:
        if one.family != "bare" or one.key:
            by_key[one.family, key(one)][one.side].append(one)
    found: dict[tuple[int, int], tuple[Said, Said]] = {}
    for (family, _), (first, second) in by_key.items():
        alone = len(first) == len(second) == 1
        if first and second and (alone or is_whole(family)):
            for one, two in zip(first, second, strict=False):
                if one.position != two.position:
                    found.setdefault((one.position, two.position), (one, two))
    return list(found.values())


def _chosen(said: Sequence[Said], pairs: Sequence[tuple[Said, Said]]) -> dict[int, Said]:
    """The end each header speaks of: as its pair says or, with the words of a pair, without one."""
    count: dict[str, int] = defaultdict(int)
    for one, _ in pairs:
        count[one.family] += 1
    proven = {(one.family, one.word) for pair in pairs for one in pair}
    paired = {(one.family, one.side, one.position) for pair in pairs for one in pair}
    usable = [
        one
        for one in said
        if (one.family, one.side, one.position) in paired or (is_whole(one.family) and (one.family, one.word) in proven)
    ]
    order = list(load("ends")["pairs"])
    ranked = sorted(usable, key=lambda one: (count[one.family], -order.index(one.family)))
    return {one.position: one for one in ranked}
