"""What people decided about merging and splitting wins over scores, and keeps ids where they belong."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.handoffs import CleanTable
from discovery_pipeline.domain.inventory.decisions.anchor_of import anchor_of, split_anchors
from discovery_pipeline.domain.inventory.reconcile import InventoryOutcome
from discovery_pipeline.domain.learning.rules import Anchor, Rules, SameRule, Told
from discovery_pipeline_tests.domain.inventory.builders import assets_of, changes, run
from discovery_pipeline_tests.domain.inventory.estate import clean_table

UUIDS = [f"4c4c4544-0051-3010-8052-b4c04f4e353{n}" for n in range(6)]
PARTS = ("inventory", "lineage", "origin", "registry", "merged", "set_aside", "findings", "corrected")


def told(number: int, author: str = "ann") -> Told:
    return Told((number,), author, 0.95)


def same(one: Anchor, other: Anchor, number: int = 1, *, holds: bool = True) -> SameRule:
    return SameRule(one, other, holds, told(number))


def texts(*given: str, source: str | None = None, asset: str = "a_x") -> Anchor:
    return Anchor(asset, given, source)


def table(number: int, *rows: dict[str, Any], **place: Any) -> CleanTable:
    return clean_table(number, rows, **place)


def together(outcome: InventoryOutcome) -> list[set[tuple[int, int]]]:
    """The rows of each asset, by first row."""
    found: dict[str, set[tuple[int, int]]] = {}
    for place, asset_id in assets_of(outcome).items():
        found.setdefault(asset_id, set()).add(place)
    return sorted(found.values(), key=min)


A, B, C = (0, 0), (1, 0), (2, 0)
THREE = [table(n, {"hostname": f"h{n}", "uuid": UUIDS[n]}) for n in range(3)]
ALIKE = [table(n, {"hostname": "web01", "rack": f"R{n}"}) for n in range(3)]
TWINS = table(0, *({"hostname": "db01", "uuid": UUIDS[n], "asset_tag": f"T-2{n}"} for n in range(2)))


@pytest.mark.parametrize(
    ("tables", "rules", "expected"),
    [
        pytest.param(
            THREE, [same(texts("name:h0"), texts("name:h1"))], [{A, B}, {C}], id="merged against every identifier"
        ),
        pytest.param(
            THREE,
            [same(texts("name:h0"), texts("name:h1")), same(texts("name:h1"), texts("name:h2"), 2)],
            [{A, B, C}],
            id="merges chain",
        ),
        pytest.param(
            THREE,
            [
                same(texts("name:h0"), texts("name:h1")),
                same(texts("name:h1"), texts("name:h2"), 2),
                same(texts("name:h0"), texts("name:h2"), 3, holds=False),
            ],
            [{A}, {B, C}],
            id="the newest of three that can't all hold splits the oldest",
        ),
        pytest.param(
            THREE,
            [same(texts("name:h0"), texts("name:h1"), 2), same(texts("name:h0"), texts("name:h1"), 1, holds=False)],
            [{A, B}, {C}],
            id="the newer merge beats the older split",
        ),
        pytest.param(
            THREE,
            [same(texts("name:h0"), texts("name:h1"), 1), same(texts("name:h0"), texts("name:h1"), 2, holds=False)],
            [{A}, {B}, {C}],
            id="the newer split beats the older merge",
        ),
        pytest.param(
            ALIKE,
            [same(texts("name:web01", source="source0"), texts("name:web01", source="source1"), holds=False)],
            [{A, C}, {B}],
            id="split: what is as good to both stays with the rest",
        ),
        pytest.param(
            ALIKE,
            [same(texts("name:web01", source="source1"), texts("name:web01", source="source0"), holds=False)],
            [{A}, {B, C}],
            id="split the other way round",
        ),
        pytest.param(
            ALIKE,
            [same(texts("tag:x", "name:web01", source="source0"), texts("name:web01", source="source2"), holds=False)],
            [{A, B}, {C}],
            id="a text that is not found gives way to the next",
        ),
        pytest.param(THREE, [same(texts("name:h0"), texts("name:h9"))], [{A}, {B}, {C}], id="one is not there"),
        pytest.param(
            [TWINS, THREE[2]],
            [same(texts("name:db01"), texts("name:h2"))],
            [{(0, 0)}, {(0, 1)}, {C}],
            id="a text of several clusters names none of them",
        ),
        pytest.param(
            [TWINS, THREE[2]],
            [same(texts("name:db01", "tag:t21"), texts("name:h2"))],
            [{(0, 0)}, {(0, 1), C}],
            id="unless a weaker text is of one alone",
        ),
    ],
)  # fmt: skip
def test_records_end_where_people_put_them(
    tables: list[CleanTable], rules: list[SameRule], expected: list[set[tuple[int, int]]]
) -> None:
    assert together(run(*tables, rules=Rules(same=tuple(rules)))) == expected


def test_the_others_of_a_split_cluster_go_to_the_side_they_score_best_with() -> None:
    tables = [
        table(0, {"hostname": "web01", "uuid": UUIDS[0]}),
        table(1, {"hostname": "web01", "serial_number": "CZ12345"}),
        table(2, {"hostname": "web01", "uuid": UUIDS[0]}),
        table(3, {"hostname": "web01", "serial_number": "CZ12345"}),
    ]
    rule = same(texts("name:web01", source="source0"), texts("name:web01", source="source1"), holds=False)
    assert together(run(*tables)) == [{(0, 0), (1, 0), (2, 0), (3, 0)}]
    assert together(run(*tables, rules=Rules(same=(rule,)))) == [{(0, 0), (2, 0)}, {(1, 0), (3, 0)}]


def test_rows_of_one_entry_are_split_and_a_repeat_stays_with_what_it_repeats() -> None:
    twin = {"hostname": "web01", "uuid": UUIDS[0]}
    rows = [{**twin, "rack": "R1"}, {**twin, "rack": "R2"}, {**twin, "rack": "R2"}]
    rule = same(texts("row:source0:source0:0"), texts("row:source0:source0:1"), holds=False)
    assert together(run(table(0, *rows))) == [{(0, 0), (0, 1), (0, 2)}]
    assert together(run(table(0, *rows), rules=Rules(same=(rule,)))) == [{(0, 0)}, {(0, 1), (0, 2)}]


def _decided(outcome: InventoryOutcome, tables: list[CleanTable], *rows: tuple[int, int]) -> SameRule:
    """What a person's split of one row off its asset becomes."""
    asset_id = assets_of(outcome)[rows[0]]
    anchors = split_anchors(asset_id, rows, tables, outcome.lineage)
    (off,) = anchors.rows
    return same(anchors.rest, off, holds=False)


