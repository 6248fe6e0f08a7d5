"""The page of uploads: what is recognised, delivering, withdrawing, and the run over it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from discovery_pipeline.domain.opinions.forecast import Expected, Forecast
from discovery_pipeline.services.delivery.uploads import FOLDER
from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline.store.sources import counted, history
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.streamlit_app.conftest import FakeDagster, app_over
from discovery_pipeline_tests.streamlit_app.driving import click, opened, said
from streamlit_app import services
from streamlit_app.app_pages.upload import page as upload

SERVERS = b"Name,IP Address,Operating System,RAM (GB)\nweb1,10.0.0.1,RHEL 8,8\ndb1,10.0.0.2,AIX 7.2,64\n"
CSV = "text/csv"


@pytest.fixture(scope="module")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Tenants that delivered nothing, one for each test that delivers."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    with open_workspace(settings) as workspace:
        for name in ("looks", "delivers", "leaves", "withdraws", "runs", "nothing"):
            add_tenant(workspace.database, name)
    yield settings
    embedded.stop(settings.home)


@pytest.fixture(autouse=True)
def home(empty_home: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    yield from app_over(empty_home.home, monkeypatch)


def upload_page() -> None:
    from streamlit_app.app_pages.upload import page as upload

    upload.page()


def dropped(app: AppTest, tenant: str, files: Sequence[tuple[str, bytes]], round_: int = 0) -> None:
    app.file_uploader(key=f"upload/{tenant}/{round_}").set_value([(name, data, CSV) for name, data in files]).run()
    assert not app.exception


def test_what_is_recognised_is_shown_and_nothing_is_stored(home: Settings) -> None:
    app = opened(upload_page, "looks")
    assert "Nothing was delivered yet" in said(app)
    dropped(app, "looks", [("servers.csv", SERVERS), ("empty.csv", b""), ("../a_*b*.csv", SERVERS)])
    tables = app.dataframe[0].value
    assert tables["File"].tolist() == ["a_*b*.csv", "servers.csv"]
    assert tables["Rows are"].tolist() == ["assets", "assets"]
    assert tables["Rows"].tolist() == [2, 2]
    columns = app.dataframe[1].value
    assert columns["Field"].tolist()[:2] == ["hostname", "ip_address"]
    assert columns["Confidence"].between(1, 100).all()
    assert "can't be read" in said(app)
    assert history(services.workspace().database, "looks") == []
    assert list((home.home / FOLDER).iterdir()) == []


def test_the_same_files_are_looked_into_once(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(upload_page, "looks")
    dropped(app, "looks", [("servers.csv", SERVERS)])
    monkeypatch.setattr(upload, "recognised", lambda *_: pytest.fail("looked into again"))
    app.run()
    assert not app.exception
    assert app.dataframe[0].value["File"].tolist() == ["servers.csv"]


def test_files_are_delivered_and_the_same_content_is_told(dagster: FakeDagster) -> None:
    app = opened(upload_page, "delivers")
    dropped(app, "delivers", [("servers.csv", SERVERS)])
    app.text_input(key="source/delivers").set_value("cmdb").run()
    click(app, "deliver/delivers")
    (record,) = counted(services.workspace().database, "delivers")
    assert (record.source, record.file, record.size) == ("cmdb", "servers.csv", len(SERVERS))
    assert "1 delivered" in app.success[0].value
    dropped(app, "delivers", [("again.csv", SERVERS)], round_=1)
    click(app, "deliver/delivers")
    assert "0 delivered, 1 had nothing new" in app.success[0].value
    assert app.dataframe[0].value["Outcome"].tolist() == ["same content as another file"]
    assert len(counted(services.workspace().database, "delivers")) == 1


def test_what_cannot_be_read_is_left_out_unless_it_is_wanted(dagster: FakeDagster) -> None:
    app = opened(upload_page, "leaves")
    dropped(app, "leaves", [("servers.csv", SERVERS), ("scan.pdf", b"%PDF-1.7 scanned")])
    assert "1 file can't be read" in app.warning[0].value
    assert app.button(key="deliver/leaves").label.startswith("Deliver 1 file")
    click(app, "deliver/leaves")
    assert [record.file for record in counted(services.workspace().database, "leaves")] == ["servers.csv"]
    dropped(app, "leaves", [("scan.pdf", b"%PDF-1.7 scanned")], round_=1)
    assert app.button(key="deliver/leaves").disabled
    app.toggle(key="upload/leaves/1/unreadable").set_value(True).run()
    click(app, "deliver/leaves")
    assert {record.file for record in counted(services.workspace().database, "leaves")} == {"servers.csv", "scan.pdf"}


def test_a_source_that_is_no_name_is_refused_in_words(dagster: FakeDagster) -> None:
    app = opened(upload_page, "looks")
    dropped(app, "looks", [("servers.csv", SERVERS)])
    app.text_input(key="source/looks").set_value("a\tb").run()
    click(app, "deliver/looks")
    assert "is not a name for a source" in app.error[0].value
    assert history(services.workspace().database, "looks") == []


def test_a_wrong_upload_is_withdrawn(dagster: FakeDagster, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(upload_page, "withdraws")
    dropped(app, "withdraws", [("servers.csv", SERVERS)])
    click(app, "deliver/withdraws")
    monkeypatch.setattr("streamlit_app.widgets.selected_row", lambda event, rows: 0)
    app.run()
    click(app, "withdraw/1/servers/servers.csv")
    assert "no longer counts" in app.success[0].value
    assert counted(services.workspace().database, "withdraws") == []
    assert "servers.csv** of source servers (ingestion 1) is withdrawn" in said(app).replace("\\", "")


def test_a_run_is_started_over_what_was_delivered(dagster: FakeDagster, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(upload_page, "runs", author="ada")
    dropped(app, "runs", [("servers.csv", SERVERS)])
    click(app, "deliver/runs")
    assert "1 file wait" in said(app)
    went: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr("streamlit_app.state.go_to", lambda page, **items: went.append((page, items)))
    click(app, "run/runs")
    assert dagster.launched == [("runs", "discovery", "ada, in the app")]
    assert went == [("runs", {"run": "run0"})]
    dagster.down = True
    click(app, "run/runs")
    assert "discovery up" in app.error[0].value.replace("\\", "")


def test_what_models_will_cost_is_told_before_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(upload_page, "runs")
    assert "Models:" not in said(app)
    expected = Forecast({"mapping": Expected(12, 100, 100, 0.25)}, "the last run")
    monkeypatch.setattr(upload, "foresee", lambda *_: expected)
    app.run()
    assert "Models: about 12 calls, \\$0.2500 (the last run)" in said(app)


def test_who_may_only_look_cannot_deliver(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("people", "app_pages.upload.delivered_files", "app_pages.upload.page"):
        monkeypatch.setattr(f"streamlit_app.{module}.may", lambda role, tenant=None: role == "viewer")
    app = opened(upload_page, "nothing")
    assert app.file_uploader[0].proto.disabled
    assert "takes the role analyst" in said(app)


def test_nothing_that_was_dropped_stays_in_the_home(home: Settings) -> None:
    assert [path for path in Path(home.home / FOLDER).rglob("*") if path.is_file()] == []
