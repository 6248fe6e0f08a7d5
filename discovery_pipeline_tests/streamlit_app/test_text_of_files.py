"""Text of files stays text: on no page does a cell, a header or a name become Markdown, HTML or a formula."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.services.delivery.ingest import ingest
from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.streamlit_app.conftest import TENANT, app_over
from discovery_pipeline_tests.streamlit_app.driving import TIMEOUT_S
from streamlit_app import state

BAD = "[x](//e) :red[y] $z$ <u>w</u>"
# Of these the text is shown as it is, or is data: ids, values typed, entries of a list, tables, code.
AS_IT_IS = {
    "selectbox", "multiselect", "text_input", "text_area", "arrow_data_frame", "arrow_vega_lite_chart", "code",
    "bidi_component",
}  # fmt: skip
NO_TEXT = {"id", "form_id", "user_key", "page_script_hash", "file_name", "url", "element_id", "page"}
MARKDOWN = re.compile(r"(?<!\\)(\[x\]|:red|\$z|<u>)")
LIVE = {"html": re.compile("<u>")}


@pytest.fixture(scope="module")
def hostile_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """acme's files have markup in every header and text that a run keeps; some rows are set aside, some disagree."""
    settings, folder = Settings(home=tmp_path_factory.mktemp("home")), tmp_path_factory.mktemp("exports")
    header = f"Name,IP Address,Operating System,RAM (GB),Application,Owner,Location,Environment,Serial,Remark {BAD}\n"
    rows = [
        f"web1,10.0.0.1,RHEL 8 {BAD},8,Shop {BAD},Ann {BAD},Berlin {BAD},Prod {BAD},CZ1,{BAD}",
        f"db1 {BAD},10.0.0.2,AIX 7.2,{BAD},Shop {BAD},Bob {BAD},Berlin {BAD},Test {BAD},CZ2,{BAD}",
        f"{BAD},10.0.0.3,Windows {BAD},16,Till {BAD},Cy {BAD},Rome {BAD},Prod {BAD},CZ3,{BAD}",
        f"app1,not an address {BAD},RHEL 9,32,Till {BAD},Cy {BAD},Rome {BAD},Prod {BAD},CZ4,{BAD}",
    ]
    name = f"servers {BAD}".replace("/", "") + ".csv"
    (folder / name).write_text(header + "\n".join(rows) + "\n", encoding="utf-8")
    other = f"Hostname,IP,OS,Owner,Depends on\nweb1,10.0.0.1,Ubuntu {BAD},Di {BAD},db1 {BAD}\napp1,10.0.0.4,,,web1\n"
    (folder / "other.csv").write_text(other, encoding="utf-8")
    with open_workspace(settings) as workspace:
        add_tenant(workspace.database, TENANT)
        ingest(settings, workspace.database, TENANT, [folder])
    assert run_tenant(settings, TENANT, None, lambda _: None).status == "done"
    yield settings
    embedded.stop(settings.home)


@pytest.fixture
def hostile_app(hostile_home: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    yield from app_over(hostile_home.home, monkeypatch)


def shown(app: AppTest) -> Iterator[tuple[str, str]]:
    """(kind of element, text) of everything on the page."""
    for node in walk(app._tree):
        proto = getattr(node, "proto", None)
        if isinstance(proto, Message):
            yield from ((node.type, text) for text in texts(proto))


def walk(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from walk(child)


def texts(message: Message) -> Iterator[str]:
    for field, value in message.ListFields():
        if field.name not in NO_TEXT:
            for each in value if field.is_repeated else [value]:
                if isinstance(each, str):
                    yield each
                elif isinstance(each, Message):
                    yield from texts(each)


# Where texts of the files stand among the page's own words, and where they stand in tables, charts and lists alone.
AMONG_WORDS = (
    "mappings?view=All", "records?part=conflicts", "records?part=types", "dependencies", "analysis?part=questions",
    "asset", *(f"asset?tab={tab}" for tab in ("Dependencies", "Assessment", "Source rows", "History")),
)  # fmt: skip
APART = ("overview", "upload", "inventory", "records?part=pairs", "analysis?part=waves", "analysis?part=what_if")


@pytest.mark.usefixtures("hostile_app", "dagster")
@pytest.mark.parametrize("where", [*AMONG_WORDS, *APART])
def test_nothing_in_a_file_is_markup(where: str) -> None:
    name, _, query = where.partition("?")
    script = f"from streamlit_app.app_pages.{name}.page import page\npage()"
    app = AppTest.from_string(script, default_timeout=TIMEOUT_S)
    app.session_state[state.TENANT] = TENANT
    app.query_params.update([(key, value) for key, _, value in [query.partition("=")] if key])
    if name == "asset":
        app.query_params["asset"] = "web1"
    app.run()
    assert not app.exception
    said = [(kind, text) for kind, text in shown(app) if kind not in AS_IT_IS]
    assert [text for kind, text in said if LIVE.get(kind, MARKDOWN).search(text)] == []
    assert any("//e" in text.replace("\\", "") for _, text in said) is (where in AMONG_WORDS)
