"""Who answers to a name or an address: the inventory's names and addresses, and their resolution to assets.

Works on distinct names. Keep out: what the resolved ends have to do with each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from discovery_pipeline.domain.names import name_key

Want = Literal["any", "machine", "application"]

# Types that own their addresses and host names; the others live on such a machine, or are made of several.
MACHINES = (
    "physical_server", "virtual_machine", "hypervisor", "network_device", "storage", "load_balancer", "container_node",
    "cloud_service", "end_user_device", "security_device", "printer", "other",
)  # fmt: skip
# Names that identify something, most trusted first.
_NAMES = ("hostname", "fqdn", "source_id", "uuid", "asset_tag", "serial_number")

# Of an asset in such a state no new traffic comes; what lives goes before it.
GONE_STATES = ("retired", "in_stock", "missing")

# What name_key shortens; a name without is its own short form (and name_key costs ten times as much as fold).
_LONG = r"[.\\$\s]"

MATCHES = {"value": pl.String(), "asset_id": pl.String(), "candidates": pl.UInt32()}


@dataclass(frozen=True)
class Directory:
    """names: key, raw, short (a shortened host name), asset_id and its flags. addresses: ip, asset_id and its flags.

    Flags: machine, application, gone (retired, or no longer in the exports).
    """

    names: pl.DataFrame
    addresses: pl.DataFrame


def fold(value: pl.Expr) -> pl.Expr:
    """A name for comparison: lower case, blanks at the ends gone."""
    return value.str.strip_chars().str.to_lowercase()


def _types(inventory: pl.DataFrame) -> pl.DataFrame:
    kind = pl.col("classified_type").fill_null("other")
    return inventory.with_columns(
        machine=kind.is_in(MACHINES),
        application=kind == "application",
        gone=pl.col("vanished").fill_null(value=False)
        | pl.col("lifecycle_status").is_in(GONE_STATES).fill_null(value=False),
    )


def _named(assets: pl.DataFrame, raw: pl.Expr, *, short: bool) -> pl.DataFrame:
    key = name_key(raw) if short else fold(raw)
    facts = ("asset_id", "machine", "application", "gone")
    return assets.select(key.alias("key"), raw.alias("raw"), *facts, short=pl.lit(short)).drop_nulls("key")


def _names(assets: pl.DataFrame) -> pl.DataFrame:
    applications = assets.filter("application").explode("application_name", empty_as_null=False)
    exact = [_named(assets, pl.col(name), short=False) for name in _NAMES]
    exact.append(_named(applications, pl.col("application_name"), short=False))
    hosts = assets.filter(~pl.col("application"))
    shortened = [
        _named(hosts.filter(pl.col(name).str.contains(_LONG)), pl.col(name), short=True)
        for name in ("hostname", "fqdn")
    ]
    names = pl.concat([*exact, *shortened]).filter(pl.col("key") != "")
    # One row per key and asset: its exact names before its shortened ones.
    return names.sort("key", "asset_id", "short", "raw").unique(["key", "asset_id"], keep="first", maintain_order=True)


def open_directory(inventory: pl.DataFrame) -> Directory:
    """The directory of an INVENTORY frame."""
    assets = _types(inventory)
    addresses = (
        assets.select("asset_id", "machine", "application", "gone", ip="ip_address")
        .explode("ip", empty_as_null=False)
        .drop_nulls("ip")
        .unique(["ip", "asset_id"])
        .sort("ip", "asset_id")
    )
    return Directory(_names(assets), addresses)


def _best(candidates: pl.DataFrame, score: pl.Expr) -> pl.DataFrame:
    """Per value the assets with the lowest score; several when they tie."""
    return (
        candidates.with_columns(score=score)
        .filter(pl.col("score") == pl.col("score").min().over("value"))
        .unique(["value", "asset_id"])
        .with_columns(candidates=pl.len().over("value").cast(pl.UInt32))
        .select(*MATCHES)
        .sort("value", "asset_id")
    )


def _unwanted(want: Want) -> pl.Expr:
    return pl.lit(value=False) if want == "any" else ~pl.col(want)


def resolve_names(directory: Directory, values: pl.Series, want: Want = "any") -> pl.DataFrame:
    """MATCHES: the assets that each distinct value may name; no row for a value that names none.

    An asset of the wanted class goes before others, a full name before a shortened host name, a living asset before
    one that is gone, the same spelling before another; what still ties is ambiguous (candidates > 1).
    """
    distinct = pl.DataFrame({"value": values.drop_nulls().unique().sort()}, schema={"value": pl.String()})
    long = distinct.filter(pl.col("value").str.contains(_LONG))
    by_exact = distinct.with_columns(key=fold(pl.col("value"))).join(directory.names, on="key")
    by_short = long.with_columns(key=name_key(pl.col("value"))).join(directory.names, on="key")
    candidates = pl.concat([by_exact.with_columns(loose=pl.lit(0)), by_short.with_columns(loose=pl.lit(1))])
    score = (
        1000 * _unwanted(want).cast(pl.Int32)
        + 100 * (pl.col("loose") + pl.col("short").cast(pl.Int32))
        + 10 * pl.col("gone").cast(pl.Int32)
        + (pl.col("raw").str.strip_chars() != pl.col("value").str.strip_chars()).cast(pl.Int32)
    )
    return _best(candidates, score)


def resolve_addresses(directory: Directory, values: pl.Series) -> pl.DataFrame:
    """MATCHES for IP addresses: the machine before what lives on it, a living asset before one that is gone."""
    distinct = pl.DataFrame({"value": values.drop_nulls().unique().sort()}, schema={"value": pl.String()})
    candidates = distinct.join(directory.addresses, left_on="value", right_on="ip")
    return _best(candidates, 10 * (~pl.col("machine")).cast(pl.Int32) + pl.col("gone").cast(pl.Int32))
