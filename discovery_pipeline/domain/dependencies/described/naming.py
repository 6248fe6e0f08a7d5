"""Leads from host names: "crm-app01" and "crm-db01" go together. A weak class that makes leads or supports others.

Keep out: which application a name tells (applications).
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.dependencies.edges.evidence import EVIDENCE, evidence_frame
from discovery_pipeline.domain.dependencies.ends.directory import MACHINES
from discovery_pipeline.domain.dependencies.params import DependencyParams
from discovery_pipeline.domain.names import name_key

# How names write the tier that serves and the tiers that need it.
_STORES = "db|dbs|sql|ora|oracle|pg|mysql|hana|mongo"
_CALLERS = "app|appl|as|api|srv|web|www|fe|be|batch"
_MIN_STEM = 3
# "crm-db01", "crmdb01", "crm01db"; "db-crm01".
_ENDING = r"^(.*[a-z].*?)[-_]?\d*[-_]?(?:{tiers})[-_]?\d*[a-z]?$"
_LEADING = r"^(?:{tiers})[-_](.*[a-z].*?)[-_]?\d*$"


def _stems(hosts: pl.DataFrame, tiers: str) -> pl.DataFrame:
    """Columns asset_id, stem of the hosts whose name writes one of the tiers."""
    found = [
        hosts.with_columns(stem=pl.col("name").str.extract(pattern.format(tiers=tiers), 1))
        for pattern in (_ENDING, _LEADING)
    ]
    named = pl.concat(found).with_columns(pl.col("stem").str.strip_chars("-_0123456789"))
    return named.filter(pl.col("stem").str.len_chars() >= _MIN_STEM).select("asset_id", "stem").unique()


def naming_evidence(inventory: pl.DataFrame, params: DependencyParams) -> pl.DataFrame:
    """EVIDENCE of callers and databases with one stem; stems of more than params.max_stem hosts a side tell nothing."""
    hosts = inventory.filter(
        pl.col("classified_type").is_in(MACHINES), ~pl.col("vanished").fill_null(value=False)
    ).select("asset_id", name=name_key(pl.col("hostname")))
    callers, stores = (_stems(hosts.drop_nulls("name"), tiers) for tiers in (_CALLERS, _STORES))
    few = [side.filter(pl.len().over("stem") <= params.max_stem) for side in (callers, stores)]
    pairs = few[0].join(few[1], on="stem", suffix="_store").filter(pl.col("asset_id") != pl.col("asset_id_store"))
    ends = pairs.select(from_asset="asset_id", to_asset="asset_id_store").unique().sort("from_asset", "to_asset")
    made = evidence_frame(ends, relation="companions", label="naming:one stem", grade="naming", records=1)
    return made.select(*EVIDENCE)
