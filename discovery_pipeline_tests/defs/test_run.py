"""A real run of the sample tenant: what it finds against the truth, and what Dagster records of it."""

from __future__ import annotations

import json
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.defs.instance import open_instance
from discovery_pipeline.defs.launch import RunSummary, run_tenant
from discovery_pipeline.defs.tables import load_kinds, load_proposals, load_tables
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.handoffs import PHASES
from discovery_pipeline.domain.mapping.doubts import packaged_controls
from discovery_pipeline.domain.mapping.recall.learned import Learned
from discovery_pipeline.domain.mapping.resolve import ResolveParams
from discovery_pipeline.domain.packaged import packaged_text
from discovery_pipeline.domain.schema import RECORD_KINDS, fields
from discovery_pipeline.domain.vocabulary.source import load
from discovery_pipeline.quality.suites import suites
from discovery_pipeline.services.export import export
from discovery_pipeline.services.mapping.model_answers import ColumnOpinion, second_opinion
from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline_tests.agents.fault_server import Behaviour, choosing, completion, saying, serving
from discovery_pipeline_tests.defs.conftest import TENANT
from discovery_pipeline_tests.sample_tenants import score

TRUTH = score.load_truth(TENANT)


@pytest.fixture(scope="module")
def exported(home: Settings, run: RunSummary, tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("export")
    with open_workspace(home) as workspace:
        export(workspace.frames.open(TENANT), to)
    return to


def frame(exported: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(exported / f"{name}.parquet")


def test_every_phase_ran(run: RunSummary) -> None:
    assert run.status == "done"
    assert {record.phase for record in run.phases} == set(PHASES)
    assert {record.asset for record in run.phases} == set(suites())


def test_every_row_stands_in_exactly_one_place(exported: Path) -> None:
    accounted = score.conservation(frame(exported, "lineage"), frame(exported, "quarantine"), TRUTH.records)
    assert accounted.holds, accounted


def test_records_of_one_thing_are_one_asset(exported: Path) -> None:
    pairs = score.pairwise(frame(exported, "lineage"), TRUTH.records)
    assert pairs.f1 >= 0.99, pairs


def test_columns_mean_what_they_mean(exported: Path) -> None:
    document = json.loads((exported / "mappings.json").read_text(encoding="utf-8"))
    accuracy, made = score.mapping(score.mapping_rows(document), TRUTH.mappings)
    assert accuracy >= 0.95
    assert made.precision >= 0.95


@pytest.mark.parametrize(
    ("field", "truth_field", "tolerance", "precision", "recall"),
    [
        ("classified_type", "type", 0.0, 0.98, 0.98),
        ("environment", "environment", 0.0, 0.97, 0.88),
        ("memory_mib", "memory_mib", 0.01, 0.97, 0.94),
    ],
)
def test_values_are_right(
    exported: Path, field: str, truth_field: str, tolerance: float, precision: float, recall: float
) -> None:
    ids = score.true_ids(frame(exported, "inventory"), frame(exported, "lineage"), TRUTH)
    found = score.values(frame(exported, "inventory"), ids, TRUTH, field, truth_field, tolerance)
    assert found.precision >= precision, found
    assert found.recall >= recall, found


def test_dependencies_are_the_true_ones(exported: Path) -> None:
    ids = score.true_ids(frame(exported, "inventory"), frame(exported, "lineage"), TRUTH)
    edges, kinds = score.edges(frame(exported, "dependencies"), ids, TRUTH)
    assert edges.precision >= 0.95, edges
    assert edges.recall >= 0.95, edges
    assert kinds >= 0.95


def test_every_asset_has_a_strategy_with_reasons(exported: Path) -> None:
    analysis = frame(exported, "analysis")
    assert set(analysis["asset_id"]) == set(frame(exported, "inventory")["asset_id"])
    assert analysis.filter(pl.col("reasons").list.len() == 0).is_empty()


def test_run_checks_and_partition_stand_in_dagsters_instance(home: Settings, run: RunSummary) -> None:
    with open_instance(home) as instance:
        recorded = instance.get_run_by_id(run.run_id)
        assert recorded is not None
        assert recorded.status == dg.DagsterRunStatus.SUCCESS
        assert instance.has_dynamic_partition("tenants", TENANT)
        for asset, checks in suites().items():
            event = instance.get_latest_materialization_event(dg.AssetKey(asset))
            assert event is not None, asset
            assert event.asset_materialization is not None
            assert event.asset_materialization.partition == TENANT
            assert "dagster/row_count" in event.asset_materialization.metadata
            assert _checks_evaluated(instance, run.run_id, asset) == {check.name for check in checks}


def _checks_evaluated(instance: dg.DagsterInstance, run_id: str, asset: str) -> set[str]:
    records = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION).records
    events = [record.event_log_entry.dagster_event for record in records]
    evaluations = [event.asset_check_evaluation_data for event in events if event]
    return {e.check_name for e in evaluations if e.asset_key == dg.AssetKey(asset) and e.partition == TENANT}


def test_dagsters_metadata_shows_no_value_of_the_tenant(home: Settings, run: RunSummary, exported: Path) -> None:
    with open_instance(home) as instance:
        text = "".join(str(e.dagster_event) for e in instance.all_logs(run.run_id) if e.dagster_event)
    hosts = frame(exported, "inventory")["hostname"].drop_nulls().to_list()
    applications = frame(exported, "applications")["name"].to_list()
    assert [name for name in hosts + applications if len(name) > 5 and name.lower() in text.lower()] == []


def test_repeating_a_run_changes_nothing(home: Settings, run: RunSummary, exported: Path, tmp_path: Path) -> None:
    again = run_tenant(home, TENANT, None, lambda _: None)
    with open_workspace(home) as workspace:
        export(workspace.frames.open(TENANT), tmp_path)
    assert again.status == "done"
    assert _contents(tmp_path) == _contents(exported)


def test_a_models_question_holds_no_cell_of_the_tenant(home: Settings, run: RunSummary) -> None:
    with serving(choosing(_as_in_the_truth)) as endpoint:
        opinion, cells = _second_opinion(home, endpoint.url)
    assert endpoint.requests
    sent = "".join(m["content"] for request in endpoint.requests for m in request.document["messages"]).casefold()
    headers = {header for request in endpoint.requests for _, header, _ in request.columns()}
    ours = f"{_own_words()} {' '.join(sorted(headers))}".casefold()
    assert len(cells) > 5_000
    assert [cell for cell in cells if len(cell) > 4 and cell in sent and cell not in ours] == []
    assert opinion.opinion.doubts >= 10
    assert opinion.settled >= opinion.opinion.doubts // 3


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(choosing(lambda _, choices: choices[0]), id="always the first choice"),
        pytest.param(choosing(lambda *_: "none"), id="always none"),
        pytest.param(choosing(lambda *_: "root"), id="never a choice"),
        pytest.param(
            choosing(lambda h, choices: next(c for c in choices if c != _as_in_the_truth(h, choices))), id="lies"
        ),
        pytest.param(saying(completion("{}")), id="says nothing"),
        pytest.param(saying(completion('{"i1": NaN}')), id="malformed"),
        pytest.param(saying(b"{}", 401), id="refuses the key"),
    ],
)
def test_a_model_that_fails_is_no_evidence(home: Settings, run: RunSummary, behaviour: Behaviour) -> None:
    with serving(behaviour) as endpoint:
        opinion, _ = _second_opinion(home, endpoint.url)
    assert opinion.evidence.is_empty()
    assert opinion.facts["unanswered_questions"] + opinion.facts["answers_without_weight"] > 0
    assert opinion.facts["evidence_without_answer"] == 0


