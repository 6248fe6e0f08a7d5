"""How else a name in a text can be meant: several names, a name with an explanation, a name with its environment.

Keep out: whom a reading names (text).
"""

from __future__ import annotations

import re
from functools import cache

from discovery_pipeline.domain.packaged import packaged_yaml

_BRACKETS = re.compile(r"^(?P<outside>[^()\[\]]*?)\s*[(\[](?P<inside>[^()\[\]]+)[)\]]\s*(?P<rest>[^()\[\]]*)$")
_LABEL = re.compile(r"^[^\W\d_][^:]{0,24}:\s+(?P<name>.+)$")


@cache
def _words() -> dict[str, frozenset[str]]:
    data = packaged_yaml(__package__, "words.yaml")
    return {part: frozenset(data[part]) for part in ("and", "nothing", "qualifiers")}


@cache
def _joint() -> re.Pattern[str]:
    return re.compile(rf"\s+(?:{'|'.join(re.escape(word) for word in sorted(_words()['and']))})\s+", re.IGNORECASE)


def says_nothing() -> list[str]:
    """Cells in lower case that name nothing."""
    return sorted(_words()["nothing"])


def _bare(name: str) -> str:
    """The name without environments, tiers and the like at its ends; as it is where nothing else would be left."""
    words = name.split()
    while len(words) > 1 and words[-1].lower().strip(".-") in _words()["qualifiers"]:
        words.pop()
    while len(words) > 1 and words[0].lower() in _words()["qualifiers"]:
        words.pop(0)
    return " ".join(words).strip(" -–_") or name


def readings(name: str) -> list[tuple[str, ...]]:
    """Other readings of a name that nothing answers to, the likeliest first; each is all the names that it means."""
    found: list[tuple[str, ...]] = []
    label = _LABEL.match(name)
    plain = label["name"] if label else name
    parts = tuple(part.strip() for part in _joint().split(plain) if part.strip())
    brackets = _BRACKETS.match(plain)
    if len(parts) > 1:
        found += [parts, tuple(_bare(part) for part in parts)]
    if label:
        found.append((plain,))
    if brackets:
        found += [(text.strip(),) for text in (brackets["outside"], brackets["inside"]) if text.strip()]
        found += [(_bare(brackets["outside"].strip()),)] if brackets["outside"].strip() else []
    found.append((_bare(plain),))
    return list(dict.fromkeys(reading for reading in found if reading != (name,)))
