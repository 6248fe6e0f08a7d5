"""The port registry: which service a port names and what such traffic is for. Keep out: what one tenant's hosts do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import polars as pl

from discovery_pipeline.domain.packaged import packaged_yaml

# Linux draws client ports from 32768, Windows from 49152: above, a number says nothing about the client's end.
EPHEMERAL_FROM = 32768
WELL_KNOWN_BELOW = 1024


@dataclass(frozen=True)
class ServiceRegistry:
    """ports: port -> (service name, role). as_of: the date of the list."""

    ports: dict[int, tuple[str, str]]
    as_of: str
    source: str

    def frame(self) -> pl.DataFrame:
        """Columns port, service, role."""
        rows = [(port, name, role) for port, (name, role) in sorted(self.ports.items())]
        return pl.DataFrame(
            rows, schema={"port": pl.Int64(), "service": pl.String(), "role": pl.String()}, orient="row"
        )


@cache
def registry() -> ServiceRegistry:
    """The packaged registry (services.yaml)."""
    data = packaged_yaml(__package__, "services.yaml")
    ports = {port: (name, role) for role, entries in data["roles"].items() for port, name in entries.items()}
    return ServiceRegistry(ports, str(data["as_of"]), data["source"])


def service_rank(port: pl.Expr, *, client_side: bool) -> pl.Expr:
    """How much a port looks like an offered service: 3 registered, 2 well known, 1 below the ephemeral range, 0 not.

    client_side: the port stands on the record's source side, where a registered number inside the ephemeral range is
    taken for chance.
    """
    known = port.is_in(list(registry().ports))
    if client_side:
        known = known & (port < EPHEMERAL_FROM)
    return (
        pl.when(port.is_null() | (port <= 0))
        .then(0)
        .when(known)
        .then(3)
        .when(port < WELL_KNOWN_BELOW)
        .then(2)
        .when(port < EPHEMERAL_FROM)
        .then(1)
        .otherwise(0)
    )


def is_reversed(source_port: pl.Expr, destination_port: pl.Expr) -> pl.Expr:
    """Whether the record's source is the server: its port names a service and the destination's does not.

    A record without a destination port is never reversed.
    """
    source = service_rank(source_port, client_side=True)
    destination = service_rank(destination_port, client_side=False)
    clear = (destination == 0) | (source >= 2)
    return ((destination_port > 0) & (source > destination) & clear).fill_null(value=False)
