"""Evidence from the assets' own columns: the host and cluster a machine runs on, the server of a database instance."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.dependencies.edges.evidence import EVIDENCE, evidence_frame, lead_cap
from discovery_pipeline.domain.dependencies.ends.directory import MACHINES, Directory, resolve_names
from discovery_pipeline.domain.dependencies.params import DependencyParams


def _evidence(
    rows: pl.DataFrame, directory: Directory, label: str, grade: str, params: DependencyParams
) -> pl.DataFrame:
    """rows: asset_id, name (of what it runs on), records. EVIDENCE of those whose name an asset answers to."""
    matches = resolve_names(directory, rows["name"], "machine").rename({"value": "name", "asset_id": "to_asset"})
    joined = rows.join(matches, on="name").filter(pl.col("asset_id") != pl.col("to_asset"))
    known = joined.filter(pl.col("candidates") <= params.max_candidates).with_columns(
        from_asset="asset_id", cap=lead_cap(pl.col("candidates"), params)
    )
    return evidence_frame(known, relation="runs_on", label=label, grade=grade)


def _of_types(inventory: pl.DataFrame, directory: Directory, *types: str) -> Directory:
    """The directory cut to assets of these types."""
    ids = inventory.filter(pl.col("classified_type").is_in(types))["asset_id"].implode()
    return Directory(directory.names.filter(pl.col("asset_id").is_in(ids)), directory.addresses)


def _named(assets: pl.DataFrame, column: str) -> pl.DataFrame:
    return assets.select("asset_id", name=column, records=pl.lit(1, pl.Int64)).drop_nulls("name")


def _on_hosts(inventory: pl.DataFrame, directory: Directory, params: DependencyParams) -> pl.DataFrame:
    guests = inventory.filter(~pl.col("classified_type").is_in(["hypervisor", "cluster"]))
    hosts = _of_types(inventory, directory, *MACHINES)
    return _evidence(_named(guests, "hypervisor_host"), hosts, "hosting:hypervisor_host", "hosting", params)


def _in_clusters(inventory: pl.DataFrame, directory: Directory, params: DependencyParams) -> pl.DataFrame:
    """Hosts in clusters, by their own rows or their guests'; a guest that names no host hangs on the cluster."""
    clusters = _of_types(inventory, directory, "cluster")
    hosts = _of_types(inventory, directory, "hypervisor")
    hypervisors = inventory.filter(pl.col("classified_type") == "hypervisor")
    guests = inventory.filter(
        ~pl.col("classified_type").is_in(["hypervisor", "cluster"]), pl.col("cluster").is_not_null()
    )
    own = _evidence(_named(hypervisors, "cluster"), clusters, "hosting:cluster", "hosting", params)
    loose = _named(guests.filter(pl.col("hypervisor_host").is_null()), "cluster")
    pairs = (
        guests.drop_nulls("hypervisor_host").group_by("hypervisor_host", "cluster").agg(records=pl.len().cast(pl.Int64))
    )
    # A guest that moved leaves a minority: the cluster that most guests of a host name.
    major = pairs.sort(["hypervisor_host", "records", "cluster"], descending=[False, True, False]).unique(
        "hypervisor_host", keep="first", maintain_order=True
    )
    matched = resolve_names(hosts, major["hypervisor_host"]).filter(pl.col("candidates") == 1)
    told = major.join(matched, left_on="hypervisor_host", right_on="value").select(
        "asset_id", "records", name="cluster"
    )
    silent = told.join(_named(hypervisors, "cluster"), on="asset_id", how="anti")
    return pl.concat(
        [
            own,
            _evidence(loose, clusters, "hosting:cluster", "hosting", params),
            _evidence(silent, clusters, "hosting:cluster of guests", "hosting", params),
        ]
    )


def _databases(inventory: pl.DataFrame, directory: Directory, params: DependencyParams) -> pl.DataFrame:
    """A database instance on the server in its name: "instance@server" or "server\\instance"."""
    databases = inventory.filter(pl.col("classified_type") == "database").select(
        "asset_id", name=pl.coalesce("hostname", "fqdn", "source_id")
    )
    at = pl.col("name").str.extract(r"@\s*([^@\s]+)$", 1)
    before = pl.col("name").str.extract(r"^([^\\/:\s]+)[\\/:]", 1)
    named = databases.with_columns(name=pl.coalesce(at, before), records=pl.lit(1, pl.Int64)).drop_nulls("name")
    return _evidence(named, _of_types(inventory, directory, *MACHINES), "named:instance", "named", params)


def _by_address(inventory: pl.DataFrame, directory: Directory, params: DependencyParams) -> pl.DataFrame:
    """A database instance that has its server's address."""
    kind = inventory.select("asset_id", "classified_type")
    held = directory.addresses.join(kind, on="asset_id").filter(~pl.col("gone"))
    lodgers = held.filter(pl.col("classified_type") == "database").select("ip", from_asset="asset_id")
    servers = held.filter("machine").select("ip", to_asset="asset_id")
    pairs = lodgers.join(servers, on="ip").unique(["from_asset", "to_asset"]).sort("from_asset", "to_asset")
    readings = pl.len().over("from_asset")
    capped = pairs.filter(readings <= params.max_candidates).with_columns(
        cap=lead_cap(pl.len().over("from_asset"), params), records=pl.lit(1, pl.Int64)
    )
    return evidence_frame(capped, relation="runs_on", label="address:shared with server", grade="address")


def hosting_evidence(inventory: pl.DataFrame, directory: Directory, params: DependencyParams) -> pl.DataFrame:
    """EVIDENCE of what runs on what, from the inventory's own columns."""
    parts = [step(inventory, directory, params) for step in (_on_hosts, _in_clusters, _databases, _by_address)]
    return pl.concat(parts).select(*EVIDENCE)
