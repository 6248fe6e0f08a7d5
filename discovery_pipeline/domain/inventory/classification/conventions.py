"""What an estate's own naming says: machines whose names are built alike are mostly of one type.

Keep out: words that mean the same everywhere (type_hints.yaml).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.classification.hints import Weights
from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.names import name_key

# A lead of this much is clear; a convention is a form of name that so many clear ones share, nearly all of one type.
# The steps are coarse, so that one machine more or less hardly ever changes what is said of others.
_CLEAR = 2.0
_LEAST = 10
_SHARE = 0.9
_WORTH = 1.5


def by_convention(names: pl.Series, evidence: Weights) -> Weights:
    """Evidence (assets x types) for assets without a clear type whose names are built like those of others.

    names: of each asset, null where it has none. evidence: what else speaks for their types.
    """
    ordered = np.partition(evidence, -2, axis=1)
    clear = ordered[:, -1] - ordered[:, -2] >= _CLEAR
    found = np.zeros_like(evidence)
    if clear.all() or not clear.any():
        return found
    forms = names.to_frame("name").lazy().select(_form(pl.col("name"))).collect().to_series()
    doubtful = forms.filter(pl.Series(~clear)).drop_nulls().unique()
    known = pl.DataFrame({"form": forms, "type": evidence.argmax(axis=1), "clear": clear}).filter(
        pl.col("clear") & pl.col("form").is_in(doubtful.implode())
    )
    shares = known.group_by("form", "type").len().with_columns(all=pl.col("len").sum().over("form"))
    rules = shares.filter((pl.col("all") >= _LEAST) & (pl.col("len") >= _SHARE * pl.col("all")))
    said = forms.to_frame("form").join(rules, on="form", how="left", maintain_order="left")["type"].fill_null(-1)
    _add(found, said.to_numpy(), ~clear)
    return found


def first_names(records: pl.DataFrame, assets: int) -> pl.Series:
    """The name in the first record of each asset that has one. records: with `asset`."""
    if "hostname" not in records.columns:
        return pl.Series("name", [None] * assets, dtype=pl.String())
    given = records.select("asset", "hostname").drop_nulls()
    asset = given["asset"].to_numpy()
    row: Nodes = np.full(assets, -1, dtype=np.int64)
    row[asset[::-1]] = np.arange(len(asset))[::-1]
    places = pl.Series(row).to_frame("row").select(pl.when(pl.col("row") >= 0).then("row")).to_series()
    return given["hostname"].gather(places).alias("name")


def _form(name: pl.Expr) -> pl.Expr:
    """The name with every number as one sign; null for a name that is all letters or all digits."""
    key = name_key(name)
    form = key.str.replace_all(r"\d+", "#")
    return pl.when(key.str.contains(r"\d") & key.str.contains(r"\p{L}")).then(form).alias("form")


def _add(evidence: Weights, said: Nodes, doubtful: NDArray[np.bool_]) -> None:
    rows = np.flatnonzero(doubtful & (said >= 0))
    evidence[rows, said[rows]] = _WORTH
