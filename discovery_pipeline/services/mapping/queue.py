"""Walking through the columns under review: which one comes next, what of it is open, what somebody did last.

Pure, over what review.py found. Keep out: what a look is worth (stakes.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from discovery_pipeline.services.mapping.corrections import Corrected
from discovery_pipeline.services.mapping.review import ReviewColumn


def is_open(column: ReviewColumn) -> bool:
    """For review, and nobody has said anything of it that stands."""
    return column.status == "review" and column.decided is None


def is_learned(column: ReviewColumn) -> bool:
    """Chosen because of what somebody decided elsewhere: of a column like it, or of an earlier delivery."""
    return column.method == "pattern" and column.decided is None


def surer_than(columns: Sequence[ReviewColumn], threshold: float) -> list[ReviewColumn]:
    """The open columns with a field that is at least this sure, in [0, 1]; the least sure first."""
    found = [c for c in columns if is_open(c) and c.field and not c.waiting and c.confidence >= threshold]
    return sorted(found, key=lambda column: column.confidence)


def step(columns: Sequence[ReviewColumn], at: ReviewColumn | None, by: int) -> ReviewColumn | None:
    """The column so many places further on (back when negative); None beyond the ends, the first from outside."""
    places = [place for place, column in enumerate(columns) if at and same_column(column, at)]
    target = places[0] + by if places else 0
    return columns[target] if 0 <= target < len(columns) else None


def next_undecided(columns: Sequence[ReviewColumn], after: ReviewColumn) -> ReviewColumn | None:
    """The next column that nobody has decided, from the first one again behind the last; None when no other is left."""
    at = next((place for place, column in enumerate(columns) if same_column(column, after)), -1)
    others = [*columns[at + 1 :], *columns[: max(at, 0)]]
    return next((column for column in others if column.decided is None), None)


def same_column(one: ReviewColumn, other: ReviewColumn) -> bool:
    """Whether both are of one place, however it was decided between them."""
    return (one.table_no, one.position) == (other.table_no, other.position)


def newest_of(columns: Sequence[ReviewColumn], author: str) -> list[Corrected]:
    """What this person decided last and no run has used yet: several columns where they were decided together."""
    own = [c.decided for c in columns if c.decided and c.waiting == c.decided and c.decided.author == author]
    newest = max((decided.made_at for decided in own), default=None)
    return [decided for decided in own if decided.made_at == newest]
