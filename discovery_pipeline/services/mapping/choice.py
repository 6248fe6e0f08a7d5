"""The choice of a field for every column, as runs and what-if runs make it. Reads and stores nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from discovery_pipeline.domain.handoffs import ColumnMapping, RawTable
from discovery_pipeline.domain.mapping.conflicts import conflicting_columns
from discovery_pipeline.domain.mapping.recall.learned import Learned
from discovery_pipeline.domain.mapping.resolve import ResolveParams, resolve
from discovery_pipeline.domain.mapping.review import MappedTables, MappingReview, review_mapping


@dataclass(frozen=True)
class Chosen:
    """What is known, with what follows from it: the mappings, and what a person should know about them."""

    known: Learned
    mappings: list[ColumnMapping]
    review: MappingReview


def choose(tables: Sequence[RawTable], known: Learned, params: ResolveParams) -> Chosen:
    """tables: all of the run, without the rows that validation set aside. known: their evidence, with what was
    learned."""
    infos, kinds, profiles = [table.info for table in tables], list(known.kinds), known.proposals.profiles
    mappings = resolve(known.proposals, kinds, known.overrides, params)
    conflicts = conflicting_columns(tables, kinds, mappings)
    review = review_mapping(MappedTables(infos, kinds, mappings, profiles, conflicts), params.precision)
    return Chosen(known, mappings, review)