@pytest.mark.parametrize("row", [A, B], ids=["the first row", "the second row"])
@pytest.mark.parametrize(
    "tables",
    [
        pytest.param([table(n, {"hostname": "web01", "rack": f"R{n}"}) for n in range(2)], id="nothing but the name"),
        pytest.param(
            [table(0, {"hostname": "web01", "uuid": UUIDS[0]}), table(1, {"hostname": "web01"})], id="one has a uuid"
        ),
        pytest.param(
            [table(0, {"hostname": "web01"}), table(1, {"hostname": "web01", "uuid": UUIDS[0]})], id="the other has"
        ),
    ],
)
def test_after_a_split_the_rest_keeps_the_id_in_every_run(tables: list[CleanTable], row: tuple[int, int]) -> None:
    (rest,) = {A, B} - {row}
    first = run(*tables)
    rules = Rules(same=(_decided(first, tables, row),))
    second = run(*tables, registry=first.registry, rules=rules)
    known = pl.concat([second.registry, first.registry]).unique("asset_id", keep="first", maintain_order=True)
    third = run(*tables, registry=known, baseline=second.inventory, rules=rules)
    assert assets_of(second)[rest] == assets_of(first)[rest] != assets_of(second)[row]
    assert assets_of(third) == assets_of(second)
    assert changes(third, second).is_empty()
    alone = run(tables[row[0]], registry=known, rules=rules)
    assert assets_of(alone)[row] != assets_of(first)[rest]


