"""Which assets a name may mean, by their likeness and by whom the one that says it is seen calling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from discovery_pipeline.domain.dependencies.ends.directory import MACHINES
from discovery_pipeline.domain.names import name_key

_WORD = re.compile(r"[^\W\d_]+|\d+")
_VOWELS = re.compile("[aeiouyäöü]")
# Words are looked up by their beginnings; a beginning that more names have tells little.
_BEGINNING = 3
_COMMON = 400
# An asset less like the name than this, in [0, 100], is no candidate; nor is one beyond so many.
_LEAST = 45.0
_MOST = 6
_MOST_CALLED = 2
_MISSPELT = 75.0
_INITIALS, _ABBREVIATED, _CALLED = 88.0, 84.0, 6.0
# Words that stand in many names and tell none of them apart.
_WEAK = frozenset({"the", "system", "server", "service", "app", "application", "prod", "db", "database", "of", "and"})


@dataclass(frozen=True)
class Named:
    """An asset by one of its names. key: folded."""

    asset_id: str
    name: str
    key: str
    classified_type: str
    environment: str | None

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(_WORD.findall(self.key))


@dataclass(frozen=True)
class Candidate:
    """alike: in [0, 100]. called: seen called by one that says the name. shortened: the name abbreviates its words, or
    is their initials."""

    named: Named
    alike: int
    shortened: bool
    called: bool


@dataclass(frozen=True)
class NameBook:
    """The names of a tenant's living assets, found by beginnings and initials. calls: caller -> called assets."""

    names: Sequence[Named]
    calls: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def _by_beginning(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, named in enumerate(self.names):
            for beginning in {b for word in named.words for b in _beginnings(word)}:
                found.setdefault(beginning, []).append(number)
        return found

    @cached_property
    def _by_initials(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, named in enumerate(self.names):
            if len(named.words) > 1:
                found.setdefault(_initials(named.words), []).append(number)
        return found

    @cached_property
    def _by_asset(self) -> dict[str, int]:
        return {named.asset_id: number for number, named in reversed(list(enumerate(self.names)))}

    def candidates(self, name: str, said_by: Iterable[str] = (), most: int = _MOST) -> list[Candidate]:
        """The assets that the name may mean, the likeliest first, none twice. said_by: assets; none means itself."""
        speakers = frozenset(said_by)
        called = frozenset(asset for speaker in speakers for asset in self.calls.get(speaker, ()))
        words = tuple(_WORD.findall(name.lower()))
        if not words:
            return []
        best: dict[str, Candidate] = {}
        for number in sorted({*self._alike(words), *(self._by_asset[a] for a in called if a in self._by_asset)}):
            named = self.names[number]
            found = _compared(name.lower(), words, named, is_called=named.asset_id in called)
            kept = best.get(named.asset_id)
            if named.asset_id not in speakers and (kept is None or kept.alike < found.alike):
                best[named.asset_id] = found
        return _chosen(best.values(), most)

    def _alike(self, words: Sequence[str]) -> Iterator[int]:
        for word in words:
            for beginning in _beginnings(word):
                numbers = self._by_beginning.get(beginning, [])
                if len(numbers) <= _COMMON or len(words) == 1:
                    yield from numbers[:_COMMON]
            yield from self._by_initials.get(word, [])[:_COMMON]


def name_book(inventory: pl.DataFrame, calls: pl.DataFrame) -> NameBook:
    """inventory: INVENTORY. calls: columns from_asset, to_asset of what was observed."""
    living = inventory.filter(~pl.col("vanished").fill_null(value=False))
    kinds = living.with_columns(pl.col("classified_type").fill_null("other"))
    hosts = kinds.filter(pl.col("classified_type").is_in(MACHINES)).select(
        "asset_id", "classified_type", "environment", name="hostname", key=name_key(pl.col("hostname"))
    )
    others = kinds.filter(pl.col("classified_type") == "application").explode("application_name", empty_as_null=False)
    applications = others.select(
        "asset_id", "classified_type", "environment", name="application_name",
        key=pl.col("application_name").str.strip_chars().str.to_lowercase(),
    )  # fmt: skip
    listed = pl.concat([applications, hosts]).drop_nulls("key").filter(pl.col("key") != "")
    rows = listed.unique(["asset_id", "key"]).sort("key", "asset_id").select(
        "asset_id", "name", "key", "classified_type", "environment"
    )  # fmt: skip
    pairs = calls.select("from_asset", "to_asset").drop_nulls().unique()
    called = pairs.sort("from_asset", "to_asset").group_by("from_asset", maintain_order=True).agg("to_asset")
    return NameBook([Named(*row) for row in rows.iter_rows()], {a: frozenset(b) for a, b in called.iter_rows()})


def _compared(text: str, words: Sequence[str], named: Named, *, is_called: bool) -> Candidate:
    from rapidfuzz import fuzz

    strong = [word for word in words if word not in _WEAK] or list(words)
    own = [word for word in named.words if word not in _WEAK] or list(named.words)
    whole = fuzz.ratio(" ".join(strong), " ".join(own))
    sorted_words = fuzz.token_sort_ratio(" ".join(strong), " ".join(own))
    # Of two names with some words in common the more is shared, the better.
    shared = 100.0 * len({*strong} & {*own}) / max(1, min(len({*strong}), len({*own})))
    overlap = fuzz.token_set_ratio(text, named.key) if shared else 0.0
    by_initials = _INITIALS if len(own) > 1 and _initials(own) in strong else 0.0
    abbreviated = _ABBREVIATED if _abbreviates(strong, own) else 0.0
    scores = (whole, sorted_words, 0.5 * sorted_words + 0.5 * min(shared, overlap), by_initials, abbreviated)
    alike = round(min(100.0, max(scores) + _CALLED * is_called))
    return Candidate(named, alike, max(by_initials, abbreviated) > 0, is_called)


def _beginnings(word: str) -> tuple[str, ...]:
    """Of the word, and of what is left of it without vowels: "customer" -> "cus", "-cst"."""
    skeleton = word[0] + _VOWELS.sub("", word[1:])
    return (word[:_BEGINNING], f"-{skeleton[:_BEGINNING]}") if len(skeleton) >= _BEGINNING else (word[:_BEGINNING],)


def _abbreviates(short: Sequence[str], long: Sequence[str]) -> bool:
    """ "cust rel mgmt" and "customer relationship management": each word the beginning or the skeleton of its word."""
    if len(short) < 2 or len(short) != len(long):
        return False
    return all(b.startswith(a) or (a[0] == b[0] and _is_inside(a, b)) for a, b in zip(short, long, strict=True))


def nearly(word: str, offered: Iterable[str]) -> str | None:
    """The word among those offered that this one shortens or misspells, the most alike; None where there is none.

    A number is no other number.
    """
    from rapidfuzz import fuzz

    if word.isdecimal():
        return None
    found = [
        (fuzz.ratio(word, other), other)
        for other in offered
        if other != word and (_shortens(word, other) or fuzz.ratio(word, other) >= _MISSPELT)
    ]
    return max(found)[1] if found else None


def _shortens(word: str, other: str) -> bool:
    return len(word) >= _BEGINNING and word[0] == other[0] and (other.startswith(word) or _is_inside(word, other))


def _is_inside(letters: str, word: str) -> bool:
    """Whether a word has these letters in this order."""
    rest = iter(word)
    return all(letter in rest for letter in letters)


def _initials(words: Sequence[str]) -> str:
    return "".join(word[0] for word in words)


def _chosen(found: Iterable[Candidate], most: int) -> list[Candidate]:
    ranked = sorted(found, key=lambda c: (-c.alike, c.named.asset_id))
    alike = [candidate for candidate in ranked if candidate.alike >= _LEAST][:most]
    called = [candidate for candidate in ranked if candidate.called and candidate not in alike][:_MOST_CALLED]
    return [*alike[: most - len(called)], *called]
