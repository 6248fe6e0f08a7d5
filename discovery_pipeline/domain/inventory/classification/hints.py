"""The classification rules (type_hints.yaml) applied to records: which rule each hint of a record meets.

Keep out: adding the evidence up and naming the type (classify.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.handoffs import AssetType
from discovery_pipeline.domain.inventory.tables import Tables, text_of_table
from discovery_pipeline.domain.packaged import packaged_yaml

TYPES: tuple[AssetType, ...] = get_args(AssetType)

Weights = NDArray[np.float32]


@dataclass(frozen=True)
class Rule:
    """find: pattern over the normalised value. unless: pattern that forbids it. weights: one per type of TYPES."""

    find: str
    unless: str | None
    weights: Weights


@dataclass(frozen=True)
class Hint:
    """What one field says about each record. rule: index into weights per record; the last row of weights is zero.

    of_the_asset: it says too little of a record alone to keep it apart from others.
    """

    field: str
    rule: NDArray[np.int16]
    weights: Weights
    of_the_asset: bool = False


@cache
def rules() -> Mapping[str, tuple[Rule, ...]]:
    """The packaged rules per field, in their order."""
    data = packaged_yaml(__package__, "type_hints.yaml")
    return {field: tuple(_rule(entry, data["sets"]) for entry in entries) for field, entries in data["fields"].items()}


@cache
def _of_the_asset() -> frozenset[str]:
    return frozenset(packaged_yaml(__package__, "type_hints.yaml")["of_the_asset"])


def _rule(entry: dict[str, Any], sets: dict[str, dict[str, float]]) -> Rule:
    given = entry["weights"] if "weights" in entry else sets[entry["set"]]
    weights = np.zeros(len(TYPES), dtype=np.float32)
    for name, weight in given.items():
        weights[TYPES.index(name)] = weight
    return Rule(entry["find"], entry.get("unless"), weights)


def record_hints(assets: pl.DataFrame, tables: Tables) -> list[Hint]:
    """The hints of every asset record, one per field that says anything at all."""
    hints = [_hint(field, values) for field, values in _hint_values(assets, tables)]
    return [hint for hint in hints if (hint.rule < len(hint.weights) - 1).any()]


def _hint(field: str, values: pl.Series) -> Hint:
    """Rules are tried on the distinct values only: hundreds where there are a million records."""
    weights = np.vstack([*(r.weights for r in rules()[field]), np.zeros(len(TYPES), dtype=np.float32)])
    distinct = values.drop_nulls().unique().sort()
    text = distinct.str.to_lowercase().str.replace_all(r"[\s\-_./,()]+", " ").str.strip_chars()
    met = pl.DataFrame({"value": distinct, "text": text}).select("value", _first_rule(field).alias("rule"))
    found = pl.DataFrame({"value": values}).join(met, on="value", how="left", maintain_order="left")
    return Hint(field, found["rule"].fill_null(len(weights) - 1).to_numpy(), weights, field in _of_the_asset())


def _first_rule(field: str) -> pl.Expr:
    text = pl.col("text")
    tests = []
    for position, rule in enumerate(rules()[field]):
        test = text.str.contains(rule.find)
        if rule.unless:
            test = test & ~text.str.contains(rule.unless)
        tests.append(pl.when(test).then(pl.lit(position, pl.Int16())))
    return pl.coalesce(tests)


_OF_NAMES = ("hostname", "name_form")


def _hint_values(assets: pl.DataFrame, tables: Tables) -> list[tuple[str, pl.Series]]:
    """Per field with rules the text that they are tried on: the record's own fields and five derived ones."""
    given = [
        (field, assets[field].cast(pl.String()))
        for field in rules()
        if field not in _OF_NAMES and field in assets.columns and assets[field].null_count() < len(assets)
    ]
    product = {no: kind.product for no, (_, kind) in tables.items()}
    sheet = {no: info.table for no, (info, _) in tables.items()}
    derived = [
        ("product", assets.select(text_of_table(product)).to_series()),
        ("table", assets.select(text_of_table(sheet)).to_series()),
        ("shape", assets.select(_shape(assets.columns)).to_series()),
    ]
    if "hostname" in assets.columns:
        # Numbers as one sign: of forms of names there are few.
        forms = assets.lazy().select(pl.col("hostname").str.to_lowercase().str.replace_all(r"\d+", "0")).collect()
        derived += [(field, forms.to_series()) for field in _OF_NAMES]
    if "mac_address" in assets.columns:
        prefix = pl.col("mac_address").list.first().str.to_lowercase().str.replace_all("[^0-9a-f]", "").str.slice(0, 6)
        derived.append(("mac_prefix", assets.select(prefix).to_series()))
    return given + derived


def _shape(columns: list[str]) -> pl.Expr:
    """What a record can be by the fields it carries and lacks: only an application, only a database, some machine."""

    def given(*names: str) -> pl.Expr:
        return pl.any_horizontal([pl.col(n).is_not_null() for n in names if n in columns] or [pl.lit(value=False)])

    parts = given(
        "uuid", "serial_number", "mac_address", "ip_address", "os_name", "cpu_count", "memory_mib", "power_state"
    )
    hardware = given("os_name", "cpu_count", "memory_mib", "serial_number", "model", "manufacturer", "power_state")
    return (
        pl.when(given("application_name") & ~given("hostname", "fqdn") & ~parts)
        .then(pl.lit("application only"))
        .when(given("database_engine") & ~hardware & ~given("asset_type"))
        .then(pl.lit("engine only"))
        .when(parts)
        .then(pl.lit("machine parts"))
    )
