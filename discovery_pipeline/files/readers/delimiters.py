"""Which character separates the cells of a text file.

Judged by how many lines of a sample it cuts into the same number of cells, and whether a header stands above them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from discovery_pipeline.files.readers.cells import TYPED, classify
from discovery_pipeline.files.readers.records import Record

# In order of preference among equals. A colon or a blank separates only where nothing else does.
_USUAL = (b",", b";", b"\t", b"|")
_RARE = (b"^", b"~", b"\x1f", b"\x1e", b"\x01", b"#", b"!", b"*")
_LAST = (b":", b" ")
_SEP_LINE = re.compile(rb'"?sep=(.|\\t)"?\s*', re.IGNORECASE | re.DOTALL)


def declared(first_line: bytes) -> bytes | None:
    """The delimiter that a `sep=;` line states; None where the line is none."""
    match = _SEP_LINE.fullmatch(first_line)
    if match is None:
        return None
    separator: bytes = match[1]
    return b"\t" if separator == b"\\t" else separator


def detect(cut: Callable[[bytes], Sequence[Record]]) -> bytes:
    """The delimiter of a text; a comma where every line is one cell. cut: the first records, for a delimiter."""
    for candidates, least in ((_USUAL, 0.5), (_RARE, 0.8), (_LAST, 0.9)):
        scored = [(_score(cut(candidate), least), -i, candidate) for i, candidate in enumerate(candidates)]
        score, _, best = max(scored)
        if score > 0:
            return best
    return b","


def _score(records: Sequence[Record], least: float) -> float:
    """0 where it doesn't cut; else grows with the share of records of one width, with that width, and with a header.

    least: the share needed. A delimiter that isn't a usual one has to make three columns of two lines or more.
    """
    sound = [r.cells for r in records if not (r.problem or r.strays)]
    widths = Counter(len(cells) for cells in sound if len(cells) > 1)
    if not widths:
        return 0.0
    width = max(widths, key=lambda w: (widths[w], w))
    share = widths[width] / len(records)
    few = min(len(records), 3) / len(records)
    is_usual = least <= 0.5
    if share < (min(least, few) if is_usual else least) or not (is_usual or (width >= 3 and len(records) >= 2)):
        return 0.0
    first = next(cells for cells in sound if len(cells) == width)
    typed = sum(classify(c.decode("utf-8", "replace")) in TYPED for c in first)
    return share * share * (2.0 - 1.0 / width) * (0.5 if typed * 2 > width else 1.0)
