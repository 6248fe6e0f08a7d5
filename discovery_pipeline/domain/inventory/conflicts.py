"""Disagreements between sources that a person should see, as findings.

Keep out: deciding between them (merge.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import FINDINGS, Severity, finding, findings_frame
from discovery_pipeline.domain.inventory.claims import Claims
from discovery_pipeline.domain.inventory.identifiers import serial_key
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.tables import Infos

CODE = "value_conflict"
_SEVERITY: dict[str, Severity] = {
    "serial_number": "warning",
    "os_name": "warning",
    "environment": "warning",
    "memory_mib": "info",
}
_ADVICE = {
    "serial_number": "check that the records are one machine; a replaced board or a wrong match shows here first",
    "os_name": "check which source is out of date",
    "environment": "settle it with the owner: waves and readiness rest on it",
    "memory_mib": "check which source is out of date",
}
_SYSTEM_FAMILY = (
    r"(?i)(windows|linux|red ?hat|rhel|centos|ubuntu|debian|suse|sles|rocky|alma|esx|aix|hp-?ux|solaris|bsd)"
)
_LINUX = ("linux", "red hat", "redhat", "rhel", "centos", "ubuntu", "debian", "suse", "sles", "rocky", "alma")


@dataclass(frozen=True)
class Conflicts:
    """findings: FINDINGS, one per asset and field up to params.conflict_findings. counts: all of them, per field."""

    findings: pl.DataFrame
    counts: Mapping[str, int]


def find_conflicts(
    claims: Claims,
    asset_id: pl.Series,
    chosen: Mapping[str, pl.Series],
    tables: Infos,
    params: InventoryParams,
    settled: pl.DataFrame,
) -> Conflicts:
    """The disagreements that nobody has settled yet.

    chosen: per field the merged values by asset number. settled: asset_id and field of what a person decided.
    """
    conflicts = pl.concat(
        [pl.DataFrame(schema=_CONFLICTS)]
        + [_of_field(field, claims, params) for field in _SEVERITY if field in claims.frame.columns]
    )
    conflicts = conflicts.with_columns(asset_id.gather(conflicts["asset"]).alias("asset_id"))
    conflicts = conflicts.join(settled, on=["asset_id", "field"], how="anti")
    counts = {field: int((conflicts["field"] == field).sum()) for field in _SEVERITY}
    shown = conflicts.sort("rank", "asset_id").head(params.conflict_findings)
    rows = [_finding(row, chosen, tables) for row in shown.iter_rows(named=True)]
    if len(conflicts) > len(shown):
        rows.append(_rest(counts, len(conflicts) - len(shown)))
    return Conflicts(findings_frame(rows) if rows else pl.DataFrame(schema=FINDINGS), counts)


_CONFLICTS = {
    "asset": pl.UInt32(), "field": pl.String(), "rank": pl.Int32(), "values": pl.List(pl.String()),
    "tables": pl.List(pl.UInt32()),
}  # fmt: skip


def _of_field(field: str, claims: Claims, params: InventoryParams) -> pl.DataFrame:
    """_CONFLICTS of one field: assets of whose claims two differ materially."""
    stated = claims.frame.lazy().select("asset", "table_no", pl.col(field).alias("value")).drop_nulls("value")
    material = _material(field, params)
    return (
        stated.filter(pl.len().over("asset") > 1)
        .filter(material)
        .sort("asset", "table_no")
        .group_by("asset", maintain_order=True)
        .agg(pl.col("value").cast(pl.String()).alias("values"), pl.col("table_no").alias("tables"))
        .select(
            "asset",
            pl.lit(field).alias("field"),
            pl.lit(list(_SEVERITY).index(field), pl.Int32()).alias("rank"),
            "values",
            "tables",
        )
        .collect()
    )


def _material(field: str, params: InventoryParams) -> pl.Expr:
    value = pl.col("value")
    if field == "memory_mib":
        size = pl.when(value > 0).then(value)
        return size.max().over("asset") > (1 + params.memory_tolerance) * size.min().over("asset")
    keys = {"serial_number": serial_key(value), "os_name": _system_family(value), "environment": value}
    return keys[field].drop_nulls().n_unique().over("asset") > 1


def _system_family(os_name: pl.Expr) -> pl.Expr:
    family = os_name.str.extract(_SYSTEM_FAMILY, 1).str.to_lowercase()
    return pl.when(family.is_in(_LINUX)).then(pl.lit("linux")).otherwise(family)


def _finding(row: Mapping[str, Any], chosen: Mapping[str, pl.Series], tables: Infos) -> dict[str, Any]:
    field = row["field"]
    stated = [f"{value} ({tables[no].file}/{tables[no].table})" for value, no in _distinct(row)]
    detail = f"{field}: {' against '.join(stated)}; taken: {chosen[field][row['asset']]}"
    return finding("inventory", _SEVERITY[field], CODE, detail, _ADVICE[field], asset_id=row["asset_id"])


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
        "value_conflicts_more",
        f"{left_out} further conflicts are not listed; in all: {listed}",
        "look at some with `discovery explain`; a source that is wrong throughout is better withdrawn",
    )
