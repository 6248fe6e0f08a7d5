"""deploy/dagster.yaml and workspace.yaml, read by Dagster itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from dagster._core.instance.config import dagster_instance_config
from dagster._core.workspace.load import location_origins_from_yaml_paths

from discovery_pipeline import defs
from discovery_pipeline.defs.instance import STORAGE_VARIABLE
from discovery_pipeline.defs.machine.health import machine_health
from discovery_pipeline.settings import Settings
from discovery_pipeline_tests.deploy.deployment import DEPLOY, services

# What a deployment decides otherwise: where runs happen, how many, how long, and where Dagster may write.
DIFFERENT = {"run_launcher", "concurrency", "run_monitoring", "run_coordinator", "local_artifact_storage"}


def configuration(folder: Path) -> dict[str, Any]:
    return dict(yaml.safe_load((folder / "dagster.yaml").read_text(encoding="utf-8")))


def test_dagster_accepts_every_key() -> None:
    read, _ = dagster_instance_config(str(DEPLOY))
    assert read["storage"]["postgres"]["postgres_url"] == {"env": STORAGE_VARIABLE}


def test_a_wrong_key_would_be_noticed(tmp_path: Path) -> None:
    wrong = {**configuration(DEPLOY), "run_monitorring": {}}
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(wrong), encoding="utf-8")
    with pytest.raises(Exception, match="run_monitorring"):
        dagster_instance_config(str(tmp_path))


def test_it_differs_from_the_local_one_only_where_it_has_to() -> None:
    deployed, local = configuration(DEPLOY), configuration(Path(defs.__file__).parent)
    assert {key for key in deployed | local if deployed.get(key) != local.get(key)} <= DIFFERENT
    assert (
        deployed["concurrency"]["runs"]["tag_concurrency_limits"]
        == local["concurrency"]["runs"]["tag_concurrency_limits"]
    )


def test_the_workspace_names_the_code_locations_server() -> None:
    (origin,) = location_origins_from_yaml_paths([str(DEPLOY / "workspace.yaml")])
    command = services()["code"]["command"]
    assert (origin.host, str(origin.port)) == ("code", command[command.index("--port") + 1])
    assert origin.location_name == command[command.index("--module-name") + 1]
    probe = services()["code"]["healthcheck"]["test"]
    assert probe[probe.index("--port") + 1] == str(origin.port)


def test_health_does_not_ask_a_deployment_for_discovery_up(tmp_path: Path) -> None:
    assert [part.name for part in machine_health(Settings(home=tmp_path))] == ["up"]
    assert machine_health(Settings(home=tmp_path, deployed_dagster_home=DEPLOY)) == ()
