"""`discovery access` as a person and as a script see it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from discovery_pipeline.cli import access
from discovery_pipeline.cli.app import execute
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.access import tenants_of
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.cli.opened import hand_over

ADA = "ada@example.com"


@pytest.fixture
def acme(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    with open_workspace(settings) as workspace:
        add_tenant(workspace.database, "acme")
        hand_over(workspace, monkeypatch, access)
        yield workspace


def test_a_person_is_let_in_and_out(acme: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["access", "grant", "acme", " Ada@Example.com", "--role", "analyst"]) == 0
    assert capsys.readouterr().out == f"{ADA} is analyst of acme\n"
    assert tenants_of(acme.database, ADA) == {"acme": "analyst"}
    assert execute(["access", "revoke", "acme", "ADA@example.com"]) == 0
    assert capsys.readouterr().out == f"{ADA} was analyst of acme and sees it no more\n"
    assert tenants_of(acme.database, ADA) == {}


def test_scripts_read_json(acme: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["access", "grant", "acme", ADA, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"tenant": "acme", "email": ADA, "role": "viewer"}
    assert execute(["access", "list", "acme", "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)["access"]
    assert (listed["email"], listed["role"]) == (ADA, "viewer")
    assert listed["granted_by"]
    assert execute(["access", "revoke", "acme", ADA, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["revoked"] == "viewer"


def test_without_anybody_the_next_command_stands_there(acme: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["access", "list", "acme"]) == 0
    assert "discovery access grant acme EMAIL" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(["grant", "acme", ADA, "--role", "owner"], "'owner' is not a role", id="role"),
        pytest.param(["grant", "acme", "ada"], "is not an e-mail address", id="address"),
        pytest.param(["grant", "nowhere", ADA], "there is no tenant 'nowhere'", id="tenant"),
        pytest.param(["revoke", "acme", ADA], "has no access to acme", id="nobody to revoke"),
    ],
)
def test_what_can_not_be_is_told(
    acme: Workspace, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert execute(["access", *words]) == 2
    assert told in capsys.readouterr().err
