"""Settling what an asset's value is when its sources disagree, and naming the rule that decided.

Keep out: assets whose sources agree (merge.py), which spellings are one value (forms.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.inventory.values.forms import Forms, Kinship

# Names of the rules by their codes; 0 = no value.
RULES = (
    "", "only_claim", "agreed", "majority", "source_precedence", "plausibility", "newest", "first_listed", "oldest",
    "detail_sum", "tenant_precedence", "most_exact",
)  # fmt: skip
_IMPLAUSIBLE_FACTOR = 0.1
_Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Dispute:
    """Claims on one field, by asset, the most trusted first. run: number of the asset's run, ascending from 0.

    voice: who makes the claim, equal for the tables of one export. seen: when, 0 where unknown. aged: stale or old.
    preferred: place in the tenant's order, the best 0.
    """

    run: Nodes
    voice: Nodes
    trust: NDArray[np.float64]
    seen: Nodes
    aged: _Flags
    plausible: _Flags
    preferred: Nodes
    forms: Forms

    def __len__(self) -> int:
        return len(self.run)

    def only(self, runs: _Flags) -> Dispute:
        """The dispute about these runs, numbered anew."""
        kept = runs[self.run]
        number = np.cumsum(runs) - 1
        return Dispute(
            number[self.run[kept]], self.voice[kept], self.trust[kept], self.seen[kept], self.aged[kept],
            self.plausible[kept], self.preferred[kept], self.forms.only(kept),
        )  # fmt: skip


@dataclass(frozen=True)
class _Stances:
    """The values that are stated of each asset, one entry per value. first: place of its best claim."""

    run: Nodes
    first: Nodes
    weight: NDArray[np.float64]
    trust: NDArray[np.float64]
    seen: Nodes
    voices: Nodes
    fresh: _Flags
    plausible: _Flags
    preferred: Nodes


def settle(dispute: Dispute) -> tuple[Nodes, NDArray[np.int8]]:
    """Per run the place of the winning claim and the code of the rule.

    What the tenant prefers wins; then the value with the greatest trust in sum, where an export counts once, however
    often its tables say it, and what can't be right hardly counts. Equal sums: the most trusted, then the newest, then
    the first.
    """
    stances = _stances(dispute)
    order = np.lexsort(
        (stances.first, -stances.seen, -stances.trust, -stances.weight.round(9), stances.preferred, stances.run)
    )
    winners = order[_heads(stances.run[order])]
    return stances.first[winners], _rules(stances, winners)


def _stances(dispute: Dispute) -> _Stances:
    key = _related(dispute.run, dispute.forms)
    trust = dispute.trust * np.where(dispute.plausible, 1.0, _IMPLAUSIBLE_FACTOR)
    preferred = np.where(dispute.plausible, dispute.preferred, np.iinfo(np.int64).max)
    place = np.arange(len(dispute))
    order = np.lexsort((place, -dispute.forms.exact, preferred, dispute.voice, key, dispute.run))
    run, keys, voices = dispute.run[order], key[order], dispute.voice[order]
    value = _heads(run, keys)
    voice = _heads(run, keys, voices)
    # A value's claims stand together, in it those of a voice: sums over values run over the voices' best.
    best = np.maximum.reduceat(trust[order], voice)
    of_value = np.searchsorted(voice, value)
    return _Stances(
        run=run[value],
        first=_best_place(dispute, preferred, order, value),
        weight=np.add.reduceat(best, of_value),
        trust=np.maximum.reduceat(best, of_value),
        seen=np.maximum.reduceat(dispute.seen[order], value),
        voices=np.diff(of_value, append=len(voice)),
        fresh=~np.logical_and.reduceat(dispute.aged[order], value),
        plausible=np.logical_or.reduceat(dispute.plausible[order], value),
        preferred=np.minimum.reduceat(preferred[order], value),
    )


def _best_place(dispute: Dispute, preferred: Nodes, order: Nodes, value: Nodes) -> Nodes:
    """Of each value the claim to take it from: the tenant's preference, the most exact spelling, the most trusted."""
    number = np.repeat(np.arange(len(value)), np.diff(value, append=len(order)))
    best = np.lexsort((order, -dispute.forms.exact[order], preferred[order], number))
    return np.asarray(order[best[value]])


def most_exact(dispute: Dispute) -> Nodes:
    """Per run, whose claims are spellings of one value, the place of the claim to take it from."""
    order = np.lexsort((np.arange(len(dispute)), -dispute.forms.exact, dispute.preferred, dispute.run))
    return np.asarray(order[_heads(dispute.run[order])])


def rivals(run: Nodes, given: Forms) -> _Flags:
    """Whether the claims of each run are more than spellings of one value."""
    key = _related(run, given)
    first = _heads(run)
    differs = key != np.repeat(key[first], np.diff(first, append=len(run)))
    return np.asarray(np.logical_or.reduceat(differs, first)) if len(first) else np.zeros(0, dtype=np.bool_)


def _related(run: Nodes, given: Forms) -> Nodes:
    """The keys, where a vague value has that of the best claim of its kin which is not vague."""
    key = given.key
    for kinship in given.kinships:
        if kinship.vague.any():
            key = _adopted(run, key, kinship)
    return key


def _adopted(run: Nodes, key: Nodes, kinship: Kinship) -> Nodes:
    order = np.lexsort((np.arange(len(run)), kinship.vague, kinship.family, run))
    heads = _heads(run[order], kinship.family[order])
    leader = np.repeat(order[heads], np.diff(heads, append=len(order)))
    adopted = key.copy()
    follows = kinship.vague[order] & ~kinship.vague[leader]
    adopted[order[follows]] = key[leader[follows]]
    return adopted


def _heads(*columns: Nodes) -> Nodes:
    """Where a new group of equal values begins; the columns are sorted."""
    if not len(columns[0]):
        return np.zeros(0, dtype=np.int64)
    changes = [column[1:] != column[:-1] for column in columns]
    return np.flatnonzero(np.concatenate([[True], np.logical_or.reduce(changes)]))


def _rules(stances: _Stances, winners: Nodes) -> NDArray[np.int8]:
    """Which consideration decided, told from each winner and its rivals."""
    first = _heads(stances.run)
    counts = np.diff(first, append=len(stances.run))
    top_trust = np.maximum.reduceat(stances.trust, first)
    is_top = stances.trust == np.repeat(top_trust, counts)
    newest = np.maximum.reduceat(stances.seen, first)
    wins_top = is_top[winners]
    wins_newest = (stances.seen[winners] == newest) & (newest > 0)
    prefers = stances.preferred[winners] < np.maximum.reduceat(
        np.where(stances.plausible, stances.preferred, -1), first
    )
    some_aged = ~np.logical_and.reduceat(stances.fresh, first)
    some_implausible = ~np.logical_and.reduceat(stances.plausible, first)
    cases = (
        ("tenant_precedence", prefers),
        ("plausibility", some_implausible & stances.plausible[winners]),
        ("majority", ~wins_top),
        ("newest", some_aged & stances.fresh[winners] & wins_newest),
        ("source_precedence", np.add.reduceat(is_top.astype(np.int64), first) == 1),
        ("majority", stances.voices[winners] > 1),
        ("newest", wins_newest),
    )
    codes = [RULES.index(name) for name, _ in cases]
    return np.select([test for _, test in cases], codes, default=RULES.index("first_listed")).astype(np.int8)
