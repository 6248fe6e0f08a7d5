"""What of a tenant's column may leave the machine: its header, shapes of its values, rounded statistics.

Cells go out masked. A cell that is a word of our own vocabulary (production, windows server, dell, running) goes out as
that word: it is on everybody's servers. Headers go out as they are but for what looks like data in them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from discovery_pipeline.agents.sensitive import plain_text
from discovery_pipeline.domain.masking import masked_texts
from discovery_pipeline.domain.vocabulary.headers import read_header
from discovery_pipeline.domain.vocabulary.source import load
from discovery_pipeline.domain.vocabulary.text import fold

_LONGEST_HEADER = 80
_LONGEST_SAMPLE = 40
# Of longer ones the rest is not looked at: none of it is shown.
_LONGEST_CELL = 400
_SHAPES_SHOWN = 3
_SHARE_SHOWN = 0.2
_PERCENT_STEP = 5

# In headers: what is a value rather than a name for values.
_DATA_IN_HEADERS = (
    (re.compile(r"\S+@\S+"), "e-mail"),
    (re.compile(r"(?i)\b(?:https?|ftp|ldaps?|file)://\S+|\\\\\S+"), "url"),
    (re.compile(r"\d(?=\d)|(?<=\d)\d"), "9"),
)
_CLOSED_WORDS = (
    "environment", "criticality", "lifecycle", "power", "health", "virtual", "firmware", "platform", "vendor",
    "protocol", "tcp_state", "verdict", "strategy", "role", "device_class", "classification", "bool",
)  # fmt: skip
# Makers that no person is called after: "Dell PowerEdge R740" may begin in clear.
_OPENING_VENDORS = (
    "dell", "hp", "hpe", "hewlett", "lenovo", "ibm", "cisco", "juniper", "fujitsu", "supermicro", "vmware", "microsoft",
    "nutanix", "oracle", "netapp", "huawei", "palo alto", "fortinet", "amazon", "google", "red hat",
)  # fmt: skip


@cache
def _vocabulary() -> tuple[frozenset[str], re.Pattern[str]]:
    """Words that may be shown when they are a whole cell, and those that may when a cell begins with them."""
    shapes = load("shapes")
    whole = {fold(word) for name in _CLOSED_WORDS for word in shapes["words"][name] if not word.isdigit()}
    openings = {*_OPENING_VENDORS, *(fold(word).strip() for word in shapes["starts"]["os_caption"])}
    longest_first = "|".join(re.escape(word) for word in sorted(openings, key=lambda word: (-len(word), word)))
    return frozenset(whole), re.compile(rf"(?:{longest_first})(?!\w)")


def shown_samples(samples: Iterable[str]) -> list[str]:
    """Distinct cells as they may be shown: words of ours in clear, the rest as shapes, shortened."""
    shown = (_shown_cell(plain_text(sample[:_LONGEST_CELL])) for sample in samples)
    return list(dict.fromkeys(cell[:_LONGEST_SAMPLE] for cell in shown if cell))


def _shown_cell(cell: str) -> str:
    whole, openings = _vocabulary()
    folded = fold(cell)
    if folded in whole:
        return folded
    opening = openings.match(folded)
    if opening is None:
        return masked_texts([cell])[0]
    return opening[0] + masked_texts([folded[opening.end() :]])[0]


def shown_header(header: str, cells: Collection[str] = ()) -> str:
    """A header on one line, bounded, without e-mail addresses, URLs and numbers of two digits and more.

    cells: sample cells of its table. A header that is one of them, and not made of known words, is a first row taken
    for headers: only its shape is shown.
    """
    text = plain_text(header[:_LONGEST_CELL])
    if header.strip() in cells and not all(word.known for word in read_header(text).words):
        return masked_texts([text[:_LONGEST_HEADER]])[0]
    for pattern, sign in _DATA_IN_HEADERS:
        text = pattern.sub(sign, text)
    return text[:_LONGEST_HEADER]


def shown_statistics(profile: Mapping[str, Any]) -> dict[str, Any]:
    """A PROFILES row, rounded so that no number is a cell and small changes of a file change nothing."""
    shapes = sorted(profile["shapes"], key=lambda s: (-s["share"], s["shape"]))
    shown: dict[str, Any] = {
        "filled": _percent(profile["filled"], profile["rows"]),
        "distinct": _percent(min(profile["distinct"], profile["filled"]), profile["filled"]),
        "looks like": [s["shape"] for s in shapes[:_SHAPES_SHOWN] if s["share"] >= _SHARE_SHOWN],
    }
    if profile["middle"]:
        shown["size of a number"] = f"10^{math.floor(math.log10(abs(profile['middle'])))}"
    return shown


def _percent(part: int, whole: int) -> str:
    return f"{round(100 * part / whole / _PERCENT_STEP) * _PERCENT_STEP}%" if whole else "0%"


def table_cells(profiles: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """The sample cells of a table's columns."""
    return frozenset(sample.strip() for profile in profiles for sample in profile["samples"])
