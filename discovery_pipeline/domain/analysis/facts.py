"""The facts that rules speak about: one row per asset, from its inventory row, the support table and its edges.

Keep out: what follows from a fact; what texts mean (strategy/signals.py) and what targets offer (strategy/offers.py).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import polars as pl

from discovery_pipeline.domain.analysis.lifecycle.support import (
    identified_databases,
    identified_middleware,
    identified_systems,
)
from discovery_pipeline.domain.analysis.lifecycle.table import LifecycleTable, lifecycle
from discovery_pipeline.domain.analysis.shared_use import shared_use
from discovery_pipeline.domain.analysis.strategy.offers import with_offers
from discovery_pipeline.domain.analysis.strategy.signals import planned_strategy, with_signals
from discovery_pipeline.domain.membership import MEMBERSHIP

# Types that run an operating system of their own, templates apart, so that its absence is a gap.
RUNS_OS = ("physical_server", "virtual_machine", "container_node")
_CLOUDS = r"(?i)\b(?:aws|amazon|ec2|azure|gcp|google|oci|oracle cloud|alibaba|ibm cloud)\b"
# How columns of compliance scopes say that there is none.
_NONE = r"^\W*(?:none|no|n/?a|not applicable|keine?r?|nein|aucune?|non|ningun[oa])?\W*$"
# From this share of servers with known edges on, a server without any says something.
_COVERED = 0.5
# From columns name and version to lifecycle.IDENTIFIED.
Identified = Callable[[pl.DataFrame], pl.DataFrame]


def gather(
    inventory: pl.DataFrame,
    dependencies: pl.DataFrame,
    as_of: date,
    believed: float,
    table: LifecycleTable | None = None,
    members: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """One row per asset, in the inventory's order: its columns and the derived facts that the rule files name.

    table: of support dates; None: the packaged one. members: MEMBERSHIP; None: what the assets' own rows say is all.
    """
    served = pl.DataFrame(schema=MEMBERSHIP) if members is None else members
    dates = table or lifecycle()
    own = _serving(inventory.with_columns(**_own(as_of), support_as_of=pl.lit(dates.as_of)), served)
    software = with_support(own, as_of, dates)
    offered = with_signals(with_offers(software, dates))
    edges = dependencies.filter(pl.col("confidence") >= believed)
    counted = offered.join(_edge_counts(edges), on="asset_id", how="left", maintain_order="left")
    shared = shared_use(edges, served, int(counted["runs_os"].sum()))
    return (
        counted.join(shared, on="asset_id", how="left", maintain_order="left")
        .with_columns(
            pl.col("edge_count").fill_null(0),
            os_label=pl.coalesce("os_label", "os_name"),
            db_label=pl.coalesce("db_label", "database_engine"),
            os_end_in_days=(pl.col("os_end") - pl.lit(as_of)).dt.total_days(),
        )
        .with_columns(**_connected())
    )


def runs_os() -> pl.Expr:
    """Whether it runs an operating system of its own."""
    return pl.col("classified_type").is_in(RUNS_OS).fill_null(value=False) & ~pl.col("is_template").fill_null(
        value=False
    )


def with_support(assets: pl.DataFrame, as_of: date, dates: LifecycleTable) -> pl.DataFrame:
    """assets plus the releases of system, database and middleware, each with its support: see _supported.

    assets: columns of INVENTORY, and `type`.
    """
    systems = _supported(
        assets, "os", pl.col("os_name"), pl.col("os_version"), partial(identified_systems, as_of=as_of, table=dates)
    )
    return _software(systems, as_of, dates)


def _days_until(column: str, as_of: date) -> pl.Expr:
    return (pl.col(column).dt.date() - pl.lit(as_of)).dt.total_days()


def _seen_within(days: pl.Expr) -> pl.Expr:
    """How long before the day of the data something was last seen, in steps that rules tell apart."""
    steps = pl.when(days <= 30).then(pl.lit("month")).when(days <= 90).then(pl.lit("quarter"))
    return steps.when(days <= 180).then(pl.lit("half_year")).when(days.is_not_null()).then(pl.lit("longer"))


def _own(as_of: date) -> dict[str, pl.Expr]:
    """Facts that follow from the asset's own row."""
    names = pl.col("application_name").list.drop_nulls()
    owner = pl.any_horizontal(pl.col("business_owner", "technical_owner", "contact_email", "department").is_not_null())
    cloud = pl.coalesce("platform", "hypervisor_host")
    served = pl.when(names.list.len() > 0).then(names.list.head(5).list.join(", "))
    return {
        "type": pl.col("classified_type").fill_null("other"),
        "planned": planned_strategy(),
        "as_of": pl.lit(as_of),
        "unseen_days": -_days_until("last_seen", as_of),
        "seen_within": _seen_within(-_days_until("last_seen", as_of)),
        "decommission_in_days": _days_until("planned_decommission", as_of),
        "end_of_support_in_days": _days_until("end_of_support", as_of),
        "warranty_in_days": _days_until("warranty_end", as_of),
        "planned_decommission": pl.col("planned_decommission").dt.date(),
        "end_of_support": pl.col("end_of_support").dt.date(),
        "warranty_end": pl.col("warranty_end").dt.date(),
        "application_names": served,
        "serves_known": (names.list.len() > 0).fill_null(value=False),
        "display_name": pl.coalesce("hostname", "fqdn", served, "source_id", "asset_id"),
        "has_address": (pl.col("ip_address").list.len() > 0).fill_null(value=False),
        "owner_known": owner,
        "regulated_by": pl.when(~pl.col("compliance_scope").str.to_lowercase().str.contains(_NONE)).then(
            "compliance_scope"
        ),
        "architecture": pl.col("os_architecture").str.to_lowercase(),
        "cpu_top_pct": pl.coalesce("cpu_peak_pct", "cpu_utilization_pct"),
        "platform_name": pl.coalesce("platform", "cloud_account"),
        "cloud": cloud.str.contains(_CLOUDS).fill_null(value=False),
        "runs_os": runs_os(),
    }


