"""What values say about a canonical field (values.yaml), given a column's profile. Knows no headers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.domain.vocabulary.profile import ColumnProfile
from discovery_pipeline.domain.vocabulary.source import load

_OUT_OF_RANGE = 4.0
# Below this a shape's share is chance, at this it is the column's meaning.
_CHANCE, _MEANT = 0.2, 0.8
# Where a field needs a shape, this share of it is enough: people write "expired" into columns of dates.
_PROVEN = 0.5


@cache
def _rules(record: RecordKind, field: str) -> dict[str, Any]:
    rules: dict[str, Any] = load("values")[record].get(field, {})
    return rules


def _share(profile: ColumnProfile, shape: str) -> float:
    return profile.share(*load("values")["groups"].get(shape, (shape,)))


def _strength(share: float) -> float:
    """Share of a shape -> how far it counts, 0 to 1."""
    return min(1.0, max(0.0, (share - _CHANCE) / (_MEANT - _CHANCE)))


def support(profile: ColumnProfile, record: RecordKind, field: str) -> tuple[float, str]:
    """(log-odds, why) of the values for a field that the header names; 0 when there are no values to judge."""
    if not profile.has_values:
        return 0.0, ""
    rules = _rules(record, field)
    fits = ((s, w, _share(profile, s)) for s, w in rules.get("fits", {}).items())
    never = ((s, w, _share(profile, s)) for s, w in rules.get("never", {}).items())
    votes = [(_strength(share) * w, f"{share:.0%} {s}") for s, w, share in fits]
    votes += [(-_strength(share) * w, f"{share:.0%} {s} contradict") for s, w, share in never]
    votes += _needed(profile, rules) + _ranged(profile, rules)
    best, worst = max(votes, default=(0.0, "")), min(votes, default=(0.0, ""))
    return max(best[0], 0.0) + min(worst[0], 0.0), worst[1] if worst[0] < -best[0] else best[1]


def _needed(profile: ColumnProfile, rules: dict[str, Any]) -> list[tuple[float, str]]:
    if "needs" not in rules:
        return []
    shapes, penalty = rules["needs"]["any"], rules["needs"]["penalty"]
    share = max(_share(profile, shape) for shape in shapes)
    missing = 1.0 - min(1.0, share / _PROVEN)
    return [(-missing * penalty, f"only {share:.0%} {' or '.join(shapes)}")]


def _ranged(profile: ColumnProfile, rules: dict[str, Any]) -> list[tuple[float, str]]:
    if "number" not in rules or profile.middle is None:
        return []
    low, high = rules["number"]
    fits = low <= profile.middle <= high
    return [] if fits else [(-_OUT_OF_RANGE, f"middle value {profile.middle:g} outside {low} to {high}")]


def suggestions(profile: ColumnProfile, record: RecordKind) -> list[tuple[str, float, str]]:
    """(field, log-odds, why) of the fields that these values speak for under any header."""
    if not profile.has_values:
        return []
    found = []
    for field, rules in load("values")[record].items():
        for shape, weight in rules.get("suggests", {}).items():
            strength = _strength(_share(profile, shape))
            if strength > 0:
                found.append(
                    (field, strength * weight, f"{_share(profile, shape):.0%} of the values look like {shape}")
                )
    return found


def unsuggested(concepts: Iterable[str]) -> frozenset[str]:
    """Fields that values alone don't speak for where the header says these concepts."""
    table: dict[str, list[str]] = load("values")["unsuggested"]
    return frozenset(field for concept in concepts for field in table.get(concept, ()))
