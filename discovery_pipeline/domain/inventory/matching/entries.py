"""Entries: what one table lists once. Rows that repeat each other exactly are one entry from the start.

Keep out: which entries of one table, and of different ones, are one thing (matching.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.classification.classify import FAMILIES
from discovery_pipeline.domain.inventory.matching.components import Nodes, components, dense
from discovery_pipeline.domain.inventory.matching.identifiers import VALUES, Identifiers
from discovery_pipeline.domain.membership import application_key
from discovery_pipeline.domain.names import name_key

Links = tuple[Nodes, Nodes]
# Spreads the families over the hashes of values, so that one key holds value and family.
_FAMILY_STEP = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Entries:
    """of_record: entry number per record. identifiers: VALUES and `key`, equal where value and family are, by entry.

    table_no, family: per entry.
    """

    of_record: Nodes
    identifiers: Identifiers
    table_no: NDArray[np.uint32]
    family: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.table_no)

    def joined(self, label: Nodes) -> Entries:
        """Fewer entries. label: number of the new entry per entry, dense, by its first entry."""
        first = np.unique(label, return_index=True)[1]
        if len(first) == len(label):
            return self
        grown = np.bincount(label) > 1
        merged = {kind: _renumbered(frame, label, grown) for kind, frame in self.identifiers.items()}
        return Entries(label[self.of_record], merged, self.table_no[first], self.family[first])


def find_entries(records: pl.DataFrame, identifiers: Identifiers, family: NDArray[np.int8]) -> Entries:
    """records: AssetRecords.assets. identifiers: by record, without placeholders. family: per record.

    Applications have no identifier but their name: records of one name are one entry, in whatever tables they stand.
    """
    every = np.arange(len(records), dtype=np.int64)
    keyed = {kind: _keyed(frame, family) for kind, frame in identifiers.items()}
    entries = Entries(every, keyed, records["table_no"].to_numpy(), family)
    links = [_repeats(records), _same_application(records, family)]
    left, right = (np.concatenate(ends) for ends in zip(*links, strict=True))
    return entries.joined(dense(components(len(records), left, right))) if len(left) else entries


def _keyed(frame: pl.DataFrame, family: NDArray[np.int8]) -> pl.DataFrame:
    of_value = family[frame["node"].to_numpy()].astype(np.uint64) * _FAMILY_STEP
    return frame.with_columns(pl.Series("key", frame["value"].hash().to_numpy() ^ of_value))


def _renumbered(frame: pl.DataFrame, label: Nodes, grown: NDArray[np.bool_]) -> pl.DataFrame:
    """Only entries that grew can hold a value twice."""
    node = label[frame["node"].to_numpy()]
    renumbered = frame.with_columns(pl.Series("node", node, dtype=pl.UInt32()))
    double = pl.Series(grown[node])
    once = renumbered.filter(double).unique([*VALUES, "key"])
    return pl.concat([renumbered.filter(~double), once])


def _repeats(records: pl.DataFrame) -> Links:
    """Links from exact repeats to what they repeat."""
    positions = records.select("record_no", "original").with_row_index("node")
    repeats = positions.filter(pl.col("record_no") != pl.col("original"))
    firsts = positions.select(pl.col("record_no").alias("original"), pl.col("node").alias("first"))
    found = repeats.join(firsts, on="original")
    return _link(found["node"], found["first"])


def own_application_name(columns: list[str]) -> pl.Expr:
    """The name of an application's own record: the first application name, else whatever it is called by."""
    names = [pl.col("application_name").list.first()] if "application_name" in columns else []
    names += [name_key(pl.col(c)) if c == "fqdn" else pl.col(c) for c in ("hostname", "fqdn") if c in columns]
    return pl.coalesce(names) if names else pl.lit(None, pl.String())


def _same_application(records: pl.DataFrame, family: NDArray[np.int8]) -> Links:
    named = (
        records.with_row_index("node")
        .filter(pl.Series(family == FAMILIES.index("application")))
        .select("node", application_key(own_application_name(records.columns)).alias("application"))
        .drop_nulls()
    )
    return _first_links(named, ["application"])


def _first_links(rows: pl.DataFrame, same: list[str]) -> Links:
    linked = rows.with_columns(pl.col("node").min().over(same).alias("first")).filter(pl.col("first") != pl.col("node"))
    return _link(linked["node"], linked["first"])


def _link(left: pl.Series, right: pl.Series) -> Links:
    return left.to_numpy().astype(np.int64), right.to_numpy().astype(np.int64)