def _serving(facts: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """facts, with the applications that it is believed to serve where its own row names none."""
    called = facts.filter(pl.col("type") == "application").select(application_id="asset_id", name="display_name")
    named = members.join(called, on="application_id").select("asset_id", "name").unique().sort("asset_id", "name")
    listed = named.group_by("asset_id", maintain_order=True).agg(_serves=pl.col("name").head(5).str.join(", "))
    joined = facts.join(listed, on="asset_id", how="left", maintain_order="left")
    return joined.with_columns(
        application_names=pl.coalesce("application_names", "_serves"),
        serves_known=pl.col("serves_known") | pl.col("_serves").is_not_null(),
    ).drop("_serves")


def _supported(
    facts: pl.DataFrame, prefix: str, name: pl.Expr, version: pl.Expr, identified: Identified
) -> pl.DataFrame:
    """facts plus {prefix}_product, _label, _platform, _support, _end and _extended_end; null where nothing is said."""
    named = facts.with_columns(_name=name, _version=version)
    told = identified(named.select(name="_name", version="_version"))
    renamed = told.select(
        pl.col("name").alias("_name"),
        pl.col("version").alias("_version"),
        pl.col("product").alias(f"{prefix}_product"),
        pl.col("label").alias(f"{prefix}_label"),
        pl.col("platform").alias(f"{prefix}_platform"),
        pl.col("support").alias(f"{prefix}_support"),
        pl.col("support_end").alias(f"{prefix}_end"),
        pl.col("extended_end").alias(f"{prefix}_extended_end"),
    )
    joined = named.join(renamed, on=["_name", "_version"], how="left", nulls_equal=True, maintain_order="left")
    return joined.drop("_name", "_version")


def _software(facts: pl.DataFrame, as_of: date, table: LifecycleTable) -> pl.DataFrame:
    """The database's release (on rows of databases the installed software may name it) and that of the middleware."""
    is_database = pl.col("type") == "database"
    name = pl.coalesce("database_engine", pl.when(is_database).then(pl.coalesce("software", "hostname")))
    version = pl.when(is_database | pl.col("database_engine").is_not_null()).then("software_version")
    stored = _supported(facts, "db", name, version, partial(identified_databases, as_of=as_of, table=table))
    # Of a machine without software of its own the version would be that of its database.
    release = pl.when(pl.col("software").is_not_null()).then("software_version")
    found = partial(identified_middleware, as_of=as_of, table=table)
    return _supported(stored, "mw", pl.col("software"), release, found)


def _edge_counts(edges: pl.DataFrame) -> pl.DataFrame:
    ends = pl.concat([edges.select(asset_id="from_asset"), edges.select(asset_id="to_asset")]).drop_nulls()
    return ends.group_by("asset_id").agg(edge_count=pl.len().cast(pl.Int64))


def _connected() -> dict[str, pl.Expr]:
    """connected: it has edges. unconnected: it has none while most servers have some; null where that says nothing."""
    has = pl.col("edge_count") > 0
    covered = has.filter(pl.col("runs_os")).mean().fill_null(0.0) >= _COVERED
    return {"connected": has, "unconnected": pl.when(covered & pl.col("runs_os")).then(~has)}
