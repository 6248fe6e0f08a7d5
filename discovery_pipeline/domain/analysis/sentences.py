"""Sentences about many assets, made once per distinct set of the facts that they fill in, not once per asset.

Keep out: which sentences there are and when they are said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.analysis.rules import facts_named, sentence
from discovery_pipeline.domain.analysis.situations import Situations, Truths

# template of a piece whose prefix is all of it.
PREFIX_ONLY = -1
# Which sentence stands at which place in which list of a situation; template: its number.
PIECES = {
    "situation": pl.Int64(), "list": pl.String(), "place": pl.Int64(), "prefix": pl.String(), "template": pl.Int64(),
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """texts: the facts and a list of strings per name, a row per distinct set of facts. of_asset: each asset's row."""

    texts: pl.DataFrame
    of_asset: NDArray[np.int64]


def pieces(
    situation: NDArray[np.int64], name: str, place: int, prefix: str | list[str], template: NDArray[np.int64]
) -> pl.DataFrame:
    """PIECES of one place: a row per situation that has a sentence there."""
    count = len(situation)
    prefixes = prefix if isinstance(prefix, list) else [prefix] * count
    columns = [situation, [name] * count, [place] * count, prefixes, template]
    return pl.DataFrame(dict(zip(PIECES, columns, strict=True)), schema=PIECES)


def tell(
    facts: pl.DataFrame,
    found: Situations,
    said: pl.DataFrame,
    templates: Sequence[str],
    shown: Mapping[str, Truths] | None = None,
) -> Told:
    """The lists of sentences of every asset. facts: a row per asset, in the order of found.of_asset. said: PIECES.

    shown: further facts that texts shall hold, with the situations of which they do.
    """
    used = _used(said, templates, len(found.truth))
    kept = shown or {}
    names = sorted({*used, *kept})
    needed = [np.broadcast_to(used.get(name, False) | kept.get(name, False), len(found.truth)) for name in names]
    masked = facts.select(
        pl.Series("situation", found.of_asset),
        *(
            pl.when(pl.lit(pl.Series(need[found.of_asset]))).then(name).alias(name)
            for name, need in zip(names, needed, strict=True)
        ),
    )
    rows, of_asset = _distinct(masked)
    texts = rows
    for (name,), part in said.partition_by("list", as_dict=True).items():
        listed = _sentences(rows, part, templates).rename({"texts": str(name)})
        texts = texts.join(listed, on="row", how="left", maintain_order="left")
    return Told(texts, of_asset)


def _distinct(frame: pl.DataFrame) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    """(the distinct rows with their number, row; the number of each row). Rows are compared by hashes of 128 bits."""
    keyed = frame.with_columns(_one=frame.hash_rows(seed=1), _two=frame.hash_rows(seed=2))
    rows = keyed.unique(["_one", "_two"], keep="first", maintain_order=True).with_row_index("row")
    joined = keyed.select("_one", "_two").join(
        rows.select("_one", "_two", "row"), on=["_one", "_two"], how="left", maintain_order="left"
    )
    return rows.drop("_one", "_two"), joined["row"].to_numpy().astype(np.int64)


def _used(said: pl.DataFrame, templates: Sequence[str], count: int) -> dict[str, Truths]:
    """Per fact that sentences fill in: of which situations they do."""
    used: dict[str, Truths] = {}
    for (template,), part in (
        said.filter(pl.col("template") != PREFIX_ONLY).partition_by("template", as_dict=True).items()
    ):
        for name in facts_named(templates[template]):
            used.setdefault(name, np.zeros(count, dtype=np.bool_))[part["situation"].to_numpy()] = True
    return used


def _sentences(rows: pl.DataFrame, said: pl.DataFrame, templates: Sequence[str]) -> pl.DataFrame:
    """Columns row, texts: the sentences of each row in their order. rows: with row, situation and the facts."""
    parts = [pl.DataFrame(schema={"row": pl.UInt32, "place": pl.Int64, "text": pl.String})]
    for (template,), part in said.partition_by("template", as_dict=True).items():
        text = pl.lit("") if template == PREFIX_ONLY else sentence(templates[template])
        joined = rows.join(part.select("situation", "place", "prefix"), on="situation")
        parts.append(joined.select("row", "place", text=pl.concat_str("prefix", text)))
    ordered = pl.concat(parts).sort("row", "place")
    return ordered.group_by("row", maintain_order=True).agg(texts="text")
