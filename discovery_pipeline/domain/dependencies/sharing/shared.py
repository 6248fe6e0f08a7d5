"""Services that everything shares, told by their names, their ports, and how many different things use them.

They keep their edges, in kinds that don't glue applications together. Keep out: the kind of any single edge.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from discovery_pipeline.domain.dependencies.observed.sightings import RARE
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


def service_named(name: pl.Expr) -> pl.Expr:
    """String: infrastructure or management, where the name is a shared service's; else null."""
    return application_key(name).replace_strict(_named_services(), default=None, return_dtype=pl.String)


def _by_role(inventory: pl.DataFrame) -> pl.DataFrame:
    parts = inventory.select("asset_id", name=pl.col("application_role").str.split("/")).explode(
        "name", empty_as_null=False
    )
    return parts.select("asset_id", shared=service_named(pl.col("name"))).drop_nulls()


def _by_application(inventory: pl.DataFrame) -> pl.DataFrame:
    """Applications of such a name, and the servers all of whose applications are such services."""
    names = (
        inventory.select("asset_id", name="application_name").explode("name", empty_as_null=False).drop_nulls("name")
    )
    served = names.with_columns(shared=service_named(pl.col("name")))
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


def _stores(observed: pl.DataFrame) -> pl.Series:
    """The hosts whose databases two clients use at least."""
    used = observed.filter(role="database").group_by("to_asset").agg(clients=pl.col("from_asset").n_unique())
    return used.filter(pl.col("clients") > 1)["to_asset"]


def _usage(observed: pl.DataFrame, members: pl.DataFrame, stores: pl.Series, params: DependencyParams) -> pl.DataFrame:
    """Columns to_asset, port, and how many clients, applications and stores (database servers) call there."""
    aside = pl.col("role").fill_null("").is_in(["database", "management", "remote"])
    calls = observed.filter(~aside).select("from_asset", "to_asset", "port").unique()
    calls = calls.filter(pl.len().over("to_asset", "port") >= params.shared_min_clients)
    clients = calls.join(members, left_on="from_asset", right_on="asset_id", how="left")
    used = clients.group_by("to_asset", "port").agg(
        clients=pl.col("from_asset").n_unique(),
        applications=pl.col("application_id").drop_nulls().n_unique(),
        stores=pl.col("from_asset").filter(pl.col("from_asset").is_in(stores.implode())).n_unique(),
    )
    return used.filter(pl.col("clients") >= params.shared_min_clients)


def shared_by_use(
    evidence: pl.DataFrame, members: pl.DataFrame, machines: int, params: DependencyParams
) -> pl.DataFrame:
    """SHARED: hosts that a large share of all applications (of all machines, where none is known) calls on one port.

    evidence: without what scanners and pushed services do. Databases are left out: one that many applications share
    does tie them together. So is what database servers hardly call: everything needs infrastructure, while a login
    portal or a bus, even on a host that nobody names, is called by the servers that people and others call.
    Calls seen once in a long time count for a host without an application that database servers call, too: an agent
    that reports once a month does so from everywhere.
    """
    observed = evidence.filter(pl.col("grade") == "observed", pl.col("to_asset").is_not_null())
    sure = observed.filter(pl.col("against").is_null())
    stores = _stores(sure)
    known = members["application_id"].n_unique()
    broad = (
        (pl.col("applications") >= max(params.shared_min_applications, params.shared_share * known))
        if known
        else pl.col("clients") >= params.shared_share * machines
    )
    usual = len(stores) / max(machines, 1)
    picky = pl.col("stores") < params.shared_store_share * usual * pl.col("clients")
    named = pl.col("to_asset").is_in(members["asset_id"].implode())
    rare = observed.filter(pl.col("against").is_null() | (pl.col("against") == RARE), ~named)
    found = [
        _usage(sure, members, stores, params).filter(broad, ~picky),
        _usage(rare, members, stores, params).filter(broad, ~picky),
    ]
    return pl.concat(found).select(asset_id="to_asset", shared=pl.lit("infrastructure")).unique().sort("asset_id")
