"""`discovery tenant set` as a person and as a script see it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from discovery_pipeline.cli import tenants
from discovery_pipeline.cli.app import execute
from discovery_pipeline.services.tenant_settings import tenant_setting
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.corrections import record
from discovery_pipeline.store.sharing import shared_lessons
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.domain.learning.corrected import OWNER

SET = ["tenant", "set", "acme", "share-learning"]


@pytest.fixture
def acme(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """The stores that the commands open: acme and two tenants that share what it decided."""
    with open_workspace(settings) as workspace:

        @contextmanager
        def opened(*_: str) -> Iterator[Workspace]:
            yield workspace

        monkeypatch.setattr(tenants, "tenant_workspace", opened)
        monkeypatch.setattr(tenants, "workspace", opened)
        for tenant in ("one", "two", "acme"):
            add_tenant(workspace.database, tenant)
            record(workspace.database, tenant, [OWNER])
        for tenant in ("one", "two"):
            assert execute(["tenant", "set", tenant, "share-learning", "on"]) == 0
        yield workspace


def test_a_tenant_agrees_and_takes_it_back(acme: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    for value, told in (("on", 1), ("off", 0)):
        assert execute([*SET, value]) == 0
        assert capsys.readouterr().out == f"share-learning of acme: {value}\n"
        assert len(shared_lessons(acme.database, "one")) == told


def test_it_is_off_until_somebody_says_so(acme: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert execute([*SET, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"tenant": "acme", "setting": "share-learning", "value": "off"}
    assert execute(["tenant", "list", "--json"]) == 0
    listed = {t["name"]: t["settings"]["share-learning"] for t in json.loads(capsys.readouterr().out)["tenants"]}
    assert listed == {"acme": "off", "one": "on", "two": "on"}


def test_another_value_is_refused_with_what_is_possible(acme: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute([*SET, "yes"]) == 2
    assert "one of: off, on" in capsys.readouterr().err
    assert shared_lessons(acme.database, "one") == {}


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        pytest.param("sizing: {regions: {azure: nowhere}}", "westeurope", id="a region without prices"),
        pytest.param("waves: {start: 2027-13-45}", "a date that there isn't", id="no date"),
        pytest.param("@no-such-file.yaml", "no-such-file.yaml", id="no file"),
    ],
)
def test_a_plan_that_can_not_be_is_not_kept(
    acme: Workspace, capsys: pytest.CaptureFixture[str], plan: str, told: str
) -> None:
    assert execute(["tenant", "set", "acme", "plan", plan]) == 2
    assert told in capsys.readouterr().err
    assert tenant_setting(acme.database, "acme", "plan") == "default"


def test_a_plan_is_kept_as_far_as_it_differs(acme: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["tenant", "set", "acme", "plan", "sizing: {regions: {aws: eu-central-1}, headroom: 0.2}"]) == 0
    assert tenant_setting(acme.database, "acme", "plan") == "{sizing: {regions: {aws: eu-central-1}}}"
