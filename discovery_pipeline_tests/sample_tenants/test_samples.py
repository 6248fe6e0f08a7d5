"""What holds of every packaged sample tenant: truth that fits its exports, corrections that can be taken."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.schema import RECORD_KINDS, fields
from discovery_pipeline.sample_tenants import sample_corrections, sample_files, sample_names
from discovery_pipeline.services.learning.deciding.decision_files import read_decisions
from discovery_pipeline_tests.sample_tenants.score import Truth, load_truth

SAMPLES = ("northwind-bank", "solo")


@pytest.fixture(params=SAMPLES)
def sample(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def truth(sample: str) -> Truth:
    return load_truth(sample)


def test_all_are_listed() -> None:
    assert tuple(sample_names()) == SAMPLES


def test_an_unknown_one_is_a_usage_error_that_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="northwind-bank, solo"), sample_files("no-such-bank"):
        pass
    with pytest.raises(UsageError, match="no-such-bank"):
        sample_corrections("no-such-bank")


def test_truth_names_only_what_exists(truth: Truth) -> None:
    known = set(truth.assets["true_id"]) | {""}
    assert set(truth.records["true_id"]) <= known
    assert set(truth.dependencies["from"]) | set(truth.dependencies["to"]) <= known
    canonical = {name for kind in RECORD_KINDS for name in fields(kind)} | {""}
    assert {f for cell in truth.mappings["field"] for f in cell.split("|")} <= canonical


def test_every_record_of_an_asset_says_which(truth: Truth) -> None:
    needs = truth.records.filter(truth.records["outcome"].is_in(["asset", "detail"]))
    assert "" not in needs["true_id"].to_list()


def test_truth_and_exports_are_of_the_same_files(sample: str, truth: Truth) -> None:
    with sample_files(sample) as folder:
        assert set(truth.records["file"]) == set(truth.mappings["file"]) == {p.name for p in folder.iterdir()}


def test_corrections_say_the_truth_with_a_reason(sample: str, truth: Truth) -> None:
    path = sample_corrections(sample)
    meant = {(f, t, p, h): gold.split("|") for f, t, p, h, gold in truth.mappings.iter_rows()}
    for decision in read_decisions(path) if path else ():
        assert decision.field in meant[decision.file, decision.table, decision.position, decision.header]
        assert decision.reason
    assert (path is not None) == (sample == "solo")
