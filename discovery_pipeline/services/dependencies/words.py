"""An edge's kind, confidence and evidence in plain words. Keep out: finding them (domain/dependencies)."""

from __future__ import annotations

import re
from collections.abc import Callable

from discovery_pipeline.services.dependencies.model import Edge
from discovery_pipeline.services.dependencies.waiting import UNTOLD

_OBSERVED = re.compile(r"^(?P<port>\d+/\w+|\w+)(?: (?P<service>.+))?$")
_NAMES = {"one stem": "their names have one stem", "same application": "both name the same application"}


def kind_in_words(kind: str) -> str:
    """A kind as people read it; of an edge that somebody added without one, that a run tells it."""
    return "a run tells its kind" if kind == UNTOLD else kind.replace("_", " ")


def sure_in_words(edge: Edge) -> str:
    """0.25 -> '25 % sure'; an edge that somebody added and no run has seen has no confidence yet."""
    if edge.waiting == "confirmed" and not edge.confidence:
        return "added by a person"
    return f"{edge.confidence:.0%} sure".replace("%", " %")


def evidence_in_words(label: str) -> str:
    """'observed:443/tcp https' -> 'traffic to 443/tcp (https) was seen'; an unknown label stays as it is."""
    source, _, what = label.partition(":")
    return _WORDS[source](what.strip()) if source in _WORDS and what else label


def _observed(what: str) -> str:
    found = _OBSERVED.match(what)
    if found is None:
        return f"traffic was seen: {what}"
    service = f" ({found['service']})" if found["service"] else ""
    return f"traffic to {found['port']}{service} was seen"


_WORDS: dict[str, Callable[[str], str]] = {
    "observed": _observed,
    "stated": lambda what: f"stated in {what}",
    "text": lambda what: f"the text of {what} names it",
    "hosting": lambda what: f"its {what.replace('_', ' ')} says so",
    "named": lambda what: f"its {what} name says so",
    "naming": lambda what: _NAMES.get(what, what),
    "address": lambda what: f"one address: {what}",
    "shared_database": lambda _: "both use one database",
    "derived": lambda what: f"follows from {what} between their servers",
    "model": lambda what: f"a model recognised the name in {what}",
    "analyst": lambda what: f"confirmed by a person ({what})",
    "denied": lambda what: f"rejected by a person ({what})",
}
