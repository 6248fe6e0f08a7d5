"""compose.yaml: valid, complete, and closed to everything but this machine."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from discovery_pipeline.defs.instance import STORAGE_VARIABLE
from discovery_pipeline.store.urls import connection_parameters
from discovery_pipeline_tests.deploy.deployment import (
    DEPLOY,
    ROOT,
    compose,
    example_variables,
    image_environment,
    own_services,
    services,
    settings_variables,
    stages,
)

SCHEMA = json.loads(Path(__file__).with_name("compose_spec.json").read_text(encoding="utf-8"))
CLOUD = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"}
ONLY_FOR = {
    "POSTGRES_PASSWORD": {"postgres"},
    "DISCOVERY_OWNER_PASSWORD": {"postgres", "migrate"},
    "DISCOVERY_APP_PASSWORD": {"postgres", "migrate", "code", "app"},
    "OPENAI_API_KEY": {"code"},
}


def text_of(value: object) -> str:
    return json.dumps(value)


def mentions(service: dict[str, Any], variable: str) -> bool:
    return variable in service["environment"] or f"${{{variable}" in text_of(service["environment"])


def test_it_follows_the_compose_specification() -> None:
    # The schema is older than the top-level name.
    jsonschema.Draft7Validator(SCHEMA).validate({k: v for k, v in compose().items() if k != "name"})


@pytest.mark.parametrize("name", services())
def test_what_a_service_refers_to_is_there(name: str) -> None:
    service = services()[name]
    for other, wait in service.get("depends_on", {}).items():
        state = services()[other].get("healthcheck", {})
        assert wait["condition"] == ("service_healthy" if "test" in state else "service_completed_successfully")
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        assert (DEPLOY / source).is_dir() if source.startswith(".") else source in compose()["volumes"]
    assert set(service["networks"]) <= {"default", *compose()["networks"]}


def test_every_part_runs_the_image_that_the_dockerfile_makes() -> None:
    assert set(own_services()) == {"migrate", "code", "webserver", "daemon", "app"}
    for service in own_services().values():
        context = (DEPLOY / service["build"]["context"]).resolve()
        assert context == ROOT
        assert (context / service["build"]["dockerfile"]).is_file()


def test_ports_are_open_on_the_loopback_only() -> None:
    ports = {name: service["ports"] for name, service in services().items() if "ports" in service}
    assert ports == {"webserver": ["127.0.0.1:3000:3000"], "app": ["127.0.0.1:8501:8501"]}
    assert compose()["networks"]["database"]["internal"]
    assert services()["postgres"]["networks"] == ["database"]


@pytest.mark.parametrize("name", own_services())
def test_a_container_can_do_no_more_than_it_needs(name: str) -> None:
    service = own_services()[name]
    assert service["read_only"]
    assert service["init"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in service  # the image's: not root


@pytest.mark.parametrize("secret", ONLY_FOR)
def test_a_secret_reaches_only_who_needs_it(secret: str) -> None:
    assert {name for name, service in services().items() if mentions(service, secret)} == ONLY_FOR[secret]


def test_no_secret_is_written_down() -> None:
    for service in services().values():
        for variable, value in service["environment"].items():
            if re.search("PASSWORD|SECRET|KEY", variable):
                assert value is None or re.fullmatch(r"\$\{[^}]*\}", value), variable
            if "://" in (value or "") and "@" in value:
                assert re.match(r"[\w+]+://\w+:\$\{\w+", value), variable
    example = (DEPLOY / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"(?m)^#?\w*(?:PASSWORD|SECRET|KEY)\w*=(.*)$", example)) == {""}
    assert not any(re.search("PASSWORD|SECRET|KEY", name) for name in image_environment())


def test_a_missing_password_stops_compose_with_its_name() -> None:
    asked = dict(re.findall(r"\$\{(\w+):\?([^}]*)\}", text_of(compose())))
    assert set(asked) == {name for name in example_variables() if name.endswith("_PASSWORD")}
    assert set(asked.values()) == {"is not set in .env"}


def test_every_variable_is_one_that_something_reads() -> None:
    dagster = {"DAGSTER_HOME", STORAGE_VARIABLE}
    for name, service in own_services().items():
        assert set(service["environment"]) <= settings_variables() | CLOUD | dagster, name
    postgres = {"POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS"}
    passwords = {name for name in example_variables() if name.startswith("DISCOVERY_") and name.endswith("_PASSWORD")}
    assert set(services()["postgres"]["environment"]) == postgres | passwords
    assert set(image_environment()) <= settings_variables() | dagster | {
        "PATH",
        "PYTHONUNBUFFERED",
        "PYTHONDONTWRITEBYTECODE",
    }


def test_every_setting_reaches_the_runs_and_is_explained() -> None:
    given = {name for part in ("code", "app") for name in services()[part]["environment"]} | set(image_environment())
    assert settings_variables() - given == {"DISCOVERY_OWNER_URL"}
    assert settings_variables() - example_variables() == set()
    read = settings_variables() | CLOUD | {STORAGE_VARIABLE}
    assert {name for name in example_variables() - read if not name.endswith("_PASSWORD")} == set()


def test_the_urls_are_those_of_the_roles_that_the_database_is_made_with() -> None:
    sql = (DEPLOY / "postgres" / "10-roles.sql").read_text(encoding="utf-8")
    expected = {
        "DATABASE_URL": ("discovery_app", "discovery"),
        "DISCOVERY_OWNER_URL": ("discovery_owner", "discovery"),
        "DAGSTER_DATABASE_URL": ("discovery_dagster", "dagster"),
    }
    for variable, (role, database) in expected.items():
        url = re.sub(r"\$\{[^}]*\}", "x", services()["migrate"]["environment"][variable])
        read = connection_parameters(url, variable)
        assert (read["user"], read["dbname"], read["host"]) == (role, database, "postgres")
        assert f"CREATE ROLE {role} " in sql
        assert f"CREATE DATABASE {database} " in sql


def test_dagsters_own_processes_get_the_driver_that_works() -> None:
    for name in ("code", "webserver", "daemon", "migrate"):
        assert services()[name]["environment"][STORAGE_VARIABLE].startswith("postgresql+psycopg2://")


def test_the_application_is_a_package_that_the_image_installs() -> None:
    command = services()["app"]["command"]
    package = command[command.index("-m") + 1]
    installed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    assert package in installed["packages"]["find"]["include"]
    assert (ROOT / package / "__main__.py").is_file()
    assert any(package in copied.split() for stage in stages() for copied in stage.all("COPY"))
