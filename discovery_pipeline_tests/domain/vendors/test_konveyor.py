"""Dependencies that the hub refuses are left out and told."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest

from discovery_pipeline.domain.handoffs import APPLICATIONS, DEPENDENCIES
from discovery_pipeline.domain.vendors.circles import closing
from discovery_pipeline.domain.vendors.export import VendorExport, vendor_export
from discovery_pipeline_tests.domain.vendors.estates import estate, frame


def portfolio(names: list[str | None], needs: list[tuple[int, int, float]]) -> VendorExport:
    apps = [{"asset_id": f"p_{n}", "classified_type": "application"} for n in range(len(names))]
    return vendor_export(
        "konveyor",
        estate(
            *apps,
            applications=frame(
                [{"application_id": f"p_{n}", "name": name, "members": []} for n, name in enumerate(names)],
                APPLICATIONS,
            ),
            dependencies=frame(
                [
                    {"from_asset": f"p_{a}", "to_asset": f"p_{b}", "kind": "application", "confidence": sure}
                    for a, b, sure in needs
                ],
                DEPENDENCIES,
            ),
        ),
    )


def told(made: VendorExport) -> list[tuple[str, str]]:
    return made.issues.select("rule", "value").rows()


def dependencies(made: VendorExport) -> list[tuple[str, str, str]]:
    rows = csv.DictReader(io.StringIO(made.files[0].content.decode()))
    return [
        (row["Application Name"], row["Dependency"], row["Dependency Direction"])
        for row in rows
        if row["Record Type 1"] == "2"
    ]


def test_the_dependent_depends_southbound() -> None:
    assert dependencies(portfolio(["CRM", "Billing"], [(0, 1, 0.9)])) == [("CRM", "Billing", "southbound")]


def test_of_a_circle_the_least_sure_dependency_is_refused() -> None:
    made = portfolio(["A", "B", "C"], [(0, 1, 0.9), (1, 2, 0.6), (2, 0, 0.8)])
    assert dependencies(made) == [("A", "B", "southbound"), ("C", "A", "southbound")]
    assert told(made) == [("circle", "B needs C")]


@pytest.mark.parametrize(
    ("names", "needs", "rule"),
    [
        pytest.param(["CR%", "CRM"], (1, 0), None, id="a wildcard finds itself first"),
        pytest.param(["CR1", "CR_"], (0, 1), "ambiguous_name", id="a wildcard finds another before"),
        pytest.param(["crm", "x" * 121], (0, 1), "end_missing", id="an end that is refused"),
    ],
)
def test_a_name_has_to_find_its_application(names: list[str | None], needs: tuple[int, int], rule: str | None) -> None:
    made = portfolio(names, [(*needs, 0.9)])
    found = [code for code, _ in told(made) if code in ("ambiguous_name", "end_missing")]
    assert found == ([rule] if rule else [])


def test_names_that_differ_in_case_only_are_one_name_to_the_hub() -> None:
    made = portfolio(["CRM", "crm", "Billing"], [(2, 0, 0.9), (2, 1, 0.9)])
    assert made.accepted == 2
    assert sorted(code for code, _ in told(made)) == ["end_missing", "not_unique"]


def test_leads_and_other_kinds_of_edges_do_not_go() -> None:
    assert dependencies(portfolio(["A", "B"], [(0, 1, 0.4)])) == []


@pytest.mark.parametrize(
    ("pairs", "closes"),
    [
        ([("a", "b"), ("b", "c")], [False, False]),
        ([("a", "b"), ("b", "a")], [False, True]),
        ([("a", "a")], [True]),
        ([("a", "b"), ("b", "c"), ("c", "a"), ("a", "c")], [False, False, True, False]),
        ([], []),
    ],
)
def test_an_edge_is_refused_when_it_closes_a_circle(pairs: list[tuple[str, str]], closes: list[bool]) -> None:
    edges = pl.DataFrame(pairs, schema={"source": pl.String, "target": pl.String}, orient="row")
    assert closing(edges).to_list() == closes
