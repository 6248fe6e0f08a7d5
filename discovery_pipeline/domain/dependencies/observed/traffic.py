"""Evidence from observed connections: talks at places, with a direction, to services that are told apart.

Keep out: how rows become talks (connections), who is meant (places), which way a talk goes (direction).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from discovery_pipeline.domain.dependencies.edges.evidence import evidence_frame, lead_cap
from discovery_pipeline.domain.dependencies.ends.directory import Directory
from discovery_pipeline.domain.dependencies.ends.tenure import dated_claims, tenures
from discovery_pipeline.domain.dependencies.observed.connections import first_day, observe
from discovery_pipeline.domain.dependencies.observed.direction import directed
from discovery_pipeline.domain.dependencies.observed.places import Placed, placed
from discovery_pipeline.domain.dependencies.observed.sightings import RARE, sighted
from discovery_pipeline.domain.dependencies.params import DependencyParams
from discovery_pipeline.domain.dependencies.ports.registry import named_services
from discovery_pipeline.domain.handoffs import CleanTable

PORTLESS = ("icmp",)
_USUAL = "tcp"
_FLOW = ["client", "server", "port", "protocol"]


@dataclass(frozen=True)
class ObservedOutcome:
    """evidence: EVIDENCE. conflicts, ambiguous: ends of connections. sweepers: column asset_id of those that try hosts.

    The rest counts rows of connections. foreign_clients: from addresses that no asset holds (an edge starts at an
    asset, so they make none).
    """

    evidence: pl.DataFrame
    conflicts: pl.DataFrame
    ambiguous: pl.DataFrame
    sweepers: pl.DataFrame
    rows: int
    silent: int
    foreign_clients: int
    unusable: int


def _flows(at: Placed, params: DependencyParams) -> pl.DataFrame:
    """Directed talks, one row per client, server, port and protocol; what several tables tell is seen once."""
    # A table without protocols and one with them must tell of the same talk.
    transport = pl.when(pl.col("port").is_not_null()).then(pl.col("protocol").fill_null(_USUAL)).otherwise("protocol")
    talks = directed(at.talks, at.listening).with_columns(protocol=transport.cast(pl.Categorical))
    flows = talks.group_by(_FLOW).agg(
        pl.col("rows").sum(),
        pl.col("role").drop_nulls().min(),
        pl.col("person").any(),
        pl.col("guessed").all(),
        pl.col("first_seen").min(),
        pl.col("last_seen").max(),
    )
    counted = flows.join(sighted(talks, _FLOW, params), on=_FLOW, how="left", nulls_equal=True)
    return counted.with_columns(pl.col("protocol").cast(pl.String))


def _at_ends(flows: pl.DataFrame, at: Placed) -> pl.DataFrame:
    """flows plus what is known of both places: {side}_assets, _address, _nobody, _reused."""
    for side in ("client", "server"):
        renamed = at.places.rename({name: f"{side}_{name}" for name in at.places.columns if name != "place"})
        flows = flows.join(renamed.rename({"place": side}), on=side, how="left")
    return flows


def _exploded(flows: pl.DataFrame, params: DependencyParams) -> pl.DataFrame:
    """A row per reading of the ends: columns from_asset, to_asset, readings."""
    sizes = {side: pl.col(f"{side}_assets").list.len() for side in ("client", "server")}
    few = flows.filter(sizes["client"] <= params.max_candidates, sizes["server"] <= params.max_candidates)
    counted = few.with_columns(readings=sizes["client"] * pl.max_horizontal(sizes["server"], 1))
    one = counted.filter(pl.col("readings") == 1).with_columns(
        from_asset=pl.col("client_assets").list.first(), to_asset=pl.col("server_assets").list.first()
    )
    several = counted.filter(pl.col("readings") > 1).with_columns(from_asset="client_assets", to_asset="server_assets")
    spread = several.explode("from_asset", empty_as_null=True).explode("to_asset", empty_as_null=True)
    return pl.concat([one, spread]).drop("client_assets", "server_assets")


def _is_long(flows: pl.DataFrame, params: DependencyParams) -> bool:
    """Whether the watching lasted so long that what was seen once is rare."""
    first, last = flows["first_seen"].min(), flows["last_seen"].max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return False
    return last - first >= timedelta(days=params.rare_days)


def _doubts(flows: pl.DataFrame, params: DependencyParams) -> tuple[pl.Expr, pl.Expr]:
    """(weight, what speaks against), of flows with service and role."""
    portless = pl.col("protocol").is_in(PORTLESS).fill_null(value=False)
    # What people open by hand. An export without dates is the sum of a long time.
    remote, shares = ((pl.col("role") == role).fill_null(value=False) for role in ("remote", "windows_rpc"))
    once, undated = pl.col("records") == 1, pl.col("first_seen").is_null()
    rare = (once & ~undated) if _is_long(flows, params) else pl.lit(value=False)
    steps = [
        (pl.col("untimely"), 1.0, "seen at its address when it did not exist"),
        (portless, params.portless, "only reached, no service"),
        (
            ((pl.col("person") | shares) & once & (undated | rare)) | (remote & rare),
            params.rare_person,
            "one connection by a person's tool",
        ),
        (pl.col("guessed"), params.unclear_service, "direction not told"),
        (rare, params.rare, RARE),
        (pl.col("port").is_null(), params.unclear_service, "no service port"),
        (pl.col("reused"), params.reused_address, "address held by several assets over time"),
    ]
    weight, against = pl.lit(1.0), pl.lit(None, pl.String)
    for condition, factor, words in reversed(steps):
        weight = pl.when(condition).then(factor).otherwise(weight)
        against = pl.when(condition).then(pl.lit(words)).otherwise(against)
    return weight, against


def _described(flows: pl.DataFrame, params: DependencyParams) -> pl.DataFrame:
    """EVIDENCE columns: the service's label and role, and what is doubtful about the flow."""
    offered = flows["role"].alias("offered")
    named = named_services(flows.drop("role")).with_columns(offered)
    described = named.with_columns(
        role=pl.when(pl.col("protocol").is_in(PORTLESS)).then(pl.lit("management")).otherwise(
            pl.coalesce("role", "offered")
        ),
        reused=pl.col("client_reused") | pl.col("server_reused"),
        untimely=pl.col("client_untimely") | pl.col("server_untimely"),
    )  # fmt: skip
    protocol = pl.col("protocol").fill_null(_USUAL)
    port = pl.when(pl.col("port").is_null()).then(pl.lit("-")).otherwise(pl.col("port").cast(pl.String))
    service = pl.when(pl.col("service").is_not_null()).then(pl.lit(" ") + pl.col("service")).otherwise(pl.lit(""))
    weight, against = _doubts(described, params)
    return described.with_columns(
        label=pl.lit("observed:") + port + pl.lit("/") + protocol + service,
        weight=weight,
        against=against,
        cap=pl.when("untimely").then(params.lead).otherwise(lead_cap(pl.col("readings"), params)),
        to_address=pl.when(pl.col("to_asset").is_null()).then("server_address"),
    )


