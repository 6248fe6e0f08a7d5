"""A mapping's reasons in plain words. Keep out: finding them (domain.mapping)."""

from __future__ import annotations

import re

_WEIGHED = re.compile(r"^(?P<weight>[+-]\d+(?:\.\d+)?) (?P<words>.*)$", re.DOTALL)
STRONG = 3.0
METHODS = {
    "lexicon": "its header", "values": "its values", "context": "its neighbours", "product": "the exporting product",
    "pattern": "a correction", "model": "a language model",
}  # fmt: skip


def in_words(reason: str) -> str:
    """'+3.3 header means ...' -> 'Strong: header means ...'; a negative weight speaks against the field."""
    weighed = _WEIGHED.match(reason)
    if weighed is None:
        return reason[:1].upper() + reason[1:]
    weight = float(weighed["weight"])
    strength = "Against" if weight < 0 else "Strong" if weight >= STRONG else "Some" if weight >= 1 else "Weak"
    return f"{strength}: {weighed['words'].replace('_', ' ')}"


def decided_by(method: str) -> str:
    """What the choice mostly rests on."""
    return METHODS.get(method, method)
