"""A second look changes what a good model knows better, and nothing at all where it knows nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from discovery_pipeline.agents.choosing import ChoiceAgent, Opinion
from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.known_names import KnownNames
from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.domain.handoffs import REGISTRY, CleanTable, empty
from discovery_pipeline.domain.inventory.changes import Before
from discovery_pipeline.domain.inventory.decisions.anchor_of import anchor_of
from discovery_pipeline.domain.inventory.identities.generations import plan
from discovery_pipeline.domain.inventory.matching import advised_pairs as matching
from discovery_pipeline.domain.inventory.matching.advised_pairs import advised_pairs
from discovery_pipeline.domain.inventory.matching.pair_doubts import DIFFERENT, SAME, UNSURE
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.reconcile import InventoryOutcome, reconcile
from discovery_pipeline.domain.learning.rules import (
    AssetValueRule,
    Rules,
    SameRule,
    Told,
    TypeRule,
)
from discovery_pipeline.domain.opinions.advice import Advice, Advised
from discovery_pipeline.domain.opinions.doubts import NONE, Doubt, grouped
from discovery_pipeline.domain.opinions.trust import Reliability, trust
from discovery_pipeline.services.inventory import second_look as module
from discovery_pipeline.services.inventory.advice import Basis
from discovery_pipeline.services.inventory.generations import marks_of_advice
from discovery_pipeline.services.inventory.second_look import Reconciled, SecondLook, second_look
from discovery_pipeline_tests.domain.inventory.doubtful import (
    REBUILT,
    UNTYPED,
    Says,
    answers,
    constant,
    guessing,
    inventory,
    inverted,
    knowing,
    tables,
)
from discovery_pipeline_tests.domain.inventory.estate import clean_table

TABLES = tables()
FRAMES = ("inventory", "lineage", "origin", "registry", "merged", "findings", "look_alikes", "corrected", "standings")
OPEN = Desk((Endpoint("http://127.0.0.1:9/v1", "m"),))
TOLD = Told((1,), "ann", 0.95)


def reconciled(rules: Rules, *, gather_doubts: bool = False, given: Sequence[CleanTable] = tuple(TABLES)) -> Reconciled:
    outcome = inventory(given, rules, gather_doubts=gather_doubts)
    return Reconciled(outcome, plan((), None, "f", "i", ()), Basis(given, empty(REGISTRY), rules))


@pytest.fixture(scope="module")
def first() -> Reconciled:
    return reconciled(Rules(), gather_doubts=True)


@pytest.fixture(autouse=True)
def _of_two_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The estate has two pairs that an answer can turn."""
    monkeypatch.setattr(matching, "LEAST_TURNED", 2)


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> Callable[[Reconciled, Says], SecondLook]:
    """A second look with a model that answers so."""

    def looked(made: Reconciled, says: Says) -> SecondLook:
        def scripted(
            _: Desk, agent: ChoiceAgent, doubts: Sequence[Doubt], controls: Sequence[Doubt], __: KnownNames
        ) -> Opinion:
            groups = grouped(doubts, controls, agent.params, agent.kind_of)
            given = answers([doubt for group in groups for doubt in group], says)
            return Opinion(agent.name, given, trust(given, agent.kind_of), questions=len(groups))

        monkeypatch.setattr(module, "ask_about", scripted)
        return second_look(OPEN, made, lambda rules: reconciled(rules, given=made.basis.tables), KnownNames, 0.2)

    return looked


def assert_same(one: InventoryOutcome, other: InventoryOutcome) -> None:
    for name in FRAMES:
        assert_frame_equal(getattr(one, name), getattr(other, name))


def type_of(outcome: InventoryOutcome, hostname: str) -> tuple[str, float]:
    found = outcome.inventory.filter(pl.col("hostname") == hostname)
    return found.select("classified_type", "type_confidence").row(0)


def of_types(choice: str) -> Says:
    """Chooses the type where it is offered; of pairs it is unsure."""
    return knowing(lambda doubt: choice if choice in doubt.offers else NONE if NONE in doubt.offers else UNSURE)


def of_pairs(choice: str) -> Says:
    return knowing(lambda doubt: choice if choice in doubt.offers else NONE)


def assets(outcome: InventoryOutcome, hostname: str) -> int:
    return outcome.inventory.filter(pl.col("hostname") == hostname).height


