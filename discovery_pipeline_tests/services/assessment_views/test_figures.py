"""Matrix, readiness, support and cost of a small estate, told from its published frames."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from discovery_pipeline.domain.analysis.lifecycle.table import lifecycle
from discovery_pipeline.domain.errors import PermanentError
from discovery_pipeline.files.frames import FrameStore
from discovery_pipeline.services.assessment_views.costs import costs_by, unpriced
from discovery_pipeline.services.assessment_views.estate import AssessedEstate, assessed_estate
from discovery_pipeline.services.assessment_views.matrix import Dimension, Matrix, strategy_matrix
from discovery_pipeline.services.assessment_views.readiness import blocked_by, blockers, scores, wordings
from discovery_pipeline.services.assessment_views.support import ends_by_year, of_release, releases
from discovery_pipeline.services.run_frames import run_frames
from discovery_pipeline_tests.domain.estate import application
from discovery_pipeline_tests.services.assessment_views.assessed import OLDER, estate, server

OLD = "Windows Server 2008 R2"


@pytest.fixture(scope="module", params=OLDER)
def small(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AssessedEstate:
    """Two current servers, two out of support, one without a size, a switch, a vanished server, an application."""
    return estate(
        tmp_path_factory.mktemp("frames"),
        server("a1"), server("a2", environment="test", application_name=["CRM", "Shop"]),
        server("o1", os_name=OLD), server("o2", os_name=OLD, environment=None, business_owner=None),
        server("u1", cpu_count=None, memory_mib=None, application_name=None),
        server("s1", classified_type="network_device", os_name=None),
        server("gone", vanished=True),
        application("crm", "CRM"),
        older=request.param,
    )  # fmt: skip


def test_an_asset_that_vanished_counts_nowhere(small: AssessedEstate) -> None:
    assert small.assets.collect()["asset_id"].sort().to_list() == ["a1", "a2", "crm", "o1", "o2", "s1", "u1"]


def test_without_an_analysis_it_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="no analysis yet"):
        assessed_estate(run_frames(FrameStore(str(tmp_path)).open("acme")), lifecycle())


@pytest.mark.parametrize(
    ("by", "sums"),
    [
        pytest.param("type", {"virtual_machine": 5, "application": 1}, id="type"),
        pytest.param("environment", {"production": 3, "test": 1, None: 2}, id="environment, with none known"),
        pytest.param("application", {"CRM": 5, "Shop": 1, None: 1}, id="application, an asset of two in both"),
        pytest.param("owner", {"Ann Example": 4, None: 2}, id="owner"),
    ],
)
def test_the_matrix_counts_what_there_is_to_decide_for(
    small: AssessedEstate, by: Dimension, sums: dict[str | None, int]
) -> None:
    found = strategy_matrix(small, by, undecided=False)
    assert _sums(found) == sums
    assert found.values == len(sums)


def _sums(found: Matrix) -> dict[str | None, int]:
    sums: dict[str | None, int] = {}
    for row in found.cells.iter_rows(named=True):
        sums[row["value"]] = sums.get(row["value"], 0) + row["assets"]
    return sums


def test_the_matrix_shows_the_largest_and_says_how_many_there_are(small: AssessedEstate) -> None:
    found = strategy_matrix(small, "application", most=1, undecided=False)
    assert (set(found.cells["value"]), found.values) == ({"CRM"}, 3)


def test_waves_of_the_matrix_stand_in_their_order(small: AssessedEstate) -> None:
    values = strategy_matrix(small, "wave").cells["value"].unique(maintain_order=True).to_list()
    numbered = [int(value) for value in values if value is not None]
    assert numbered == sorted(numbered)
    assert values[len(numbered) :] == [None]


def test_cost_is_of_those_with_a_price(small: AssessedEstate) -> None:
    provider = small.totals["provider"][0]
    cells = strategy_matrix(small, "type", provider, undecided=False).cells
    machines = cells.filter(cells["value"] == "virtual_machine")
    assert machines["priced"].sum() == 4
    assert machines["cost"].sum() == pytest.approx(small.totals["on_demand"][0])
    assert cells.filter(cells["value"] == "application")["cost"].to_list() == [None]


def test_scores_count_every_machine_once(small: AssessedEstate) -> None:
    counted = scores(small)
    assert counted["low"].to_list() == list(range(0, 100, 10))
    assert counted["assets"].sum() == 5
    assert counted.row(0)[1:] == ("blocked", 0)
    assert counted.row(9)[1] == "ready"


def test_blockers_are_summed_over_what_varies_in_their_words(small: AssessedEstate) -> None:
    found = blockers(small)
    os = found.filter(found["part"] == "os").row(0, named=True)
    assert (os["blocker"], os["points"], os["assets"], os["lost"]) == ("… left vendor support on ….", 35.0, 2, 70.0)
    assert found["lost"].is_sorted(descending=True)
    assert "other" not in found["part"]
    said = wordings(small, os["blocker"])
    assert said["sentence"].to_list() == [os["example"]]
    assert blocked_by(small, os["example"])["asset_id"].sort().to_list() == ["o1", "o2"]


def test_releases_stand_by_the_day_their_support_ends(small: AssessedEstate) -> None:
    found = releases(small)
    assert found["ends"].drop_nulls().is_sorted()
    first = found.row(0, named=True)
    assert (first["release"], first["ends"], first["support"]) == (OLD, date(2020, 1, 14), "ended")
    assert (first["assets"], first["production"]) == (2, 1)
    assert of_release(small, "servers", OLD)["asset_id"].sort().to_list() == ["o1", "o2"]
    year = ends_by_year(found).row(0, named=True)
    assert year == {"year": 2020, "kind": "servers", "support": "ended", "assets": 2}


def test_totals_are_of_the_newest_prices_first_and_say_of_which_day(small: AssessedEstate) -> None:
    found = small.totals
    assert found["machines"].to_list() == [4] * len(found)
    assert found["price_date"].is_sorted(descending=True)
    assert all(low <= amount <= high for low, amount, high in found.select("low", "on_demand", "high").iter_rows())


def test_costs_by_strategy_add_up_and_count_what_has_no_price(small: AssessedEstate) -> None:
    provider = small.totals["provider"][0]
    found = costs_by(small, provider, "strategy")
    assert found["on_demand"].sum() == pytest.approx(small.totals["on_demand"][0])
    assert (found["machines"].sum(), found["priced"].sum()) == (5, 4)


def test_what_has_no_price_says_why(small: AssessedEstate) -> None:
    assert unpriced(small).to_dicts() == [{"reason": "neither its processors nor its memory are known", "machines": 1}]


def test_an_estate_without_machines_has_no_figures(tmp_path: Path) -> None:
    found = estate(tmp_path, server("s1", classified_type="network_device", os_name=None, application_name=None))
    assert all(figures.is_empty() for figures in (blockers(found), releases(found), found.totals, unpriced(found)))
    assert scores(found)["assets"].sum() == 0
