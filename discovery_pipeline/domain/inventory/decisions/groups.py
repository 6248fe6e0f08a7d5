"""Sets of numbers that are joined or kept apart, one decision after the other; an earlier one is never broken.

Keep out: who decides (decided.py).
"""

from __future__ import annotations


class Groups:
    """Every number is a group of its own until it is joined."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}
        self._apart: dict[int, set[int]] = {}

    def root(self, number: int) -> int:
        """One member of the number's group, the same for all of them."""
        above = self._above
        while (parent := above.get(number, number)) != number:
            above[number] = number = above.get(parent, parent)
        return number

    def join(self, one: int, other: int) -> bool:
        """Make one group of two; False when they are kept apart."""
        keep, gone = self.root(one), self.root(other)
        if keep == gone:
            return True
        if gone in self._apart.get(keep, ()):
            return False
        if len(self._apart.get(keep, ())) < len(self._apart.get(gone, ())):
            keep, gone = gone, keep
        self._above[gone] = keep
        for stranger in self._apart.pop(gone, ()):
            self._apart[stranger].discard(gone)
            self._keep_apart(stranger, keep)
        return True

    def part(self, one: int, other: int) -> bool:
        """Keep two groups apart; False when they are one already."""
        roots = self.root(one), self.root(other)
        if roots[0] != roots[1]:
            self._keep_apart(*roots)
        return roots[0] != roots[1]

    def apart(self) -> list[tuple[int, int]]:
        """Every two groups that are kept apart, by their roots, once each."""
        return sorted((one, other) for one, others in self._apart.items() for other in others if one < other)

    def _keep_apart(self, one: int, other: int) -> None:
        self._apart.setdefault(one, set()).add(other)
        self._apart.setdefault(other, set()).add(one)
