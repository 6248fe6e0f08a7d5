"""The facts that rules speak about: one row per asset, from its inventory row, the lifecycle table and its edges.

Keep out: what follows from a fact.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import polars as pl

from discovery_pipeline.domain.analysis.lifecycle.support import identified_databases, identified_systems
from discovery_pipeline.domain.analysis.strategy.rulebook import strategy_rules

# Types that run an operating system of their own, templates apart, so that its absence is a gap.
RUNS_OS = ("physical_server", "virtual_machine", "container_node")
_CLOUDS = r"(?i)\b(?:aws|amazon|ec2|azure|gcp|google|oci|oracle cloud|alibaba|ibm cloud)\b"
# From columns name and version to lifecycle.IDENTIFIED.
Identified = Callable[[pl.DataFrame], pl.DataFrame]


def _days_until(column: str, as_of: date) -> pl.Expr:
    return (pl.col(column).dt.date() - pl.lit(as_of)).dt.total_days()


def _planned() -> pl.Expr:
    """The strategy that a planned treatment names, in the words of strategy.yaml."""
    words = {word: strategy for strategy, listed in strategy_rules()["planned"].items() for word in listed}
    folded = pl.col("planned_strategy").str.to_lowercase().str.replace_all(r"[^\p{L}]+", "")
    first = (
        pl.col("planned_strategy").str.to_lowercase().str.extract(r"^\W*(\p{L}+(?:-\p{L}+)?)", 1).str.replace("-", "")
    )
    by_whole = folded.replace_strict(words, default=None, return_dtype=pl.String)
    return pl.coalesce(by_whole, first.replace_strict(words, default=None, return_dtype=pl.String))


def _packaged(inventory: pl.DataFrame) -> pl.DataFrame:
    """Columns texts, packaged: per distinct text the product sold as a service that it names, or null."""
    patterns = strategy_rules()["packaged"]
    distinct = inventory.select("texts").unique()
    text = pl.col("texts").str.to_lowercase()
    hits = [pl.when(text.str.contains(pattern)).then(pl.lit(name)) for name, pattern in patterns.items()]
    return distinct.with_columns(packaged=pl.coalesce(hits))


def _supported(
    facts: pl.DataFrame, prefix: str, name: pl.Expr, version: pl.Expr, identified: Identified
) -> pl.DataFrame:
    """facts plus {prefix}_label, _platform, _support, _end, _extended_end; null where the strings are empty."""
    named = facts.with_columns(_name=name, _version=version)
    table = identified(named.select(name="_name", version="_version"))
    renamed = table.select(
        pl.col("name").alias("_name"),
        pl.col("version").alias("_version"),
        pl.col("label").alias(f"{prefix}_label"),
        pl.col("platform").alias(f"{prefix}_platform"),
        pl.col("support").alias(f"{prefix}_support"),
        pl.col("support_end").alias(f"{prefix}_end"),
        pl.col("extended_end").alias(f"{prefix}_extended_end"),
    )
    joined = named.join(renamed, on=["_name", "_version"], how="left", nulls_equal=True, maintain_order="left")
    return joined.drop("_name", "_version")


def _edge_counts(dependencies: pl.DataFrame, believed: float) -> pl.DataFrame:
    edges = dependencies.filter(pl.col("confidence") >= believed)
    ends = pl.concat([edges.select(asset_id="from_asset"), edges.select(asset_id="to_asset")]).drop_nulls()
    return ends.group_by("asset_id").agg(edge_count=pl.len().cast(pl.Int64))


def _own(as_of: date) -> dict[str, pl.Expr]:
    """Facts that follow from the asset's own row."""
    names = pl.col("application_name").list.drop_nulls()
    owner = pl.any_horizontal(pl.col("business_owner", "technical_owner", "contact_email", "department").is_not_null())
    cloud = pl.coalesce("platform", "hypervisor_host")
    return {
        "type": pl.col("classified_type").fill_null("other"),
        "planned": _planned(),
        "as_of": pl.lit(as_of),
        "unseen_days": -_days_until("last_seen", as_of),
        "decommission_in_days": _days_until("planned_decommission", as_of),
        "end_of_support_in_days": _days_until("end_of_support", as_of),
        "planned_decommission": pl.col("planned_decommission").dt.date(),
        "end_of_support": pl.col("end_of_support").dt.date(),
        "application_names": pl.when(names.list.len() > 0).then(names.list.head(5).list.join(", ")),
        "serves_known": (names.list.len() > 0).fill_null(value=False),
        "has_address": (pl.col("ip_address").list.len() > 0).fill_null(value=False),
        "owner_known": owner,
        "architecture": pl.col("os_architecture").str.to_lowercase(),
        "platform_name": pl.coalesce("platform", "cloud_account"),
        "cloud": cloud.str.contains(_CLOUDS).fill_null(value=False),
        "runs_os": pl.col("classified_type").is_in(RUNS_OS).fill_null(value=False)
        & ~pl.col("is_template").fill_null(value=False),
        "texts": pl.concat_str(
            names.list.join(" "), pl.col("software"), pl.col("application_role"), separator=" ", ignore_nulls=True
        ),
    }


def _databases(facts: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The database's release; on rows of databases the installed software may name it."""
    is_database = pl.col("type") == "database"
    name = pl.coalesce("database_engine", pl.when(is_database).then(pl.coalesce("software", "hostname")))
    version = pl.when(is_database | pl.col("database_engine").is_not_null()).then("software_version")
    return _supported(facts, "db", name, version, partial(identified_databases, as_of=as_of))


def gather(inventory: pl.DataFrame, dependencies: pl.DataFrame, as_of: date, believed: float) -> pl.DataFrame:
    """One row per asset, in the inventory's order: its columns and the derived facts that the rule files name."""
    own = inventory.with_columns(**_own(as_of))
    told = partial(identified_systems, as_of=as_of)
    systems = _supported(own, "os", pl.col("os_name"), pl.col("os_version"), told)
    stored = _databases(systems, as_of)
    packaged = stored.join(_packaged(stored), on="texts", how="left", nulls_equal=True, maintain_order="left")
    counted = packaged.join(_edge_counts(dependencies, believed), on="asset_id", how="left", maintain_order="left")
    return counted.with_columns(
        pl.col("edge_count").fill_null(0),
        os_label=pl.coalesce("os_label", "os_name"),
        db_label=pl.coalesce("db_label", "database_engine"),
    ).drop("texts")
