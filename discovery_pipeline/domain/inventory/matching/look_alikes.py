"""Assets that may be one thing and stay apart: told to people, who merge them or say that they are two.

Keep out: joining (clusters.py) and applying what people decide (decided.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import polars as pl

from discovery_pipeline.domain.handoffs import LOOK_ALIKES, finding, findings_frame
from discovery_pipeline.domain.inventory.matching.clusters import Edges, Grown
from discovery_pipeline.domain.inventory.matching.comparison import Levels, Subjects, compare
from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.inventory.matching.pair_weights import PairWeights, probability
from discovery_pipeline.domain.inventory.params import InventoryParams

CODE = "look_alikes"
# low < high: entries, each standing for its cluster. barred: something rules out that they are one, whatever the odds.
CLOSE = {
    "low": pl.Int64(), "high": pl.Int64(), "probability": pl.Float64(), "barred": pl.Boolean(),
    "reasons": pl.List(pl.String()),
}  # fmt: skip
_ADVICE = (
    "say on the page Records, or with kind merge in `discovery correct`, whether they are one; value no keeps both and "
    "silences this"
)
_LISTED_TWICE, _GONE = "one table lists both", "one is gone, the other took over"


def close_clusters(grown: Grown, weights: PairWeights, params: InventoryParams) -> pl.DataFrame:
    """CLOSE: clusters that stayed apart though they may be one, the likeliest first, at most params.look_alikes."""
    chance = probability(grown.between.score)
    likely = np.flatnonzero(chance >= params.look_alike)
    order = np.lexsort((grown.between.high[likely], grown.between.low[likely], -chance[likely]))
    places = likely[order][: params.look_alikes]
    edges = grown.between.at(places)
    levels = compare(grown.subjects, edges.low, edges.high, edges.agreed)
    reasons = [_reasons(pair, edges, levels, grown.subjects, weights) for pair in range(len(edges))]
    found = {
        "low": edges.low, "high": edges.high, "probability": chance[places].round(4), "barred": edges.barred,
        "reasons": reasons,
    }  # fmt: skip
    return pl.DataFrame(found, schema=CLOSE)


def _reasons(
    pair: int, edges: Edges, levels: Mapping[str, Levels], subjects: Subjects, weights: PairWeights
) -> list[str]:
    said = list(weights.reasons(levels, pair))
    if edges.barred[pair]:
        one, other = edges.low[pair : pair + 1], edges.high[pair : pair + 1]
        said.append(_LISTED_TWICE if subjects.share_a_table(one, other)[0] else _GONE)
    return said


def look_alikes(
    close: pl.DataFrame, first_record: Nodes, cluster: Nodes, parted: Collection[tuple[int, int]], ids: pl.Series
) -> pl.DataFrame:
    """LOOK_ALIKES, by asset ids, without those that people merged or keep apart.

    first_record: per entry. cluster: asset number per record. parted: pairs of asset numbers. ids: per asset number.
    """
    one, other = (cluster[first_record[close[end].to_numpy()]] for end in ("low", "high"))
    kept = {(min(pair), max(pair)) for pair in parted}
    ends = zip(one.tolist(), other.tolist(), strict=True)
    still = pl.Series([a != b and (min(a, b), max(a, b)) not in kept for a, b in ends], dtype=pl.Boolean())
    named = close.select(
        ids.gather(one).alias("one"), ids.gather(other).alias("other"), "probability", "reasons"
    ).filter(still)
    return (
        named.select(
            pl.min_horizontal("one", "other").alias("asset_id_a"),
            pl.max_horizontal("one", "other").alias("asset_id_b"),
            "probability",
            "reasons",
        )
        .sort(["probability", "asset_id_a", "asset_id_b"], descending=[True, False, False])
        .unique(["asset_id_a", "asset_id_b"], keep="first", maintain_order=True)
        .select(list(LOOK_ALIKES))
    )


def find_look_alikes(found: pl.DataFrame) -> pl.DataFrame:
    """FINDINGS of LOOK_ALIKES, one a pair."""
    return findings_frame(_finding(row) for row in found.iter_rows(named=True))


def _finding(row: Mapping[str, Any]) -> dict[str, Any]:
    reasons = ", ".join(row["reasons"])
    detail = f"may be the same thing as {row['asset_id_b']} ({row['probability']:.0%}): {reasons}; both were kept"
    return finding("inventory", "info", CODE, detail, _ADVICE, asset_id=row["asset_id_a"])
