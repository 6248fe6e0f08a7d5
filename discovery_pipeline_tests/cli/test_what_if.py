"""`--preview` of `discovery correct`, `undo` and `forget` as a person and as a script see it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from discovery_pipeline.cli.app import execute
from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.services.delivery.ingest import ingest
from discovery_pipeline.services.learning.deciding.decide import decide
from discovery_pipeline.services.learning.deciding.decision_files import read_decisions
from discovery_pipeline.services.learning.history import forget
from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline.store.corrections import corrections
from discovery_pipeline.store.tenants import add_tenant

SERVERS = """\
Name,IP Address,Operating System,RAM (GB),Managed by
web1,10.0.0.1,Red Hat Enterprise Linux 8,8,Ada Byron
web2,10.0.0.2,Windows Server 2019,16,Ada Byron
db1,10.0.0.3,AIX 7.2,64,Bo Diaz
"""
DECISION = "file,table,position,header,field\nservers.csv,servers,4,Managed by,technical_owner\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    file = tmp_path_factory.mktemp("exports") / "servers.csv"
    file.write_text(SERVERS, encoding="utf-8")
    with open_workspace(settings) as workspace:
        for name in ("acme", "fresh"):
            add_tenant(workspace.database, name)
            ingest(settings, workspace.database, name, [file])
    assert run_tenant(settings, "acme", None, lambda _: None).status == "done"
    yield settings
    embedded.stop(settings.home)


@pytest.fixture
def decided(home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in ("DATABASE_URL", "DISCOVERY_OWNER_URL", "DAGSTER_DATABASE_URL", "DISCOVERY_FRAMES_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISCOVERY_HOME", str(home.home))
    file = tmp_path / "decisions.csv"
    file.write_text(DECISION)
    return str(file)


def recorded(home: Settings) -> int:
    with open_workspace(home) as workspace:
        return len(corrections(workspace.database, "acme"))


def test_a_preview_is_shown_and_nothing_recorded(
    home: Settings, decided: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["correct", "acme", "--file", decided, "--author", "ann", "--preview"]) == 0
    said = capsys.readouterr()
    assert "computing" in said.err
    assert "technical_owner" in said.out
    assert "after a run" in said.out
    assert "Ada Byron" in said.out
    assert "nothing is recorded" in said.out
    assert recorded(home) == 0


def test_as_json_it_is_one_document(home: Settings, decided: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["correct", "acme", "--file", decided, "--author", "ann", "--preview", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    (column,) = document["named"]["columns"]
    assert (column["before"], column["after"]) == ("business_owner", "technical_owner")
    assert document["after_a_run"]["assets_changed"]["by"] == {"business_owner": 3, "technical_owner": 3}
    assert recorded(home) == 0


def test_before_a_run_there_is_nothing_to_compare_with(decided: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["correct", "fresh", "--file", decided, "--author", "ann", "--preview"]) == 2
    assert "discovery run fresh" in capsys.readouterr().err


@pytest.fixture
def taught(home: Settings, decided: str) -> Iterator[str]:
    """The number of a correction that no run has used yet; gone afterwards."""
    with open_workspace(home) as workspace:
        (made,) = decide(workspace, "acme", read_decisions(Path(decided)), "ann")
        yield str(made.number)
        forget(workspace, "acme", None, "ann")


@pytest.mark.parametrize("command", ["undo", "forget"])
def test_taking_back_is_shown_and_nothing_recorded(
    home: Settings, taught: str, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert execute([command, "acme", taught, "--author", "ann", "--preview"]) == 0
    said = capsys.readouterr().out
    assert ("this would delete 1 decision (mapping)" in said) is (command == "forget")
    assert "Managed by" in said
    assert "a run would change nothing else" in said  # it never used the decision
    assert "nothing is recorded" in said
    assert recorded(home) == 1


def test_what_all_that_was_decided_changed_is_shown_as_one_document(
    home: Settings, taught: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["forget", "acme", "--all", "--preview", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [column["header"] for column in document["named"]["columns"]] == ["Managed by"]
    assert recorded(home) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["undo", "acme", "7"], "there is no correction 7", id="undo what is not there"),
        pytest.param(["forget", "acme", "7"], "there is no correction 7", id="forget what is not there"),
        pytest.param(["forget", "acme", "--all"], "nothing was corrected", id="forget nothing"),
    ],
)
def test_what_could_not_be_taken_back_is_told_by_its_preview_too(
    decided: str, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert execute([*arguments, "--preview"]) == 2
    assert said in capsys.readouterr().err
