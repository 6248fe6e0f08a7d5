"""Anchors: by which texts people's decisions about merging and splitting find their records again.

A text is what the registry of identities remembers ("uuid:4c4c...", "application:billing"), said of single records
here. Keep out: what a decision does with the records (decided.py), making anchors (anchor_of.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.classification.classify import FAMILIES
from discovery_pipeline.domain.inventory.identities.identity import LAST_RESORT
from discovery_pipeline.domain.inventory.identities.identity_texts import place_of_row, remembered_source_id
from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.inventory.matching.entries import own_application_name
from discovery_pipeline.domain.inventory.matching.identifiers import KINDS, Identifiers
from discovery_pipeline.domain.inventory.records import originals
from discovery_pipeline.domain.inventory.tables import Infos, text_of_table
from discovery_pipeline.domain.learning.rules import Anchor
from discovery_pipeline.domain.membership import application_key

_PARTS = r"(?s)^(?:(?P<family>\w+)/)?(?P<kind>\w+):(?P<value>.*)$"
# Texts of a type instead of an identifier, as the records carry them: kind and family.
_TYPED = {"application": ("application", "application"), "hypervisor": ("name", "host"), "cluster": ("name", "cluster")}
_CARRIED = {"kind": pl.String(), "node": pl.UInt32(), "value": pl.String()}
_NOBODY = np.zeros(0, dtype=np.int64)


def locate(
    anchors: Sequence[Anchor],
    records: pl.DataFrame,
    identifiers: Identifiers,
    family: NDArray[np.int8],
    tables: Infos,
    cluster: Nodes,
) -> list[Nodes]:
    """The records that each anchor means, as positions in `records`, sorted; empty where it means none.

    Its strongest text decides that stands on records of one cluster only: what several clusters share identifies none
    of them. Places (an address, a row) move on: they only tell records apart that carry another text of the anchor, or
    stand for an anchor that has no other. identifiers, family, cluster: of the records. An exact repeat is named by
    what it repeats.
    """
    wanted = _wanted(anchors)
    facts = pl.DataFrame(
        {
            "node": pl.int_range(len(records), dtype=pl.UInt32, eager=True),
            "is_family": pl.Series(FAMILIES).gather(family.astype(np.int64)),
            "is_source": records.select(text_of_table({no: t.source for no, t in tables.items()})).to_series(),
            "cluster": cluster,
            "first": originals(records),
        }
    )
    carried = (
        _carried(wanted, records, identifiers, tables)
        .join(wanted.lazy(), on=["kind", "value"])
        .join(facts.lazy(), on="node")
        .filter((pl.col("family") == pl.col("is_family")) & (pl.col("source").is_null() | _same_source()))
        .collect()
    )
    found = (
        _without_moved(carried, wanted)
        .group_by("anchor", "rank")
        .agg(pl.col("cluster").n_unique().alias("clusters"), pl.col("first").unique().sort().alias("nodes"))
        .filter(pl.col("clusters") == 1)
        .sort("anchor", "rank")
        .unique("anchor", keep="first", maintain_order=True)
    )
    meant = dict(found.select("anchor", "nodes").iter_rows())
    return [np.array(meant.get(number, _NOBODY), dtype=np.int64) for number in range(len(anchors))]


def _without_moved(carried: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """Without the places where other things stand now: those that carry no lasting text of an anchor that has any."""
    is_place = pl.col("kind").is_in(LAST_RESORT)
    lasting = carried.filter(~is_place)
    named = wanted.filter(~is_place).select("anchor").unique()
    places = carried.filter(is_place)
    alone = places.join(named, on="anchor", how="anti")
    still = places.join(lasting.select("anchor", "node").unique(), on=["anchor", "node"], how="semi")
    return pl.concat([lasting, alone, still])


def _same_source() -> pl.Expr:
    return (pl.col("source") == pl.col("is_source")).fill_null(value=False)


def _wanted(anchors: Sequence[Anchor]) -> pl.DataFrame:
    """Columns anchor, rank, source, family, kind, value: one row per text."""
    rows = [(no, rank, a.source, text) for no, a in enumerate(anchors) for rank, text in enumerate(a.texts)]
    schema = {"anchor": pl.UInt32(), "rank": pl.UInt32(), "source": pl.String(), "text": pl.String()}
    split = pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        pl.col("text").str.extract_groups(_PARTS).struct.unnest()
    )
    typed = pl.col("kind").is_in(list(_TYPED)) & pl.col("family").is_null()
    families = pl.col("kind").replace({name: family for name, (_, family) in _TYPED.items()})
    kinds = pl.col("kind").replace({name: kind for name, (kind, _) in _TYPED.items()})
    return split.select(
        "anchor",
        "rank",
        "source",
        pl.when(typed).then(families).otherwise(pl.col("family").fill_null("host")).alias("family"),
        pl.when(typed).then(kinds).otherwise("kind").alias("kind"),
        "value",
    )


def _carried(wanted: pl.DataFrame, records: pl.DataFrame, identifiers: Identifiers, tables: Infos) -> pl.LazyFrame:
    """_CARRIED: the wanted values that records carry, of the kinds that are wanted at all."""
    numbered = records.lazy().with_row_index("node")
    own = application_key(own_application_name(records.columns))
    parts: dict[str, pl.LazyFrame] = {
        "application": numbered.select("node", value=own),
        "row": numbered.select("node", value=place_of_row(tables)),
    }
    for name in KINDS:
        parts[name] = identifiers[name].lazy().select("node", _remembered(name))
    kinds = wanted["kind"].unique().to_list()
    found = [part.select(pl.lit(kind).alias("kind"), "node", "value") for kind, part in parts.items() if kind in kinds]
    values = wanted.lazy().select("kind", "value").unique()
    carried: pl.LazyFrame = pl.concat([pl.LazyFrame(schema=_CARRIED), *found])
    return carried.join(values, on=["kind", "value"], how="semi").unique()


def _remembered(kind: str) -> pl.Expr:
    return remembered_source_id(pl.col("value")) if kind == "source_id" else pl.col("value")
