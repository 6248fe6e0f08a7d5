"""Which character separates the cells of a text file.

Judged by how many lines of a sample it cuts into the same number of cells, and whether a header stands above them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from discovery_pipeline.files.readers.cells import TYPED, classify
from discovery_pipeline.files.readers.records import split_line

# In order of preference among equals. A colon or a blank separates only where nothing else does.
_USUAL = (b",", b";", b"\t", b"|")
_RARE = (b"^", b"~", b"\x1f", b"\x1e", b"\x01", b"#", b"!", b"*")
_LAST = (b":", b" ")
_SEP_LINE = re.compile(rb'"?sep=(.|\\t)"?\s*', re.IGNORECASE | re.DOTALL)


def declared(first_line: bytes) -> bytes | None:
    """The delimiter that a `sep=;` line states; None where the line is none."""
    match = _SEP_LINE.fullmatch(first_line)
    return (b"\t" if match[1] == b"\\t" else match[1]) if match else None


def detect(lines: Sequence[bytes]) -> bytes:
    """The delimiter of a sample of lines, blank ones left out; a comma where every line is one cell."""
    unusual = ((_RARE, 0.8), (_LAST, 0.9)) if len(lines) > 1 else ()
    for candidates, least in ((_USUAL, 0.5), *unusual):
        scored = [(_score(lines, c, least), -i, c) for i, c in enumerate(candidates)]
        score, _, best = max(scored)
        if score > 0:
            return best
    return b","


def _score(lines: Sequence[bytes], delimiter: bytes, least: float) -> float:
    """0 where it doesn't cut; else grows with the share of lines of one width, with that width, and with a header."""
    split = [split_line(line, delimiter).cells for line in lines]
    widths = Counter(len(cells) for cells in split)
    wide = {w: n for w, n in widths.items() if w > 1}
    if not wide:
        return 0.0
    width = max(wide, key=lambda w: (wide[w], w))
    share = wide[width] / len(lines)
    few = min(len(lines), 3) / len(lines)
    if share < min(least, few) or (least > 0.5 and width < 3):
        return 0.0
    first = next(cells for cells in split if len(cells) == width)
    typed = sum(classify(c.decode("utf-8", "replace")) in TYPED for c in first)
    return share * share * (2.0 - 1.0 / width) * (0.5 if typed * 2 > width else 1.0)
