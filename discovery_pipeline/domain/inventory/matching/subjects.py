"""Entries as subjects of comparison: their tables, identifiers and traits in the arrays that comparison.py compares.

Keep out: comparing (comparison.py), reading traits (traits.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.matching.candidates import Pairs
from discovery_pipeline.domain.inventory.matching.comparison import AGREES, OFFSET, Bits, Subjects, Words, compare
from discovery_pipeline.domain.inventory.matching.entries import Entries
from discovery_pipeline.domain.inventory.matching.guards import WORD, Guarded, words
from discovery_pipeline.domain.inventory.matching.identifiers import Identifiers, Kind
from discovery_pipeline.domain.inventory.matching.pair_weights import PairWeights
from discovery_pipeline.domain.inventory.matching.traits import Traits, attributes_of

# Of these a thing has one at a time, so whoever holds another one's value is its counterpart.
_STANDING: tuple[Kind, ...] = ("uuid", "serial", "mac", "fqdn", "tag", "name")


def subjects_of(
    entries: Entries, guarded: Guarded, traits: Traits, positions: Mapping[int, int], most_spread: int
) -> Subjects:
    """Every entry as a subject, without attributes.

    positions: of each table_no among the tables, ascending. most_spread: values with more can't contradict.
    """
    return Subjects(
        _table_bits(entries.table_no, positions),
        _present(guarded.values, len(entries), most_spread),
        {kind: guarded.standing[kind] for kind in _STANDING},
        traits.codes,
        {},
        len(traits.domains),
        traits.nested(),
    )


def with_attributes(
    subjects: Subjects, records: pl.DataFrame, entries: Entries, pairs: Pairs, weights: PairWeights, accept: float
) -> Subjects:
    """Adds the attributes of those entries whose pairs the identifiers leave in doubt."""
    score = weights.score(compare(subjects, pairs.left, pairs.right, pairs.agreed))
    doubtful = np.abs(score - accept) < weights.reach
    wanted = np.zeros(len(entries), dtype=np.bool_)
    wanted[pairs.left[doubtful]] = wanted[pairs.right[doubtful]] = True
    found = attributes_of(records, entries.of_record, wanted)
    return replace(subjects, codes={**subjects.codes, **found.codes}, numbers=found.numbers)


def _table_bits(table_no: NDArray[np.uint32], positions: Mapping[int, int]) -> Words:
    """One bit per table, in as many words as the tables need (entries x words)."""
    numbers = np.array(list(positions), dtype=np.int64)
    position = np.searchsorted(numbers, table_no)
    bits = np.zeros((len(table_no), words(positions)), dtype=np.uint64)
    bits[np.arange(len(table_no)), position // WORD] = np.uint64(1) << (position % WORD).astype(np.uint64)
    return bits


def _present(values: Identifiers, size: int, most_spread: int) -> Bits:
    """Per entry which kinds it has in a value that may contradict others."""
    present = np.zeros(size, dtype=np.int64)
    for kind, frame in values.items():
        present[frame.filter(pl.col("spread") <= most_spread)["node"].to_numpy()] |= AGREES << OFFSET[kind]
    return present
