"""The application around its pages: tenants, what is told when something fails, its configuration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from discovery_pipeline.domain.errors import Unreachable
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline_tests.streamlit_app.conftest import FRESH, TENANT, FakeDagster, app_over
from discovery_pipeline_tests.streamlit_app.driving import APP, TIMEOUT_S, opened, said
from streamlit_app import services, state

pytestmark = pytest.mark.usefixtures("app_home")


def test_stores_that_are_down_are_told_without_a_traceback(
    dagster: FakeDagster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down() -> None:
        raise Unreachable("no answer", where="127.0.0.1:5432", advice="discovery health")

    monkeypatch.setattr(services, "workspace", down)
    app = opened()
    assert len(app.error) == 1
    assert "discovery health" in app.error[0].value


def test_what_nobody_foresaw_goes_to_the_log(
    dagster: FakeDagster, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise ValueError("secret cell")

    monkeypatch.setattr(services, "tenant_names", broken)
    app = opened()
    assert "unexpected ValueError" in app.error[0].value
    assert "secret cell" not in app.error[0].value
    assert "secret cell" in caplog.text


def test_the_url_names_the_tenant(dagster: FakeDagster) -> None:
    app = AppTest.from_file(APP, default_timeout=TIMEOUT_S)
    app.query_params[state.TENANT] = FRESH
    app.run()
    assert app.sidebar.selectbox[0].value == FRESH
    app.sidebar.selectbox[0].set_value(TENANT).run()
    assert app.query_params[state.TENANT] in (TENANT, [TENANT])


def test_a_tenant_that_is_gone_gives_way_to_the_first(dagster: FakeDagster) -> None:
    app = AppTest.from_file(APP, default_timeout=TIMEOUT_S)
    app.query_params[state.TENANT] = "removed"
    app.run()
    assert app.sidebar.selectbox[0].value == TENANT
    assert "No tenant `removed` is open to you" in app.error[0].value
    app.run()
    assert not app.error


def test_what_a_link_may_name_is_no_argument() -> None:
    def page() -> None:
        from streamlit_app import page_registry, state

        state.remember_pages({})
        page_registry.by_name("overview")._page()

    app = AppTest.from_function(page, default_timeout=TIMEOUT_S)
    app.query_params["page"] = "x"
    app.run()
    assert not app.exception


@pytest.fixture
def empty_home(app_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    yield from app_over(tmp_path / "home", monkeypatch)
    embedded.stop(tmp_path / "home")


@pytest.mark.usefixtures("empty_home")
def test_without_tenants_the_first_commands_stand_there() -> None:
    app = AppTest.from_file(APP, default_timeout=TIMEOUT_S).run()
    assert not app.exception
    assert "discovery tenant add" in said(app)
    assert not app.title


def test_the_configuration_beside_the_app_binds_it_to_this_machine() -> None:
    import tomllib

    config = tomllib.loads((APP.parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["address"] == "127.0.0.1"
    assert config["browser"]["gatherUsageStats"] is False
    for section, options in config.items():
        for option in options:
            if not isinstance(options[option], dict):
                st.get_option(f"{section}.{option}")  # raises for an option that Streamlit does not have
