"""Disagreements between sources that a person should see, as findings, and how often which source disagrees.

Keep out: deciding between them (merge.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from discovery_pipeline.domain.handoffs import FINDINGS, FrameSchema, Severity, finding, findings_frame
from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.tables import Infos
from discovery_pipeline.domain.inventory.values.claims import Claims
from discovery_pipeline.domain.inventory.values.differences import COUNTED_FOR, WATCHED, difference
from discovery_pipeline.domain.inventory.values.merge import Merged
from discovery_pipeline.domain.inventory.values.precedence import precedence

CODE, TABLE_CODE, REST_CODE = "value_conflict", "source_disagrees", "value_conflicts_more"
# How often a table was compared with others about a field, and differed materially. other_no: the other table of a
# pair; null: what was chosen, out of all that two tables or more state.
AGREEMENT: FrameSchema = {
    "field": pl.String(), "table_no": pl.UInt32(), "other_no": pl.UInt32(), "compared": pl.Int64(),
    "differing": pl.Int64(),
}  # fmt: skip
_CONFLICTS: FrameSchema = {
    "asset": pl.UInt32(), "field": pl.String(), "weight": pl.Float64(), "values": pl.List(pl.String()),
    "tables": pl.List(pl.UInt32()),
}  # fmt: skip
# From this weight on a conflict is a warning.
_WARNS = 0.35
_SETTLED = ("only_claim", "agreed", "most_exact")


@dataclass(frozen=True)
class Conflicts:
    """findings: FINDINGS: one per asset and field up to params.conflict_findings, and per table that disagrees often.

    counts: all conflicts, per field. agreement: AGREEMENT, by field and table. open: CONFLICTS, all of them, the
    weightiest first.
    """

    findings: pl.DataFrame
    open: pl.DataFrame
    counts: Mapping[str, int]
    agreement: pl.DataFrame

    @property
    def disagreeing(self) -> int:
        """How many tables disagree with the others too often, counted per field."""
        return int((self.findings["code"] == TABLE_CODE).sum())

    def rates(self) -> dict[str, float]:
        """Per field the share of comparisons with the chosen value that differ materially."""
        per_field = (
            self.agreement.filter(pl.col("other_no").is_null())
            .group_by("field", maintain_order=True)
            .agg((pl.col("differing").sum() / pl.col("compared").sum()).round(4).alias("rate"))
        )
        return dict(per_field.iter_rows())


def find_conflicts(
    claims: Claims,
    asset_id: pl.Series,
    merged: Mapping[str, Merged],
    tables: Infos,
    params: InventoryParams,
    settled: pl.DataFrame,
) -> Conflicts:
    """The disagreements that nobody has settled yet.

    merged: the merged values by asset number. settled: asset_id and field of what a person decided.
    """
    watched = [field for field in WATCHED if field in merged]
    told = [_rivals(field, claims, merged, params) for field in watched]
    found = pl.concat([pl.DataFrame(schema=_CONFLICTS), *map(_conflicts, watched, told)])
    found = found.with_columns(asset_id.gather(found["asset"]).alias("asset_id"))
    found = found.join(settled, on=["asset_id", "field"], how="anti")
    counts = {field: int((found["field"] == field).sum()) for field in watched}
    parts = [_agreement(field, claims, each) for field, each in zip(watched, told, strict=True)]
    agreement = pl.concat([pl.DataFrame(schema=AGREEMENT), *parts])
    rows = _told_of_tables(agreement, tables, params)
    found = found.sort("weight", "asset_id", "field", descending=[True, False, False])
    shown = found.head(params.conflict_findings)
    rows += [_finding(row, merged, tables) for row in shown.iter_rows(named=True)]
    if len(found) > len(shown):
        rows.append(_rest(counts, len(found) - len(shown)))
    findings = findings_frame(rows) if rows else pl.DataFrame(schema=FINDINGS)
    return Conflicts(findings, _open(found), counts, agreement)


def _open(found: pl.DataFrame) -> pl.DataFrame:
    """CONFLICTS of _CONFLICTS with asset_id."""
    return found.select(
        "asset_id", "field", "weight", pl.col("values").list.unique(maintain_order=True).alias("stated"),
        pl.col("tables").list.n_unique().cast(pl.UInt32).alias("sources"),
    )  # fmt: skip


def _rivals(field: str, claims: Claims, merged: Mapping[str, Merged], params: InventoryParams) -> pl.DataFrame:
    """The claims on assets of whose claims one differs materially from what was chosen.

    Columns asset, table_no, value, trust, size: how much it differs, in [0, 1].
    """
    rule = merged[field].rule
    open_ones = rule.is_not_null() & ~rule.is_in(_SETTLED)
    concerned = open_ones.gather(claims.frame["asset"]) & claims.frame[field].is_not_null()
    rows = concerned.arg_true()
    stated = claims.frame.select("asset", "table_no", pl.col(field).alias("value"))[rows].with_columns(
        pl.Series("trust", claims.trust[precedence().group_of[field]][rows.to_numpy()])
    )
    chosen = merged[field].values.gather(stated["asset"])
    sized = stated.with_columns(difference(field, stated["value"], chosen, params))
    for other in (name for name in COUNTED_FOR.get(field, ()) if name in merged):
        counted = sized["value"] == merged[other].values.gather(sized["asset"])
        sized = sized.with_columns(pl.when(~counted.fill_null(value=False)).then("size").otherwise(0.0).alias("size"))
    return sized.filter(pl.col("size").max().over("asset") > 0)


def _conflicts(field: str, rivals: pl.DataFrame) -> pl.DataFrame:
    """_CONFLICTS of one field. weight: what the field matters, by the size of the difference, by how much the word of
    the rival counts against that of who was believed."""
    believed = pl.col("trust").filter(pl.col("size") == 0).max()
    against = (pl.col("size") * pl.col("trust")).max()
    contested = (against / pl.coalesce(believed, pl.col("trust").max())).clip(0, 1)
    return (
        rivals.group_by("asset", maintain_order=True)
        .agg(
            (contested * WATCHED[field].weight).alias("weight"),
            _told(rivals.schema["value"]).alias("values"),
            pl.col("table_no").alias("tables"),
        )
        .select("asset", pl.lit(field).alias("field"), "weight", "values", "tables")
    )


def _told(dtype: pl.DataType) -> pl.Expr:
    """The values as people write them."""
    value = pl.col("value")
    return (value.round(0).cast(pl.Int64()) if dtype.is_float() else value).cast(pl.String())


def _agreement(field: str, claims: Claims, rivals: pl.DataFrame) -> pl.DataFrame:
    """AGREEMENT of one field."""
    compared = _compared(field, claims)
    sides = rivals.lazy().select("asset", "table_no", "value", "size").unique(["asset", "table_no"], keep="first")
    alone = sides.filter(pl.col("size") > 0).group_by("table_no").len("differing")
    alone = alone.with_columns(pl.lit(None, pl.UInt32()).alias("other_no"))
    apart = (pl.col("size") > 0) != (pl.col("size_right") > 0)
    unlike = (pl.col("size") > 0) & (pl.col("size_right") > 0) & (pl.col("value") != pl.col("value_right"))
    pairs = (
        sides.join(sides, on="asset")
        .filter((pl.col("table_no") < pl.col("table_no_right")) & (apart | unlike))
        .group_by("table_no", other_no="table_no_right")
        .len("differing")
    )
    keys = ["table_no", "other_no"]
    differing = pl.concat([alone.select(*keys, "differing"), pairs.select(*keys, "differing")])
    return (
        compared.lazy()
        .join(differing, on=keys, how="left", nulls_equal=True)
        .select(
            pl.lit(field).alias("field"), *keys, "compared", pl.col("differing").fill_null(0).cast(pl.Int64())
        )
        .sort("table_no", "other_no", nulls_last=False)
        .collect()
    )  # fmt: skip


def _compared(field: str, claims: Claims) -> pl.DataFrame:
    """table_no, other_no, compared: on how many assets two tables, or a table and any other, state the field."""
    given = claims.frame[field].is_not_null().to_numpy()
    asset, table = (claims.frame[name].to_numpy()[given].astype(np.int64) for name in ("asset", "table_no"))
    numbers = int(table.max(initial=0)) + 1
    # Claims stand by record number, which counts table by table: repeats within a table are neighbours.
    keys = asset * numbers + table
    keys = keys[np.flatnonzero(np.diff(keys, prepend=-1))]
    counts: dict[tuple[int, int | None], int] = {}
    for distance in range(1, numbers):
        same = keys[distance:] // numbers == keys[:-distance] // numbers
        if not same.any():
            break
        _count(counts, keys[:-distance][same] % numbers, keys[distance:][same] % numbers, numbers)
    several = _in_company(keys // numbers)
    for no, count in enumerate(np.bincount((keys % numbers)[several], minlength=numbers)):
        if count:
            counts[(no, None)] = int(count)
    rows = [(no, other, count) for (no, other), count in counts.items()]
    return pl.DataFrame(rows, schema={n: AGREEMENT[n] for n in ("table_no", "other_no", "compared")}, orient="row")


def _count(counts: dict[tuple[int, int | None], int], one: Nodes, other: Nodes, numbers: int) -> None:
    pairs, times = np.unique(one * numbers + other, return_counts=True)
    for pair, count in zip(pairs.tolist(), times.tolist(), strict=True):
        key = (pair // numbers, pair % numbers)
        counts[key] = counts.get(key, 0) + count


def _in_company(asset: Nodes) -> Nodes:
    """Positions of the numbers that stand there more than once; equal ones are neighbours."""
    again = np.concatenate([[False], asset[1:] == asset[:-1]]) if len(asset) else np.zeros(0, dtype=np.bool_)
    return np.flatnonzero(again | np.concatenate([again[1:], [False]])) if len(asset) else np.flatnonzero(again)


def _told_of_tables(agreement: pl.DataFrame, tables: Infos, params: InventoryParams) -> list[dict[str, Any]]:
    """A finding per table and field where the table differs from what was chosen too often to be chance."""
    rate = pl.col("differing") / pl.col("compared")
    often = agreement.filter(
        pl.col("other_no").is_null()
        & (pl.col("compared") >= params.disagreement_least)
        & (rate >= params.disagreement_rate)
    )
    return [
        finding(
            "inventory",
            "warning",
            TABLE_CODE,
            f"disagrees with the other sources about {row['field']} on {row['differing']:,} of {row['compared']:,} "
            f"assets ({row['differing'] / row['compared']:.0%})",
            "it may be out of date or its column mapped wrongly; prefer another source for the field "
            "(`discovery tenant set T precedence`) or withdraw the file",
            tables[row["table_no"]],
        )
        for row in often.iter_rows(named=True)
    ]


def _finding(row: Mapping[str, Any], merged: Mapping[str, Merged], tables: Infos) -> dict[str, Any]:
    field = row["field"]
    severity: Severity = "warning" if row["weight"] >= _WARNS else "info"
    stated = [f"{value} ({tables[no].file}/{tables[no].table})" for value, no in _distinct(row)]
    taken = merged[field].values[row["asset"]]
    taken = round(taken) if isinstance(taken, float) else taken
    detail = f"{field}: {' against '.join(stated)}; taken: {taken} (rule: {merged[field].rule[row['asset']]})"
    return finding("inventory", severity, CODE, detail, WATCHED[field].advice, asset_id=row["asset_id"])


def _distinct(row: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The first table of every value stated."""
    first: dict[str, int] = {}
    for value, table_no in zip(row["values"], row["tables"], strict=True):
        first.setdefault(value, table_no)
    return list(first.items())


def _rest(counts: Mapping[str, int], left_out: int) -> dict[str, Any]:
    listed = ", ".join(f"{field} {count}" for field, count in counts.items() if count)
    return finding(
        "inventory",
        "warning",
        REST_CODE,
        f"{left_out} further conflicts are not listed; in all: {listed}",
        "look at some with `discovery explain`; a source that is wrong throughout is better withdrawn",
    )
