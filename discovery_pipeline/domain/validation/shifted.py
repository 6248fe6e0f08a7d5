"""Tables whose values stand beside their headers: an exporter wrote a header that its rows lack, or left one out.

From some column to the end of the table the values then fit the header one or two columns further left or right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.domain.vocabulary.field_values import support
from discovery_pipeline.domain.vocabulary.headers import Header
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD, claims_of
from discovery_pipeline.domain.vocabulary.profile import ColumnProfile


@dataclass(frozen=True)
class ShiftParams:
    """named: strength from which a header alone names its field. fits and misfits: log-odds of values for a field.

    columns: misfits that a shift has to explain. against: a column in its right place weighs as much as so many.
    """

    named: float = 4.0
    fits: float = 0.4
    misfits: float = -2.0
    columns: int = 2
    against: int = 3


@dataclass(frozen=True)
class Shift:
    """The values of the header at p stand at p + offset, for every p from `start` to the end of the table.

    start: the first column that nothing shows to be in its place. columns: those whose values prove it.
    """

    start: int
    offset: int
    columns: tuple[int, ...]


@dataclass(frozen=True)
class _Judged:
    """A header that names a field: what the values under it say of the field, and what those at other offsets do."""

    position: int
    here: float
    there: dict[int, float]


_OFFSETS = (1, -1, 2, -2)


def find_shift(
    headers: Sequence[Header],
    profiles: Sequence[ColumnProfile],
    record: RecordKind,
    params: ShiftParams = ShiftParams(),
) -> Shift | None:
    """The shift that explains most misfits of a table, or None. headers and profiles are by position."""
    judged = list(_judged(headers, profiles, record, params))
    if sum(column.here <= params.misfits for column in judged) < params.columns:
        return None
    found = [shift for offset in _OFFSETS if (shift := _at(judged, offset, params))]
    return max(found, key=lambda shift: len(shift.columns), default=None)


def _judged(
    headers: Sequence[Header], profiles: Sequence[ColumnProfile], record: RecordKind, params: ShiftParams
) -> Iterator[_Judged]:
    for position, header in enumerate(headers):
        claims = claims_of(record, header)
        if not claims or claims[0].weight < params.named or claims[0].field == NO_FIELD:
            continue
        here = support(profiles[position], record, claims[0].field)[0]
        if abs(here) < params.fits:
            continue
        there = {
            offset: support(profiles[position + offset], record, claims[0].field)[0]
            for offset in _OFFSETS
            if 0 <= position + offset < len(profiles)
        }
        yield _Judged(position, here, there)


def _at(judged: Sequence[_Judged], offset: int, params: ShiftParams) -> Shift | None:
    """The shift by this offset from the best column on, if most misfits from there on become fits by it."""
    moved = [c for c in judged if c.here <= params.misfits and c.there.get(offset, 0.0) >= params.fits]
    stay = [c for c in judged if c.here >= params.fits and c.there.get(offset, 0.0) <= params.misfits]

    def balance(start: int) -> int:
        return sum(c.position >= start for c in moved) - params.against * sum(c.position >= start for c in stay)

    start = max((c.position for c in moved), key=lambda p: (balance(p), -p), default=0)
    explained = tuple(c.position for c in moved if c.position >= start)
    unexplained = sum(c.here <= params.misfits and c.position >= start for c in judged) - len(explained)
    if balance(start) < params.columns or unexplained >= len(explained):
        return None
    in_place = [c.position for c in takewhile(lambda c: c.position < start, judged) if c.here >= params.fits]
    return Shift(in_place[-1] + 1 if in_place else 0, offset, explained)