def _sweepers(at: Placed, flows: pl.DataFrame, params: DependencyParams) -> pl.DataFrame:
    """Column asset_id: clients that try many hosts, in vain as a rule."""
    answered = flows.group_by(place="client").agg(answered=pl.col("rows").sum())
    tried = at.attempts.group_by("place").agg(pl.col("targets").max(), pl.col("rows").sum())
    joined = tried.join(answered, on="place", how="left").with_columns(pl.col("answered").fill_null(0))
    vain = pl.col("rows") / (pl.col("rows") + pl.col("answered"))
    found = joined.filter(pl.col("targets") >= params.scan_min_targets, vain >= params.scan_min_vain)
    assets = found.join(at.places, on="place").explode("assets", empty_as_null=False)
    return assets.select(asset_id="assets").drop_nulls().unique().sort("asset_id")


def observed_evidence(
    tables: Sequence[CleanTable], inventory: pl.DataFrame, directory: Directory, params: DependencyParams
) -> ObservedOutcome:
    """Evidence of every completed connection that starts at an asset."""
    lives = tenures(inventory)
    claims = dated_claims(directory, lives, first_day(tables))
    seen = observe(tables, claims["ip"].unique().sort().to_list())
    at = placed(seen, directory, claims, lives)
    flows = _flows(at, params)
    known = _at_ends(flows, at)
    meets = (pl.col("client") == pl.col("server")) | pl.col("client_nobody") | pl.col("server_nobody")
    apart = known.filter(~meets)
    inside = apart.filter(pl.col("client_assets").list.len() > 0)
    readings = _exploded(inside, params).filter(pl.col("from_asset").ne_missing(pl.col("to_asset")))
    evidence = evidence_frame(_described(readings, params), relation="observed", grade="observed")
    return ObservedOutcome(
        evidence,
        at.conflicts,
        at.ambiguous,
        _sweepers(at, flows, params),
        seen.rows,
        seen.silent,
        int(apart.filter(pl.col("client_assets").list.len() == 0)["rows"].sum()),
        int(known.filter(meets)["rows"].sum()),
    )
