from __future__ import annotations

import pytest

from discovery_pipeline_tests.domain.cleansing.tables import Column, cleaned_one, outcome, values


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        pytest.param("CRM, Billing; AD", ["CRM", "Billing", "AD"], id="both separators"),
        pytest.param("CRM;Billing ; CRM", ["CRM", "Billing"], id="once each, in order"),
        pytest.param("CRM\nBilling", ["CRM", "Billing"], id="lines"),
        pytest.param("CRM|Billing", ["CRM", "Billing"], id="bar"),
        pytest.param("CRM, n/a; Billing", ["CRM", "Billing"], id="placeholder among them"),
        pytest.param("['CRM', 'Billing']", ["CRM", "Billing"], id="Python list"),
        pytest.param("SAP BW", ["SAP BW"], id="one"),
        pytest.param("Acme, Inc.", ["Acme, Inc."], id="company"),
        pytest.param(
            "Handles claims, letters and the mail room", ["Handles claims, letters and the mail room"],
            id="sentence",
        ),
        pytest.param("Release 4,5", ["Release 4,5"], id="decimal comma"),
        pytest.param("; ;", None, id="separators only"),
    ],
)  # fmt: skip
def test_names_in_one_cell(cell: str, items: list[str] | None) -> None:
    assert cleaned_one("application_name", cell) == items


def test_twenty_applications_in_one_cell_are_fine() -> None:
    names = [f"Application {i}" for i in range(20)]
    assert cleaned_one("application_name", "; ".join(names)) == names


def test_lists_of_several_columns_are_united() -> None:
    result = outcome(
        Column("ip_address", ["10.0.0.1", "", ""]), Column("ip_address", ["10.0.0.1; 10.0.0.2", "10.0.0.3", "-"])
    )
    assert values(result, "ip_address") == [["10.0.0.1", "10.0.0.2"], ["10.0.0.3"], None]
