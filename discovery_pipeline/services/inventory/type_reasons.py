"""Why an asset has its type: what its records say, with the weight that classification gives to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from discovery_pipeline.domain.inventory.classification.classify import asset_evidence, log_odds, type_weights
from discovery_pipeline.domain.inventory.classification.doubts import softmax
from discovery_pipeline.domain.inventory.classification.hints import TYPES, Hint, record_hints
from discovery_pipeline.domain.inventory.tables import text_of_table
from discovery_pipeline.domain.schema import clean_schema
from discovery_pipeline.services.inventory.claims import Records, TableRecords


def type_reasons(records: Records, classified_type: str) -> list[dict[str, Any]]:
    """field, value, weight: what speaks for the type, the strongest per field, the weightiest first.

    field: a canonical field, or `product`, `table`, `name_form`, `shape` (which fields a record has), `mac_prefix`;
    value is None for the last three. Empty for an asset that no record describes. What only the estate as a whole says
    (other machines name it as their host, names built alike) is not among them.
    """
    own = [table for table in records.tables if table.kind.grain == "asset"]
    if not own:
        return []
    assets = pl.concat([_rows(table) for table in own], how="diagonal").collect()
    kinds = {table.info.table_no: (table.info, table.kind) for table in own}
    said = assets.with_columns(
        text_of_table({no: kind.product for no, (_, kind) in kinds.items()}).alias("product"),
        text_of_table({no: info.table for no, (info, _) in kinds.items()}).alias("table"),
    )
    reasons = [_strongest(hint, said, TYPES.index(classified_type)) for hint in record_hints(assets, kinds)]
    return sorted((reason for reason in reasons if reason["weight"] > 0), key=lambda reason: -reason["weight"])


def type_shares(records: Records) -> dict[str, float]:
    """Per type the share that the asset's own rows give it, of 1 in all; none where no row describes it."""
    own = [table for table in records.tables if table.kind.grain == "asset"]
    if not own:
        return {}
    assets = pl.concat([_rows(table) for table in own], how="diagonal").collect()
    hints = record_hints(assets, {table.info.table_no: (table.info, table.kind) for table in own})
    evidence = asset_evidence(hints, np.zeros(len(assets), dtype=np.int64), 1)
    shares = softmax(log_odds(evidence, type_weights()))[0]
    return {name: round(float(share), 4) for name, share in zip(TYPES, shares, strict=True)}


def _rows(table: TableRecords) -> pl.LazyFrame:
    known = [name for name in table.clean.collect_schema().names() if name in clean_schema("asset")]
    return table.clean.select(pl.lit(table.info.table_no, pl.UInt32).alias("table_no"), *known)


def _strongest(hint: Hint, said: pl.DataFrame, type_no: int) -> dict[str, Any]:
    """The record whose word weighs most for the type."""
    weights = hint.weights[hint.rule, type_no] * type_weights().scale(hint.field)
    best = int(weights.argmax())
    value = said[hint.field][best] if hint.field in said.columns else None
    return {"field": hint.field, "value": value, "weight": round(float(weights[best]), 2)}
