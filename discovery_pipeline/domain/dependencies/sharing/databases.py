"""Applications that use one database: each needs it, and they may need each other (a lead).

Keep out: the edges to the database itself, which their own evidence makes.
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.dependencies.edges.evidence import evidence_frame
from discovery_pipeline.domain.dependencies.params import DependencyParams

_PAIR = ["from_asset", "to_asset"]


def _uses(evidence: pl.DataFrame, members: pl.DataFrame, databases: pl.Series) -> pl.DataFrame:
    """Columns application, database: by the calls of the application's servers, and by what is said of it."""
    sure = evidence.filter(pl.col("cap") == 1, pl.col("against").is_null(), pl.col("to_asset").is_not_null())
    called = sure.filter(role="database", kind="tier", grade="observed").select(_PAIR).unique()
    by_servers = called.join(members, left_on="from_asset", right_on="asset_id")
    applications = members["application_id"].unique()
    said = sure.filter(
        pl.col("from_asset").is_in(applications.implode()), pl.col("to_asset").is_in(databases.implode())
    )
    return pl.concat(
        [
            by_servers.select(application="application_id", database="to_asset"),
            said.select(application="from_asset", database="to_asset"),
        ]
    ).unique()


def shared_databases(
    evidence: pl.DataFrame, members: pl.DataFrame, inventory: pl.DataFrame, params: DependencyParams
) -> pl.DataFrame:
    """EVIDENCE plus kind: a lead between any two applications with one database, the lesser id first.

    evidence: EVIDENCE plus kind. A database of more than params.max_sharing applications is a platform.
    """
    databases = inventory.filter(pl.col("classified_type") == "database")["asset_id"]
    uses = _uses(evidence, members, databases)
    few = uses.filter(pl.len().over("database").is_between(2, params.max_sharing))
    pairs = few.join(few, on="database", suffix="_other").filter(pl.col("application") < pl.col("application_other"))
    counted = pairs.group_by(from_asset="application", to_asset="application_other").agg(
        records=pl.len().cast(pl.Int64)
    )
    made = evidence_frame(
        counted.sort(_PAIR), relation="related", label="shared_database:use one database", grade="shared_database",
        against="no direction: both use one database",
    )  # fmt: skip
    return made.with_columns(kind=pl.lit("application"))
