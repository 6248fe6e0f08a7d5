"""What holds the records of a cluster together: repeats, rows of one entry, pairs of entries. Used where one is split.

Keep out: which records have to part (decided.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.matching.candidates import Pairs
from discovery_pipeline.domain.inventory.matching.components import Nodes

# Stronger than any sum of weights: rows that repeat each other, then rows of one entry.
_REPEATS, _ENTRY_MATES = 1e9, 1e6
_LINKS = {"one": pl.Int64(), "other": pl.Int64(), "score": pl.Float64()}


@dataclass(frozen=True)
class Links:
    """of_record: entry per record. original: position of what each record repeats, its own otherwise.

    pairs, score: of entries; what a cluster holds together was joined by the best of them.
    """

    of_record: Nodes
    original: Nodes
    pairs: Pairs
    score: NDArray[np.float64]

    def best_first(self, among: Nodes, split_off: Nodes) -> list[tuple[int, int]]:
        """Links between these records, the best first; among equals those of records that were split off come last.

        A pair of entries links all their records; records of an entry are linked to its first that was not split off.
        """
        records = pl.DataFrame(
            {"record": among, "entry": self.of_record[among], "first": self.original[among]},
            schema={"record": pl.Int64(), "entry": pl.Int64(), "first": pl.Int64()},
        ).with_columns(pl.Series("off", np.isin(among, split_off)))
        repeats = records.filter(pl.col("first") != pl.col("record")).select(
            one="first", other="record", score=pl.lit(_REPEATS)
        )
        links = pl.concat([pl.DataFrame(schema=_LINKS), repeats, _mates(records), self._of_pairs(records)])
        late = links["one"].is_in(split_off.tolist()) | links["other"].is_in(split_off.tolist())
        ordered = links.with_columns(late.alias("late")).sort(
            ["score", "late", "one", "other"], descending=[True, False, False, False]
        )
        return list(ordered.select("one", "other").iter_rows())

    def _of_pairs(self, records: pl.DataFrame) -> pl.DataFrame:
        entries = records["entry"].unique().to_numpy()
        mine = np.isin(self.pairs.left, entries) & np.isin(self.pairs.right, entries)
        left, right, score = (ends[mine] for ends in (self.pairs.left, self.pairs.right, self.score))
        sides = records.select("entry", "record")
        return (
            pl.DataFrame({"left": left, "right": right, "score": score})
            .join(sides.rename({"record": "one"}), left_on="left", right_on="entry")
            .join(sides.rename({"record": "other"}), left_on="right", right_on="entry")
            .select(list(_LINKS))
        )


def _mates(records: pl.DataFrame) -> pl.DataFrame:
    hubs = records.sort("entry", "off", "record").unique("entry", keep="first", maintain_order=True)
    mates = records.join(hubs.select("entry", hub="record"), on="entry").filter(pl.col("record") != pl.col("hub"))
    return mates.select(one="hub", other="record", score=pl.lit(_ENTRY_MATES))
