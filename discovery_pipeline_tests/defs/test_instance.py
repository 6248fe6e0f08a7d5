"""Whose configuration Dagster's instance has: this program's below the home, or a deployment's own."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from discovery_pipeline import defs
from discovery_pipeline.defs.instance import add_tenant_to_dagster, instance_environment, open_instance
from discovery_pipeline.domain.errors import ConfigurationError
from discovery_pipeline.settings import Settings

DEPLOYED = yaml.safe_load((Path(__file__).parents[2] / "deploy" / "dagster.yaml").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _environment_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening an instance sets variables of the process: they go with the test."""
    for name in ("DAGSTER_HOME", "DISCOVERY_HOME", "DISCOVERY_DAGSTER_STORAGE"):
        monkeypatch.setenv(name, "")


@pytest.fixture
def deployed(settings: Settings, tmp_path: Path) -> Settings:
    """A home whose Dagster instance is a deployment's: its dagster.yaml beside it."""
    folder = tmp_path / "instance"
    folder.mkdir()
    (folder / "dagster.yaml").write_text(yaml.safe_dump(DEPLOYED), encoding="utf-8")
    return replace(settings, deployed_dagster_home=folder)


def test_a_homes_own_configuration_is_written_below_it(settings: Settings) -> None:
    instance_environment(settings)
    written = (settings.home / "dagster" / "dagster.yaml").read_text(encoding="utf-8")
    assert written == files(defs).joinpath("dagster.yaml").read_text(encoding="utf-8")


def test_a_deployments_configuration_is_used_and_left_as_it_is(deployed: Settings) -> None:
    configuration = deployed.dagster_home / "dagster.yaml"
    before = configuration.read_bytes()
    environment = instance_environment(deployed)
    add_tenant_to_dagster(deployed, "acme")
    with open_instance(deployed) as instance:
        assert instance.get_dynamic_partitions("tenants") == ["acme"]
        assert instance.run_monitoring_max_runtime_seconds == DEPLOYED["run_monitoring"]["max_runtime_seconds"]
    assert configuration.read_bytes() == before
    assert environment["DAGSTER_HOME"] == str(deployed.dagster_home)
    assert not (deployed.home / "dagster").exists()


def test_a_deployment_without_a_configuration_is_one_clear_error(deployed: Settings) -> None:
    (deployed.dagster_home / "dagster.yaml").unlink()
    with pytest.raises(ConfigurationError, match=r"dagster\.yaml is not there") as caught:
        instance_environment(deployed)
    assert caught.value.where == "DISCOVERY_DAGSTER_HOME"
