"""Stand-ins for whatever could name somebody or something of a tenant's, the same for the same within one question.

A question knows no other question's stand-ins, so nothing can be linked between calls, and the same question of
another run reads the same. What is not known for sure to name nobody gets a stand-in too: a word stands in clear only
where it is one of our own vocabulary. Keep out: which names a tenant has (services), what a column may show (guard).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from discovery_pipeline.agents.known_names import KnownNames, name_key
from discovery_pipeline.agents.plain_looks import are_versions, compounds, is_plain, is_word, looks_like
from discovery_pipeline.agents.plain_words import hints
from discovery_pipeline.agents.sensitive import KEPT, KINDS, plain_text, sensitive
from discovery_pipeline.agents.tokens import tokens as tokens_of
from discovery_pipeline.domain.vocabulary.text import fold

__all__ = ["KnownNames", "Pseudonyms"]

LONGEST = 400
_PIECE = re.compile(r"[^\W\d_]+|\d+")
_WITHIN_NAMES = re.compile(r"[-_.&'’/+\\: ]{0,3}")
_GIVEN = re.compile(r"(?<![^\W_])[a-z]+-\d+(?![^\W_])")
_SHOWN = re.compile(rf"({_GIVEN.pattern})( \([a-z, ]+\))?")
_CUT = " …"
_MOST_HINTS = 3
# What has no name in it to take hints from.
_UNHINTED = frozenset({*KINDS, "number"})

# How the tokens of text[start:end], none of them a known name, are shown.
_Unknown = Callable[[str, Sequence[tuple[int, int]], int, int], str]


@dataclass
class Pseudonyms:
    """The stand-ins of one question, numbered by first appearance."""

    known: KnownNames = field(default_factory=KnownNames)
    _given: dict[str, str] = field(default_factory=dict, repr=False)
    _originals: dict[str, str] = field(default_factory=dict, repr=False)
    _counts: dict[str, int] = field(default_factory=dict, repr=False)
    _hints: dict[str, str] = field(default_factory=dict, repr=False)

    def hide(self, text: str, longest: int = LONGEST) -> str:
        """The text on one line with stand-ins for all that could be a name: "crm-db-01 of J. Doe" ->
        "host-1 (db) of J. person-1". Words of ours, short codes and small numbers stay. longest: of what is returned.
        """
        return _bounded(self._hidden(plain_text(text[: 4 * longest]), self._unknown), longest)

    def names(self, text: str, longest: int = LONGEST) -> str:
        """Only what the tenant is known to call something, and addresses, ids and the like: for texts that are
        mostly words for things, such as headers."""
        return _bounded(self._hidden(plain_text(text[: 4 * longest]), _as_it_is), longest)

    def parts(self, name: str, longest: int = LONGEST) -> str:
        """A name in its parts, so that likeness stays visible: "crm-db-01" -> "word-1 db number-1", and
        "crm database" -> "word-1 database". Nothing but words of ours stays."""
        pieces = _PIECE.findall(plain_text(name[: 4 * longest]))
        return _bounded(" ".join(self._part(piece) for piece in pieces), longest)

    def stand_in(self, kind: str, name: str) -> str:
        """The stand-in of a whole name of this kind, whatever it looks like."""
        return self._stand_in(kind, name)

    def restore(self, text: str) -> str:
        """A text of a model's with the originals back in, each as it was spelled first."""
        return _SHOWN.sub(self._original, text)

    def holds_only_given(self, text: str) -> bool:
        """Whether every stand-in in the text is one of this question's."""
        return all(found in self._originals for found in _GIVEN.findall(text))

    def _original(self, match: re.Match[str]) -> str:
        name, hint = match[1], match[2] or ""
        if name not in self._originals:
            return match[0]
        return self._originals[name] + ("" if hint == self._hints.get(name) else hint)

    def _hidden(self, text: str, unknown: _Unknown) -> str:
        out, at = [], 0
        for start, end, kind in self._found(text):
            if start >= at:
                out += [self._words(text[at:start], unknown), self._shown(kind, text[start:end])]
                at = end
        return "".join([*out, self._words(text[at:], unknown)])

    def _found(self, text: str) -> list[tuple[int, int, str]]:
        """What needs no reading: stand-ins given before, and what is sensitive by its looks."""
        before = [(*m.span(), KEPT) for m in _SHOWN.finditer(text) if m[1] in self._originals]
        return sorted([*before, *sensitive(text)]) if before else list(sensitive(text))

    def _shown(self, kind: str, text: str) -> str:
        return text if kind == KEPT else self._stand_in(kind, text)

    def _words(self, text: str, unknown: _Unknown) -> str:
        """A text without anything sensitive in it: known names, then everything else."""
        tokens = tokens_of(text)
        out, at, begun = [], 0, 0
        for first, after, kind in self._known(text, tokens):
            start, end = tokens[first][0], tokens[after - 1][1]
            out += [unknown(text, tokens[begun:first], at, start), self._stand_in(kind, text[start:end])]
            at, begun = end, after
        return _apart([*out, unknown(text, tokens[begun:], at, len(text))])

    def _known(self, text: str, tokens: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
        """(first, after last, kind) of the known names, none across marks that part sentences."""
        first = 0
        for at in range(1, len(tokens) + 1):
            if at == len(tokens) or not _WITHIN_NAMES.fullmatch(text, tokens[at - 1][1], tokens[at][0]):
                for i, j, kind in self.known.found([text[a:b] for a, b in tokens[first:at]]):
                    yield first + i, first + j, kind
                first = at

    def _unknown(self, text: str, tokens: Sequence[tuple[int, int]], start: int, end: int) -> str:
        """text[start:end], whose tokens are no names that are known."""
        out, at = [], start
        for compound in compounds(text, tokens):
            first, last = compound[0][0], compound[-1][1]
            out += [text[at:first], self._compound(text[first:last], [text[a:b] for a, b in compound])]
            at = last
        return "".join([*out, text[at:end]])

    def _compound(self, text: str, tokens: Sequence[str]) -> str:
        if is_plain(text) if len(tokens) == 1 else is_word(text) or all(map(is_word, tokens)):
            return text
        if len(tokens) > 1 and are_versions(text):
            return text
        return self._stand_in(looks_like(text), text)

    def _part(self, piece: str) -> str:
        if is_word(piece):
            return fold(piece)
        return self._stand_in("number" if piece.isdigit() else "word", piece, hinted=False)

    def _stand_in(self, kind: str, name: str, *, hinted: bool = True) -> str:
        key = name_key(name) or name
        given = self._given.get(key)
        if given is None:
            given = self._given[key] = self._new(kind, key)
            self._originals[given] = name
            self._hints[given] = "" if kind in _UNHINTED else _hint(name)
        return given + self._hints[given] if hinted else given

    def _new(self, kind: str, key: str) -> str:
        """The next of its kind that the tenant calls nothing."""
        number = self._counts.get(kind, 0) + 1
        while f"{kind}{number}" == key or self.known.kind_of(f"{kind}{number}"):
            number += 1
        self._counts[kind] = number
        return f"{kind}-{number}"


def _as_it_is(text: str, _: Sequence[tuple[int, int]], start: int, end: int) -> str:
    return text[start:end]


def _apart(parts: Sequence[str]) -> str:
    """The parts as one text; what a script without blanks glued to a name stands apart from its stand-in."""
    joined = ""
    for part in filter(None, parts):
        glued = joined[-1:].isalnum() and part[0].isalnum()
        joined += f" {part}" if glued else part
    return joined


def _hint(name: str) -> str:
    """What a name tells of the part that it has, in words that are in everybody's names: " (db, prod)"."""
    found = {fold(piece) for piece in _PIECE.findall(name)} & hints()
    return f" ({', '.join(sorted(found)[:_MOST_HINTS])})" if found else ""


def _bounded(text: str, longest: int) -> str:
    """Cut between words, never inside of a stand-in."""
    if len(text) <= longest:
        return text
    return text[: longest - len(_CUT) + 1].rpartition(" ")[0][: longest - len(_CUT)] + _CUT
