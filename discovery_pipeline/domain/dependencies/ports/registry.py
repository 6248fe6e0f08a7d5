"""The port registry: which service a port names and what such traffic is for, and which end of a record offers it.

registry.csv is IANA's list (made by benchmarks/make_port_registry.py), roles.yaml says what matters of some of its
ports and which products listen where IANA assigned nothing. Keep out: what one tenant's hosts do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import StringIO

import polars as pl

from discovery_pipeline.domain.packaged import packaged_text, packaged_yaml

# Linux draws client ports from 32768, Windows from 49152: above, a number says nothing about the client's end.
EPHEMERAL_FROM = 32768
WELL_KNOWN_BELOW = 1024
_DEFAULT_TRANSPORT = "tcp"
# The ranks of `service_rank` from which a port is a service whatever number stands on the other end.
_SURE = 4


@dataclass(frozen=True)
class ServiceRegistry:
    """roles: port -> (service name, role). assigned: columns port, transport, service. as_of: of IANA's list."""

    roles: dict[int, tuple[str, str]]
    assigned: pl.DataFrame
    as_of: str
    source: str

    def frame(self) -> pl.DataFrame:
        """Columns port, transport, service, role, one row per port and transport; what roles.yaml names goes first."""
        named = pl.DataFrame(
            [(port, name, role) for port, (name, role) in sorted(self.roles.items())],
            schema={"port": pl.Int64(), "name": pl.String(), "role": pl.String()},
            orient="row",
        )
        transports = self.assigned.select("transport").unique()
        everywhere = named.join(transports, how="cross").select("port", "transport", service="name", role="role")
        others = self.assigned.join(named, on="port", how="anti").with_columns(role=pl.lit(None, pl.String))
        return pl.concat([everywhere, others]).sort("port", "transport")


@cache
def registry() -> ServiceRegistry:
    """The packaged registry."""
    data = packaged_yaml(__package__, "roles.yaml")
    roles = {port: (name, role) for role, entries in data["roles"].items() for port, name in entries.items()}
    listed = pl.read_csv(StringIO(packaged_text(__package__, "registry.csv")), schema_overrides={"port": pl.Int64()})
    assigned = (
        listed.with_columns(transport=pl.col("transports").str.split("/"))
        .explode("transport", empty_as_null=False)
        .unique(["port", "transport"], keep="first", maintain_order=True)
        .select("port", "transport", "service")
    )
    return ServiceRegistry(roles, assigned, str(data["as_of"]), data["source"])


def named_services(frame: pl.DataFrame) -> pl.DataFrame:
    """frame (columns port, protocol) plus service and role; a protocol that is no transport is taken for TCP."""
    offered = registry().frame()
    transports = offered["transport"].unique().sort().to_list()
    transport = pl.when(pl.col("protocol").is_in(transports)).then("protocol").otherwise(pl.lit(_DEFAULT_TRANSPORT))
    keyed = frame.with_columns(transport=transport)
    return keyed.join(offered, on=["port", "transport"], how="left", maintain_order="left").drop("transport")


@cache
def _rank_lists() -> tuple[list[int], list[int], list[int]]:
    """Ports with a role below the ephemeral range, ports with a role inside it, other assigned ports below it."""
    known = registry()
    low = sorted(p for p in known.roles if p < EPHEMERAL_FROM)
    high = sorted(p for p in known.roles if p >= EPHEMERAL_FROM)
    assigned = known.assigned.filter(pl.col("port") < EPHEMERAL_FROM)["port"].unique().sort().to_list()
    return low, high, sorted(set(assigned) - set(low))


def service_rank(port: pl.Expr, *, client_side: bool) -> pl.Expr:
    """How much a port looks like an offered service, 0 (not at all, or no port) to 5.

    5 has a role, 4 assigned and well known, 3 has a role inside the ephemeral range, 2 assigned, 1 below that range.
    client_side: the port stands on the record's source side, where a number inside the range is taken for chance.
    """
    low, high, assigned = _rank_lists()
    inside = pl.lit(0) if client_side else pl.when(port.is_in(high)).then(3).otherwise(0)
    below = pl.when(port.is_in(assigned)).then(pl.when(port < WELL_KNOWN_BELOW).then(_SURE).otherwise(2)).otherwise(1)
    ranked = pl.when(port >= EPHEMERAL_FROM).then(inside).when(port.is_in(low)).then(5).otherwise(below)
    return pl.when(port > 0).then(ranked).otherwise(0).cast(pl.Int8)


def is_turned(source: pl.Expr, destination: pl.Expr, destination_port: pl.Expr) -> pl.Expr:
    """`is_reversed`, from the ranks of both ports."""
    clear = (destination == 0) | (source >= _SURE)
    return ((destination_port > 0) & (source > destination) & clear).fill_null(value=False)


def is_reversed(source_port: pl.Expr, destination_port: pl.Expr) -> pl.Expr:
    """Whether the record's source is the server: its port names a service and the destination's does not.

    A record without a destination port is never reversed.
    """
    source = service_rank(source_port, client_side=True)
    destination = service_rank(destination_port, client_side=False)
    return is_turned(source, destination, destination_port)


def is_open(source: pl.Expr, destination: pl.Expr, source_port: pl.Expr, destination_port: pl.Expr) -> pl.Expr:
    """`is_unclear`, from the ranks of both ports."""
    nothing = (source == 0) & (destination == 0)
    close = (source > 0) & (destination > 0) & ((source < _SURE) == (destination < _SURE))
    both = (source_port > 0) & (destination_port > 0) & (source_port != destination_port)
    return (both & (nothing | close)).fill_null(value=False)


def is_unclear(source_port: pl.Expr, destination_port: pl.Expr) -> pl.Expr:
    """Whether two ports leave open which end is the server: neither is a sure service, or both are different ones."""
    source = service_rank(source_port, client_side=True)
    destination = service_rank(destination_port, client_side=False)
    return is_open(source, destination, source_port, destination_port)
