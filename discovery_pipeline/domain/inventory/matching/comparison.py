"""What is compared of two subjects (entries, or clusters of them) and which level each comparison comes to.

A subject is the union of its entries: it agrees with another where any of their values agree, and differs where both
have values and none agrees. Keep out: what a level is worth (pair_weights.py), which subjects are compared at all
(candidates.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.inventory.matching.identifiers import KINDS, Kind

Bits = NDArray[np.int64]
Words = NDArray[np.uint64]
Codes = NDArray[np.int32]
Numbers = NDArray[np.float32]
Levels = NDArray[np.int8]
Mask = NDArray[np.bool_]
_Set = TypeVar("_Set", Bits, Words)
_Known = TypeVar("_Known", Codes, Numbers)

UNKNOWN = -1
LIVE, OFF, RETIRED = 0, 1, 2

# How two subjects may agree in a kind, four bits each, the best first: in a value that no table repeats; in one that a
# table holds on two or three entries; on more; in values that are spelt nearly alike.
AGREES, SHARED, COMMON, NEAR = 1, 2, 4, 8
_BITS_A_KIND = 4
ANY = 15
OFFSET: Mapping[Kind, int] = {kind: _BITS_A_KIND * position for position, kind in enumerate(KINDS)}

# taken: the value of one stands on another entry of a table that the other is listed in, so that one has a counterpart
# there already; both_taken: so have both. agrees_stale: one of the two was not seen for long.
_IDENTIFIER = ("silent", "agrees", "shared", "common", "near", "differs", "taken", "both_taken", "agrees_stale")
_SILENT, _DIFFERS, _TAKEN, _BOTH_TAKEN, _STALE = 0, 5, 6, 7, 8
# The level of four bits of agreement.
_OF_BITS = np.array([0, 1, 2, 1, 3, 1, 2, 1, 4, 1, 2, 1, 3, 1, 2, 1], dtype=np.int8)
_TRAIT = ("silent", "agrees", "differs")
_NUMBER = ("silent", "agrees", "near", "differs")
_STATUS = ("silent", "agrees", "retired_alone", "retired_against_live", "retired_and_off", "live_and_off")
# The level of two states, by their codes.
_OF_STATES = np.array([[1, 5, 3], [5, 1, 4], [3, 4, 1]], dtype=np.int8)
_DOMAIN = ("silent", "agrees", "nested", "differs")

# What else tells whether two are one: only looked at where the identifiers leave a doubt.
TEXT_ATTRIBUTES = (
    "release", "model", "environment", "location", "datacenter", "cluster", "hypervisor_host", "business_owner",
    "technical_owner", "application_name",
)  # fmt: skip
NUMBER_ATTRIBUTES = ("memory_mib", "cpu_count", "storage_total_gib")
CODES = ("virtual", "system", "type")
# Relative difference up to which two numbers are the same, and nearly so.
_SAME, _CLOSE = 0.03, 0.15

FEATURES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(KINDS, _IDENTIFIER),
    "status": _STATUS,
    "domain": _DOMAIN,
    **dict.fromkeys(CODES, _TRAIT),
    **dict.fromkeys(TEXT_ATTRIBUTES, _TRAIT),
    **dict.fromkeys(NUMBER_ATTRIBUTES, _NUMBER),
}


@dataclass(frozen=True)
class Subjects:
    """Numbered subjects.

    tables: (subjects, words) a bit per table that lists it. present: which kinds it has in a value that may contradict
    others, at OFFSET. standing: per kind (subjects, words) the tables that hold a value of it which no table
    repeats, on whichever entry. codes: per trait a small number, UNKNOWN where not known; status is LIVE, OFF or
    RETIRED, stale is 1 where it was not seen for long. numbers: NaN where not known. nested: pairs of domain codes, as
    low * domains + high, of which one lies within the other.
    """

    tables: Words
    present: Bits
    standing: Mapping[Kind, Words]
    codes: Mapping[str, Codes]
    numbers: Mapping[str, Numbers]
    domains: int
    nested: Nodes

    def __len__(self) -> int:
        return len(self.tables)

    def share_a_table(self, left: Nodes, right: Nodes) -> Mask:
        """Whether some table lists both."""
        return np.asarray(np.any(self.tables[left] & self.tables[right], axis=1))

    def joined(self, keep: Nodes, gone: Nodes) -> Subjects:
        """Each of `keep` with what is known of its partner in `gone`, whose own place no longer counts."""
        return Subjects(
            _united(self.tables, keep, gone),
            _united(self.present, keep, gone),
            {kind: _united(words, keep, gone) for kind, words in self.standing.items()},
            {name: _coded(name, codes, keep, gone) for name, codes in self.codes.items()},
            {name: _filled(given, np.isnan(given[keep]), keep, gone) for name, given in self.numbers.items()},
            self.domains,
            self.nested,
        )


def _united(bits: _Set, keep: Nodes, gone: Nodes) -> _Set:
    united = bits.copy()
    united[keep] |= bits[gone]
    return united


def _coded(name: str, codes: Codes, keep: Nodes, gone: Nodes) -> Codes:
    """What one source sees running runs, and what is off is gone where another says so."""
    one, other = codes[keep], codes[gone]
    if name == "status":
        return _filled(codes, (one == UNKNOWN) | (other == LIVE) | ((one == OFF) & (other == RETIRED)), keep, gone)
    return _filled(codes, one == UNKNOWN, keep, gone)


def _filled(given: _Known, gap: Mask, keep: Nodes, gone: Nodes) -> _Known:
    filled = given.copy()
    filled[keep[gap]] = given[gone[gap]]
    return filled


def compare(subjects: Subjects, left: Nodes, right: Nodes, agreed: Bits) -> dict[str, Levels]:
    """Per feature the level of every pair, as its place in FEATURES; features that nothing is known of are left out.

    agreed: which kinds a pair agrees in, at OFFSET.
    """
    levels: dict[str, Levels] = {kind: _identifier(kind, subjects, left, right, agreed) for kind in KINDS}
    levels["status"] = _status(subjects.codes["status"], left, right)
    levels["domain"] = _domain(subjects, left, right)
    compared = {name: _codes(subjects.codes[name], left, right) for name in subjects.codes if name in FEATURES}
    measured = {name: _numbers(given, left, right) for name, given in subjects.numbers.items()}
    return {**compared, **measured, **levels}


def agree_in(agreed: Bits, kinds: Sequence[Kind], how: int = AGREES) -> Mask:
    """Whether the pairs agree in any of the kinds: in a value that no table repeats, or in any of the ways of `how`."""
    return np.asarray((agreed & sum(how << OFFSET[kind] for kind in kinds)) != 0)


def _identifier(kind: Kind, subjects: Subjects, left: Nodes, right: Nodes, agreed: Bits) -> Levels:
    level: Levels = _OF_BITS[(agreed >> OFFSET[kind]) & ANY]
    bit = AGREES << OFFSET[kind]
    apart = np.flatnonzero((level == _SILENT) & ((subjects.present[left] & subjects.present[right] & bit) != 0))
    level[apart] = _DIFFERS
    if kind in subjects.standing:
        standing, one, other = subjects.standing[kind], left[apart], right[apart]
        taken = np.any(standing[one] & subjects.tables[other], axis=1).astype(np.int8)
        level[apart] += taken + np.any(standing[other] & subjects.tables[one], axis=1)
    if kind == "ip":
        stale = subjects.codes["stale"]
        level[(level == AGREES) & ((stale[left] == 1) | (stale[right] == 1))] = _STALE
    return level


def _status(status: Codes, left: Nodes, right: Nodes) -> Levels:
    one, other = status[left], status[right]
    level: Levels = _OF_STATES[one, other]
    level[(one == UNKNOWN) | (other == UNKNOWN)] = _SILENT
    level[(np.maximum(one, other) == RETIRED) & (np.minimum(one, other) == UNKNOWN)] = _STATUS.index("retired_alone")
    return level


def _codes(codes: Codes, left: Nodes, right: Nodes) -> Levels:
    one, other = codes[left], codes[right]
    level: Levels = 2 - (one == other).astype(np.int8)
    level[(one == UNKNOWN) | (other == UNKNOWN)] = _SILENT
    return level


def _domain(subjects: Subjects, left: Nodes, right: Nodes) -> Levels:
    """Of two domains one may be a part of the other: "example.com" and "eu.example.com" can be said of one machine."""
    codes = subjects.codes["domain"]
    level = _codes(codes, left, right)
    differ = np.flatnonzero(level == _TRAIT.index("differs"))
    one, other = codes[left[differ]].astype(np.int64), codes[right[differ]].astype(np.int64)
    nested = np.isin(np.minimum(one, other) * subjects.domains + np.maximum(one, other), subjects.nested)
    level[differ] = np.where(nested, _DOMAIN.index("nested"), _DOMAIN.index("differs"))
    return level


def _numbers(given: Numbers, left: Nodes, right: Nodes) -> Levels:
    one, other = given[left], given[right]
    gap = np.abs(one - other) / np.maximum(np.maximum(np.abs(one), np.abs(other)), 1e-9)
    level: Levels = np.select([gap <= _SAME, gap <= _CLOSE], [1, 2], 3).astype(np.int8)
    level[np.isnan(gap)] = _SILENT
    return level