def test_gathering_doubts_changes_nothing(first: Reconciled) -> None:
    assert_same(first.outcome, inventory(TABLES))


@pytest.mark.parametrize(
    "says",
    [
        pytest.param(guessing, id="guessing"),
        pytest.param(inverted, id="never right"),
        pytest.param(constant(SAME), id="always same"),
        pytest.param(constant("printer"), id="always printer"),
        pytest.param(constant(NONE), id="always none"),
        pytest.param(lambda _: None, id="nothing that was offered"),
    ],
)
def test_a_model_that_knows_nothing_changes_nothing(
    first: Reconciled, look: Callable[[Reconciled, Says], SecondLook], says: Says
) -> None:
    looked = look(first, says)
    assert sum(opinion.questions for opinion in looked.opinions) == 2
    assert_same(looked.made.outcome, first.outcome)
    assert looked.made.plan is first.plan
    assert looked.changed == 0


def test_an_endpoint_that_is_dead_changes_nothing(first: Reconciled) -> None:
    looked = second_look(OPEN, first, reconciled, KnownNames, 0.2)
    assert [opinion.unanswered for opinion in looked.opinions] == [1, 1]
    assert_same(looked.made.outcome, first.outcome)


def test_of_fewer_pairs_than_can_pay_nobody_is_asked(
    first: Reconciled, look: Callable[[Reconciled, Says], SecondLook], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "LEAST_TURNED", 3)
    # Those that something rules out do not count.
    assert len(first.outcome.doubts.pairs.doubts) >= 3
    looked = look(first, of_pairs(SAME))
    assert [opinion.questions for opinion in looked.opinions] == [1, 0]
    assert assets(looked.made.outcome, "app01") == 2


def test_nothing_is_asked_where_nobody_can_be(first: Reconciled) -> None:
    looked = second_look(Desk(), first, reconciled, KnownNames, 0.2)
    assert (looked.made, looked.opinions, looked.advised) == (first, (), None)


def test_a_good_model_types_what_the_records_leave_open(
    first: Reconciled, look: Callable[[Reconciled, Says], SecondLook]
) -> None:
    before, confidence = type_of(first.outcome, "core3")
    other = {"virtual_machine": "physical_server", "physical_server": "virtual_machine"}[before]
    looked = look(first, of_types(other))
    after, share = type_of(looked.made.outcome, "core3")
    assert (after, 0.5 < share < 0.99, confidence < 0.9) == (other, True, True)
    told = looked.made.outcome.corrected.filter(pl.col("field") == "classified_type")["told"]
    assert told.str.starts_with("model m, right on ").all()
    assert looked.advised is not None
    assert set(looked.advised["agent"]) == {"classification"}
    # The ids stay: a type says nothing of who an asset is.
    assert looked.made.outcome.inventory["asset_id"].equals(first.outcome.inventory["asset_id"])


def test_an_answer_against_clear_records_is_outweighed(
    first: Reconciled, look: Callable[[Reconciled, Says], SecondLook]
) -> None:
    looked = look(first, of_types("storage"))
    clear = first.outcome.inventory.filter(pl.col("type_confidence") >= 0.95).select("asset_id", "classified_type")
    after = looked.made.outcome.inventory.join(clear, on=["asset_id", "classified_type"], how="semi")
    assert len(after) == len(clear) > 100


def test_a_person_s_type_is_in_no_doubt(look: Callable[[Reconciled, Says], SecondLook]) -> None:
    own = inventory(TABLES).inventory.filter(pl.col("hostname") == "lj-4711")["asset_id"][0]
    people = reconciled(Rules(types=(TypeRule(own, "storage", TOLD),)), gather_doubts=True)
    looked = look(people, of_types("printer"))
    assert type_of(looked.made.outcome, "lj-4711") == ("storage", 0.95)


def test_a_pair_that_is_nearly_even_is_merged_where_every_hard_control_was_right(
    first: Reconciled, look: Callable[[Reconciled, Says], SecondLook]
) -> None:
    looked = look(first, of_pairs(SAME))
    outcome = looked.made.outcome
    assert (assets(first.outcome, "app01"), assets(outcome, "app01")) == (2, 1)
    assert len(outcome.lineage) == len(first.outcome.lineage)
    assert looked.advised is not None
    (merged,) = looked.advised.filter(field="asset_id").to_dicts()
    assert (merged["before"], merged["after"], merged["model"]) == ("two", "one", "m")
    # One table lists both, and one is retired: whatever a model says of them.
    barred = [pair for pair in first.outcome.doubts.pairs.pairs.values() if pair.barred]
    ids = set(outcome.inventory["asset_id"])
    assert barred
    assert all(set(pair.ids) <= ids for pair in barred)


