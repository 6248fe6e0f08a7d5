"""The agent that is asked whether two sets of records are of one machine: field by field, without names and numbers.

Of everything that names something of a tenant's only whether it agrees is told; products, kinds and sizes are told as
they are. Keep out: which pairs are in doubt and what an answer does (domain/inventory/matching).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from discovery_pipeline.agents.choosing import ChoiceAgent
from discovery_pipeline.agents.pseudonyms import Pseudonyms
from discovery_pipeline.domain.inventory.matching.pair_features import NUMBERS, PRODUCTS, WORDS
from discovery_pipeline.domain.opinions.doubts import Doubt, GroupParams

_LONGEST = 60
_TEXTS = frozenset(PRODUCTS.values())
_CLOSED = frozenset((*WORDS.values(), *NUMBERS.values()))
# A merge needs a model that was right on nearly all of some thirty pairs that are the same, and as many that are not.
_PARAMS = GroupParams(most=100, controls=32)


def _show(doubt: Doubt, pseudonyms: Pseudonyms) -> Mapping[str, Any]:
    compared = {name: _field(name, told, pseudonyms) for name, told in doubt.shown["compared"].items()}
    together: dict[str, list[str]] = {}
    for name, how in compared.items():
        together.setdefault(how, []).append(name)
    return {**{side: _side(doubt.shown[side]) for side in ("one", "other")}, "fields": together}


def _side(told: Mapping[str, Any]) -> str:
    """ "servicenow, vcenter; 3 rows; last seen 7 months before the newest"."""
    seen = [f"last seen {told['last seen']}"] if "last seen" in told else []
    return "; ".join([", ".join(told["listed by"]), f"{told['rows']} rows", *seen])


def _field(name: str, told: Mapping[str, Any], pseudonyms: Pseudonyms) -> str:
    """How it compares, with the values where they may be told and differ: "agree", "differ: 4 / 8".

    One short text a field: a question holds some ninety pairs, and every sign of it is paid for.
    """
    how, sides = str(told["how"]), (told["one"], told["other"])
    if not all(sides) or how == "agree" or name not in _CLOSED | _TEXTS:
        return how
    shown = [", ".join(_value(name, value, pseudonyms) for value in values) for values in sides]
    return f"{how}: {' / '.join(shown)}"


def _value(name: str, value: Any, pseudonyms: Pseudonyms) -> str:
    return pseudonyms.hide(str(value), _LONGEST) if name in _TEXTS else str(value)


def _kind_of(choice: str) -> str:
    """Each answer is trusted by how that answer did: one who always says "same" is right on half of the pairs."""
    return choice


AGENT = ChoiceAgent("reconciliation", _show, _kind_of, _PARAMS)