def test_merged_assets_keep_an_id_and_none_of_them_vanishes() -> None:
    first = run(*THREE)
    ids = assets_of(first)
    one, other = (anchor_of(ids[place], THREE, first.lineage, first.registry) for place in (A, B))
    rules = Rules(same=(same(one, other, 7),))
    second = run(*THREE, registry=first.registry, baseline=first.inventory, rules=rules)
    assert assets_of(second)[A] == assets_of(second)[B] == min(ids[A], ids[B])
    assert not second.inventory["vanished"].any()
    assert second.corrected.rows() == [(assets_of(second)[A], "asset_id", "correction 7 by ann")]


def test_namesakes_are_told_apart_by_their_address_and_only_by_that_of_a_namesake() -> None:
    rows = [{"hostname": "db01", "ip_address": [f"10.0.0.{n}"]} for n in (1, 2, 3)]
    first = run(table(0, *rows))
    ids = assets_of(first)
    anchors = [anchor_of(ids[0, n], [table(0, *rows)], first.lineage, first.registry) for n in (0, 2)]
    rules = Rules(same=(same(*anchors),))
    assert together(run(table(0, *rows), rules=rules)) == [{(0, 0), (0, 2)}, {(0, 1)}]
    moved = run(table(0, {**rows[0], "hostname": "new01"}, rows[1], rows[2]), rules=rules)
    assert together(moved) == [{(0, 0)}, {(0, 1)}, {(0, 2)}]
    assert moved.findings["code"].to_list() == ["correction_without_target"]


def _holding(rules: list[SameRule]) -> list[SameRule]:
    """The rules that hold: the newest, and every older one that does not contradict those before."""
    held: list[SameRule] = []
    for rule in sorted(rules, key=lambda rule: -rule.told.newest):
        if _consistent([*held, rule]):
            held.append(rule)
    return held


def _consistent(rules: list[SameRule]) -> bool:
    label: dict[str, str] = {end.texts[0]: end.texts[0] for rule in rules for end in (rule.one, rule.other)}
    for rule in (rule for rule in rules if rule.holds):
        gone, keep = label[rule.other.texts[0]], label[rule.one.texts[0]]
        label = {text: keep if each == gone else each for text, each in label.items()}
    return all(label[rule.one.texts[0]] != label[rule.other.texts[0]] for rule in rules if not rule.holds)


@pytest.mark.parametrize("seed", range(12), ids=lambda seed: f"decisions {seed}")
def test_whatever_is_decided_every_decision_that_can_hold_does(seed: int) -> None:
    rng = random.Random(seed)
    places = [(no, row) for no in range(4) for row in range(5)]
    tables = [
        table(
            no,
            *(
                {
                    "asset_tag": f"T-{no}{row}0",
                    "hostname": rng.choice(["web01", "web02", "db01", None]),
                    "serial_number": rng.choice(["CZ11111", "CZ22222", None, None]),
                }
                for row in range(5)
            ),
        )
        for no in range(4)
    ]
    rules = []
    for number in range(1, 25):
        one, other = rng.sample(places, 2)
        ends = [texts(f"tag:t{no}{row}0", asset=f"a_{no}{row}") for no, row in (one, other)]
        rules.append(same(ends[0], ends[1], number, holds=rng.random() < 0.5))
    outcome = run(*tables, rules=Rules(same=tuple(rules)))
    asset_of = {f"tag:t{no}{row}0": asset_id for (no, row), asset_id in assets_of(outcome).items()}
    for rule in _holding(rules):
        assert (asset_of[rule.one.texts[0]] == asset_of[rule.other.texts[0]]) is rule.holds
    assert outcome.inventory["asset_id"].is_unique().all()
    shuffled = run(*tables[::-1], rules=Rules(same=tuple(rng.sample(rules, len(rules)))))
    for part in PARTS:
        assert_frame_equal(getattr(shuffled, part), getattr(outcome, part))


