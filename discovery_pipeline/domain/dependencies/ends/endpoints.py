"""The ends of flows -> assets: by address and by name, telling apart what is known, ambiguous and outside."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.dependencies.ends.directory import MATCHES, Directory, resolve_addresses, resolve_names

# Nobody's address: loopback, unspecified, multicast, limited broadcast, link-local.
NOBODY = r"(?i)^(?:127\.|0\.0\.0\.0$|22[4-9]\.|23\d\.|255\.255\.255\.255$|169\.254\.|::1?$|ff[0-9a-f]{2}:|fe80:)"
NOBODY_NAMES = ("localhost", "localhost.localdomain", "*", "-", "any", "broadcasthost", "ip6-localhost")

# asset_id null: no asset answers (address says who was meant) or, with nobody, no machine was meant at all.
# by_address: no name of an asset stands beside the address.
ENDPOINTS = {
    "host": pl.String(), "ip": pl.String(), "asset_id": pl.String(), "candidates": pl.UInt32(), "address": pl.String(),
    "nobody": pl.Boolean(), "conflict": pl.Boolean(), "by_address": pl.Boolean(),
}  # fmt: skip


def _meant(ends: pl.DataFrame) -> pl.DataFrame:
    """Distinct ends with columns name (a usable host name) and nobody."""
    host = pl.col("host").str.strip_chars()
    unnamed = host.str.to_lowercase().is_in(NOBODY_NAMES) | (host == "")
    name = pl.when(unnamed.fill_null(value=True)).then(None).otherwise(host)
    nowhere = pl.col("ip").str.contains(NOBODY).fill_null(value=False)
    named = ends.with_columns(name=name)
    # A loopback address beside a name is the named machine talking to itself, which the pair of ends shows later.
    return named.with_columns(nobody=nowhere | (pl.col("ip").is_null() & pl.col("name").is_null()))


def _matched(matches: pl.DataFrame, key: str, prefix: str) -> pl.DataFrame:
    listed = matches.group_by("value", maintain_order=True).agg(pl.col("asset_id").alias(f"{prefix}_assets"))
    return listed.rename({"value": key})


def _chosen() -> pl.Expr:
    """The assets meant: those that name and address agree on, else the name's, else the address's."""
    none = pl.lit([], dtype=pl.List(pl.String))
    named, addressed = pl.col("name_assets").fill_null(none), pl.col("ip_assets").fill_null(none)
    both = named.list.set_intersection(addressed).list.sort()
    return (
        pl.when(both.list.len() > 0)
        .then(both)
        .when((named.list.len() == 1) | (addressed.list.len() == 0))
        .then(named)
        .when((addressed.list.len() == 1) | (named.list.len() == 0))
        .then(addressed)
        .otherwise(named)
    )


def _conflict() -> pl.Expr:
    both = pl.col("name_assets").list.set_intersection(pl.col("ip_assets")).list.len()
    return (pl.col("name_assets").is_not_null() & pl.col("ip_assets").is_not_null() & (both == 0)).fill_null(
        value=False
    )


def _learned(joined: pl.DataFrame) -> pl.DataFrame:
    """Columns where, learned: whose an address is that no asset claims, where other records give it a known name."""
    certain = joined.filter(
        pl.col("ip").is_not_null(), pl.col("ip_assets").is_null(), pl.col("name_assets").list.len() == 1
    )
    named = certain.select(where="ip", asset=pl.col("name_assets").list.first()).unique().sort("where", "asset")
    return named.group_by("where", maintain_order=True).agg(learned="asset")


def resolve_endpoints(directory: Directory, ends: pl.DataFrame) -> pl.DataFrame:
    """ENDPOINTS of distinct (host, ip) pairs, a row per candidate.

    An address that several assets hold is decided by the host name, else stays ambiguous. Where name and address
    lead to different assets the name wins (addresses are handed on, names less so) and conflict is true. An address
    that no asset claims belongs to the host that other records name beside it.
    """
    meant = _meant(ends.select("host", "ip").unique())
    named = _matched(resolve_names(directory, meant["name"], "machine"), "name", "name")
    # A record without address may carry one in its host column.
    addressed = _matched(resolve_addresses(directory, meant.select(v=pl.coalesce("ip", "name"))["v"]), "where", "ip")
    joined = (
        meant.with_columns(where=pl.coalesce("ip", "name"))
        .join(named, on="name", how="left")
        .join(addressed, on="where", how="left")
    )
    taught = joined.join(_learned(joined), on="where", how="left").with_columns(
        ip_assets=pl.coalesce("ip_assets", "learned")
    )
    chosen = taught.with_columns(
        chosen=pl.when("nobody").then(None).otherwise(_chosen()),
        conflict=_conflict(),
        address=pl.coalesce("ip", "name"),
        by_address=pl.col("name_assets").is_null(),
    )
    counted = chosen.with_columns(candidates=pl.col("chosen").list.len().cast(MATCHES["candidates"]))
    exploded = counted.explode("chosen", empty_as_null=True).rename({"chosen": "asset_id"})
    return exploded.select(pl.col(n).cast(t) for n, t in ENDPOINTS.items()).sort(
        "host", "ip", "asset_id", nulls_last=True
    )
