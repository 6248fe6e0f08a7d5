"""What the target offers for what runs: managed databases, containers, the same product for Linux.

Works on distinct products. Keep out: the lists themselves (managed.yaml, words.yaml).
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.lifecycle.table import LifecycleTable
from discovery_pipeline.domain.analysis.strategy.rulebook import managed_services, strategy_words


def with_offers(facts: pl.DataFrame, table: LifecycleTable) -> pl.DataFrame:
    """facts plus db_managed (offered, newer: after an upgrade, none; null: product unknown), db_services, portable (the
    product that exists for Linux on x86 as well) and containerised (true or null).

    facts: columns db_product, db_label, mw_product, mw_label.
    """
    words = strategy_words()
    portable = [
        pl.when(pl.col(f"{part}_product").is_in(words["portable"])).then(f"{part}_label") for part in ("db", "mw")
    ]
    offers = _offers(facts, table)
    joined = facts.join(offers, on=["db_product", "db_label"], how="left", nulls_equal=True, maintain_order="left")
    contained = pl.when(pl.col("mw_product").is_in(words["containerised"])).then(pl.lit(value=True))
    return joined.with_columns(portable=pl.coalesce(portable), containerised=contained)


def _offers(facts: pl.DataFrame, table: LifecycleTable) -> pl.DataFrame:
    """Columns db_product, db_label, db_managed, db_services: one row per distinct product and release."""
    distinct = facts.select("db_product", "db_label").drop_nulls("db_product").unique().sort("db_product", "db_label")
    rows = [(product, label, *_offer(product, label, table)) for product, label in distinct.iter_rows()]
    schema = dict.fromkeys(("db_product", "db_label", "db_managed", "db_services"), pl.String())
    return pl.DataFrame(rows, schema=schema, orient="row")


def _offer(product: str, label: str | None, table: LifecycleTable) -> tuple[str, str | None]:
    """Whether a release can be had as a service, and which ones; an unknown release is taken for one that can."""
    offer = managed_services().get(product)
    if offer is None:
        return "none", None
    labels = next((list(software.releases.items()) for software in table.databases if software.id == product), [])
    versions = [version for version, _ in labels]
    first = versions.index(offer["from"]) if offer.get("from") in versions else 0
    older = [release.label for _, release in labels[:first]]
    return "newer" if label in older else "offered", offer["services"]
