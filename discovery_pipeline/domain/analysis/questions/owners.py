"""Whom to ask about an asset: its own people, else those of the application that it serves, else that one's team.

Keep out: what is asked.
"""

from __future__ import annotations

import polars as pl

_BUSINESS = ("business_owner", "technical_owner", "contact_email", "department")
_TECHNICAL = ("technical_owner", "business_owner", "contact_email", "department")
OWNERS = {
    "asset_id": pl.String(), "business": pl.String(), "technical": pl.String(), "application_id": pl.String(),
}  # fmt: skip


def owners(inventory: pl.DataFrame, members: pl.DataFrame, applications: pl.DataFrame) -> pl.DataFrame:
    """OWNERS, one row per asset, null where nobody is known. members: MEMBERSHIP. applications: APPLICATIONS.

    Of an asset of several applications the first one by id answers.
    """
    own = inventory.select("asset_id", business=_first(_BUSINESS), technical=_first(_TECHNICAL))
    served = members.group_by("asset_id").agg(pl.col("application_id").min())
    answering = applications.select("application_id", team=pl.format("the team of {}", "name")).join(
        own.rename({"asset_id": "application_id", "business": "its_business", "technical": "its_technical"}),
        on="application_id", how="left",
    )  # fmt: skip
    joined = own.join(served, on="asset_id", how="left").join(answering, on="application_id", how="left")
    told = joined.with_columns(
        business=pl.coalesce("business", "its_business", "team"),
        technical=pl.coalesce("technical", "its_technical", "team"),
    )
    return told.select(pl.col(name).cast(dtype) for name, dtype in OWNERS.items())


def _first(names: tuple[str, ...]) -> pl.Expr:
    """The first that says something."""
    said = [pl.col(name).str.strip_chars() for name in names]
    return pl.coalesce(pl.when(text != "").then(text) for text in said)
