"""Templates that carry no flag and machines that a platform lost: told apart from running machines."""

from __future__ import annotations

from typing import Any

import pytest

from discovery_pipeline_tests.domain.cleansing.tables import Column, cleaned_one, codes, outcome, rules, values


def _template(**cells: str | None) -> Any:
    """The clean is_template of one machine of a hypervisor's list."""
    given = {"hypervisor_host": "esx01", **cells}
    frame = outcome(*(Column(field, [cell]) for field, cell in given.items())).table.frame.collect()
    return frame["is_template"][0] if "is_template" in frame.columns else None


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param({"hostname": "win2019-template", "power_state": "poweredOff"}, id="name, switched off"),
        pytest.param({"hostname": "Template_RHEL8"}, id="name, no state"),
        pytest.param({"hostname": "ubuntu-golden-image-2"}, id="golden image"),
        pytest.param({"hostname": "srv01-snapshot", "power_state": "off"}, id="snapshot"),
        pytest.param({"hostname": "w2k19", "power_state": "off", "tags": "/DC1/vm/Templates/Windows"}, id="folder"),
        pytest.param({"hostname": "w2k19", "asset_type": "VM Template", "power_state": "on"}, id="class"),
        pytest.param({"hostname": "w2k19", "is_template": "True", "power_state": "on"}, id="flag"),
    ],
)
def test_templates(cells: dict[str, str]) -> None:
    assert _template(**cells) is True


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param({"hostname": "template-engine-01", "power_state": "poweredOn"}, id="it runs"),
        pytest.param({"hostname": "win2019-template", "ip_address": "10.0.0.7"}, id="it has an address"),
        pytest.param({"hostname": "contemplate01", "power_state": "off"}, id="part of a word"),
        pytest.param({"hostname": "snapmirror01", "power_state": "off"}, id="another word"),
        pytest.param({"hostname": "srv01", "tags": "/DC1/vm/Production", "power_state": "off"}, id="another folder"),
        pytest.param({"hostname": "srv01", "asset_type": "Virtual Machine", "power_state": "off"}, id="a machine"),
    ],
)
def test_machines(cells: dict[str, str]) -> None:
    assert not _template(**cells)


def test_a_flag_of_the_source_is_not_overruled() -> None:
    assert _template(hostname="win2019-template", is_template="False", power_state="off") is False


def test_applications_are_no_templates() -> None:
    result = outcome(Column("hostname", ["document-template"]), Column("application_name", ["Document Template"]))

    assert "is_template" not in result.table.frame.collect_schema().names()


def test_each_kind_of_evidence_is_a_rule_with_its_count() -> None:
    result = outcome(
        Column("hostname", ["a-template", "b", "c-template", "srv01"]),
        Column("asset_type", [None, "Template", "Template", "VM"]),
        Column("power_state", ["off", "off", "off", "on"]),
    )

    assert values(result, "is_template") == [True, True, True, None]
    assert rules(result, "is_template") == {"template_by_class": 2, "template_by_name": 1}


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("srv01 (inaccessible)", "srv01"),
        ("SRV01 (orphaned)", "srv01"),
        ("Unknown (orphaned)", None),
        ("Unknown 3 (inaccessible)", None),
        ("/vmfs/volumes/5f3c-aa/srv01/srv01.vmx", "srv01"),
        ("[datastore1] srv01/srv01.vmx (inaccessible)", "srv01"),
        ("/vmfs/volumes/5f3c/w2k19.vmtx", "w2k19"),
    ],
)
def test_lost_machines_keep_their_name_and_are_told(cell: str, name: str | None) -> None:
    result = outcome(Column("hostname", [cell]))

    assert values(result, "hostname") == [name]
    assert codes(result) == ["lost_machine"]


@pytest.mark.parametrize("cell", ["srv01.vmxnet", "srv01 (blue)", "vcls (12)"])
def test_other_names_stay(cell: str) -> None:
    assert cleaned_one("hostname", cell) == cell
