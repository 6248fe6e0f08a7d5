"""Entries: what one table lists once. Rows of a table that repeat each other become one entry.

Two rows of a table are two things, unless they repeat each other exactly, share a strong identifier and the name, or
agree in every identifier. Keep out: matching entries of different tables (pairs.py, clusters.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.classify import FAMILIES
from discovery_pipeline.domain.inventory.components import Nodes, components, dense
from discovery_pipeline.domain.inventory.identifiers import KINDS, VALUES, Identifiers, Kind
from discovery_pipeline.domain.membership import application_key
from discovery_pipeline.domain.names import name_key

_STRONG: tuple[Kind, ...] = ("uuid", "source_id", "serial", "mac")
Links = tuple[Nodes, Nodes]


@dataclass(frozen=True)
class Entries:
    """of_record: entry number per record. identifiers: VALUES and `family`, by entry. table_no, family: per entry."""

    of_record: Nodes
    identifiers: Identifiers
    table_no: NDArray[np.uint32]
    family: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.table_no)


def find_entries(records: pl.DataFrame, identifiers: Identifiers, family: NDArray[np.int8]) -> Entries:
    """records: AssetRecords.assets. identifiers: by record, without placeholders. family: per record.

    Applications have no identifier but their name: records of one name are one entry, in whatever tables they stand.
    """
    suspects = _suspects(records, identifiers, family)
    links = [
        _repeats(records),
        _same_application(records, family),
        *(_sharing(suspects, identifiers[kind]) for kind in _STRONG),
        _first_links(suspects, ["table_no", "family", *KINDS]),
    ]
    left, right = (np.concatenate(ends) for ends in zip(*links, strict=True))
    labels = components(len(records), left, right)
    of_record = dense(labels)
    first = np.unique(labels)
    by_entry = {kind: _by_entry(frame, of_record, family[first]) for kind, frame in identifiers.items()}
    return Entries(of_record, by_entry, records["table_no"].to_numpy()[first], family[first])


def _by_entry(frame: pl.DataFrame, of_record: Nodes, family: NDArray[np.int8]) -> pl.DataFrame:
    node = of_record[frame["node"].to_numpy()]
    columns = pl.Series("node", node, dtype=pl.UInt32()), pl.Series("family", family[node])
    return frame.with_columns(columns).unique().select(*VALUES, "family")


def _repeats(records: pl.DataFrame) -> Links:
    """Links from exact repeats to what they repeat."""
    positions = records.with_row_index("node").select("node", "record_no", "original")
    firsts = positions.select(pl.col("record_no").alias("original"), pl.col("node").alias("first"))
    found = positions.filter(pl.col("record_no") != pl.col("original")).join(firsts, on="original")
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


def _suspects(records: pl.DataFrame, identifiers: Identifiers, family: NDArray[np.int8]) -> pl.DataFrame:
    """Records whose names stand more than once in their table, or that have none, with one key per identifier kind.

    Columns node, table_no, family and one per kind (null where the record has none). Few records come this far, so
    the wide comparison stays cheap.
    """
    names = identifiers["name"]
    again = names.filter(pl.len().over("table_no", "value") > 1)["node"].implode()
    keyed = (
        records.select("table_no")
        .with_row_index("node")
        .with_columns(pl.Series("family", family))
        .filter(
            (pl.col("family") != FAMILIES.index("application"))
            & (pl.col("node").is_in(again) | ~pl.col("node").is_in(names["node"].implode()))
        )
    )
    for kind in KINDS:
        keyed = _with_key(keyed, kind, identifiers[kind])
    return keyed.filter(pl.any_horizontal(pl.col(KINDS).is_not_null()))


def _with_key(keyed: pl.DataFrame, kind: Kind, values: pl.DataFrame) -> pl.DataFrame:
    """Adds all of a record's values of a kind as one text; null where it has none."""
    wanted = values.join(keyed.select("node"), on="node", how="semi")
    texts = wanted.group_by("node").agg(pl.col("value").sort().str.join("\x1e").alias(kind))
    return keyed.join(texts, on="node", how="left", maintain_order="left")


def _sharing(suspects: pl.DataFrame, values: pl.DataFrame) -> Links:
    """Links between rows of a table that share this value and the name, and do not differ in uuid or serial."""
    rows = values.select("node", "value").join(suspects, on="node").filter(pl.col("name").is_not_null())
    return _first_links(rows, ["table_no", "family", "value", "name", "uuid", "serial"])


def _first_links(rows: pl.DataFrame, same: list[str]) -> Links:
    linked = rows.with_columns(pl.col("node").min().over(same).alias("first")).filter(pl.col("first") != pl.col("node"))
    return _link(linked["node"], linked["first"])


def _link(left: pl.Series, right: pl.Series) -> Links:
    return left.to_numpy().astype(np.int64), right.to_numpy().astype(np.int64)
