"""Things that are only named, and that a person said to be one with another asset: the other one answers to the name.

Keep out: assets that records describe on both sides (decided.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.inventory.decisions.groups import Groups
from discovery_pipeline.domain.inventory.described import Described
from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.learning.rules import Anchor, SameRule

TOLD = {"asset": pl.UInt32(), "told": pl.String()}
# asset: the number of the asset that answers to the name.
ALIASES = {"asset": pl.UInt32(), "type": pl.String(), "key": pl.String(), "name": pl.String()}


@dataclass(frozen=True)
class Absorbed:
    """named: NAMES without those that belong to another asset. aliases: ALIASES of these.

    told: columns asset (number) and told, of the assets that got a name. merged, without_target: the rules.
    """

    named: pl.DataFrame
    aliases: pl.DataFrame
    told: pl.DataFrame
    merged: tuple[SameRule, ...] = ()
    without_target: tuple[SameRule, ...] = ()


def absorb(named: pl.DataFrame, described: Described) -> Absorbed:
    """Take the names out that decisions gave to another asset, described or named. named: NAMES."""
    decided = described.matching.decided
    if decided is None or not decided.missing:
        return Absorbed(named, pl.DataFrame(schema=ALIASES), pl.DataFrame(schema=TOLD))
    size = len(described)
    numbers = {f"{kind}:{key}": size + i for i, (kind, key) in enumerate(named.select("type", "key").iter_rows())}
    ends: list[tuple[int, int]] = []
    merged: list[SameRule] = []
    lost: list[SameRule] = []
    for each in decided.missing:
        one, other = (_number(nodes, anchor, decided.cluster, numbers) for nodes, anchor in each.ends())
        if each.rule.holds and one is not None and other is not None:
            ends.append((one, other))
            merged.append(each.rule)
        elif each.rule.holds or one is None or other is None or one == other:
            lost.append(each.rule)
    targets = _targets(ends)
    kept, aliases, now = _without(named, size, targets)
    rows = [(now[targets[one]], str(rule.told)) for (one, _), rule in zip(ends, merged, strict=True)]
    told = pl.DataFrame(rows, schema=TOLD, orient="row")
    return Absorbed(kept, aliases, told, tuple(merged), tuple(lost))


def _number(nodes: Nodes, anchor: Anchor, cluster: Nodes, numbers: Mapping[str, int]) -> int | None:
    """The number of the asset that the anchor means: of the records found, else of the name."""
    if len(nodes):
        return int(cluster[nodes[0]])
    return next((numbers[text] for text in anchor.texts if text in numbers), None)


def _targets(ends: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Number -> the least number of what it is one with; described assets come before named ones."""
    groups = Groups()
    for pair in ends:
        groups.join(*pair)
    least: dict[int, int] = {}
    for number in sorted({number for pair in ends for number in pair}):
        least.setdefault(groups.root(number), number)
    return {number: least[groups.root(number)] for pair in ends for number in pair}


def _without(
    named: pl.DataFrame, size: int, targets: Mapping[int, int]
) -> tuple[pl.DataFrame, pl.DataFrame, Mapping[int, int]]:
    """NAMES that stay, ALIASES, and per target its number now: the named assets are numbered anew after `size`."""
    gone = sorted(number - size for number, target in targets.items() if number >= size and number != target)
    marked = named.with_row_index("place")
    kept = marked.filter(~pl.col("place").is_in(gone))
    now = {size + place: size + i for i, place in enumerate(kept["place"])}
    numbers = {target: now.get(target, target) for target in targets.values()}
    aliases = marked.filter(pl.col("place").is_in(gone)).select(
        pl.Series("asset", [numbers[targets[size + place]] for place in gone], dtype=pl.UInt32()), "type", "key", "name"
    )
    return kept.select(named.columns), aliases, numbers


def with_aliases(inventory: pl.DataFrame, aliases: pl.DataFrame) -> pl.DataFrame:
    """Inventory rows in which applications bear the other names that they are called by. inventory: by asset number."""
    others = aliases.filter(pl.col("type") == "application").group_by("asset").agg(pl.col("name").alias("aliases"))
    if others.is_empty():
        return inventory
    known = pl.col("application_name").fill_null(pl.lit([], pl.List(pl.String())))
    return (
        inventory.with_row_index("asset")
        .join(others, on="asset", how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("aliases").is_not_null())
            .then(known.list.set_union("aliases").list.sort())
            .otherwise("application_name")
            .alias("application_name")
        )
        .drop("asset", "aliases")
    )
