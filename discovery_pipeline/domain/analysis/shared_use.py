"""Which assets are shared services, by who uses them, as facts: how many assets and applications do.

Keep out: what makes an edge one of infrastructure or management (the dependencies phase), what follows from it.
"""

from __future__ import annotations

import polars as pl

# From so many users on a provider of infrastructure serves all; one that manages, or to which is reported, from so many
# and such a share of the servers: any server has a few agents. The same bounds as MembershipParams (dependencies).
_USERS, _MANAGED, _MANAGED_SHARE = 5, 20, 0.05
# shared_by: assets that use it, at least as many as the bounds ask. shared_applications: whose servers do so.
SHARED_USE = {"asset_id": pl.String(), "shared_by": pl.Int64(), "shared_applications": pl.Int64()}


def shared_use(edges: pl.DataFrame, members: pl.DataFrame, servers: int) -> pl.DataFrame:
    """SHARED_USE, one row per shared service, sorted. edges: believed DEPENDENCIES. members: MEMBERSHIP.

    servers: how many there are.
    """
    known = edges.drop_nulls("to_asset")
    used = known.filter(pl.col("kind") == "infrastructure").select(asset_id="to_asset", user="from_asset")
    managed = known.filter(pl.col("kind") == "management")
    both = (
        (used, _USERS),
        (managed.select(asset_id="from_asset", user="to_asset"), max(_MANAGED, _MANAGED_SHARE * servers)),
        (managed.select(asset_id="to_asset", user="from_asset"), max(_MANAGED, _MANAGED_SHARE * servers)),
    )
    enough = [part.unique().filter(pl.len().over("asset_id") >= least) for part, least in both]
    users = pl.concat(enough).unique()
    applications = (
        users.join(members.rename({"asset_id": "user"}), on="user")
        .group_by("asset_id")
        .agg(shared_applications=pl.col("application_id").n_unique())
    )
    counted = users.group_by("asset_id").agg(shared_by=pl.len()).join(applications, on="asset_id", how="left")
    filled = counted.with_columns(pl.col("shared_applications").fill_null(0)).sort("asset_id")
    return filled.select(pl.col(name).cast(dtype) for name, dtype in SHARED_USE.items())
