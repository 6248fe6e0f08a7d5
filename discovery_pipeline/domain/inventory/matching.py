"""Which records are one thing: entries, guards, pairs, clusters, in this order.

Keep out: what the clusters become (merge.py, identity.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.inventory.classify import record_families, record_types
from discovery_pipeline.domain.inventory.clusters import join_pairs
from discovery_pipeline.domain.inventory.components import Nodes
from discovery_pipeline.domain.inventory.entries import find_entries
from discovery_pipeline.domain.inventory.guards import learn_guards, without_placeholders
from discovery_pipeline.domain.inventory.hints import Weights
from discovery_pipeline.domain.inventory.identifiers import Identifiers, Kind, identifiers_of
from discovery_pipeline.domain.inventory.pairs import score_pairs
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.tables import Infos
from discovery_pipeline.domain.inventory.traits import RETIRED, traits_of


@dataclass(frozen=True)
class Matching:
    """cluster: number per record, dense, in the order of each cluster's first record.

    identifiers: by record, without placeholders. guarded: per kind how many values identify nothing.
    pairs: how many candidates were compared.
    """

    cluster: Nodes
    identifiers: Identifiers
    guarded: Mapping[Kind, int]
    pairs: int


def match_records(records: pl.DataFrame, evidence: Weights, tables: Infos, params: InventoryParams) -> Matching:
    """records: AssetRecords.assets. evidence: what speaks for which type, per record."""
    named = without_placeholders(identifiers_of(records, tables))
    entries = find_entries(records, named, record_families(evidence))
    traits = traits_of(records, entries, record_types(evidence))
    guarded = learn_guards(entries.identifiers, traits.retired == RETIRED, params.guard_records, params.counter_digits)
    pairs = score_pairs(guarded, traits, params.weights)
    cluster_of_entry = join_pairs(pairs, guarded.firm(), entries.table_no, params)
    return Matching(cluster_of_entry[entries.of_record], named, guarded.dropped, len(pairs.left))