def _second_opinion(home: Settings, url: str) -> tuple[ColumnOpinion, set[str]]:
    """The opinion on the sample's doubtful columns, and every distinct cell of its files, folded."""
    with open_workspace(home) as workspace:
        frames = workspace.frames.open(TENANT)
        tables = load_tables(frames)
        desk = Desk((Endpoint(url, "m"),), seconds=30)
        known = Learned(load_kinds(frames), load_proposals(frames))
        opinion = second_opinion(desk, lambda: known, tables, ResolveParams())
        cells = [raw.frame.select(r"^c\d+$").collect() for raw in tables]
    return opinion, {cell.strip().casefold() for table in cells for column in table for cell in column.drop_nulls()}


def _as_in_the_truth(header: str, choices: tuple[str, ...]) -> str:
    plain = pl.col("header").str.normalize("NFKC").str.replace_all(r"\s+", " ").str.strip_chars()
    known = TRUTH.mappings.filter(plain == header)["field"].str.split("|").to_list()
    known += [[control.field] for control in packaged_controls() if control.header == header]
    return next((field for fields in known for field in fields if field in choices), "none")


def _own_words() -> str:
    """What a question holds of ours: instructions, fields and their descriptions, the vocabulary, names of tools."""
    asked = packaged_text("discovery_pipeline.agents.prompts", "mapping.md")
    described = [f"{f.name} {f.description}" for kind in RECORD_KINDS for f in fields(kind).values()]
    headers = TRUTH.mappings["header"].to_list()
    return " ".join(
        [asked, *described, *headers, json.dumps(load("shapes"), ensure_ascii=False), "rvtools sccm servicenow"]
    )


def test_upto_stops_after_the_phase(home: Settings, run: RunSummary) -> None:
    summary = run_tenant(home, TENANT, "mapping", lambda _: None)
    assert {record.phase for record in summary.phases} == {"validation", "mapping"}


def test_unknown_tenant_is_a_usage_error(home: Settings) -> None:
    with pytest.raises(UsageError, match="northwind-bnk"):
        run_tenant(home, "northwind-bnk", None, lambda _: None)


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