def test_of_three_look_alikes_the_merge_that_was_made_is_told_and_no_other(
    look: Callable[[Reconciled, Says], SecondLook],
) -> None:
    three = [*TABLES, clean_table(len(TABLES), [{**REBUILT, "uuid": "4c4c4544-0051-3010-8052-b4c04f4e3539"}])]
    looked = look(reconciled(Rules(), gather_doubts=True, given=three), of_pairs(SAME))
    assert assets(looked.made.outcome, "app01") == 2
    assert looked.advised is not None
    assert looked.advised.filter(field="asset_id").height == 1
    assert looked.advised.filter(field="look_alike").height >= 2


@pytest.mark.parametrize("wrong", [1, 4], ids=["one control wrong", "some"])
def test_a_model_that_errs_on_controls_merges_nothing(first: Reconciled, wrong: int) -> None:
    pairs = first.outcome.doubts.pairs
    reliability = Reliability(32, 32 - wrong)
    answered = [a for a in answers(pairs.doubts, constant(SAME)) if a.chosen]
    advice = Advice("m", reliability, 0.9)
    found = advised_pairs(pairs, [_advised(a.doubt, reliability, advice) for a in answered])
    assert found
    assert not any(each.merges for each in found)


def _advised(doubt: Doubt, reliability: Reliability, advice: Advice) -> Advised:
    return Advised(doubt, SAME, reliability.weight, advice)


def test_a_doubtful_join_is_taken_apart_and_stays_a_look_alike_s_choice(
    first: Reconciled, look: Callable[[Reconciled, Says], SecondLook]
) -> None:
    looked = look(first, of_pairs(DIFFERENT))
    (joined,) = [pair for pair in first.outcome.doubts.pairs.pairs.values() if pair.is_joined]
    rows = [joined.sides[0][0], joined.sides[1][0]]
    owners = looked.made.outcome.lineage.filter(pl.col("record_no").is_in(_numbers(first, rows)))["asset_id"]
    assert owners.n_unique() == 2
    assert joined.ids[0] in set(owners)
    assert looked.made.outcome.lineage.height == first.outcome.lineage.height


def _numbers(made: Reconciled, positions: list[Any]) -> list[int]:
    """record_no of asset records by their position among them."""
    assets_only = made.outcome.lineage.sort("table_no", "row")
    grains = {t.info.table_no for t in TABLES if t.kind.grain == "asset"}
    numbers = assets_only.filter(pl.col("table_no").is_in(list(grains)))["record_no"].to_list()
    return [numbers[int(position)] for position in positions]


def test_people_s_splits_hold_whatever_a_model_says(look: Callable[[Reconciled, Says], SecondLook]) -> None:
    plain = inventory(TABLES)
    one, other = plain.inventory.filter(pl.col("hostname") == "app01")["asset_id"].to_list()
    anchors = [anchor_of(each, TABLES, plain.lineage, plain.registry) for each in (one, other)]
    people = reconciled(Rules(same=(SameRule(*anchors, holds=False, told=TOLD),)), gather_doubts=True)
    assert not any({one, other} & {*pair.ids} for pair in people.outcome.doubts.pairs.pairs.values())
    looked = look(people, of_pairs(SAME))
    assert assets(looked.made.outcome, "app01") == 2


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize(
    "decided",
    [
        pytest.param(lambda own: Rules(types=(TypeRule(own, "storage", TOLD),)), id="a type"),
        pytest.param(lambda own: Rules(asset_values=(AssetValueRule(own, "business_owner", "Ann", TOLD),)), id="value"),
    ],
)
def test_what_a_person_decided_of_an_asset_outlives_every_answer(
    look: Callable[[Reconciled, Says], SecondLook], decided: Callable[[str], Rules], number: int
) -> None:
    own = inventory(TABLES).inventory.filter(pl.col("hostname") == "app01")["asset_id"].to_list()[number]
    people = reconciled(decided(own), gather_doubts=True)
    outcome = look(people, of_pairs(SAME)).made.outcome
    assert assets(outcome, "app01") == 2
    columns = ["asset_id", "classified_type", "business_owner"]
    mine = pl.col("asset_id") == own
    assert outcome.inventory.filter(mine).select(columns).equals(people.outcome.inventory.filter(mine).select(columns))
    assert outcome.findings.filter(code="correction_without_target").is_empty()


