"""Which records are one thing: entries, guards, pairs, clusters, what people decided, in this order.

Keep out: what the clusters become (merge.py, identity.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.inventory.anchors import locate
from discovery_pipeline.domain.inventory.classify import record_families, record_types
from discovery_pipeline.domain.inventory.clusters import join_pairs
from discovery_pipeline.domain.inventory.components import Nodes
from discovery_pipeline.domain.inventory.decided import Decided, Located, decide
from discovery_pipeline.domain.inventory.entries import find_entries
from discovery_pipeline.domain.inventory.guards import learn_guards, without_placeholders
from discovery_pipeline.domain.inventory.hints import Weights
from discovery_pipeline.domain.inventory.identifiers import Identifiers, Kind, identifiers_of
from discovery_pipeline.domain.inventory.links import Links
from discovery_pipeline.domain.inventory.pairs import score_pairs
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.records import originals
from discovery_pipeline.domain.inventory.tables import Infos
from discovery_pipeline.domain.inventory.traits import RETIRED, traits_of
from discovery_pipeline.domain.learning.rules import SameRule


@dataclass(frozen=True)
class Matching:
    """cluster: number per record, dense, in the order of each cluster's first record.

    identifiers: by record, without placeholders. guarded: per kind how many values identify nothing.
    pairs: how many candidates were compared. decided: what became of people's decisions; None without any.
    """

    cluster: Nodes
    identifiers: Identifiers
    guarded: Mapping[Kind, int]
    pairs: int
    decided: Decided | None = None


def match_records(
    records: pl.DataFrame, evidence: Weights, tables: Infos, params: InventoryParams, same: Sequence[SameRule] = ()
) -> Matching:
    """records: AssetRecords.assets. evidence: what speaks for which type, per record. same: what people decided."""
    named = without_placeholders(identifiers_of(records, tables))
    family = record_families(evidence)
    entries = find_entries(records, named, family)
    traits = traits_of(records, entries, record_types(evidence))
    guarded = learn_guards(entries.identifiers, traits.retired == RETIRED, params.guard_records, params.counter_digits)
    pairs = score_pairs(guarded, traits, params.weights)
    cluster = join_pairs(pairs, guarded.firm(), entries.table_no, params)[entries.of_record]
    if not same:
        return Matching(cluster, named, guarded.dropped, len(pairs.left))
    anchors = [anchor for rule in same for anchor in (rule.one, rule.other)]
    found = locate(anchors, records, named, family, tables, cluster)
    located = [Located(*each) for each in zip(same, found[::2], found[1::2], strict=True)]
    decided = decide(cluster, located, Links(entries.of_record, originals(records), pairs, params.accept))
    return Matching(decided.cluster, named, guarded.dropped, len(pairs.left), decided)
