"""The use case of a second look: what an inventory is in doubt about is put to models, and made again with the advice.

Without advice that weighs anything the inventory stays what it is, byte for byte. Keep out: what is in doubt
(domain/inventory), what is asked and how (agents), what the answers come to (advice.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import polars as pl

from discovery_pipeline.agents import classification, reconciliation
from discovery_pipeline.agents.choosing import Opinion, ask_about
from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.known_names import KnownNames
from discovery_pipeline.domain.handoffs import CleanTable
from discovery_pipeline.domain.inventory.doubts import InventoryDoubts
from discovery_pipeline.domain.inventory.identities.generations import Plan
from discovery_pipeline.domain.inventory.matching.advised_pairs import is_worth_asking
from discovery_pipeline.domain.inventory.matching.pair_doubts import PairDoubts
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.reconcile import InventoryOutcome, reconcile
from discovery_pipeline.domain.learning.rules import Rules
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.services.inventory.advice import Basis, advice_of, advised_frame, with_opinions_on_pairs
from discovery_pipeline.services.inventory.generations import before, next_generation
from discovery_pipeline.store.identities import load_registry
from discovery_pipeline.store.session import Database


@dataclass(frozen=True)
class Reconciled:
    """An inventory, which one of the tenant's it is, and what it was made from."""

    outcome: InventoryOutcome
    plan: Plan
    basis: Basis


@dataclass(frozen=True)
class SecondLook:
    """made: with the advice. opinions: of both agents; none where nobody can be asked. advised: ADVISED."""

    made: Reconciled
    opinions: tuple[Opinion, ...] = ()
    advised: pl.DataFrame | None = None

    @property
    def changed(self) -> int:
        """Things that are otherwise than without models."""
        return 0 if self.advised is None else len(self.advised)


def reconciled(
    database: Database, frames: TenantFrames, tables: Sequence[CleanTable], rules: Rules, params: InventoryParams
) -> Reconciled:
    """The tenant's next inventory under these rules. tables: the clean ones as published. Raises Unreachable."""
    plan = next_generation(database, frames, rules)
    seen = load_registry(database, frames.tenant, plan.generation.number)
    outcome = reconcile(tables, seen, before(frames, plan.generation), frames.tenant, params, rules=rules)
    return Reconciled(outcome, plan, Basis(tables, seen, rules))


def second_look(
    desk: Desk, first: Reconciled, again: Callable[[Rules], Reconciled], known: Callable[[], KnownNames], least: float
) -> SecondLook:
    """What becomes of an inventory when its doubts are asked about.

    first: with its doubts gathered. again: makes it under other rules. known: names that no question may hold, gathered
    only where something is asked. least: probability of look-alikes worth telling.
    """
    if not desk.is_open:
        return SecondLook(first)
    opinions = ask(desk, first.outcome.doubts, known)
    advice = advice_of(*opinions, first.outcome, first.basis)
    made = again(advice.rules) if advice.changes_rules else first
    outcome = with_opinions_on_pairs(made.outcome, advice.pairs, least)
    return SecondLook(replace(made, outcome=outcome), opinions, advised_frame(advice, first.outcome, outcome))


def ask(desk: Desk, doubts: InventoryDoubts, known: Callable[[], KnownNames]) -> tuple[Opinion, Opinion]:
    """What models say of types, and of pairs where there are enough that an answer could turn."""
    types, pairs = doubts.types, doubts.pairs if is_worth_asking(doubts.pairs) else PairDoubts()
    names = known() if types.doubts or pairs.doubts else KnownNames()
    return (
        ask_about(desk, classification.AGENT, types.doubts, types.controls, names),
        ask_about(desk, reconciliation.AGENT, pairs.doubts, pairs.controls, names),
    )
