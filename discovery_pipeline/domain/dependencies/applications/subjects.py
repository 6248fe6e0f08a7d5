"""What the inference looks at: servers and applications by number, what is known of them, and who talks to whom.

Numbers follow the sorted ids, so nothing depends on the order of rows. Keep out: every conclusion.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.application_names import application_aliases
from discovery_pipeline.domain.dependencies.applications.params import MembershipParams
from discovery_pipeline.domain.membership import memberships

# Types that serve applications and whose application follows from what they do.
SERVING = (
    "physical_server", "virtual_machine", "container_node", "database", "cloud_service", "load_balancer",
)  # fmt: skip
# sure: per cent; basis: named or stated.
KNOWN = {"s": pl.UInt32(), "a": pl.UInt32(), "sure": pl.Int64(), "basis": pl.String()}
# Both directions of a pair; sure: per cent.
LINKS = {"s": pl.UInt32(), "u": pl.UInt32(), "sure": pl.Int64(), "hosted": pl.Boolean()}


@dataclass(frozen=True)
class Subjects:
    """servers: INVENTORY columns plus s. applications: a, application_id, name. known: KNOWN. links: LINKS.

    shared: column s, servers whose business is to serve all. aliases: ALIASES.
    """

    servers: pl.DataFrame
    applications: pl.DataFrame
    known: pl.DataFrame
    links: pl.DataFrame
    shared: pl.DataFrame
    aliases: pl.DataFrame

    def loose(self) -> pl.DataFrame:
        """Column s: the servers that may be given to an application: no templates, none that serves all."""
        machines = self.servers.filter(~pl.col("is_template").fill_null(value=False)).select("s")
        return machines.join(self.shared, on="s", how="anti")


def subjects(inventory: pl.DataFrame, edges: pl.DataFrame, params: MembershipParams) -> Subjects:
    """inventory: INVENTORY. edges: DEPENDENCIES, before those between applications are derived."""
    serving = pl.col("classified_type").is_in(SERVING)
    servers = inventory.filter(serving).sort("asset_id").with_row_index("s")
    aliases = application_aliases(inventory)
    own = inventory.filter(pl.col("classified_type") == "application").join(
        aliases, left_on="asset_id", right_on="alias_id", how="anti"
    )
    applications = own.sort("asset_id").select(
        application_id="asset_id", name=pl.coalesce(pl.col("application_name").list.first(), "hostname", "asset_id")
    )
    numbered = applications.with_row_index("a")
    believed = edges.filter(pl.col("confidence") >= params.believed_edge, pl.col("to_asset").is_not_null())
    known = _known(inventory, believed, servers, numbered, aliases, params)
    return Subjects(servers, numbered, known, _links(believed, servers), _shared(believed, servers, params), aliases)


def _known(
    inventory: pl.DataFrame,
    edges: pl.DataFrame,
    servers: pl.DataFrame,
    applications: pl.DataFrame,
    aliases: pl.DataFrame,
    params: MembershipParams,
) -> pl.DataFrame:
    """KNOWN: what names and stated hosting say. A server that names a great many applications is known for none."""
    named = memberships(inventory).with_columns(of=pl.len().over("asset_id"))
    few = named.filter(pl.col("of") <= params.many_names).select(
        "asset_id", "application_id", sure=pl.lit(100, pl.Int64), basis=pl.lit("named")
    )
    hosting = edges.filter(pl.col("kind") == "hosting").join(
        aliases, left_on="from_asset", right_on="alias_id", how="left"
    )
    stated = hosting.select(
        asset_id="to_asset",
        application_id=pl.coalesce("application_id", "from_asset"),
        sure=(100 * pl.col("confidence")).round().cast(pl.Int64),
        basis=pl.lit("stated"),
    )
    # A name on the asset's own row goes before what another source states.
    both = pl.concat([few, stated]).unique(["asset_id", "application_id"], keep="first", maintain_order=True)
    ids = servers.select("asset_id", "s")
    joined = both.join(ids, on="asset_id").join(applications.select("a", "application_id"), on="application_id")
    return joined.select(pl.col(n).cast(t) for n, t in KNOWN.items()).sort("s", "a")


def _links(edges: pl.DataFrame, servers: pl.DataFrame) -> pl.DataFrame:
    """LINKS: believed calls between servers, and databases with the servers they run on."""
    ids = servers.select("asset_id", "s", "classified_type")
    ends = edges.join(ids.rename({"asset_id": "from_asset", "classified_type": "type"}), on="from_asset").join(
        ids.select(to_asset="asset_id", u="s"), on="to_asset"
    )
    hosted = pl.col("kind") == "hosting"
    tying = ends.filter((pl.col("kind") == "tier") | (hosted & (pl.col("type") == "database")))
    pairs = tying.select("s", "u", sure=(100 * pl.col("confidence")).round().cast(pl.Int64), hosted=hosted)
    back = pairs.select(s="u", u="s", sure="sure", hosted="hosted")
    both = pl.concat([pairs, back]).filter(pl.col("s") != pl.col("u"))
    merged = both.group_by("s", "u").agg(pl.col("sure").max(), pl.col("hosted").any())
    return merged.select(*LINKS).sort("s", "u")


def _shared(edges: pl.DataFrame, servers: pl.DataFrame, params: MembershipParams) -> pl.DataFrame:
    """Providers of infrastructure, and servers that manage many or to which many report.

    Any server has a few agents, and is managed by a few: management takes more to be told by than infrastructure.
    """
    infrastructure = edges.filter(pl.col("kind") == "infrastructure").select(asset_id="to_asset", other="from_asset")
    management = edges.filter(pl.col("kind") == "management")
    managing = management.select(asset_id="from_asset", other="to_asset")
    reported = management.select(asset_id="to_asset", other="from_asset")
    breadth = max(params.shared_managed, params.shared_share * len(servers))
    least = ((infrastructure, params.shared_users), (managing, breadth), (reported, breadth))
    counted = [
        part.group_by("asset_id").agg(users=pl.col("other").n_unique()).filter(pl.col("users") >= users)
        for part, users in least
    ]
    ids = pl.concat(counted).select("asset_id").unique()
    return ids.join(servers.select("asset_id", "s"), on="asset_id").select("s").sort("s")
