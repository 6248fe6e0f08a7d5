"""Which records are one thing: entries, guards, pairs, clusters, what people decided, in this order.

Keep out: what the clusters become (merge.py, identity.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.classification.classify import record_families, record_types
from discovery_pipeline.domain.inventory.classification.hints import Weights
from discovery_pipeline.domain.inventory.decisions.anchors import locate
from discovery_pipeline.domain.inventory.decisions.decided import Decided, Located, decide
from discovery_pipeline.domain.inventory.matching.candidates import Pairs, Where, find_pairs
from discovery_pipeline.domain.inventory.matching.clusters import grow
from discovery_pipeline.domain.inventory.matching.comparison import Subjects, compare
from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.inventory.matching.doubtful_joins import DOUBTFUL, DoubtfulJoin, doubtful_joins
from discovery_pipeline.domain.inventory.matching.entries import Entries, find_entries
from discovery_pipeline.domain.inventory.matching.families import with_clusters
from discovery_pipeline.domain.inventory.matching.guards import (
    SHARED,
    UNIQUE,
    Guarded,
    learn_guards,
    without_placeholders,
)
from discovery_pipeline.domain.inventory.matching.identifiers import Identifiers, Kind, identifiers_of
from discovery_pipeline.domain.inventory.matching.links import Links
from discovery_pipeline.domain.inventory.matching.look_alikes import close_clusters
from discovery_pipeline.domain.inventory.matching.pair_weights import PairWeights, trained
from discovery_pipeline.domain.inventory.matching.subjects import subjects_of, with_attributes
from discovery_pipeline.domain.inventory.matching.surely_two import surely_two
from discovery_pipeline.domain.inventory.matching.traits import Traits, traits_of
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.records import originals
from discovery_pipeline.domain.inventory.tables import Infos
from discovery_pipeline.domain.learning.rules import SameRule

# Between tables, values that one of them repeats are no ground to tell two apart; within one they always repeat.
_FIRM: Mapping[Where, int] = {"across": UNIQUE, "within": SHARED}


@dataclass(frozen=True)
class Matching:
    """cluster: number per record, dense, in the order of each cluster's first record.

    family: index into FAMILIES per record. identifiers: by record, without placeholders. guarded: per kind how many
    values identify nothing. pairs: how many candidates were compared. close: CLOSE, clusters of entries that may be one
    and stayed apart. first_record: of each entry. decided: what became of people's decisions; None without any.
    joins: that hardly held, though people may have parted them since. surely_two: pairs of records, shown to whom a
    second opinion is asked of; None where none is wanted.
    """

    cluster: Nodes
    family: NDArray[np.int8]
    identifiers: Identifiers
    guarded: Mapping[Kind, int]
    pairs: int
    close: pl.DataFrame
    first_record: Nodes
    decided: Decided | None = None
    joins: tuple[DoubtfulJoin, ...] = ()
    surely_two: Nodes | None = None


@dataclass(frozen=True)
class Compared:
    """Entries with the pairs of them that are worth comparing. subjects: the entries, ready to be compared."""

    entries: Entries
    guarded: Guarded
    pairs: Pairs
    subjects: Subjects


@dataclass(frozen=True)
class Matcher:
    """Records of all sources, ready to be compared.

    identifiers: theirs, without placeholders. family, kinds: per record, kinds the clear type (-1 where unclear).
    """

    records: pl.DataFrame
    identifiers: Identifiers
    family: NDArray[np.int8]
    kinds: NDArray[np.int8]
    params: InventoryParams

    def within(self, entries: Entries, weights: PairWeights) -> Compared:
        """Rows of one table that share an identifier."""
        return self._compared(entries, _repeating(entries), weights, "within")

    def across(self, entries: Entries, weights: PairWeights) -> Compared:
        """Entries of different tables that share an identifier."""
        return self._compared(entries, entries.identifiers, weights, "across")

    @cached_property
    def _traits(self) -> Traits:
        return traits_of(self.records, self.kinds)

    def _compared(self, entries: Entries, values: Identifiers, weights: PairWeights, where: Where) -> Compared:
        numbers = self.records["table_no"].unique().sort()
        positions = {number: position for position, number in enumerate(numbers)}
        traits = self._traits.of_entries(entries.of_record, len(entries))
        guarded = learn_guards(values, traits.retired, positions, self.params.limits)
        pairs = find_pairs(guarded.values, where)
        subjects = subjects_of(entries, guarded, traits, positions, _FIRM[where])
        complete = with_attributes(subjects, self.records, entries, pairs, weights, self.params.accept)
        return Compared(entries, guarded, pairs, complete)


def _repeating(entries: Entries) -> Identifiers:
    """The identifiers of the entries that share one within their table; their addresses may be shared by others."""
    again = [
        frame.filter(pl.len().over("key", "table_no") > 1)["node"]
        for kind, frame in entries.identifiers.items()
        if kind != "ip"
    ]
    nodes = pl.concat(again).unique().implode()
    return {kind: frame.filter(pl.col("node").is_in(nodes)) for kind, frame in entries.identifiers.items()}


def matcher_of(
    records: pl.DataFrame, evidence: Weights, tables: Infos, params: InventoryParams
) -> tuple[Matcher, Entries]:
    """The matcher of these records and their entries to begin with. Arguments as of `match_records`."""
    named = without_placeholders(identifiers_of(records, tables))
    family = with_clusters(records, record_families(evidence), named)
    matcher = Matcher(records, named, family, record_types(evidence), params)
    return matcher, find_entries(records, named, family)


def match_records(
    records: pl.DataFrame, evidence: Weights, tables: Infos, params: InventoryParams, same: Sequence[SameRule] = ()
) -> Matching:
    """records: AssetRecords.assets. evidence: what speaks for which type, per record. same: what people decided."""
    weights = trained()
    matcher, entries = matcher_of(records, evidence, tables, params)
    listed = matcher.within(entries, weights.within)
    once = grow(listed.pairs, listed.subjects, weights.within, params.accept, tables_apart=False)
    compared = matcher.across(entries.joined(once.cluster), weights.across)
    grown = grow(
        compared.pairs, compared.subjects, weights.across, params.accept, tables_apart=True, note_below=DOUBTFUL
    )
    of_record = compared.entries.of_record
    cluster, first_record = grown.cluster[of_record], np.unique(of_record, return_index=True)[1]
    matching = Matching(
        cluster,
        matcher.family,
        matcher.identifiers,
        compared.guarded.dropped,
        len(compared.pairs),
        close_clusters(grown, weights.across, params),
        first_record,
        joins=doubtful_joins(grown, of_record, weights.across),
        surely_two=surely_two(grown, first_record) if params.gather_doubts else None,
    )
    if not same:
        return matching
    anchors = [anchor for rule in same for anchor in (rule.one, rule.other)]
    found = locate(anchors, records, matcher.identifiers, matcher.family, tables, cluster)
    located = [Located.of(*each) for each in zip(same, found[::2], found[1::2], strict=True)]
    decided = decide(cluster, located, _links(records, compared, weights.across))
    return replace(matching, cluster=decided.cluster, decided=decided)


def _links(records: pl.DataFrame, compared: Compared, weights: PairWeights) -> Links:
    pairs = compared.pairs
    score = weights.score(compare(compared.subjects, pairs.left, pairs.right, pairs.agreed))
    return Links(compared.entries.of_record, originals(records), pairs, score)
