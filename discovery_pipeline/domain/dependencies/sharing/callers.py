"""Clients told by whom they call: scanners, pushed services, database consoles, and who sends files by SSH.

Keep out: what is called by everybody (shared), and the kind of any single edge (edges/kinds).
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.dependencies.params import DependencyParams

_BUSINESS = ("web", "database", "messaging", "application", "file")
_SSH = 22


def scanners(evidence: pl.DataFrame, sweepers: pl.DataFrame, params: DependencyParams) -> pl.DataFrame:
    """Column asset_id: clients that try many hosts on many ports which hardly anybody else uses there, and sweepers.

    How often they call doesn't matter (a weekly sweep adds up); balancers and jump hosts use few ports per host.
    """
    observed = evidence.filter(
        pl.col("grade") == "observed", pl.col("to_asset").is_not_null(), pl.col("port").is_not_null()
    )
    endpoints = observed.select("from_asset", "to_asset", "port").unique()
    busy = pl.len().over("from_asset") >= params.scan_min_targets
    alone = endpoints.with_columns(alone=pl.len().over("to_asset", "port") == 1).filter(busy)
    calls = alone.group_by("from_asset").agg(
        targets=pl.col("to_asset").n_unique(),
        ports=pl.col("port").n_unique(),
        endpoints=pl.len(),
        alone=pl.col("alone").mean(),
    )
    found = calls.filter(
        pl.col("targets") >= params.scan_min_targets,
        pl.col("ports") >= params.scan_min_ports,
        pl.col("endpoints") >= params.scan_min_per_target * pl.col("targets"),
        pl.col("alone") >= params.scan_min_alone,
    ).select(asset_id="from_asset")
    return pl.concat([found, sweepers]).unique().sort("asset_id")


def pushers(evidence: pl.DataFrame, members: pl.DataFrame, params: DependencyParams) -> pl.DataFrame:
    """Columns from_asset, port: clients that call servers of many applications on one port which few others call there.

    Agents and backups that are pushed from a few hosts. Ports of business traffic are left out: a balancer calls so.
    """
    calls = evidence.filter(
        pl.col("grade") == "observed", pl.col("to_asset").is_not_null(), pl.col("port").is_not_null(),
        ~pl.col("role").fill_null("").is_in(["web", "database", "messaging", "application"]),
    ).select("from_asset", "to_asset", "port").unique()  # fmt: skip
    many = pl.len().over("from_asset", "port") >= params.shared_min_clients
    few = calls.with_columns(callers=pl.len().over("to_asset", "port")).filter(many)
    served = few.join(members, left_on="to_asset", right_on="asset_id", how="left")
    broad = served.group_by("from_asset", "port").agg(
        targets=pl.col("to_asset").n_unique(),
        applications=pl.col("application_id").drop_nulls().n_unique(),
        callers=pl.col("callers").mean(),
    )
    wide = max(params.shared_min_applications, params.push_share * members["application_id"].n_unique())
    return broad.filter(
        pl.col("targets") >= params.shared_min_clients,
        pl.col("applications") >= wide,
        pl.col("callers") <= params.push_max_callers,
    ).select("from_asset", "port")


def database_consoles(evidence: pl.DataFrame, members: pl.DataFrame, params: DependencyParams) -> pl.DataFrame:
    """Columns from_asset, port: clients of no application that call the databases of a large share of the applications
    which have one, and that nothing calls for business: the administrators' host.

    Breadth is over applications: an estate has far more servers than databases.
    """
    seen = evidence.filter(pl.col("grade") == "observed", pl.col("to_asset").is_not_null())
    calls = seen.filter(role="database").select("from_asset", "to_asset", "port").unique()
    owned = calls.join(members, left_on="to_asset", right_on="asset_id")
    wide = max(params.shared_min_applications, params.console_share * owned["application_id"].n_unique())
    reach = owned.group_by("from_asset").agg(applications=pl.col("application_id").n_unique())
    serving = seen.filter(pl.col("role").is_in(_BUSINESS))["to_asset"]
    consoles = reach.filter(
        pl.col("applications") >= wide,
        ~pl.col("from_asset").is_in(members["asset_id"].implode()),
        ~pl.col("from_asset").is_in(serving.implode()),
    )
    return calls.join(consoles, on="from_asset", how="semi").select("from_asset", "port").unique()


def file_transfers(evidence: pl.DataFrame, members: pl.DataFrame, params: DependencyParams) -> pl.DataFrame:
    """Columns from_asset, to_asset, port: SSH that recurs over days from a server of an application to one of another.

    The client calls few hosts so: administrators and their tools reach many, or call once.
    """
    calls = evidence.filter(
        pl.col("grade") == "observed", pl.col("port") == _SSH, pl.col("cap") == 1, pl.col("to_asset").is_not_null()
    )
    few = calls.filter(pl.col("to_asset").n_unique().over("from_asset") <= params.transfer_max_targets)
    lasting = few.filter(
        pl.col("records") >= params.transfer_min_records,
        pl.col("last_seen") - pl.col("first_seen") >= pl.duration(days=params.transfer_min_days),
    )
    pairs = lasting.select("from_asset", "to_asset", "port").unique()
    served = members.select("asset_id").unique()
    return pairs.join(served, left_on="from_asset", right_on="asset_id", how="semi").join(
        served, left_on="to_asset", right_on="asset_id", how="semi"
    )
