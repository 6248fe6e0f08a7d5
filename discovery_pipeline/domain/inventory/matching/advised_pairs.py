"""What answers about pairs come to: almost always a better-founded suggestion to people, seldom a merge or a split.

One machine wrongly merged costs more than ten left apart, so a merge needs odds of ten to one. A look-alike's own odds
are below even, so only answers of a model that was right on nearly every hard control, about pairs that are nearly
even, get there; what something rules out (one table lists both; one is gone) is never merged. Splits leave a
look-alike behind that people see, so three to one is enough. Keep out: what is in doubt (pair_doubts.py), applying
rules (decisions).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from discovery_pipeline.domain.handoffs import LOOK_ALIKES
from discovery_pipeline.domain.inventory.matching.pair_doubts import DIFFERENT, SAME, DoubtfulPair, PairDoubts
from discovery_pipeline.domain.opinions.advice import Advice, Advised
from discovery_pipeline.domain.opinions.trust import MOST_WEIGHT

MERGE_ODDS, SPLIT_ODDS = math.log(10), math.log(3)

# An oracle that is right nine times in ten puts a tenth of an asset right per pair asked about, give or take a quarter
# of one times the root of their number (benchmarks/agents): with fewer pairs the gain is lost in the noise.
LEAST_TURNED = 8

# Ids of two look-alikes, the lesser first.
Pair = tuple[str, str]


@dataclass(frozen=True)
class AdvisedPair:
    """pair: what was asked about. chosen: SAME or DIFFERENT. odds: log-odds that it is one, with the answer."""

    pair: DoubtfulPair
    chosen: str
    odds: float
    advice: Advice

    @property
    def merges(self) -> bool:
        """Whether two assets become one."""
        return not self.pair.is_joined and not self.pair.barred and self.chosen == SAME and self.odds >= MERGE_ODDS

    @property
    def splits(self) -> bool:
        """Whether an asset is taken apart again."""
        return self.pair.is_joined and self.chosen == DIFFERENT and self.odds <= -SPLIT_ODDS

    @property
    def ids(self) -> Pair:
        return min(self.pair.ids), max(self.pair.ids)

    @property
    def probability(self) -> float:
        """That the two are one thing."""
        return round(1 / (1 + math.exp(-self.odds)), 4)


def is_worth_asking(asked: PairDoubts) -> bool:
    """Whether there are enough pairs that the best of answers could merge or split."""
    return sum(map(_may_turn, asked.pairs.values())) >= LEAST_TURNED


def _may_turn(pair: DoubtfulPair) -> bool:
    if pair.is_joined:
        return pair.odds - MOST_WEIGHT <= -SPLIT_ODDS
    return not pair.barred and pair.odds + MOST_WEIGHT >= MERGE_ODDS


def advised_pairs(asked: PairDoubts, answers: Sequence[Advised]) -> tuple[AdvisedPair, ...]:
    """What each answer that weighs anything comes to; the confidence of its advice is that of what it says."""
    found = []
    for answer in answers:
        if answer.chosen in (SAME, DIFFERENT):
            pair = asked.pairs[answer.doubt.key]
            odds = pair.odds + (answer.weight if answer.chosen == SAME else -answer.weight)
            confidence = 1 / (1 + math.exp(-odds if answer.chosen == SAME else odds))
            advice = replace(answer.advice, confidence=round(confidence, 4))
            found.append(AdvisedPair(pair, answer.chosen, odds, advice))
    return tuple(sorted(found, key=lambda each: (each.ids, each.odds)))


def with_opinions(alike: pl.DataFrame, advised: Sequence[AdvisedPair], least: float) -> pl.DataFrame:
    """LOOK_ALIKES with the answers in probability and reasons, without those that are hardly alike any more.

    least: probability of look-alikes worth telling. What something rules out keeps its probability.
    """
    opinions: Mapping[Pair, AdvisedPair] = {each.ids: each for each in advised if not each.pair.is_joined}
    rows = []
    for row in alike.iter_rows(named=True):
        opinion = opinions.get((row["asset_id_a"], row["asset_id_b"]))
        if opinion is not None:
            row["reasons"] = [*row["reasons"], f"{opinion.advice}: {opinion.chosen}"]
            row["probability"] = row["probability"] if opinion.pair.barred else opinion.probability
        if opinion is None or row["probability"] >= least:
            rows.append(row)
    ordered = sorted(rows, key=lambda row: (-row["probability"], row["asset_id_a"], row["asset_id_b"]))
    return pl.DataFrame(ordered, schema=LOOK_ALIKES)
