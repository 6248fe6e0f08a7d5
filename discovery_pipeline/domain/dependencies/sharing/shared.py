"""Services that everything shares, told by their names, their ports, and how many different things use them.

They keep their edges, in kinds that don't glue applications together. Keep out: the kind of any single edge.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from discovery_pipeline.domain.dependencies.params import DependencyParams
from discovery_pipeline.domain.membership import application_key
from discovery_pipeline.domain.packaged import packaged_yaml

SHARED = {"asset_id": pl.String(), "shared": pl.String()}
# What a host serves that makes its other Windows traffic a directory's, too.
_DIRECTORY_PORTS = (53, 88, 389, 636, 3268, 3269)


@cache
def _named_services() -> dict[str, str]:
    """Application key of a shared service's name -> infrastructure or management."""
    data = packaged_yaml(__package__, "shared_services.yaml")
    names = [
        (phrase + ending, kind)
        for kind in ("infrastructure", "management")
        for phrase in data[kind]
        for ending in ("", *data["endings"])
    ]
    keys = pl.DataFrame(names, schema=["name", "kind"], orient="row").with_columns(key=application_key(pl.col("name")))
    return dict(zip(keys["key"], keys["kind"], strict=True))


def _service_of(name: pl.Expr) -> pl.Expr:
    return application_key(name).replace_strict(_named_services(), default=None, return_dtype=pl.String)


def _by_role(inventory: pl.DataFrame) -> pl.DataFrame:
    parts = inventory.select("asset_id", name=pl.col("application_role").str.split("/")).explode(
        "name", empty_as_null=False
    )
    return parts.select("asset_id", shared=_service_of(pl.col("name"))).drop_nulls()


def _by_application(inventory: pl.DataFrame) -> pl.DataFrame:
    """Applications of such a name, and the servers all of whose applications are such services."""
    names = (
        inventory.select("asset_id", name="application_name").explode("name", empty_as_null=False).drop_nulls("name")
    )
    served = names.with_columns(shared=_service_of(pl.col("name")))
    whole = served.filter(pl.col("shared").is_not_null().all().over("asset_id"))
    return whole.select("asset_id", "shared")


def shared_by_name(inventory: pl.DataFrame) -> pl.DataFrame:
    """SHARED: assets whose role or application is named as a shared service; infrastructure goes before management."""
    found = pl.concat([_by_role(inventory), _by_application(inventory)])
    return found.group_by("asset_id").agg(pl.col("shared").min()).sort("asset_id")


def directory_hosts(evidence: pl.DataFrame, params: DependencyParams) -> pl.DataFrame:
    """SHARED: hosts that several clients use for names, logins or directory look-ups."""
    served = evidence.filter(pl.col("port").is_in(_DIRECTORY_PORTS) & pl.col("to_asset").is_not_null())
    clients = served.group_by("to_asset").agg(n=pl.col("from_asset").n_unique())
    return clients.filter(pl.col("n") >= params.directory_min_clients).select(
        asset_id="to_asset", shared=pl.lit("directory")
    )


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
    business = ["web", "database", "messaging", "application"]
    calls = evidence.filter(
        pl.col("grade") == "observed", pl.col("to_asset").is_not_null(), pl.col("port").is_not_null(),
        ~pl.col("role").fill_null("").is_in(business),
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


def _stores(observed: pl.DataFrame) -> pl.Series:
    """The hosts whose databases two clients use at least."""
    used = observed.filter(role="database").group_by("to_asset").agg(clients=pl.col("from_asset").n_unique())
    return used.filter(pl.col("clients") > 1)["to_asset"]


def shared_by_use(
    evidence: pl.DataFrame, members: pl.DataFrame, machines: int, params: DependencyParams
) -> pl.DataFrame:
    """SHARED: hosts that a large share of all applications (of all machines, where none is known) calls on one port.

    evidence: without what scanners and pushed services do. Databases are left out: one that many applications share
    does tie them together. So is what database servers hardly call, where it has an application's name: everything
    needs infrastructure, while a login portal or a bus is called by the servers that people and others call.
    """
    observed = evidence.filter(
        pl.col("grade") == "observed", pl.col("to_asset").is_not_null(), pl.col("against").is_null()
    )
    stores = _stores(observed)
    aside = pl.col("role").fill_null("").is_in(["database", "management", "remote"])
    calls = observed.filter(~aside).select("from_asset", "to_asset", "port").unique()
    known = members["application_id"].n_unique()
    calls = calls.filter(pl.len().over("to_asset", "port") >= params.shared_min_clients)
    clients = calls.join(members, left_on="from_asset", right_on="asset_id", how="left")
    used = clients.group_by("to_asset", "port").agg(
        clients=pl.col("from_asset").n_unique(),
        applications=pl.col("application_id").drop_nulls().n_unique(),
        stores=pl.col("from_asset").filter(pl.col("from_asset").is_in(stores.implode())).n_unique(),
    )
    broad = (
        (pl.col("applications") >= max(params.shared_min_applications, params.shared_share * known))
        if known
        else pl.col("clients") >= params.shared_share * machines
    )
    usual = len(stores) / max(machines, 1)
    picky = pl.col("stores") < params.shared_store_share * usual * pl.col("clients")
    named = pl.col("to_asset").is_in(members["asset_id"].implode())
    many = used.filter(pl.col("clients") >= params.shared_min_clients, broad, ~(picky & named))
    return many.select(asset_id="to_asset", shared=pl.lit("infrastructure")).unique().sort("asset_id")
