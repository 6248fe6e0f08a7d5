"""The dependencies agent: whom a text means that nothing answers to.

Keep out: which texts are asked about, who may be meant and what follows from an answer (domain.dependencies.meant).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from discovery_pipeline.agents.choosing import ChoiceAgent
from discovery_pipeline.agents.plain_words import hints
from discovery_pipeline.agents.pseudonyms import Pseudonyms
from discovery_pipeline.domain.dependencies.meant.advised import AGENT
from discovery_pipeline.domain.dependencies.meant.candidates import Candidate, nearly
from discovery_pipeline.domain.opinions.doubts import Doubt

_MOST_WORDS = 20
_NEARLY = "~"
_WORD = re.compile(r"[^\W\d_]+|\d+")
_STEP = 5


def shown_name(doubt: Doubt, pseudonyms: Pseudonyms) -> Mapping[str, Any]:
    """What a question tells of a text and its candidates: their words, equal ones by equal stand-ins."""
    candidates: Mapping[str, Candidate] = doubt.shown["candidates"]
    words = _Words(frozenset(c.named.words for c in candidates.values()), pseudonyms)
    return {
        "text": words.text(doubt.shown["name"]),
        "times": _rounded(doubt.shown["records"]),
        "said by": list(doubt.shown["said_by"]),
        "candidates": {key: _shown(candidate, words) for key, candidate in sorted(candidates.items())},
    }


@dataclass(frozen=True)
class _Words:
    """How the words of a text and of its candidates' names are shown. names: the words of each."""

    names: frozenset[tuple[str, ...]]
    pseudonyms: Pseudonyms

    @cached_property
    def _of_names(self) -> frozenset[str]:
        return frozenset(word for name in self.names for word in name)

    @cached_property
    def _clear(self) -> frozenset[str]:
        """Those of the names that say what a machine does; of a name made of such words alone all but the first."""
        clear = self._of_names & hints()
        return clear - {name[0] for name in self.names if name and clear.issuperset(name)}

    def text(self, text: str) -> str:
        """A word that shortens or misspells one of a candidate's name is that word's, behind a "~"; of the others
        those in clear that are everybody's and in no name that is known."""
        words = _WORD.findall(text.lower())[:_MOST_WORDS]
        named = {n for first, after, _ in self.pseudonyms.known.found(words) for n in range(first, after)}
        return " ".join(self._in_text(word, is_named=number in named) for number, word in enumerate(words))

    def name(self, words: Iterable[str]) -> str:
        return " ".join(map(self._of_name, words))

    def _in_text(self, word: str, *, is_named: bool) -> str:
        if word in self._of_names:
            return self._of_name(word)
        near = nearly(word, sorted(self._of_names))
        if near:
            return f"{_NEARLY}{self._of_name(near)}"
        return self._stand_in(word) if is_named else self.pseudonyms.parts(word)

    def _of_name(self, word: str) -> str:
        return word if word in self._clear else self._stand_in(word)

    def _stand_in(self, word: str) -> str:
        kind = "number" if word.isdecimal() else "word"
        # Without the hint to what is in it.
        return self.pseudonyms.stand_in(kind, word).partition(" ")[0]


def _shown(candidate: Candidate, words: _Words) -> Mapping[str, Any]:
    named = candidate.named
    return {
        "name": words.name(named.words[:_MOST_WORDS]),
        "type": named.classified_type,
        **({"environment": named.environment} if named.environment else {}),
        "alike": round(candidate.alike / _STEP) * _STEP,
        **({"shortened": True} if candidate.shortened else {}),
        **({"called": True} if candidate.called else {}),
    }


def _rounded(times: int) -> int:
    """To one digit, downwards, so that small changes of a file change no question."""
    size: int = 10 ** (len(str(times)) - 1)
    return times // size * size


DEPENDENCIES = ChoiceAgent(AGENT, shown_name)
