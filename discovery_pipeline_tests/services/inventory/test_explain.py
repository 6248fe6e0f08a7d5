"""Where a value came from: cell, steps, rule, and what it was chosen over."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from discovery_pipeline.domain.cleansing import Step
from discovery_pipeline.domain.errors import PermanentError, UsageError
from discovery_pipeline.domain.learning.rules import Rules, Told, ValueRule
from discovery_pipeline.files.frames import FrameStore, TenantFrames
from discovery_pipeline.services.cleansed_tables import VALUE_RULES, value_rules_frame
from discovery_pipeline.services.inventory.explain import ASSESSED, Claim, FieldExplanation, explain
from discovery_pipeline_tests.services import hand_built
from discovery_pipeline_tests.services.hand_built import APP, BILLING, DB, publish_corrected, publish_estate


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> TenantFrames:
    opened = FrameStore(str(tmp_path_factory.mktemp("frames"))).open("acme")
    publish_estate(opened)
    return opened


def field(frames: TenantFrames, asset: str, name: str) -> FieldExplanation:
    (explained,) = explain(frames, asset, name).fields
    return explained


def place(claim: Claim) -> tuple[str, str, int, int | None]:
    return claim.file, claim.table, claim.row, claim.line


def test_a_disputed_value_names_the_winner_first_and_why_the_others_lost(frames: TenantFrames) -> None:
    memory = field(frames, "app01", "memory_mib")
    assert (memory.value, memory.rule, memory.disputed) == (12288.0, "source_precedence", True)
    assert [(place(c), c.value, c.chosen, c.rule, c.duplicate) for c in memory.claims] == [
        (("rv.xlsx", "vInfo", 0, None), 12288.0, True, "source_precedence", False),
        (("cmdb.csv", "cmdb", 0, 2), 16384.0, False, "outranked", False),
        (("cmdb.csv", "cmdb", 2, 4), 16384.0, False, "outranked", True),
    ]


def test_each_claim_shows_its_cell_its_mapping_and_its_steps(frames: TenantFrames) -> None:
    (cell,) = field(frames, "app01", "memory_mib").claims[1].cells
    assert (cell.position, cell.header, cell.raw, cell.mapping_confidence) == (1, "RAM", "16 GB", 0.97)
    assert cell.steps[0].before == "16 GB"
    assert cell.steps[-1].after == "16384 MiB"


def test_a_corrected_cell_shows_the_correction_that_its_run_was_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = ValueRule("asset", "memory_mib", "16 gb", "16000", None, Told((7,), "ann", 0.95))
    elsewhere = ValueRule("asset", "memory_mib", "16 GB", "1", "no such source", Told((8,), "bob", 0.95))
    parts = {**hand_built.clean_parts(), VALUE_RULES: value_rules_frame(Rules(values=(told, elsewhere)))}
    monkeypatch.setattr(hand_built, "clean_parts", lambda: parts)
    frames = FrameStore(str(tmp_path)).open("acme")
    publish_estate(frames)
    (cell,) = field(frames, "app01", "memory_mib").claims[1].cells
    assert cell.steps == (Step("corrected", "16 GB", "16000", "correction 7 by ann"),)


def test_detail_rows_of_a_sum_are_all_chosen(frames: TenantFrames) -> None:
    storage = field(frames, "app01", "storage_total_gib")
    assert (storage.value, storage.disputed) == (30.0, False)
    assert [(c.value, c.chosen, c.rule) for c in storage.claims] == [
        (10.0, True, "detail_sum"),
        (20.0, True, "detail_sum"),
    ]


def test_all_fields_are_explained_disputed_ones_first(frames: TenantFrames) -> None:
    explained = explain(frames, APP)
    assert explained.fields[0].field == "memory_mib"
    assert {f.field for f in explained.fields} >= {"hostname", "ip_address", "install_date", "storage_total_gib"}
    assert all(f.claims or f.value is not None for f in explained.fields)


def test_rows_dependencies_type_and_assessment_stand_beside(frames: TenantFrames) -> None:
    explained = explain(frames, APP)
    assert [(r["file"], r["table"], r["row"], r["duplicate"]) for r in explained.lineage] == [
        ("cmdb.csv", "cmdb", 0, False),
        ("cmdb.csv", "cmdb", 2, True),
        ("rv.xlsx", "vInfo", 0, False),
        ("rv.xlsx", "vDisk", 0, False),
        ("rv.xlsx", "vDisk", 1, False),
    ]
    assert explained.dependencies["depends_on"]["kinds"] == {"tier": 1}
    assert explained.dependencies["depends_on"]["surest"][0]["name"] == "=db01"
    assert explained.dependencies["used_by"]["edges"] == 0
    assert explained.type["classified_type"] == "virtual_machine"
    assert ("product", "rvtools") in {(r["field"], r["value"]) for r in explained.type["reasons"]}
    assert explained.assessment is not None
    assert explained.assessment["strategy"] == "rehost"


def test_the_assessment_tells_applications_group_wave_and_size(frames: TenantFrames) -> None:
    told = explain(frames, APP).assessment
    assert told is not None
    assert [(each["name"], each["basis"], each["reasons"]) for each in told["applications"]] == [
        ("Billing", "named", ["named"])
    ]
    assert (told["group"]["reason"], told["group"]["members"], told["wave_plan"]["assets"]) == ("Billing", 2, 2)
    assert [each["instance_type"] for each in told["sizing"]] == ["m7i.large"]
    assert [(each["subject"], each["model"]) for each in told["told"]] == [(BILLING, "m1")]
    assert [each["question"] for each in told["questions"]] == ["Is app01 still in use?"]
    assert (told["place"], told["cut_edges"]) == (None, [])


@pytest.mark.parametrize("what", ASSESSED)
def test_what_no_row_states_is_no_field(frames: TenantFrames, what: str) -> None:
    explained = explain(frames, APP, what)
    assert explained.fields == ()
    assert explained.assessment is not None


@pytest.mark.parametrize(
    ("wanted", "asset_id"),
    [
        pytest.param(APP, APP, id="asset_id"),
        pytest.param("APP01", APP, id="name in another case"),
        pytest.param("10.0.0.3", DB, id="address"),
        pytest.param("billing", BILLING, id="application"),
    ],
)
def test_an_asset_is_found_by(frames: TenantFrames, wanted: str, asset_id: str) -> None:
    assert explain(frames, wanted).asset_id == asset_id


def test_an_asset_that_rows_only_name_has_no_rows_of_its_own(frames: TenantFrames) -> None:
    explained = explain(frames, BILLING)
    assert explained.name == "Billing"
    assert explained.lineage == ()
    assert [(f.field, f.value, f.claims) for f in explained.fields] == [("application_name", ["Billing"], ())]


@pytest.mark.parametrize(
    ("asset", "name", "words"),
    [
        pytest.param("app02", None, "app01", id="unknown asset, a near one is named"),
        pytest.param(APP, "memory", "memory_mib", id="unknown field, near ones are named"),
    ],
)
def test_what_is_not_there_is_wrong_usage(frames: TenantFrames, asset: str, name: str | None, words: str) -> None:
    with pytest.raises(UsageError) as raised:
        explain(frames, asset, name)
    assert words in raised.value.advice


def test_an_ambiguous_name_lists_the_candidates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from discovery_pipeline_tests.services import hand_built

    twins = hand_built.inventory().with_columns(hostname=pl.lit("twin"))
    monkeypatch.setattr(hand_built, "inventory", lambda: twins)
    frames = FrameStore(str(tmp_path)).open("acme")
    publish_estate(frames)
    with pytest.raises(UsageError, match="several assets") as raised:
        explain(frames, "twin")
    assert APP in raised.value.advice
    assert DB in raised.value.advice


def test_before_the_inventory_there_is_nothing_to_explain(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="no inventory yet"):
        explain(FrameStore(str(tmp_path)).open("acme"), "app01")


def test_the_explanation_is_a_json_document(frames: TenantFrames) -> None:
    document = json.loads(json.dumps(explain(frames, APP).to_json(), allow_nan=False))
    (created,) = [f for f in document["fields"] if f["field"] == "install_date"]
    assert created["value"] == "2024-05-01T00:00:00"


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> TenantFrames:
    """ann decided the memory, the addresses and the type of app01, and a rack that no row states; bob merged it."""
    opened = FrameStore(str(tmp_path_factory.mktemp("corrected"))).open("acme")
    publish_corrected(opened)
    return opened


def test_a_decided_value_is_told_with_its_correction_beside_what_the_records_say(corrected: TenantFrames) -> None:
    memory = field(corrected, "app01", "memory_mib")
    assert (memory.value, memory.rule, memory.told) == (16384.0, "corrected", "correction 7 by ann")
    assert not memory.disputed
    assert [(c.value, c.file, c.chosen, c.rule) for c in memory.claims] == [
        (16384.0, "cmdb.csv", True, "corrected"),
        (16384.0, "cmdb.csv", True, "corrected"),
        (12288.0, "rv.xlsx", False, "overruled"),
    ]


@pytest.mark.parametrize(
    ("name", "value", "claims"),
    [
        pytest.param("rack", "R1", [], id="no row states it"),
        pytest.param("ip_address", ["10.9.9.9"], [(False, "overruled")] * 3, id="a list"),
    ],
)
def test_a_decided_value_needs_no_claim(
    corrected: TenantFrames, name: str, value: object, claims: list[tuple[bool, str]]
) -> None:
    explained = field(corrected, "app01", name)
    assert (explained.value, explained.rule, explained.told) == (value, "corrected", "correction 8 by ann")
    assert [(c.chosen, c.rule) for c in explained.claims] == claims


def test_who_decided_the_type_and_what_the_asset_is(corrected: TenantFrames, frames: TenantFrames) -> None:
    decided, plain = explain(corrected, APP), explain(frames, APP)
    assert (decided.type["told"], decided.told) == ("correction 9 by ann", "correction 4 by bob")
    assert (plain.type["told"], plain.told) == (None, None)