def test_what_later_phases_were_told_of_an_asset_keeps_its_id(first: Reconciled) -> None:
    own = first.outcome.inventory.filter(pl.col("hostname") == "app01")["asset_id"][0]
    params = InventoryParams(gather_doubts=True, spoken_of=frozenset({own}))
    spoken = reconcile(TABLES, empty(REGISTRY), Before(), "acme", params)
    pairs = {key: pair.ids for key, pair in spoken.doubts.pairs.pairs.items()}
    assert pairs
    assert not any(own in ids for ids in pairs.values())


def test_what_a_person_decided_of_a_join_keeps_it(look: Callable[[Reconciled, Says], SecondLook]) -> None:
    gathered = inventory(TABLES, gather_doubts=True)
    (joined,) = [pair for pair in gathered.doubts.pairs.pairs.values() if pair.is_joined]
    people = reconciled(Rules(types=(TypeRule(joined.ids[0], "storage", TOLD),)), gather_doubts=True)
    looked = look(people, of_pairs(DIFFERENT))
    assert looked.made.outcome.lineage.equals(people.outcome.lineage)


def test_what_a_model_says_of_look_alikes_is_told_to_people(
    first: Reconciled, look: Callable[[Reconciled, Says], SecondLook]
) -> None:
    looked = look(first, of_pairs(DIFFERENT)).made.outcome
    pair = next(p for p in first.outcome.doubts.pairs.pairs.values() if not p.barred and not p.is_joined)
    ids = pl.col("asset_id_a").is_in(pair.ids) & pl.col("asset_id_b").is_in(pair.ids)
    # Hardly alike any more: gone from the list, which people read.
    assert first.outcome.look_alikes.filter(ids).height == 1
    assert looked.look_alikes.filter(ids).is_empty()
    barred = next(p for p in first.outcome.doubts.pairs.pairs.values() if p.barred)
    of_barred = pl.col("asset_id_a").is_in(barred.ids) & pl.col("asset_id_b").is_in(barred.ids)
    before, after = (
        frame.filter(of_barred).row(0, named=True) for frame in (first.outcome.look_alikes, looked.look_alikes)
    )
    assert after["probability"] == before["probability"]
    assert after["reasons"][-1].endswith(": different")
    assert looked.findings.filter(code="look_alikes").height == looked.look_alikes.height


def test_advice_marks_its_generation_and_people_s_rules_do_not() -> None:
    by_model = TypeRule("a", "printer", Advice("m", Reliability(32, 30), 0.8))
    by_person = TypeRule("a", "printer", TOLD)
    assert marks_of_advice(Rules(types=(by_person,))) == frozenset()
    (mark,) = marks_of_advice(Rules(types=(by_model, by_person)))
    assert -(2**63) <= mark < 0
    assert marks_of_advice(Rules(types=(by_model,))) == {mark}


def test_without_the_model_the_ids_are_those_of_a_run_that_never_had_it() -> None:
    mark = next(iter(marks_of_advice(Rules(types=(TypeRule("a", "printer", Advice("m", Reliability(32, 30), 0.8)),)))))
    advised = plan((), None, "f", "advised", {mark}).generation
    without = plan((advised,), None, "f", "plain", ())
    # It takes the place of the one that rested on the advice, over the registry as that found it.
    assert (without.generation.number, without.generation.baseline) == (advised.number, advised.baseline)
    assert plan((advised,), None, "f", "advised", {mark}).generation == advised


def test_the_untyped_are_asked_about_once_per_what_is_known(first: Reconciled) -> None:
    doubts = first.outcome.doubts.types
    assert len(doubts.members) == len(doubts.doubts) >= len(UNTYPED)
    assert not {"hostname", "ip_address", "serial_number"} & {name for d in doubts.doubts for name in d.shown}


def test_without_sure_pairs_nobody_is_asked_about_pairs() -> None:
    nothing_sure = [table for table in TABLES if table.info.table_no >= len(TABLES) - 3]
    outcome = inventory(nothing_sure, gather_doubts=True)
    assert outcome.look_alikes.height == 1
    assert outcome.doubts.pairs.doubts == ()
