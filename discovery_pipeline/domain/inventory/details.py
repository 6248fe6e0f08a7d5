"""Rows of detail tables (disks, partitions, interfaces, software): whose they are and what they add up to.

Details never create or split an asset. Keep out: choosing between a detail's and another claim (merge.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.handoffs import SET_ASIDE, TableInfo, empty
from discovery_pipeline.domain.inventory.identifiers import Identifiers, Kind, identifiers_of
from discovery_pipeline.domain.inventory.records import RECORD_COLUMNS, set_aside
from discovery_pipeline.domain.inventory.tables import Infos, Tables, text_of_table
from discovery_pipeline.domain.schema import fields

# What a reference by this kind is worth; a plain number may be the detail's own counter.
_WORTH: dict[Kind, float] = {"uuid": 5.0, "serial": 4.0, "fqdn": 3.0, "name": 2.0, "tag": 2.0}
_SOURCE_ID_WORTH = 5.0
_PRODUCT_ID_WORTH = 3.0
_COUNTER_WORTH = 1.5
_SAME_FILE_BONUS = 0.5
_HOST_BONUS = 0.25
# A value that names more assets than this refers to none of them.
_MOST_TARGETS = 12

SUMMED = ("storage_total_gib", "storage_used_gib")
_JOINED = ("software",)
# What a part may say of its whole; names, ids, models and dates of a part are its own.
_TAKEN = (
    "ip_address", "mac_address", "subnet", "vlan", "power_state", "is_template", "platform", "os_name", "os_version",
    "os_architecture", "boot_type", "cpu_count", "cpu_cores", "cpu_sockets", "cores_per_socket", "cpu_model",
    "cpu_speed_mhz", "memory_mib", "memory_used_mib", "cpu_utilization_pct", "cpu_peak_pct", "memory_utilization_pct",
    "memory_peak_pct", "datacenter", "hypervisor_host", "cluster", "software_version", "database_engine",
    "application_name", "last_seen", "depends_on",
)  # fmt: skip


@dataclass(frozen=True)
class Attached:
    """rows: the details with `asset` (number of the cluster). set_aside: the others, as SET_ASIDE."""

    rows: pl.DataFrame
    set_aside: pl.DataFrame


def attach_details(details: pl.DataFrame, targets: Targets, tables: Tables) -> Attached:
    """Find the one asset that each detail refers to.

    Distinct references are resolved, not rows: a machine's twenty disks refer to it in the same words.
    """
    if details.is_empty():
        return Attached(details.with_columns(pl.lit(None, pl.UInt32()).alias("asset")), empty(SET_ASIDE))
    reference = [c for c in _REFERENCE_FIELDS if c in details.columns]
    distinct = details.select("table_no", *reference).unique(maintain_order=True)
    resolved = distinct.with_columns(_resolve(distinct, targets, tables))
    found = details.join(resolved, on=["table_no", *reference], how="left", nulls_equal=True, maintain_order="left")
    return _parted(found)


_REFERENCE_FIELDS = ("uuid", "serial_number", "source_id", "fqdn", "hostname", "dns_domain", "asset_tag")


def _parted(found: pl.DataFrame) -> Attached:
    lost = found.filter(pl.col("asset").is_null())
    nobody = set_aside(
        lost.filter(pl.col("candidates") == 0), "detail_without_asset", "refers to no asset of any table of assets"
    )
    several = set_aside(
        lost.filter(pl.col("candidates") > 0), "detail_ambiguous", "refers to several assets equally well"
    )
    rows = found.filter(pl.col("asset").is_not_null()).drop("candidates")
    return Attached(rows, pl.concat([nobody, several]))


@dataclass(frozen=True)
class Targets:
    """What details may refer to. records: asset records with `asset`. identifiers: theirs, without placeholders.

    host: per asset number whether it is a host.
    """

    records: pl.DataFrame
    identifiers: Identifiers
    host: pl.Series


def _resolve(distinct: pl.DataFrame, targets: Targets, tables: Tables) -> list[pl.Series]:
    """Per reference the series asset (null unless one is clearly the best) and candidates (how many were found)."""
    infos = {no: info for no, (info, _) in tables.items()}
    wanted = identifiers_of(distinct, infos)
    parts = [_by_value(kind, worth, wanted[kind], targets, infos) for kind, worth in _WORTH.items()]
    parts += [_by_source_id(distinct, targets, tables)]
    hosts = pl.LazyFrame({"asset": pl.int_range(len(targets.host), dtype=pl.UInt32, eager=True), "host": targets.host})
    scored = (
        pl.concat(parts)
        .group_by("node", "asset", "kind")
        .agg(pl.col("worth").max())
        .group_by("node", "asset")
        .agg(pl.col("worth").sum())
        .join(hosts, on="asset")
        .with_columns(pl.col("worth") + pl.col("host").cast(pl.Float64) * _HOST_BONUS)
    )
    best = scored.group_by("node").agg(
        pl.len().alias("candidates"),
        pl.col("asset").filter(pl.col("worth") >= pl.col("worth").max() - 1e-9).alias("best"),
    )
    one = pl.when(pl.col("best").list.len() == 1).then(pl.col("best").list.first()).alias("asset")
    nodes = pl.LazyFrame({"node": pl.int_range(len(distinct), dtype=pl.UInt32, eager=True)})
    found = nodes.join(best, on="node", how="left", maintain_order="left").with_columns(one).collect()
    return [found["asset"], found["candidates"].fill_null(0)]


def _by_value(kind: Kind, worth: float, wanted: pl.DataFrame, targets: Targets, infos: Infos) -> pl.LazyFrame:
    """Columns node, asset, kind, worth: assets whose records hold the same value."""
    assets = targets.records.select("asset").with_row_index("node")
    held = targets.identifiers[kind].join(assets, on="node").select("value", "asset", "table_no").unique()
    rare = held.filter(pl.col("asset").n_unique().over("value") <= _MOST_TARGETS)
    file = {no: f"{info.source}\x1f{info.file}" for no, info in infos.items()}
    same_file = text_of_table(file) == text_of_table(file, "table_no_right")
    return (
        wanted.lazy()
        .join(rare.lazy(), on="value")
        .select(
            "node",
            "asset",
            pl.lit(kind).alias("kind"),
            (worth + same_file.cast(pl.Float64) * _SAME_FILE_BONUS).alias("worth"),
        )
    )


def _by_source_id(distinct: pl.DataFrame, targets: Targets, tables: Tables) -> pl.LazyFrame:
    """The same for ids of the source: they count within one source, and less within one product."""
    if "source_id" not in distinct.columns or "source_id" not in targets.records.columns:
        return pl.LazyFrame(schema=_FOUND)
    source = {no: info.source for no, (info, _) in tables.items()}
    product = {no: kind.product for no, (_, kind) in tables.items()}

    def identified(frame: pl.DataFrame, *keep: str) -> pl.LazyFrame:
        text = pl.col("source_id").str.strip_chars().str.to_lowercase()
        return (
            frame.lazy()
            .select(
                *keep,
                text.alias("value"),
                text_of_table(source).alias("source"),
                text_of_table(product).alias("product"),
            )
            .drop_nulls("value")
            .unique()
        )

    wanted = identified(distinct.with_row_index("node"), "node")
    held = identified(targets.records, "asset").filter(pl.col("asset").n_unique().over("value") <= _MOST_TARGETS)
    same_source = pl.col("source") == pl.col("source_right")
    same_product = pl.col("product") == pl.col("product_right")
    worth = (
        pl.when(pl.col("value").str.contains(r"^\d{1,6}$"))
        .then(_COUNTER_WORTH)
        .when(same_source)
        .then(_SOURCE_ID_WORTH)
        .otherwise(_PRODUCT_ID_WORTH)
    )
    return (
        wanted.join(held, on="value")
        .filter(same_source | same_product.fill_null(value=False))
        .select("node", "asset", pl.lit("source_id").alias("kind"), worth.alias("worth"))
    )


_FOUND = {"node": pl.UInt32(), "asset": pl.UInt32(), "kind": pl.String(), "worth": pl.Float64()}


def summarise_details(attached: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """One claim per asset and detail table: asset, table_no, record_no (the first row's), rows, then fields.

    Sizes are added, lists united, software names joined; anything else is taken only where all rows say the same.
    Disks are counted where the table lists disks and does not count them itself.
    """
    carried = [c for c in attached.columns if c not in (*RECORD_COLUMNS, "asset")]
    claims = [_summary(name) for name in carried if name in (*SUMMED, *_JOINED, *_TAKEN, "disk_count")]
    grouped = attached.group_by("asset", "table_no").agg(
        pl.col("record_no").min(), pl.len().cast(pl.Int64).alias("rows"), *claims
    )
    disks = [no for no, (info, kind) in tables.items() if kind.grain == "detail" and _lists_disks(info)]
    counted = pl.when(pl.col("table_no").is_in(disks)).then("rows")
    own = [pl.col("disk_count")] if "disk_count" in carried else []
    return grouped.with_columns(pl.coalesce([*own, counted]).alias("disk_count")).sort("asset", "table_no")


def _summary(name: str) -> pl.Expr:
    given = pl.col(name).drop_nulls()
    if name in SUMMED:
        return pl.when(given.len() > 0).then(given.sum().round(6)).alias(name)
    if name in _JOINED:
        return pl.when(given.len() > 0).then(given.unique().sort().str.join("; ")).alias(name)
    if fields("asset")[name].is_list:
        return given.explode(empty_as_null=False).drop_nulls().unique().sort().alias(name)
    return pl.when(given.n_unique() == 1).then(given.first()).alias(name)


def _lists_disks(info: TableInfo) -> bool:
    name = info.table.lower()
    words = [name, *(header.lower() for header in info.headers)]
    return "partition" not in name and any("disk" in word or "festplatte" in word for word in words)
