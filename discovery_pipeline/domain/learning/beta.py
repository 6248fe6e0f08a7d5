"""The Beta distribution: how sure one can be of a share after so many right and wrong ones. Numbers only.

The standard library has none, and scipy is no dependency of ours at run time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_TINY, _CLOSE = 1e-300, 1e-14
_MOST_TERMS, _HALVINGS = 10_000, 60


@dataclass(frozen=True)
class Beta:
    """right, wrong: its two parameters, both above 0. Beta(1, 1) knows nothing."""

    right: float
    wrong: float

    @property
    def mean(self) -> float:
        return self.right / (self.right + self.wrong)

    def below(self, share: float) -> float:
        """The probability that the share is at most this one: the regularised incomplete beta function."""
        if not 0.0 < share < 1.0:
            return float(share >= 1.0)
        # The fraction converges fast only left of the mean; on its right the mirror image is summed.
        if share <= (self.right + 1.0) / (self.right + self.wrong + 2.0):
            return _tail(share, self.right, self.wrong)
        return 1.0 - _tail(1.0 - share, self.wrong, self.right)

    def quantile(self, probability: float) -> float:
        """The share that is not exceeded with this probability, in [0, 1]."""
        low, high = 0.0, 1.0
        for _ in range(_HALVINGS):
            middle = (low + high) / 2.0
            low, high = (middle, high) if self.below(middle) < probability else (low, middle)
        return (low + high) / 2.0

    def interval(self, probability: float = 0.9) -> tuple[float, float]:
        """The bounds that leave equal tails: by default 5 % below and 5 % above."""
        tail = (1.0 - probability) / 2.0
        return self.quantile(tail), self.quantile(1.0 - tail)


def _tail(x: float, a: float, b: float) -> float:
    log_size = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(log_size) * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function (DLMF 8.17.22) by Lentz's method as modified by Thompson
    and Barnett (J. Comput. Phys. 64, 1986)."""
    found, above, below = 1.0, 1.0, 0.0
    for term in range(_MOST_TERMS):
        step = term // 2
        if term == 0:
            factor = 1.0
        elif term % 2:
            factor = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        else:
            factor = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        below = 1.0 / (_not_zero(1.0 + factor * below))
        above = _not_zero(1.0 + factor / above)
        found *= above * below
        if abs(above * below - 1.0) < _CLOSE:
            break
    return found - 1.0


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
