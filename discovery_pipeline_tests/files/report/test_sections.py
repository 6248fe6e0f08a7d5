"""What the sections say: the numbers that a manager reads, and what is left out or told where it isn't known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from discovery_pipeline.domain.handoffs import DEPENDENCIES, SIZING
from discovery_pipeline.files.report.data import ReportData, conformed
from discovery_pipeline.files.report.sections import applications, cost, quality, strategy, waves
from discovery_pipeline.files.report.sections.questions import questions, questions_by_owner
from discovery_pipeline.files.report.sections.summary import sentences, tiles
from discovery_pipeline.files.report.sections.unknown import gaps, risks, unknowns
from discovery_pipeline.files.reports import render_html
from discovery_pipeline_tests.domain.estate import application, inventory, server
from discovery_pipeline_tests.files.report.reports import bare_report, planned_report, report_on


@pytest.fixture(scope="module")
def planned() -> ReportData:
    return planned_report()


@pytest.mark.parametrize(
    "told",
    [
        pytest.param("1 single point of failure; most depends on db1: 7 assets", id="single-point"),
        pytest.param("1 dependency must work across two sites, for a while or for good, 1 of them", id="cut"),
        pytest.param("the chance is up to 12\u202f% (wave 1)", id="crossing"),
        pytest.param("1 circle of assets that all need one another", id="circle"),
        pytest.param("1 server without their vendor's regular security updates", id="support"),
    ],
)
def test_risks_are_told_with_their_numbers(planned: ReportData, told: str) -> None:
    assert any(told in line for line in risks(planned))


def test_a_part_that_was_not_made_is_no_risk() -> None:
    assert not [line for line in risks(bare_report()) if "failure" in line or "sites" in line or "circle" in line]


@pytest.mark.parametrize(
    "told", ["What 1 machine that move", "Of many servers this is not known: ", "Which application 1 server serves."]
)
def test_what_is_not_known_is_told(planned: ReportData, told: str) -> None:
    assert any(told in line for line in unknowns(replace(planned, applications=planned.applications.clear())))


def test_old_prices_are_told(planned: ReportData) -> None:
    old = planned.sizing.with_columns(
        price_date=pl.when(pl.col("provider") == "gcp").then(date(2020, 8, 30)).otherwise("price_date")
    )
    assert any("Google Cloud (August 2020)" in line for line in unknowns(replace(planned, sizing=old)))
    assert not any("August" in line for line in unknowns(planned))


def test_gaps_count_what_is_known_of_servers(planned: ReportData) -> None:
    assert ("operating system", 2, 2) in gaps(planned)
    assert ("environment", 1, 2) in gaps(planned)


def test_costs_are_summed_per_provider_the_cheapest_first(planned: ReportData) -> None:
    totals = cost.provider_totals(planned)
    assert [(total.provider, total.machines, total.on_demand) for total in totals] == [
        ("gcp", 1, 90.0),
        ("aws", 1, 100.0),
    ]
    assert totals[0].low == pytest.approx(72.0)
    assert totals[0].reserved == pytest.approx(55.0)


def test_newest_prices_stand_for_the_others(planned: ReportData) -> None:
    older = planned.sizing.with_columns(
        price_date=pl.when(pl.col("provider") == "gcp").then(date(2020, 8, 30)).otherwise("price_date")
    )
    totals = cost.provider_totals(replace(planned, sizing=older))
    assert cost.primary(totals).provider == "aws"
    assert cost.primary(cost.provider_totals(planned)).provider == "gcp"


def test_no_amount_stands_without_the_date_of_its_price(planned: ReportData) -> None:
    lines = [line for line in sentences(planned) if "USD" in line]
    assert all("prices of 02 May 2026" in line for line in lines)
    assert any("prices of May 2026" in what for number, what in tiles(planned) if "USD" in number)


def test_amounts_without_a_price_make_no_total() -> None:
    rows = pl.DataFrame([{"asset_id": "web1", "provider": "aws", "reasons": ["too large"]}], schema=SIZING)
    data = replace(bare_report(), sizing=rows)
    assert cost.provider_totals(data) == []
    assert cost.content(data)["not_sized"] == {"too large": 1}


def test_questions_that_differ_by_the_name_are_one(planned: ReportData) -> None:
    asked = planned.analysis.with_columns(
        next_question=pl.when(pl.col("asset_id").is_in(["web1", "db1"])).then(
            pl.format("Is {} still in use?", "asset_id")
        )
    )
    assert questions(replace(planned, analysis=asked), 5) == [
        {"question": "Is db1 still in use?", "name": "db1", "count": 2, "also": ["web1"],
         "confidence": pytest.approx(asked.filter(pl.col("asset_id").is_in(["web1", "db1"]))["confidence"].mean())}
    ]  # fmt: skip


def test_owners_are_asked_what_is_worth_most_with_the_model_that_worded_it(planned: ReportData) -> None:
    first, second = questions_by_owner(planned, 5)
    assert (first["question"], first["worded"], first["model"]) == ("plain", "plain", "plain")
    assert (second["owner"], second["worded"]) == (None, None)
    assert questions_by_owner(planned, 1) == [first]


def test_texts_of_models_stand_beside_their_facts_and_stated_ones_alone(planned: ReportData) -> None:
    page = render_html(planned)
    assert page.count("written by plain from these facts") == 2
    stated = planned.narratives.with_columns(model=pl.lit(None, pl.String), text=pl.lit("As stated."))
    page = render_html(replace(planned, narratives=stated))
    assert "written by" not in page
    assert page.count("As stated.") == 1


def test_an_application_knows_its_neighbours(planned: ReportData) -> None:
    rows = {row["application_id"]: row for row in applications.application_table(planned).to_dicts()}
    assert (rows["crm"]["needs"], rows["crm"]["needed_by"]) == (1, 0)
    assert (rows["bil"]["needs"], rows["bil"]["needed_by"]) == (0, 1)
    assert rows["crm"]["servers"] == 1


def test_believed_edges_alone_are_drawn(planned: ReportData) -> None:
    leads = planned.dependencies.with_columns(confidence=pl.lit(0.49))
    assert applications.content(replace(planned, dependencies=leads))["map"] is None
    assert applications.content(planned)["map"]


def test_the_map_shows_neighbours_of_the_busiest_and_says_how_many_it_leaves_out() -> None:
    names = [f"app{n:02}" for n in range(60)]
    estate = inventory(*(application(name, name.upper()) for name in names), server("s1"))
    report = report_on("many", estate, [], None)
    pairs = [("app00", name) for name in names[1:40]] + [("app58", "app59")]
    rows = [{"from_asset": a, "to_asset": b, "kind": "application", "confidence": 0.9} for a, b in pairs]
    shown = applications.content(replace(report, dependencies=pl.DataFrame(rows, schema=DEPENDENCIES)))
    assert shown["map_edges"] == (29, 40)
    assert "APP00" in shown["map"]
    assert "APP58" not in shown["map"]


def test_alternatives_are_short_and_hardly_possible_ones_are_left_out(planned: ReportData) -> None:
    told = planned.analysis.with_columns(
        alternatives=pl.lit(["retain (0.03): it stays", "retire (0.00): nothing"], pl.List(pl.String))
    )
    rows = strategy.content(replace(planned, analysis=told))["applications"]
    assert {tuple(row["alternatives"]) for row in rows} == {("retain 3\u202f%",)}


@pytest.mark.parametrize(("observations", "text"), [(0, "·"), (None, "·"), (40, "40"), (52_300, "52k")])
@pytest.mark.parametrize(("confidence", "shade"), [(1.0, "hi"), (0.6, "mid")])
def test_who_needs_whom_shows_how_often_that_was_seen(
    planned: ReportData, observations: int | None, text: str, confidence: float, shade: str
) -> None:
    (there,) = planned.dependencies.filter(kind="application").to_dicts()
    back = {**there, "from_asset": there["to_asset"], "to_asset": there["from_asset"]}
    back |= {"observations": observations, "confidence": confidence}
    edges = pl.DataFrame([there, back], schema=planned.dependencies.schema)
    matrix = applications.content(replace(planned, dependencies=edges))["matrix"]
    assert sorted(cell for _, cells in matrix["rows"] for cell in cells) == sorted(
        [("", ""), ("", ""), ("hi", "40"), (shade, text)]
    )


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("retire (0.30 without the rule that decided): it is off", "retire 30\u202f%*"),
        ("retire (below 0.01): nothing", "retire < 1\u202f%"),
        ("not_applicable (0.9 by the rules): a template", "not migrated 90\u202f%"),
    ],
)
def test_whose_share_an_alternative_has_is_shown(planned: ReportData, told: str, shown: str) -> None:
    analysis = planned.analysis.with_columns(alternatives=pl.lit([told], pl.List(pl.String)))
    rows = strategy.content(replace(planned, analysis=analysis))["applications"]
    assert {tuple(row["alternatives"]) for row in rows} == {(shown,)}


def test_waves_without_dates_are_drawn_by_size(planned: ReportData) -> None:
    undated = planned.waves.with_columns(starts=pl.lit(None, pl.Date), ends=pl.lit(None, pl.Date))
    drawn = waves.content(replace(planned, waves=undated))["gantt"]
    assert "Wave 1: 2 assets" in drawn
    assert "2026" not in drawn


def test_rows_set_aside_are_told_per_table(planned: ReportData) -> None:
    assert quality.sources_used(planned).to_dicts() == [
        {"source": "cmdb", "file": "cmdb.csv", "table": "cmdb", "rows": 4, "set_aside": 1}
    ]


def test_frames_of_earlier_versions_get_the_columns_that_they_lack() -> None:
    frame = conformed(pl.DataFrame({"asset_id": ["a1"], "of_old": [1]}), "sizing")
    assert dict(frame.schema) == SIZING
    assert frame["total_low"].to_list() == [None]
