"""A mapping's reasons in plain words. Keep out: finding them (domain.mapping)."""

from __future__ import annotations

import re

_WEIGHED = re.compile(r"^(?P<weight>[+-]\d+(?:\.\d+)?) (?:(?P<source>\w+): )?(?P<words>.*)$", re.DOTALL)
# In a list of weights, as of the runner-up: "lexicon +3.4".
_SOURCE = re.compile(r"\b\w+(?= [+-]\d)")
STRONG, LEAST = 3.0, 0.05
METHODS = {
    "lexicon": "its header", "values": "its values", "context": "its neighbours", "examples": "columns like it",
    "meaning": "headers of like meaning", "product": "the exporting product", "pattern": "a correction",
    "model": "a language model", "prior": "experience", "table": "the other columns",
}  # fmt: skip


def in_words(reason: str) -> str:
    """'+3.3 lexicon: header means ...' -> 'Strong, +3.3 from its header: header means ...'.

    The weight is in log-odds; a negative one speaks against the field. A reason without a weight stays as it is.
    """
    weighed = _WEIGHED.match(reason)
    if weighed is None:
        return _SOURCE.sub(lambda source: decided_by(source[0]), reason[:1].upper() + reason[1:])
    weight, source = float(weighed["weight"]), weighed["source"]
    strength = "Against" if weight < 0 else "Strong" if weight >= STRONG else "Some" if weight >= 1 else "Weak"
    origin = f" from {decided_by(source)}" if source else ""
    return f"{strength}, {weighed['weight']}{origin}: {weighed['words'].replace('_', ' ')}"


def says_something(reason: str) -> bool:
    """Whether its weight is more than nothing as it is written, or it has none."""
    weighed = _WEIGHED.match(reason)
    return weighed is None or abs(float(weighed["weight"])) >= LEAST


def decided_by(method: str) -> str:
    """What the choice mostly rests on."""
    return METHODS.get(method, method)
