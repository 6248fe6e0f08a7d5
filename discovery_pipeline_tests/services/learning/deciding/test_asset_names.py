"""Many words are looked up as find_asset looks up one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.handoffs import INVENTORY
from discovery_pipeline.files.frames import FrameStore
from discovery_pipeline.services.inventory.asset_search import find_asset
from discovery_pipeline.services.learning.deciding.asset_names import named_assets
from discovery_pipeline.services.learning.deciding.decisions import TypeDecision
from discovery_pipeline.services.mapping.decisions import LISTED, Problem
from discovery_pipeline.services.run_frames import RunFrames, run_frames
from discovery_pipeline_tests.services.hand_built import frame, publish, turned

ASSETS: list[dict[str, Any]] = [
    {"asset_id": "a_1", "hostname": "App01", "fqdn": "app01.corp", "classified_type": "virtual_machine",
     "application_name": ["Billing"], "ip_address": ["10.0.0.1", "fd00::1"], "serial_number": "db01"},
    {"asset_id": "a_2", "hostname": "DB01", "classified_type": "database", "ip_address": ["10.0.0.1", "10.0.0.2"],
     "uuid": "4C4C"},
    {"asset_id": "a_3", "classified_type": "application", "application_name": ["Billing", "Core"], "source_id": "twin"},
    {"asset_id": "a_4", "hostname": "Twin", "fqdn": "twin", "classified_type": "printer", "ip_address": []},
    {"asset_id": "a_5", "hostname": "two", "classified_type": "printer", "asset_tag": "T-1"},
    {"asset_id": "a_6", "fqdn": "TWO", "classified_type": "printer", "asset_tag": "T-1"},
    {"asset_id": "a_7", "hostname": "Straße", "classified_type": "other"},
]  # fmt: skip
WORDS = (
    "a_1", "A_2", " app01 ", "APP01.corp", "db01", "billing", "CORE", "twin", "two", "T-1", "t-1", "4c4c", "fd00::1",
    "10.0.0.1", "10.0.0.2", "straße", "STRASSE", "nobody", "", "a_%",
)  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> RunFrames:
    opened = FrameStore(str(tmp_path)).open("acme")
    publish(opened, "inventory", {"inventory": frame(ASSETS, INVENTORY)})
    return run_frames(opened)


def alone(run: RunFrames, word: str) -> tuple[str, str]:
    try:
        return str(find_asset(run, word)["asset_id"]), ""
    except UsageError as error:
        return error.message, error.advice


@pytest.mark.parametrize("word", WORDS, ids=repr)
def test_each_word_names_what_it_would_alone(run: RunFrames, word: str) -> None:
    found = named_assets(run, WORDS).find(TypeDecision(word, "printer"), word)
    told = (found.detail, found.advice) if isinstance(found, Problem) else (found["asset_id"], "")
    assert told == alone(run, word)


def test_an_estate_without_an_address_is_known_by_its_names(tmp_path: Path) -> None:
    opened = FrameStore(str(tmp_path)).open("acme")
    rows = [{name: value for name, value in asset.items() if name != "ip_address"} for asset in ASSETS]
    publish(opened, "inventory", {"inventory": turned(frame(rows, INVENTORY))})
    run = run_frames(opened)
    assert run.scan("inventory", "inventory").collect_schema() == pl.Schema(INVENTORY)
    assert named_assets(run, ["app01"]).assets["app01"]["asset_id"] == alone(run, "app01")[0] == "a_1"


def test_of_a_thousand_unknown_words_the_first_get_advice(run: RunFrames) -> None:
    words = [f"unknown{number:04}" for number in range(1000)]
    named = named_assets(run, [*words, "app01"])
    found = [named.find(TypeDecision(word, "printer"), word) for word in words]
    assert all(isinstance(item, Problem) and item.code == "unknown_asset" for item in found)
    assert sum(bool(item.advice) for item in found if isinstance(item, Problem)) == LISTED
    assert named.assets["app01"]["asset_id"] == "a_1"
