"""Types from hints: one parametrised case per kind of evidence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from discovery_pipeline.domain.inventory.classification.classify import classify
from discovery_pipeline.domain.inventory.classification.hints import TYPES, rules
from discovery_pipeline_tests.domain.inventory.builders import asset, run
from discovery_pipeline_tests.domain.inventory.estate import clean_table


def _classified(row: dict[str, Any], **place: Any) -> str:
    return str(asset(run(clean_table(0, [{"hostname": "x1", **row}], **place)))["classified_type"])


@pytest.mark.parametrize(
    ("class_text", "expected"),
    [
        ("Virtual Machine", "virtual_machine"), ("cmdb_ci_vmware_instance", "virtual_machine"),
        ("Virtueller Server", "virtual_machine"), ("ESX Server", "hypervisor"), ("cmdb_ci_esx_server", "hypervisor"),
        ("Hyper-V Host", "hypervisor"), ("MSFT SQL Instance", "database"), ("cmdb_ci_db_ora_instance", "database"),
        ("Datenbankinstanz", "database"), ("IP Switch", "network_device"), ("Netzwerkgerät", "network_device"),
        ("Routeur", "network_device"), ("IP Firewall", "security_device"), ("Load Balancer", "load_balancer"),
        ("Mass Storage Device", "storage"), ("Drucker", "printer"), ("Notebook", "end_user_device"),
        ("Poste de travail", "end_user_device"), ("Kubernetes Node", "container_node"),
        ("vSphere Cluster", "cluster"), ("Business Application", "application"),
        ("cmdb_ci_app_server_tomcat", "application"), ("Physischer Server", "physical_server"),
        ("S3 Bucket", "cloud_service"),
    ],
)  # fmt: skip
def test_class_words_of_several_languages(class_text: str, expected: str) -> None:
    assert _classified({"asset_type": class_text}) == expected


@pytest.mark.parametrize("class_text", ["Application Server", "Web server", "Database Server", "Windows Server"])
def test_a_server_for_something_is_a_server(class_text: str) -> None:
    assert _classified({"asset_type": class_text, "is_virtual": True}) == "virtual_machine"
    assert _classified({"asset_type": class_text, "is_virtual": False}) == "physical_server"


@pytest.mark.parametrize(
    ("row", "place", "expected"),
    [
        pytest.param({"serial_number": "VMware-42 1c 5f"}, {}, "virtual_machine", id="serial of VMware"),
        pytest.param({"os_name": "RHEL 8", "hypervisor_host": "esx1"}, {}, "virtual_machine", id="has a hypervisor"),
        pytest.param({"model": "PowerEdge R640", "os_name": "Windows Server 2019"}, {}, "physical_server", id="model"),
        pytest.param({"model": "PowerEdge R640"}, {"table": "vHost"}, "hypervisor", id="sheet of hosts"),
        pytest.param({"model": "PowerEdge R640", "os_name": "VMware ESXi 8.0"}, {}, "hypervisor", id="system"),
        pytest.param({"model": "Latitude 5440", "os_name": "Windows 11"}, {}, "end_user_device", id="laptop"),
        pytest.param({"manufacturer": "Cisco", "model": "Catalyst 9300"}, {}, "network_device", id="vendor and model"),
        pytest.param({"model": "LaserJet M608"}, {}, "printer", id="printer model"),
        pytest.param({"hostname": None, "application_name": ["Billing"]}, {}, "application", id="only an application"),
        pytest.param({"database_engine": "PostgreSQL 15"}, {}, "database", id="only an engine"),
        pytest.param(
            {"database_engine": "PostgreSQL 15", "os_name": "RHEL 8", "is_virtual": True}, {}, "virtual_machine",
            id="a server with an engine",
        ),
        pytest.param(
            {"asset_type": "Kubernetes Node", "is_virtual": True, "serial_number": "VMware-42 1c",
             "hypervisor_host": "esx1", "cluster": "C1", "power_state": "on"}, {"product": "rvtools"},
            "container_node", id="a node is a machine too",
        ),
        pytest.param({"hostname": "k8s-fra-worker-03", "is_virtual": True, "hypervisor_host": "esx1"}, {},
                     "container_node", id="named as a node"),
        pytest.param({"asset_type": "Server", "application_role": "kubernetes worker", "is_virtual": True}, {},
                     "container_node", id="the role of a node"),
        pytest.param({"asset_type": "Storage Server", "manufacturer": "NetApp", "serial_number": "ABC1234",
                      "mac_address": ["ac:1f:6b:01:02:03"]}, {}, "storage", id="whose maker makes only storage"),
        pytest.param({"asset_type": "Storage Server", "os_name": "Windows Server 2019", "model": "ProLiant DL380"}, {},
                     "physical_server", id="a server for storage"),
        pytest.param({"hostname": "lon-prn749", "asset_type": "cmdb_ci_hardware", "model": "IM C3000",
                      "serial_number": "ABC1234"}, {}, "printer", id="model of a copier"),
        pytest.param({}, {}, "other", id="nothing speaks"),
    ],
)  # fmt: skip
def test_other_hints(row: dict[str, Any], place: dict[str, Any], expected: str) -> None:
    assert _classified(row, **place) == expected


def test_whom_others_name_as_their_host_is_a_hypervisor() -> None:
    rows = [
        {"hostname": "srv7", "os_name": "Windows Server 2019", "model": "ProLiant DL380"},
        {"hostname": "vm1", "hypervisor_host": "srv7.example.com"},
    ]
    outcome = run(clean_table(0, rows))
    assert asset(outcome, 0, 0)["classified_type"] == "hypervisor"
    assert len(outcome.inventory) == 2


def test_one_clear_word_beats_many_vague_ones() -> None:
    vague = [clean_table(n, [{"hostname": "x1", "asset_type": "Server"}]) for n in range(4)]
    outcome = run(*vague, clean_table(4, [{"hostname": "x1", "asset_type": "Virtual Machine"}]))
    assert asset(outcome)["classified_type"] == "virtual_machine"


def test_confidence_grows_with_the_lead_of_the_best_type() -> None:
    evidence = np.zeros((4, len(TYPES)), dtype=np.float32)
    evidence[1:3, 0] = 3.0
    evidence[2, 1] = 2.5
    evidence[3, 0] = 60.0
    nothing, clear, contested, overwhelming = classify(evidence).confidence
    assert nothing == pytest.approx(1 / len(TYPES), abs=1e-4)
    assert nothing < contested < clear < overwhelming < 1


def test_every_rule_names_a_type_of_the_contract() -> None:
    assert all(np.any(rule.weights != 0) for entries in rules().values() for rule in entries)
