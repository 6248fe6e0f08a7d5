"""Which spellings are in doubt, which are controls, and what answers about them are worth to the values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from polars.testing import assert_frame_equal

from discovery_pipeline.domain.cleansing import clean
from discovery_pipeline.domain.cleansing.advised import value_advice
from discovery_pipeline.domain.cleansing.controls import packaged_controls
from discovery_pipeline.domain.cleansing.doubts import odd_values
from discovery_pipeline.domain.handoffs import CanonicalTable
from discovery_pipeline.domain.learning.rules import Rules, Told, ValueRule
from discovery_pipeline.domain.opinions.advice import ADVISED
from discovery_pipeline.domain.opinions.doubts import NONE, Doubt
from discovery_pipeline.domain.schema import fields
from discovery_pipeline_tests.domain.cleansing.tables import Column, canonical, rules
from discovery_pipeline_tests.domain.opinions.oracles import (
    Oracle,
    always_first,
    always_none,
    answered,
    at_random,
    never_offered,
    right_on,
)

NOTHING = Rules()


def doubted(*columns: Column, taught: Rules = NOTHING) -> dict[str, int]:
    """Key -> rows of the spellings in doubt."""
    return {doubt.key: doubt.shown["rows"] for doubt in odd_values([canonical(*columns)], taught).doubts}


def said(raw: str, value: str | None = "test") -> Rules:
    return Rules(values=(ValueRule("asset", "environment", raw, value, None, Told((7,), "ann", 0.95)),))


def test_spellings_that_no_rule_reads_are_in_doubt_those_of_most_rows_first() -> None:
    environments = ["prod", "Zone B", "ZONE  b", "Z1", None, "n/a", "?", "production", "tst", "dev01"]
    virtual = ["yes", "steam", "steam", "steam", "V", "no", "-", None, "x", "physical"]
    found = doubted(Column("environment", environments), Column("is_virtual", virtual), Column("rack", virtual))
    assert list(found.items()) == [
        ("asset.is_virtual=steam", 3), ("asset.environment=zone b", 2), ("asset.environment=z1", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "taught"),
    [
        pytest.param((Column("environment", ["prod", "tst"]),), NOTHING, id="all is read"),
        pytest.param((Column("environment", ["Zone B"]),), said("zone  B"), id="a person spoke of it"),
        pytest.param((Column("environment", ["Zone B"]),), said("zone b", "nonsense"), id="a person's word is refused"),
        pytest.param((Column("environment", ["word " * 20]),), NOTHING, id="a text"),
        pytest.param((Column("is_virtual", ["steam"], transform="invert"),), NOTHING, id="says the opposite"),
        pytest.param(
            (Column("lifecycle_status", ["3"], header="Install Status"), Column("lifecycle_status", ["3"])), NOTHING,
            id="another column reads it",
        ),
        pytest.param((Column("hostname", ["a"]),), NOTHING, id="no choices"),
    ],
)  # fmt: skip
def test_what_is_in_no_doubt(columns: tuple[Column, ...], taught: Rules) -> None:
    assert doubted(*columns, taught=taught) == {}
    assert odd_values([canonical(*columns)], taught).controls() == []


def test_a_doubt_shows_its_column_and_offers_every_choice_that_says_something() -> None:
    [doubt] = odd_values([canonical(Column("environment", ["P", "P", "Zone B", "T"], header="Env"))], NOTHING).doubts
    assert set(doubt.offers) == {*fields("asset")["environment"].choices, NONE} - {"other"}
    assert doubt.offers[-1] == NONE
    assert doubt.shown["others"] == [("p", "production"), ("t", "test")]
    assert (doubt.shown["header"], doubt.shown["share"], doubt.shown["before"]) == ("Env", 0.25, "other")


def test_controls_are_the_tenants_own_then_packaged_and_every_third_has_no_right_choice() -> None:
    odd = odd_values([canonical(Column("environment", ["PRD", "tst", "Zone B", "production"]))], NOTHING)
    controls = odd.controls()
    keys = [control.key for control in controls]
    assert len(set(keys)) == len(controls) == 32
    assert any(key.startswith("asset.environment=tst ") for key in keys)
    # What is told beside the doubt is nothing to ask about, and what is asked about is not told.
    assert not any(key.startswith("asset.environment=prd ") for key in keys)
    assert dict(odd.doubts[0].shown["others"]) == {"prd": "production", "production": "production", "tst": None}
    nothing = [control for control in controls if control.expected == NONE]
    assert len(nothing) == pytest.approx(len(controls) / 3, abs=2)
    assert all(control.expected in control.offers for control in controls)
    assert all(control.key.startswith("asset.environment=") for control in controls)


def test_fields_with_few_packaged_controls_take_those_of_others() -> None:
    controls = odd_values([canonical(Column("boot_type", ["floppy"]))], NOTHING).controls()
    assert len(controls) == 32
    assert controls[0].key.startswith("asset.boot_type=")


def test_packaged_controls_mean_choices_of_their_fields() -> None:
    for control in packaged_controls():
        field = fields(control["record"])[control["field"]]
        choices = field.choices if field.base == "enum" else ("true", "false")
        assert control["text"] in (*choices, NONE), control


# Columns with spellings that rules read, some of a person's, and some that nobody reads.
_READ_WORDS = [
    "PRD",
    "tst",
    "prod",
    "dev01",
    "acc",
    "preprod",
    "pre-prod",
    "stg",
    "Zone B",
    "Z1",
    "uat",
    "qual",
    "sand",
]
_MIXED = (
    Column("environment", _READ_WORDS),
    Column("criticality", ["gold", "Tier 1", "hoch", "1", "2", "niedrig", "auweia"]),
    Column("lifecycle_status", ["installed", "In Betrieb", "retired", "on order", "futsch"]),
    Column("is_virtual", ["yes", "0", "V", "physical", "steam"]),
)


def _of_a_length(columns: Sequence[Column]) -> list[Column]:
    rows = max(len(column.cells) for column in columns)
    return [replace(column, cells=[*column.cells, *[None] * (rows - len(column.cells))]) for column in columns]


def put_up(*columns: Column, taught: Rules = NOTHING) -> tuple[list[Doubt], list[Doubt]]:
    odd = odd_values([canonical(*_of_a_length(columns))], taught)
    return odd.doubts, odd.controls()


def told(items: Iterable[Doubt]) -> dict[str, set[str]]:
    """Per spelling what the neighbours of any item tell of it."""
    found: dict[str, set[str]] = {}
    for item in items:
        for other, meaning in item.shown["others"]:
            found.setdefault(other, set()).update([meaning] if meaning else [])
    return found


@pytest.mark.parametrize(
    ("columns", "taught"),
    [
        pytest.param(_MIXED, NOTHING, id="all fields"),
        pytest.param(_MIXED, said("gold"), id="a word that a person spoke of"),
        *(pytest.param((column,), NOTHING, id=column.field) for column in _MIXED),
        pytest.param((Column("boot_type", ["floppy"]),), NOTHING, id="packaged words alone"),
    ],
)
def test_no_control_can_be_answered_by_what_stands_beside_others(columns: tuple[Column, ...], taught: Rules) -> None:
    doubts, controls = put_up(*columns, taught=taught)
    beside = told([*doubts, *controls])
    assert any(beside.values()) or len(columns) == 1
    assert [c.key for c in controls if beside.get(c.shown["spelling"])] == []

    def copier(doubt: Doubt) -> str:
        """A lie about everything that he cannot copy."""
        known = [meaning for meaning in beside.get(doubt.shown["spelling"], ()) if meaning in doubt.offers]
        return known[0] if known else min(doubt.offers, key=lambda offer: (offer == doubt.expected, offer == NONE))

    assert answered(doubts, controls, copier) == []


def test_controls_are_shown_as_doubts_of_their_column_are() -> None:
    doubts, controls = put_up(*_MIXED)

    def shape(item: Doubt) -> tuple[str, str, int, int]:
        meanings = [meaning for _, meaning in item.shown["others"]]
        return item.shown["field"], item.shown["header"], len(meanings), meanings.count(None)

    asked = {doubt.shown["field"] for doubt in doubts}
    assert {shape(c) for c in controls if c.shown["field"] in asked} <= {shape(d) for d in doubts}
    of_others = [shape(c)[2:] for c in put_up(_MIXED[1])[1] if c.shown["field"] != "criticality"]
    assert of_others
    assert set(of_others) <= {shape(d)[2:] for d in put_up(_MIXED[1])[0]}


# A made estate: codes and words that no vocabulary has, and what they mean there.
_MEANT = {
    "environment": {
        "azul": "production", "rot": "test", "lila": "development", "grau": "staging", "bunt": "sandbox",
        "karo": "qa", "zick": "dr", "zack": "production", "ping": "test", "pong": "qa", "turm": NONE, "kahn": NONE,
    },
    "lifecycle_status": {
        "wach": "in_use", "müde": "retired", "wartend": "planned", "keller": "in_stock", "futsch": "missing",
        "kur": "in_maintenance", "flott": "in_use", "obenauf": "in_use", "hinüber": "retired", "irgendwas": NONE,
    },
    "criticality": {"auweia": "critical", "ohje": "high", "naja": "medium", "egal": "low", "weiss": NONE},
}  # fmt: skip
_ROWS = 400


def estate() -> CanonicalTable:
    """Half of each column's cells are words that every rule reads."""
    usual = {"environment": "prod", "lifecycle_status": "installed", "criticality": "high"}
    columns = [
        Column(field, [usual[field] if n % 2 else list(words)[n // 2 % len(words)] for n in range(_ROWS)])
        for field, words in _MEANT.items()
    ]
    return canonical(*columns, Column("source_id", [f"id-{n}" for n in range(_ROWS)]))


def truth() -> dict[str, str]:
    return {f"asset.{field}={word}": meant for field, words in _MEANT.items() for word, meant in words.items()}


def asked(oracle: Oracle) -> Rules:
    odd = odd_values([estate()], NOTHING)
    return value_advice(answered(odd.doubts, odd.controls(), oracle)).beside(NOTHING)


def accuracy(taught: Rules) -> float:
    """The share of odd cells with the value that they mean; one that means none is right when it is left as read."""
    table = estate()
    raw, plain, now = table.frame.collect(), *(clean(table, r).table.frame.collect() for r in (NOTHING, taught))
    right = total = 0
    for field, words in _MEANT.items():
        for cell, before, after in zip(raw[field], plain[field], now[field], strict=True):
            if cell in words:
                total += 1
                right += after == (before if words[cell] == NONE else words[cell])
    return right / total


def test_an_oracle_that_is_mostly_right_makes_mostly_right_values() -> None:
    before = accuracy(NOTHING)
    gains = [accuracy(asked(right_on(0.9, truth(), seed))) - before for seed in "abcde"]
    assert before < 0.2
    # The noise: at nine answers in ten right, 27 spellings vary by some six hundredths.
    assert min(gains) > 0.5
    assert sum(gains) / len(gains) > 0.65


@pytest.mark.parametrize(
    "oracle",
    [
        pytest.param(at_random("x"), id="random"),
        pytest.param(at_random("y"), id="random again"),
        pytest.param(always_none, id="always none"),
        pytest.param(always_first, id="always the first"),
        pytest.param(lambda doubt: "production" if "production" in doubt.offers else NONE, id="always production"),
        pytest.param(right_on(0.0, truth()), id="a liar"),
        pytest.param(never_offered, id="nothing offered"),
    ],
)
def test_who_knows_nothing_changes_nothing(oracle: Oracle) -> None:
    assert asked(oracle) == NOTHING
    plain, now = clean(estate(), NOTHING), clean(estate(), asked(oracle))
    assert_frame_equal(plain.table.frame.collect(), now.table.frame.collect())
    assert_frame_equal(plain.findings, now.findings)


def test_advice_is_told_as_a_models_and_people_have_the_last_word() -> None:
    odd = odd_values([estate()], NOTHING)
    advice = value_advice(answered(odd.doubts, odd.controls(), right_on(1.0, truth())))
    assert advice.changes.schema == ADVISED
    row = next(r for r in advice.changes.iter_rows(named=True) if r["subject"] == "asset.environment=azul")
    assert (row["before"], row["after"], row["model"]) == ("other", "production", "oracle")
    assert "controls" in row["why"]
    result = clean(estate(), advice.beside(said("azul", "qa")))
    counted = rules(result, "environment")
    assert counted["corrected"] == sum(cell == "azul" for cell in estate().frame.collect()["environment"])
    assert counted["advised"] > counted["corrected"]
    values = result.table.frame.collect()["environment"].to_list()
    assert values[0] == "qa"
    codes = result.findings.filter(result.findings["code"] == "read_by_model")
    assert len(codes) == len(_MEANT)


def test_order_of_tables_and_rows_changes_no_question() -> None:
    one = canonical(Column("environment", ["Zone B", "PRD", "Z1", "Z1"]))
    other = canonical(Column("environment", ["Z1", "Zone B", "Z1", "PRD"]))
    first, second = (odd_values([table], NOTHING) for table in (one, other))
    assert [(d.key, d.shown, d.offers) for d in first.doubts] == [(d.key, d.shown, d.offers) for d in second.doubts]
    assert first.controls() == second.controls()
