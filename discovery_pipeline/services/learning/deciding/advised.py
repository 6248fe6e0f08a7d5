"""Decisions about merges and splits that a model caused, put into the words of the log.

The inventory holds the result, in which one of two is gone or a row stands alone: what they were is known from the
advice that was kept with it. Keep out: reading the advice (services/agents/changes.py).
"""

from __future__ import annotations

from discovery_pipeline.services.learning.deciding.assets import without
from discovery_pipeline.services.learning.deciding.decisions import AdvisedDecision, AdvisedMerge
from discovery_pipeline.services.learning.deciding.drafts import Draft, problem
from discovery_pipeline.services.learning.deciding.splits import anchor_document
from discovery_pipeline.services.mapping.decisions import Problem


def draft_advised(decision: AdvisedDecision) -> Draft | Problem:
    """What the decision comes to. A merge can't be taken back where nothing tells the two apart."""
    if not isinstance(decision, AdvisedMerge):
        rest, row = decision.rest, decision.row
        target = {"one": rest.asset_id, "other": row.asset_id, "source": row.source, "texts": list(row.texts)}
        said = {"holds": decision.holds, "anchors": [anchor_document(anchor) for anchor in (rest, row)]}
        return Draft(decision, target, said, {"holds": not decision.holds}, {})
    one, other = sorted((decision.one, decision.other), key=lambda anchor: anchor.asset_id)
    anchors = [one, other] if decision.holds else [without(one, other), without(other, one)]
    if not all(anchor.texts for anchor in anchors):
        what = f"nothing tells {one.asset_id} from {other.asset_id}"
        return problem(decision, "no_anchor", what, "they bear the same identifiers; withdraw or correct a source")
    said = {"holds": decision.holds, "anchors": [anchor_document(anchor) for anchor in anchors]}
    target = {"one": one.asset_id, "other": other.asset_id}
    return Draft(decision, target, said, {"holds": not decision.holds}, {})
