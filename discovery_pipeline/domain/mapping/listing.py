"""Findings in a number that a person can read: beyond some of a kind and table they are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

# A table of 10,000 columns in doubt is one problem.
LISTED = 20


def listed(rows: Iterable[dict[str, Any]], most: int = LISTED) -> list[dict[str, Any]]:
    """FINDINGS rows, the first `most` of a code and table as they are; one more says how many are left out."""
    seen: Counter[tuple[Any, ...]] = Counter()
    kept, last = [], {}
    for row in rows:
        place = (row["source"], row["file"], row["table"], row["code"])
        seen[place] += 1
        if seen[place] <= most:
            kept.append(row)
        else:
            last[place] = row
    return kept + [
        {**row, "row": None, "position": None, "detail": f"{seen[place] - most:,} more columns of this table"}
        for place, row in last.items()
    ]
