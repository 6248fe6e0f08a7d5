"""What looking at a column is worth: how doubtful it is, how many rows it concerns, what rests on its field.

Pure. Keep out: where columns come from (review.py), what rests on a field (field_uses.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from discovery_pipeline.domain.mapping.doubts import DoubtParams
from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.services.mapping.field_uses import heaviest_use

_PLAUSIBLE = DoubtParams().plausible


@dataclass(frozen=True)
class Stake:
    """doubt: the chance that the choice is wrong, in [0, 1]. rows: with a value. criticality: of the weightiest field
    that is likely enough. words: why it stands where it stands."""

    doubt: float
    rows: int
    criticality: float
    words: str

    @property
    def value(self) -> float:
        """The expected value of a look: rows that are wrong, times what rests on them."""
        return self.doubt * self.rows * self.criticality


@dataclass(frozen=True)
class Choice:
    """What a run made of a column. field: chosen, or None. considered: fields with their confidence, the chosen one
    first where there is one. filled: rows with a value. is_decided: somebody said what it is."""

    record: RecordKind
    field: str | None
    considered: Sequence[tuple[str, float]]
    filled: int
    is_decided: bool


def stake_of(choice: Choice) -> Stake:
    """What is at stake in one column. Raises KeyError for a field that the record kind does not have."""
    doubt = _doubt(choice)
    at_stake = [name for name, share in choice.considered if name == choice.field or share >= _PLAUSIBLE]
    if not choice.filled:
        return Stake(doubt, 0, 0.0, "no row is filled, so nothing rests on it yet")
    if not at_stake:
        return Stake(doubt, choice.filled, 0.0, f"{_rows(choice.filled)}, nothing speaks for a field")
    heaviest = max(at_stake, key=lambda name: heaviest_use(choice.record, name).criticality)
    use = heaviest_use(choice.record, heaviest)
    other = "" if heaviest in (choice.field, at_stake[0]) else f"if it is {heaviest}, it "
    words = f"{_rows(choice.filled)}, {_sure(choice, doubt)}, {other}{use.words}"
    return Stake(doubt, choice.filled, use.criticality, words)


def _doubt(choice: Choice) -> float:
    if choice.is_decided or not choice.considered:
        return 0.0
    likeliest = choice.considered[0][1]
    return likeliest if choice.field is None else 1 - likeliest


def _rows(filled: int) -> str:
    return f"{filled:,} row{'' if filled == 1 else 's'}"


def _sure(choice: Choice, doubt: float) -> str:
    if choice.is_decided:
        return "decided"
    if choice.field is None:
        return f"{doubt:.0%} likely {choice.considered[0][0]}".replace("%", " %")
    return f"{1 - doubt:.0%} sure".replace("%", " %")
