"""What mapping tells others: what the rows of each table are. Keep out: who hears it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from discovery_pipeline.domain.handoffs import TableKind
from discovery_pipeline.domain.insights.contents import Layout
from discovery_pipeline.domain.insights.insight import About, Insight, observed

# The tools of the vocabulary, as validation names them; anything else is not passed on.
_TOOL = re.compile(r"[a-z][a-z0-9_ -]{1,30}")
# Tables of most estates that tools wrote; what nobody is known to have written tells little.
_MOST = 12


def noticed(kinds: Sequence[TableKind]) -> list[Insight]:
    """What each table of a known tool is, the surest first."""
    known = [kind for kind in kinds if kind.product and _TOOL.fullmatch(kind.product)]
    surest = sorted(known, key=lambda kind: (-kind.confidence, kind.table_no))[:_MOST]
    return [
        observed(
            "mapping",
            Layout(record=kind.record, grain=kind.grain, product=kind.product),
            About(table_no=kind.table_no),
            round(kind.confidence, 2),
        )
        for kind in surest
    ]
