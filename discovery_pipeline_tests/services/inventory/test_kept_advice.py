"""Advice kept with an inventory comes back as the rules that it was, before people's."""

from __future__ import annotations

import json

from discovery_pipeline.domain.learning.rules import Anchor, Rules, SameRule, Told, TypeRule
from discovery_pipeline.domain.opinions.advice import Advice
from discovery_pipeline.domain.opinions.trust import Reliability
from discovery_pipeline.services.inventory.kept_advice import ADVICE, advice_document, beside_kept_advice

ADVISED = Advice("m", Reliability(32, 30), 0.81)
PERSON = TypeRule("b", "printer", Told((4,), "ann", 0.9))
TYPE = TypeRule("a", "database", ADVISED)
SAME = SameRule(Anchor("a", ("name:x",)), Anchor("c", ("uuid:1", "name:y"), "cmdb"), holds=False, told=ADVISED)


def test_only_advice_is_kept_and_it_comes_back_before_people_s_rules() -> None:
    document = json.loads(json.dumps({ADVICE: advice_document(Rules(types=(TYPE, PERSON), same=(SAME,)))}))
    assert beside_kept_advice(Rules(types=(PERSON,)), document) == Rules(types=(TYPE, PERSON), same=(SAME,))


def test_an_inventory_without_advice_adds_nothing() -> None:
    assert beside_kept_advice(Rules(types=(PERSON,)), {}) == Rules(types=(PERSON,))
