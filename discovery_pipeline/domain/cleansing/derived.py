"""Values that one field's cell holds for another: the domain in a host name, the host in an FQDN, cores per socket.

Expressions over the clean columns of a table; a field that has a value of its own keeps it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.names import FQDN, IPV4, domain_of, is_qualified

# Where a column of cores per socket waits for the number of sockets; never part of the output.
PER_SOCKET = "per_socket"


@dataclass(frozen=True, eq=False)
class Derived:
    """One derivation. source: the column it reads; hits: where it acts; value: of `field`, for every row."""

    rule: str
    source: str
    field: str
    hits: pl.Expr
    value: pl.Expr


def derivations(columns: Collection[str], split_names: bool) -> list[Derived]:
    """The derivations possible for a table with these clean columns, all over the columns as they are before any.

    split_names: the host name column is known to hold host.domain; otherwise a single label after the name is a domain
    only where it is a private top domain.
    """
    found = _names(columns, split_names) if {"hostname", "fqdn"} & set(columns) else []
    return found + (_cores(columns) if PER_SOCKET in columns else [])


def apply_derivations(frame: pl.LazyFrame, derived: list[Derived]) -> pl.LazyFrame:
    """The frame with every derived field in place."""
    values = {d.field: d.value for d in derived}
    return frame.with_columns(**values) if values else frame


def _names(columns: Collection[str], split_names: bool) -> list[Derived]:
    host, fqdn, domain = (
        pl.col(c) if c in columns else pl.lit(None, pl.String) for c in ("hostname", "fqdn", "dns_domain")
    )
    source = "hostname" if "hostname" in columns else "fqdn"
    holds_domain = (is_qualified(host) | host.str.contains(FQDN)) if split_names else is_qualified(host)
    holds_domain = holds_domain & ~host.str.contains(f"^{IPV4}$")
    full = fqdn.str.contains(".", literal=True) & ~fqdn.str.contains(f"^{IPV4}$")
    best = pl.when(full).then(fqdn).when(holds_domain).then(host)
    first = host.str.extract(r"^([^.]+)\.", 1)
    name = pl.when(holds_domain).then(first).otherwise(
        pl.coalesce(host, pl.when(full).then(fqdn.str.extract(r"^([^.]+)", 1)).otherwise(fqdn))
    )  # fmt: skip
    return [
        Derived("hostname_strip_domain", "hostname", "hostname", holds_domain, name),
        Derived("hostname_from_fqdn", "fqdn", "hostname", host.is_null() & fqdn.is_not_null(), name),
        Derived("fqdn_from_hostname", "hostname", "fqdn", holds_domain & ~full.fill_null(False), best),
        Derived("fqdn_without_domain", "fqdn", "fqdn", fqdn.is_not_null() & ~full, best),
        Derived(
            "dns_domain_from_name",
            source,
            "dns_domain",
            domain.is_null() & best.is_not_null(),
            pl.coalesce(domain, domain_of(best)),
        ),
        _addresses(columns, host, fqdn, source),
    ]


def _addresses(columns: Collection[str], host: pl.Expr, fqdn: pl.Expr, source: str) -> Derived:
    """A name that is an IPv4 address says the address too."""
    own = pl.col("ip_address") if "ip_address" in columns else pl.lit(None, pl.List(pl.String))
    name = pl.coalesce(pl.when(spelt.str.contains(f"^{IPV4}$")).then(spelt) for spelt in (host, fqdn))
    hits = own.is_null() & name.is_not_null()
    return Derived("ip_from_name", source, "ip_address", hits, pl.when(hits).then(pl.concat_list(name)).otherwise(own))


def _cores(columns: Collection[str]) -> list[Derived]:
    """Cores given per socket: the total where the sockets are known, else what they say."""
    total, sockets, each = (
        pl.col(c) if c in columns else pl.lit(None, pl.Int64) for c in ("cpu_cores", "cpu_sockets", "cores_per_socket")
    )
    given = pl.col(PER_SOCKET)
    return [
        Derived(
            "cores_per_socket_times_sockets",
            "cpu_cores",
            "cpu_cores",
            total.is_null() & (given * sockets).is_not_null(),
            pl.coalesce(total, given * sockets),
        ),
        Derived(
            "cores_per_socket_given",
            "cpu_cores",
            "cores_per_socket",
            each.is_null() & given.is_not_null(),
            pl.coalesce(each, given),
        ),
    ]
