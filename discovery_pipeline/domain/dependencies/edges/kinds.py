"""Which of the contract's seven kinds a piece of evidence speaks of, from the types of its ends and the service used.

Also turns evidence that names a part where the whole depends. Keep out: confidence.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.dependencies.edges.evidence import EVIDENCE

_DEVICES = ("end_user_device", "printer")
_SHARED_DEVICES = ("network_device", "security_device", "storage", "printer")
_HOSTS = ("hypervisor", "cluster")


def with_types(evidence: pl.DataFrame, inventory: pl.DataFrame) -> pl.DataFrame:
    """evidence plus from_type and to_type."""
    types = inventory.select("asset_id", "classified_type")
    ends = evidence.join(
        types.rename({"asset_id": "from_asset", "classified_type": "from_type"}), on="from_asset", how="left"
    )
    return ends.join(types.rename({"asset_id": "to_asset", "classified_type": "to_type"}), on="to_asset", how="left")


def turn_members(evidence: pl.DataFrame) -> pl.DataFrame:
    """An application depends on its members, while a member of a cluster or host depends on the whole."""
    turn = (pl.col("relation") == "member") & (pl.col("to_type") == "application")
    pairs = (("from_asset", "to_asset"), ("from_type", "to_type"))
    swapped = {a: pl.when(turn).then(b).otherwise(a) for a, b in (*pairs, *((b, a) for a, b in pairs))}
    return evidence.with_columns(**swapped)


def lift_to_applications(evidence: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """What a server says of an application, it says for the applications it serves.

    "srv01 (of CRM) depends on Billing" becomes CRM -> Billing, its weight shared among the server's applications; a
    server that names its own application becomes application -> server. Servers of no application stay as they are.
    """
    says = (
        pl.col("relation").is_in(["depends", "connects", "related", "unknown"])
        & (pl.col("to_type") == "application")
        & (pl.col("from_type") != "application")
    ).fill_null(value=False)
    own = members.select(from_asset="asset_id", served="application_id")
    joined = evidence.filter(says).join(own, on="from_asset", how="left", maintain_order="left")
    itself = (pl.col("served") == pl.col("to_asset")).any().over("from_asset", "to_asset").fill_null(value=False)
    named = (
        joined.filter(itself)
        .with_columns(from_asset="to_asset", to_asset="from_asset")
        .unique(["from_asset", "to_asset", "label"], keep="first", maintain_order=True)
    )
    named = named.with_columns(from_type="to_type", to_type="from_type")
    lifted = joined.filter(~itself).with_columns(
        from_asset=pl.coalesce("served", "from_asset"),
        from_type=pl.when(pl.col("served").is_null()).then("from_type").otherwise(pl.lit("application")),
        weight=pl.col("weight") / pl.col("served").n_unique().over("from_asset", "to_asset"),
    )
    return pl.concat([evidence.filter(~says), named.drop("served"), lifted.drop("served")])


@dataclass(frozen=True)
class Clients:
    """What is known of who calls whom. directories: SHARED. scanning: column asset_id. pushing: from_asset, port.

    transferring: from_asset, to_asset, port of logins that are file transfers.
    """

    directories: pl.DataFrame
    scanning: pl.DataFrame
    pushing: pl.DataFrame
    transferring: pl.DataFrame


def _with_shared(evidence: pl.DataFrame, shared: pl.DataFrame, clients: Clients) -> pl.DataFrame:
    def flag(frame: pl.DataFrame, side: str, name: str) -> pl.DataFrame:
        return frame.select(pl.col("asset_id").alias(side), pl.lit(value=True).alias(name))

    return (
        evidence.join(shared.rename({"asset_id": "to_asset", "shared": "to_shared"}), on="to_asset", how="left")
        .join(shared.rename({"asset_id": "from_asset", "shared": "from_shared"}), on="from_asset", how="left")
        .join(flag(clients.directories, "to_asset", "to_directory"), on="to_asset", how="left")
        .join(flag(clients.scanning, "from_asset", "from_scanner"), on="from_asset", how="left")
        .join(clients.pushing.with_columns(pushed=pl.lit(value=True)), on=["from_asset", "port"], how="left")
        .join(
            clients.transferring.with_columns(transfer=pl.lit(value=True)),
            on=["from_asset", "to_asset", "port"],
            how="left",
        )
    )


def _kind() -> pl.Expr:
    relation, role = pl.col("relation"), pl.col("role").fill_null("")
    from_type, to_type = pl.col("from_type"), pl.col("to_type")
    observed = relation == "observed"
    applications = (from_type == "application") & (to_type == "application")
    infrastructure = (
        (role == "infrastructure")
        | (pl.col("to_shared") == "infrastructure")
        | (pl.col("to_directory") & role.is_in(["windows_rpc", ""]) & observed)
    )
    managing = (
        pl.col("from_scanner") | pl.col("pushed").fill_null(value=False) | (pl.col("from_shared") == "management")
    )
    login = (role == "remote") & ~pl.col("transfer").fill_null(value=False)
    steps: list[tuple[pl.Expr, str]] = [
        (pl.col("to_asset").is_null(), "external"),
        (relation == "runs_on", "hosting"),
        ((relation == "member") & ~applications, "hosting"),
        (relation == "manages", "management"),
        (((role == "management") | login) & ~from_type.is_in(_DEVICES), "management"),
        ((role == "infrastructure") & pl.col("to_directory"), "infrastructure"),
        (observed & managing, "management"),
        (infrastructure, "infrastructure"),
        (from_type.is_in(_DEVICES), "access"),
        (pl.col("to_shared") == "management", "management"),
        (applications, "application"),
        (from_type == "application", "hosting"),
        (to_type == "application", "application"),
        ((from_type == "database") & (to_type != "database") & ~observed, "hosting"),
        (to_type.is_in(_HOSTS) & ~observed, "hosting"),
        (to_type.is_in(_HOSTS), "management"),
        (to_type.is_in(_SHARED_DEVICES), "infrastructure"),
    ]
    kind = pl.lit("tier")
    for condition, name in reversed(steps):
        kind = pl.when(condition.fill_null(value=False)).then(pl.lit(name)).otherwise(kind)
    return kind


def assign_kinds(evidence: pl.DataFrame, shared: pl.DataFrame, clients: Clients) -> pl.DataFrame:
    """EVIDENCE plus kind. evidence: with types. shared: SHARED."""
    return _with_shared(evidence, shared, clients).with_columns(kind=_kind()).select(*EVIDENCE, "kind")
