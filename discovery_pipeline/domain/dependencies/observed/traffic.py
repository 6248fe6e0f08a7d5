"""Evidence from observed connections: flows whose ends are resolved, to services that are told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.dependencies.edges.evidence import evidence_frame, lead_cap
from discovery_pipeline.domain.dependencies.ends.directory import Directory
from discovery_pipeline.domain.dependencies.ends.endpoints import resolve_endpoints
from discovery_pipeline.domain.dependencies.observed.connections import NOBODY, PORTLESS, observe
from discovery_pipeline.domain.dependencies.params import DependencyParams
from discovery_pipeline.domain.dependencies.ports.registry import named_services
from discovery_pipeline.domain.handoffs import CleanTable


@dataclass(frozen=True)
class ObservedOutcome:
    """evidence: EVIDENCE. conflicts, ambiguous: ends of connections. The rest counts rows of connections.

    foreign_clients: from addresses that no asset holds (an edge starts at an asset, so they make none).
    """

    evidence: pl.DataFrame
    conflicts: pl.DataFrame
    ambiguous: pl.DataFrame
    rows: int
    silent: int
    foreign_clients: int
    unusable: int


def _attach(flows: pl.DataFrame, endpoints: pl.DataFrame, side: str) -> pl.DataFrame:
    renamed = endpoints.rename(
        {"host": f"{side}_host", "ip": f"{side}_ip"}
        | {name: f"{side}_{name}" for name in ("asset_id", "candidates", "address", "nobody", "conflict")}
    )
    return flows.join(renamed, on=[f"{side}_host", f"{side}_ip"], how="left", nulls_equal=True)


def _resolve(flows: pl.DataFrame, directory: Directory) -> tuple[pl.DataFrame, pl.DataFrame]:
    ends = pl.concat([flows.select(host=f"{side}_host", ip=f"{side}_ip") for side in ("client", "server")])
    endpoints = resolve_endpoints(directory, ends)
    return _attach(_attach(flows, endpoints, "client"), endpoints, "server"), endpoints


def _ends_meet() -> pl.Expr:
    """Whether a machine talks to itself, or to nobody in particular."""
    same = (pl.col("client_asset_id") == pl.col("server_asset_id")).fill_null(value=False)
    # Directed broadcasts: nobody's address ending in 255.
    broadcast = pl.col("server_asset_id").is_null() & pl.col("server_address").str.ends_with(".255")
    local = pl.col("server_ip").str.contains(NOBODY)
    return same | pl.col("server_nobody") | broadcast.fill_null(value=False) | local.fill_null(value=False)


def _described(flows: pl.DataFrame, params: DependencyParams) -> pl.DataFrame:
    """EVIDENCE columns: the service's label and role, and what is doubtful about the flow."""
    named = named_services(flows)
    protocol = pl.col("protocol").fill_null("tcp")
    port = pl.when(pl.col("port").is_null()).then(pl.lit("-")).otherwise(pl.col("port").cast(pl.String))
    service = pl.when(pl.col("service").is_not_null()).then(pl.lit(" ") + pl.col("service")).otherwise(pl.lit(""))
    portless = pl.col("protocol").is_in(PORTLESS).fill_null(value=False)
    readings = pl.col("client_candidates") * pl.col("server_candidates").fill_null(1).clip(lower_bound=1)
    return named.with_columns(
        label=pl.lit("observed:") + port + pl.lit("/") + protocol + service,
        role=pl.when(portless).then(pl.lit("management")).otherwise("role"),
        weight=pl.when(portless).then(0.3).when(pl.col("port").is_null()).then(params.unclear_service).otherwise(1.0),
        cap=lead_cap(readings, params),
        from_asset="client_asset_id",
        to_asset="server_asset_id",
        to_address=pl.when(pl.col("server_asset_id").is_null()).then("server_address"),
    )


def _ambiguous(endpoints: pl.DataFrame) -> pl.DataFrame:
    several = endpoints.filter(pl.col("candidates") > 1)
    return several.group_by("address").agg(assets=pl.col("asset_id").unique().sort()).sort("address", nulls_last=True)


def observed_evidence(tables: Sequence[CleanTable], directory: Directory, params: DependencyParams) -> ObservedOutcome:
    """Evidence of every completed connection that starts at an asset."""
    seen = observe(tables)
    resolved, endpoints = _resolve(seen.flows, directory)
    meets = resolved.filter(_ends_meet())
    apart = resolved.filter(~_ends_meet())
    foreign = apart.filter(pl.col("client_asset_id").is_null())
    several = params.max_candidates
    usable = apart.filter(
        pl.col("client_asset_id").is_not_null()
        & (pl.col("client_candidates") <= several)
        & (pl.col("server_candidates").fill_null(0) <= several)
    )
    evidence = evidence_frame(_described(usable, params), relation="observed", grade="observed")
    return ObservedOutcome(
        evidence,
        endpoints.filter("conflict").select("host", "ip", "asset_id").unique().sort("host", "ip"),
        _ambiguous(endpoints),
        seen.rows,
        seen.silent,
        int(foreign["rows"].sum()),
        int(meets["rows"].sum()),
    )
