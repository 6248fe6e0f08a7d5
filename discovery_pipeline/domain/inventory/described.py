"""The assets that records describe: which records belong to each, its family, its type and the keys it answers to.

Keep out: values (merge.py), ids (identity.py), things that are only named (named.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from discovery_pipeline.domain.inventory.classification.classify import (
    FAMILIES,
    Typed,
    asset_evidence,
    classify,
    record_evidence,
    within_families,
)
from discovery_pipeline.domain.inventory.classification.conventions import by_convention, first_names
from discovery_pipeline.domain.inventory.classification.hints import TYPES, Hint, Weights, record_hints
from discovery_pipeline.domain.inventory.identities.hashing import stated_first
from discovery_pipeline.domain.inventory.matching.entries import own_application_name
from discovery_pipeline.domain.inventory.matching.match import Matching, match_records
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.references import Targets
from discovery_pipeline.domain.inventory.tables import Tables
from discovery_pipeline.domain.learning.rules import SameRule
from discovery_pipeline.domain.membership import application_key
from discovery_pipeline.domain.names import name_key

# Being named as the host of virtual machines says more than any class column.
_HOSTS_MACHINES = 9.0


@dataclass(frozen=True)
class Described:
    """records: AssetRecords.assets with `asset` (UInt32, numbered from 0 by first record). family: per asset.

    hints: what speaks for which type, per record.
    """

    records: pl.DataFrame
    matching: Matching
    family: pl.Series
    hints: Sequence[Hint]

    def __len__(self) -> int:
        return len(self.family)

    def targets(self) -> Targets:
        """What details may refer to."""
        return Targets(self.records, self.matching.identifiers, self.family == "host")

    @cached_property
    def keys(self) -> pl.DataFrame:
        """Columns asset, family, key: every name by which an asset can be called in its family, each once."""
        family = self.family.gather(self.records["asset"]).alias("family")
        is_application = family == "application"
        names = self.matching.identifiers["name"]
        owners = self.records.select("asset", family)
        machines = owners.select(pl.all().gather(names["node"])).with_columns(key=names["value"])
        applications = self.records.with_columns(family).filter(is_application)
        own = applications.select("asset", "family", key=application_key(own_application_name(self.records.columns)))
        named = pl.concat([machines.filter(pl.col("family") != "application"), own.drop_nulls("key")])
        return named.filter(stated_first(pl.col("asset"), pl.col("key")))

    @cached_property
    def typed(self) -> Typed:
        """The type of each asset: what its records say, whom it hosts, how machines of such names are called here."""
        return classify(self.type_evidence())

    def type_evidence(self) -> Weights:
        """What speaks for each type, per asset (assets x types); nothing for types of other families."""
        size, cluster = len(self), self.matching.cluster
        total = asset_evidence(self.hints, cluster, size) + _hosting(self.records, self.matching, size)
        total += by_convention(first_names(self.records, size), total)
        first = np.unique(cluster, return_index=True)[1]
        return within_families(total, self.matching.family[first])


def describe(assets: pl.DataFrame, tables: Tables, params: InventoryParams, same: Sequence[SameRule] = ()) -> Described:
    """Match the records and number the assets. assets: AssetRecords.assets. same: what people decided."""
    hints = record_hints(assets, tables)
    evidence = record_evidence(hints, len(assets))
    matching = match_records(assets, evidence, {no: info for no, (info, _) in tables.items()}, params, same)
    records = assets.with_columns(pl.Series("asset", matching.cluster, dtype=pl.UInt32()))
    first = np.unique(matching.cluster, return_index=True)[1]
    family = matching.family[first]
    names = pl.Series("family", [FAMILIES[code] for code in family], dtype=pl.String())
    return Described(records, matching, names, hints)


def _hosting(records: pl.DataFrame, matching: Matching, count: int) -> Weights:
    """Evidence that an asset is a hypervisor because rows of other assets name it as their host."""
    evidence = np.zeros((count, len(TYPES)), dtype=np.float32)
    if "hypervisor_host" in records.columns:
        # Few hosts, named by many: whoever is named by an asset with another number hosts it.
        named = records.lazy().select("asset", pl.col("hypervisor_host").alias("name")).drop_nulls()
        by_name = named.group_by("name").agg(first=pl.col("asset").min(), last=pl.col("asset").max()).collect()
        hosts = by_name.select("first", "last", name_key(pl.col("name")).alias("value")).drop_nulls("value")
        called = matching.identifiers["name"]
        called = called.filter(called["value"].is_in(hosts["value"].unique().implode()))
        asked = called.select("value", host=records["asset"].gather(called["node"])).join(hosts, on="value")
        host = pl.col("host")
        hosting = asked.filter((pl.col("first") != host) | (pl.col("last") != host))["host"].unique()
        evidence[hosting.to_numpy(), TYPES.index("hypervisor")] = _HOSTS_MACHINES
    return evidence
