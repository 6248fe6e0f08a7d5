"""Types and values that people decided, put in the place of what the records say.

Keep out: merging and splitting (decided.py); what records state, which stays beside it (claims.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import FrameSchema
from discovery_pipeline.domain.learning.rules import AssetValueRule, Told, TypeRule
from discovery_pipeline.domain.opinions.advice import Advice
from discovery_pipeline.domain.schema import Field, clean_schema, fields

# What of an asset was decided and by whom. field: a canonical field, `classified_type`, or `asset_id` (merged, split).
CORRECTED: FrameSchema = {"asset_id": pl.String(), "field": pl.String(), "told": pl.String()}
CORRECTED_RULE = "corrected"
TYPE_FIELD, IDENTITY_FIELD = "classified_type", "asset_id"
_TOO_GREAT = 2**63
_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True)
class Applied:
    """inventory, origin: with what was decided. corrected: CORRECTED. unusable: rules with a value of no such field."""

    inventory: pl.DataFrame
    origin: pl.DataFrame
    corrected: pl.DataFrame
    unusable: tuple[AssetValueRule, ...]


def with_types(rows: pl.DataFrame, rules: Sequence[TypeRule]) -> pl.DataFrame:
    """Inventory rows with the decided types; the confidence is that of the decision."""
    if not rules:
        return rows
    newest = {rule.asset_id: rule for rule in sorted(rules, key=_age)}.values()
    told = pl.DataFrame(
        [(rule.asset_id, rule.classified_type, rule.told.confidence) for rule in newest],
        schema={"asset_id": pl.String(), "told_type": pl.String(), "told_confidence": pl.Float64()},
        orient="row",
    )
    return (
        rows.join(told, on="asset_id", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("told_type", "classified_type").alias("classified_type"),
            pl.coalesce("told_confidence", "type_confidence").alias("type_confidence"),
        )
        .drop("told_type", "told_confidence")
    )


def with_values(inventory: pl.DataFrame, origin: pl.DataFrame, rules: Sequence[AssetValueRule]) -> Applied:
    """The decided values; their origin is the rule `corrected` and no record, and nothing of them waits for review."""
    typed: dict[str, dict[str, Any]] = {}
    unusable = []
    for rule in sorted(rules, key=_age):
        try:
            typed.setdefault(rule.field, {})[rule.asset_id] = typed_value(rule.field, rule.value)
        except ValueError:
            unusable.append(rule)
    for field, values in typed.items():
        told = pl.DataFrame(
            {"asset_id": list(values), "told": list(values.values()), "is_told": True},
            schema={"asset_id": pl.String(), "told": clean_schema("asset")[field], "is_told": pl.Boolean()},
        )
        inventory = _replaced(inventory, told, field)
        origin = _decided_origin(origin, told, field)
    refused = {id(rule) for rule in unusable}
    usable = [(rule.asset_id, rule.field, rule.told) for rule in rules if id(rule) not in refused]
    return Applied(inventory, origin, told_of(usable, inventory), tuple(unusable))


def told_of(decided: Sequence[tuple[str, str, Told | Advice]], inventory: pl.DataFrame) -> pl.DataFrame:
    """CORRECTED of the assets that are there; of several decisions about one field the newest."""
    newest = {(asset, field): told for asset, field, told in sorted(decided, key=lambda each: each[2].newest)}
    rows = [(asset, field, str(told)) for (asset, field), told in newest.items()]
    frame = pl.DataFrame(rows, schema=CORRECTED, orient="row")
    return frame.join(inventory, on="asset_id", how="semi").sort("asset_id", "field")


def typed_value(field: str, text: str | None) -> Any:
    """A value as the schema's type is written ("16384", "2024-05-01", "a;b" for a list), or None for none.

    Raises ValueError when it is no value of the field.
    """
    known = fields("asset").get(field)
    if known is None:
        raise ValueError(f"there is no field {field}")
    if text is None or not text.strip():
        return None
    if known.is_list:
        items = {_typed(known, item.strip()) for item in text.split(";") if item.strip()}
        return sorted(items)
    return _typed(known, text.strip())


def _typed(field: Field, text: str) -> Any:
    if field.base in ("integer", "number"):
        return _figure(text, whole=field.base == "integer")
    if field.base == "datetime":
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            raise ValueError(f"{field.name} is in UTC without zone")
        return moment
    if field.base == "boolean":
        if text.lower() not in _TRUTHS:
            raise ValueError(f"{text!r} is neither true nor false")
        return _TRUTHS[text.lower()]
    if field.choices and text not in field.choices:
        raise ValueError(f"{text!r} is none of {', '.join(field.choices)}")
    return text


def _figure(text: str, *, whole: bool) -> float:
    figure = int(text) if whole else float(text)
    if not abs(figure) < _TOO_GREAT:  # nan is refused too
        raise ValueError(f"{text} is no figure of an inventory")
    return figure


def _age(rule: TypeRule | AssetValueRule) -> int:
    return rule.told.newest


def _replaced(inventory: pl.DataFrame, told: pl.DataFrame, field: str) -> pl.DataFrame:
    waiting = pl.col("review_fields").list.set_difference([field])
    return (
        inventory.join(told, on="asset_id", how="left", maintain_order="left")
        .with_columns(
            pl.when("is_told").then("told").otherwise(field).alias(field),
            pl.when("is_told").then(waiting).otherwise("review_fields").alias("review_fields"),
        )
        .drop("told", "is_told")
    )


def _decided_origin(origin: pl.DataFrame, told: pl.DataFrame, field: str) -> pl.DataFrame:
    """No record is behind a decided value. Assets that no record describes have no row here."""
    missing = {field: pl.UInt32(), f"{field}__rule": pl.String()}
    filled = origin.with_columns(
        pl.lit(None, t).alias(name) for name, t in missing.items() if name not in origin.columns
    )
    return (
        filled.join(told.select("asset_id", "is_told"), on="asset_id", how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("is_told").is_null()).then(field).alias(field),
            pl.when("is_told").then(pl.lit(CORRECTED_RULE)).otherwise(f"{field}__rule").alias(f"{field}__rule"),
        )
        .drop("is_told")
    )
