"""The analysis agent: words why what is done, and the estate in short, from the facts that were derived.

Keep out: the facts and the sentences that stand without a model (domain.analysis.narratives).
"""

from __future__ import annotations

from collections.abc import Sequence

from discovery_pipeline.agents.believable import Bounds
from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.pseudonyms import KnownNames
from discovery_pipeline.agents.texts import Item, Texts, ask_texts
from discovery_pipeline.domain.analysis.narratives.narrative import Narrative

AGENT = "analysis"
_WANTED = {
    "rationale": ("why this strategy makes sense for the application or these assets", Bounds()),
    "summary": ("the estate and the proposal, for a manager who reads nothing else", Bounds(most=700, sentences=4)),
}


def word_narratives(desk: Desk, stated: Sequence[Narrative], known: KnownNames) -> Texts:
    """Texts by the narratives' keys, of rationales and the summary that somebody worded believably."""
    wanted = [(one, *_WANTED[one.kind]) for one in stated if one.kind in _WANTED]
    items = [Item(one.key, about, one.facts, bounds=bounds) for one, about, bounds in wanted]
    return ask_texts(desk, AGENT, items, known)