def test_a_named_application_merged_with_a_described_one_gives_it_its_name() -> None:
    tables = [
        table(0, {"application_name": ["Billing System"], "criticality": "high"}),
        table(1, {"hostname": "web01", "application_name": ["Billing"]}),
    ]
    first = run(*tables)
    apps = first.inventory.filter(pl.col("classified_type") == "application")
    assert len(apps) == 2
    anchors = [anchor_of(a, tables, first.lineage, first.registry) for a in apps["asset_id"]]
    second = run(*tables, registry=first.registry, baseline=first.inventory, rules=Rules(same=(same(*anchors),)))
    (app,) = second.inventory.filter(pl.col("classified_type") == "application").to_dicts()
    assert app["application_name"] == ["Billing", "Billing System"]
    assert app["asset_id"] in set(apps["asset_id"])
    assert second.findings.is_empty()


def test_two_named_applications_become_one() -> None:
    tables = [
        table(0, *({"hostname": f"h{n}", "application_name": [name]} for n, name in enumerate(("Pay", "Payroll"))))
    ]
    rule = same(texts("application:pay"), texts("application:payroll"))
    outcome = run(*tables, rules=Rules(same=(rule,)))
    (app,) = outcome.inventory.filter(pl.col("classified_type") == "application").to_dicts()
    assert app["application_name"] == ["Pay", "Payroll"]
    assert outcome.corrected["asset_id"].to_list() == [app["asset_id"]]


def test_a_decision_of_which_something_is_not_there_is_a_finding_and_changes_nothing() -> None:
    rules = Rules(
        same=(
            same(texts("name:h0", asset="a_one"), texts("name:h9"), 4),
            same(texts("name:h0"), texts("name:h0"), 5, holds=False),
        )
    )
    plain, outcome = run(*THREE), run(*THREE, rules=rules)
    assert outcome.findings.select("severity", "code", "asset_id").rows() == [
        ("info", "correction_without_target", "a_one"),
        ("info", "correction_without_target", "a_x"),
    ]
    assert "correction 4 by ann" in outcome.findings["detail"][0]
    for part in set(PARTS) - {"findings"}:
        assert_frame_equal(getattr(outcome, part), getattr(plain, part))


def test_many_decisions_are_listed_up_to_a_limit() -> None:
    rules = Rules(same=tuple(same(texts("name:gone"), texts(f"name:x{n}"), n + 1) for n in range(502)))
    assert run(*THREE, rules=rules).findings["code"].value_counts().sort("code").rows() == [
        ("correction_without_target", 500),
        ("correction_without_target_more", 1),
    ]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        pytest.param([(0, 0)], "nothing would be left", id="all of it"),
        pytest.param([(1, 0)], "do not describe", id="another asset's row"),
        pytest.param([], "do not describe", id="no row"),
    ],
)
def test_what_can_not_be_split_off_is_refused(rows: list[tuple[int, int]], words: str) -> None:
    outcome = run(*THREE)
    with pytest.raises(UsageError, match=words):
        split_anchors(assets_of(outcome)[A], rows, THREE, outcome.lineage)


def test_an_anchor_names_what_is_carried_now_by_strength_then_what_is_remembered() -> None:
    full = {"hostname": "web01", "uuid": UUIDS[0], "ip_address": ["10.0.0.1"]}
    tables = [table(0, full)]
    first = run(*tables)
    remembered = first.registry.with_columns(identifiers=pl.lit(["serial:old", "name:web01"]))
    anchor = anchor_of(assets_of(first)[A], tables, first.lineage, remembered)
    assert [text.split(":")[0] for text in anchor.texts] == ["uuid", "name", "serial", "ip", "row"]


def test_an_unknown_asset_has_no_anchor() -> None:
    outcome = run(*THREE)
    with pytest.raises(UsageError, match="nothing is known"):
        anchor_of("a_unknown", THREE, outcome.lineage, outcome.registry)
