"""How far a lesson is trusted: raised by agreement, lowered by contradiction, faded by age. Numbers only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from discovery_pipeline.domain.learning.beta import Beta

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# A person's decision about a column stands nineteen times of twenty, before anything else is known about it.
STOOD, FELL = 19.0, 1.0
# That the same person says it again, however often: fewer slips of the hand, but the same eyes and the same mistake.
AGAIN = 0.5
# Days after which a lesson weighs half. Tools get a new major version every two or three years, and with it other
# exports; a decision that nobody renewed since speaks of the version before.
HALF_LIFE_DAYS = 730.0
_SECONDS_A_DAY = 86_400.0


def support(authors: Iterable[str]) -> float:
    """How many independent voices decisions of one content are worth. authors: of each decision."""
    said = Counter(authors)
    return len(said) + AGAIN * sum(times > 1 for times in said.values())


def age_days(said_at: datetime, as_of: datetime | None) -> float:
    """Days from a decision to the newest snapshot's date, never negative; 0 without one. UTC where no zone is given."""
    if as_of is None:
        return 0.0
    return max((_utc(as_of) - _utc(said_at)).total_seconds() / _SECONDS_A_DAY, 0.0)


def belief(authors: Iterable[str], contradicted: float, said_at: datetime, as_of: datetime | None) -> Beta:
    """Whether a lesson still holds. authors: of each decision that said so. contradicted: how many said otherwise.

    said_at: when it was last said. as_of: the newest snapshot's date; the clock is never asked.
    """
    right, wrong = _counts(support(authors), contradicted, age_days(said_at, as_of))
    return Beta(float(right), float(wrong))


def trust(supported: ArrayLike, contradicted: ArrayLike, age: ArrayLike) -> NDArray[np.float64]:
    """The mean of `belief` for many lessons at once, each in (0, 1). supported: as by `support`. age: in days."""
    right, wrong = _counts(supported, contradicted, age)
    return right / (right + wrong)


def _counts(
    supported: ArrayLike, contradicted: ArrayLike, age: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The parameters of a Beta distribution that fades to Beta(1, 1), which knows nothing: its density to the power of
    what age left (stabilised forgetting: Kulhavy and Zarrop, Int. J. Control 58, 1993). Age never turns a lesson round.
    """
    left = np.exp2(-np.maximum(np.asarray(age, dtype=np.float64), 0.0) / HALF_LIFE_DAYS)
    right = STOOD + np.asarray(supported, dtype=np.float64)
    wrong = FELL + np.asarray(contradicted, dtype=np.float64)
    return left * right + (1.0 - left), left * wrong + (1.0 - left)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
