"""What opinions on an inventory come to: rules before people's, words beside look-alikes, rows that tell what changed.

Keep out: asking (second_look.py), what an answer does to types and pairs (domain/inventory).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from discovery_pipeline.agents import classification, reconciliation
from discovery_pipeline.agents.choosing import Opinion
from discovery_pipeline.domain.handoffs import CleanTable
from discovery_pipeline.domain.inventory.classification.advised_types import AdvisedType, advised_types
from discovery_pipeline.domain.inventory.decisions.anchor_of import Texts, anchor_from, split_from, texts_by_asset
from discovery_pipeline.domain.inventory.decisions.corrected import IDENTITY_FIELD, TYPE_FIELD
from discovery_pipeline.domain.inventory.matching.advised_pairs import AdvisedPair, advised_pairs, with_opinions
from discovery_pipeline.domain.inventory.matching.look_alikes import CODE, find_look_alikes
from discovery_pipeline.domain.inventory.reconcile import InventoryOutcome
from discovery_pipeline.domain.learning.rules import Rules, SameRule
from discovery_pipeline.domain.opinions.advice import ADVISED, advised

# How an Advice says who it is by.
_BY_MODEL = r"(?:^|; )model "
CONFIDENCE_FIELD, LOOK_ALIKE_FIELD = "type_confidence", "look_alike"


@dataclass(frozen=True)
class InventoryAdvice:
    """What models' answers come to. rules: people's with the advice before them. pairs: of all that was answered.
    chosen: the merges and splits among them that are rules."""

    rules: Rules
    types: tuple[AdvisedType, ...] = ()
    pairs: tuple[AdvisedPair, ...] = ()
    chosen: tuple[AdvisedPair, ...] = ()

    @property
    def changes_rules(self) -> bool:
        """Whether the inventory has to be made again."""
        return bool(self.types or self.chosen)


@dataclass(frozen=True)
class Basis:
    """What an inventory was made from, by which the records of a pair are found again. registry: as it stood before."""

    tables: Sequence[CleanTable]
    registry: pl.DataFrame
    rules: Rules


def advice_of(on_types: Opinion, on_pairs: Opinion, outcome: InventoryOutcome, basis: Basis) -> InventoryAdvice:
    """What the answers come to. outcome: with the doubts that were asked about."""
    types = advised_types(outcome.doubts.types, advised(on_types.answers, on_types.trust))
    pairs = advised_pairs(outcome.doubts.pairs, advised(on_pairs.answers, on_pairs.trust))
    chosen = _chosen(pairs)
    same = tuple(_same_rules(chosen, outcome, basis))
    people = basis.rules
    rules = replace(people, same=(*same, *people.same), types=(*(each.rule for each in types), *people.types))
    return InventoryAdvice(rules, types, pairs, chosen)


def with_opinions_on_pairs(made: InventoryOutcome, pairs: Sequence[AdvisedPair], least: float) -> InventoryOutcome:
    """The inventory with what was said of its look-alikes. least: probability of look-alikes worth telling."""
    if not pairs:
        return made
    alike = with_opinions(made.look_alikes, pairs, least)
    others = made.findings.filter(pl.col("code") != CODE)
    return replace(made, look_alikes=alike, findings=pl.concat([others, find_look_alikes(alike)]))


def _chosen(pairs: Sequence[AdvisedPair]) -> tuple[AdvisedPair, ...]:
    """Merges and splits. An asset is in one of them at most, the surest."""
    chosen, touched = [], set[str]()
    for each in sorted(pairs, key=lambda each: (-abs(each.odds), each.ids)):
        if (each.merges or each.splits) and not touched & {*each.ids}:
            touched |= {*each.ids}
            chosen.append(each)
    return tuple(chosen)


def _same_rules(chosen: Sequence[AdvisedPair], outcome: InventoryOutcome, basis: Basis) -> Iterator[SameRule]:
    """Merges and splits as people would decide them, by which records they are found again."""
    if not chosen:
        return
    touched = {asset for each in chosen for asset in each.ids}
    texts = texts_by_asset(basis.tables, outcome.lineage.filter(pl.col("asset_id").is_in(list(touched))))
    registry = pl.concat([outcome.registry, basis.registry]).unique("asset_id", keep="first", maintain_order=True)
    for each in chosen:
        yield from _merge(each, texts, registry) if each.merges else _split(each, texts)


def _merge(each: AdvisedPair, texts: dict[str, Texts], registry: pl.DataFrame) -> Iterator[SameRule]:
    one, other = (anchor_from(asset_id, texts[asset_id], registry) for asset_id in each.ids)
    yield SameRule(one, other, holds=True, told=each.advice)


def _split(each: AdvisedPair, texts: dict[str, Texts]) -> Iterator[SameRule]:
    asset_id, _ = each.ids
    anchors = split_from(asset_id, each.pair.rows, texts[asset_id])
    for row in anchors.rows:
        yield SameRule(anchors.rest, row, holds=False, told=each.advice)


def advised_frame(advice: InventoryAdvice, outcome: InventoryOutcome, made: InventoryOutcome) -> pl.DataFrame:
    """ADVISED: types and their confidence, merges, splits, and what was said of look-alikes.

    outcome: made without the advice. made: with it.
    """
    rows = [row for each in advice.types for row in _type_rows(each)]
    by_model = pl.col("told").str.contains(_BY_MODEL) & (pl.col("field") == IDENTITY_FIELD)
    decided = set(made.corrected.filter(by_model)["asset_id"])
    pairs = outcome.look_alikes.select("asset_id_a", "asset_id_b", "probability").iter_rows()
    before = {(one, other): share for one, other, share in pairs}
    for each in advice.pairs:
        applied = any(each is one for one in advice.chosen) and bool(decided & {*each.ids})
        rows += _pair_rows(each, before.get(each.ids), applied=applied)
    return pl.DataFrame(rows, schema=ADVISED, orient="row")


_Row = tuple[str, str, str, str, str, str, float, str]


def _type_rows(each: AdvisedType) -> Iterator[_Row]:
    rule, told = each.rule, each.rule.told
    if rule.classified_type != each.before:
        changed = (TYPE_FIELD, each.before, rule.classified_type)
    else:
        changed = (CONFIDENCE_FIELD, f"{each.confidence:.2f}", f"{told.confidence:.2f}")
    why = f"{each.confidence:.0%} without the answer, {told.confidence:.0%} with it"
    yield classification.AGENT.name, rule.asset_id, *changed, told.author, told.confidence, why


def _pair_rows(each: AdvisedPair, before: float | None, *, applied: bool) -> Iterator[_Row]:
    agent, subject = reconciliation.AGENT.name, "|".join(each.ids)
    why = "; ".join([f"{each.advice}: {each.chosen}", *each.pair.reasons])
    told = each.advice.author, each.advice.confidence, why
    if applied:
        was, now = ("two", "one") if each.merges else ("one", "two")
        yield agent, subject, IDENTITY_FIELD, was, now, *told
    elif before is not None and not each.pair.barred:
        yield agent, subject, LOOK_ALIKE_FIELD, f"{before:.2f}", f"{each.probability:.2f}", *told
