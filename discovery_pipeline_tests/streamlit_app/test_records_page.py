"""The page of the records that need a look: what an analyst reads, what one click decides, who may not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.services.delivery.ingest import ingest
from discovery_pipeline.services.records.row_decisions import RowDecision
from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline.store.corrections import corrections, forget
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.streamlit_app import driving
from discovery_pipeline_tests.streamlit_app.conftest import FRESH, TENANT, FakeDagster, app_over
from discovery_pipeline_tests.streamlit_app.driving import click, keys, said
from streamlit_app import services
from streamlit_app.app_pages.records import lost_rows, record_card, record_list

SERVERS = """\
Name,IP Address,Operating System,RAM (GB),Serial Number,Status
web1,10.0.0.1,Red Hat Enterprise Linux 8,8,CZ1111111,In Use
db1,10.0.0.3,AIX 7.2,64,CZ3333333,In Use
da1,10.0.1.1,AIX 7.2,64,CZ8000001,Retired
<b>app4</b>,,,,,In Use
n/a,,AIX 7.2,32,,In Use
n/a,,<i>AIX</i> **7.2**,64,,In Use
mv1,10.0.3.1,,,,
"""
AGENTS = """\
Hostname,Serial Number,Last Seen,OS Name,Total Memory (GB),Status
db1,CZ3333333,2026-05-01,AIX 7.2,128,In Use
da1,,2026-05-01,AIX 7.2,64,In Use
"""
MONITORED = """\
Hostname,IP Address
mv1,10.0.9.9
"""


@pytest.fixture(scope="module")
def records_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """acme has an inventory, two rows and a file set aside, a dispute, two pairs, doubtful types; fresh has nothing."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    folder = tmp_path_factory.mktemp("exports")
    (folder / "servers.csv").write_text(SERVERS, encoding="utf-8")
    (folder / "agents.csv").write_text(AGENTS, encoding="utf-8")
    (folder / "monitored.csv").write_text(MONITORED, encoding="utf-8")
    (folder / "scan.pdf").write_bytes(b"%PDF-1.4")
    with open_workspace(settings) as workspace:
        for name in (TENANT, FRESH):
            add_tenant(workspace.database, name)
        ingest(settings, workspace.database, TENANT, [folder])
    assert run_tenant(settings, TENANT, "inventory", lambda _: None).status == "done"
    yield settings
    embedded.stop(settings.home)


@pytest.fixture(autouse=True)
def home(records_home: Settings, dagster: FakeDagster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The environment of an app over it; what a test decided is forgotten after it."""
    for opened_home in app_over(records_home.home, monkeypatch):
        yield opened_home
        if corrections(services.workspace().database, TENANT):
            forget(services.workspace().database, TENANT, None, "test")


def records_page() -> None:
    from streamlit_app.app_pages.records import page as records

    records.page()


def opened(part: str, tenant: str = TENANT, author: str = "ann", **items: str) -> AppTest:
    app = driving.opened(records_page, tenant, author, part=part, **items)
    assert not app.error
    return app


def key_of(app: AppTest, *parts: str) -> str:
    """The one button whose key holds all of these."""
    (found,) = [key for key in keys(app) if all(part in key for part in parts)]
    return found


def decided() -> list[tuple[str, dict[str, object], dict[str, object]]]:
    log = corrections(services.workspace().database, TENANT)
    return [(each.what.kind, dict(each.what.target), dict(each.what.said)) for each in log]


def test_before_the_first_run_the_page_says_what_to_do() -> None:
    app = opened("quarantine", FRESH)
    assert f"discovery run {FRESH}" in said(app)


def test_every_part_says_how_much_needs_a_look_and_the_url_follows() -> None:
    app = opened("types")
    (parts,) = app.segmented_control
    assert [option.split(" ")[-1] for option in parts.options] == ["3", "1", "2", "4"]
    parts.set_value("pairs").run()
    assert in_url(app, "part") == "pairs"


def test_a_row_set_aside_shows_its_cells_as_text() -> None:
    app = opened("quarantine")
    click(app, key_of(app, "choose/", "/5"))
    told = said(app)
    assert "no name, address, serial number or other identifier" in told
    assert "&lt;i&gt;AIX&lt;/i&gt; **7.2**" in told
    assert "<i>AIX</i>" not in told
    assert "line 7" in told


def test_what_is_typed_counts_though_the_page_was_drawn_without_it() -> None:
    app = opened("quarantine")
    app.text_input(key=key_of_input(app, "value/")).set_value("db9")
    click(app, key_of(app, "Correct and release"))
    ((_, _, what),) = decided()
    assert what == {"value": "db9"}


def test_where_nothing_is_typed_nothing_is_recorded() -> None:
    app = opened("quarantine")
    click(app, key_of(app, "Correct and release"))
    assert "nothing is written" in said(app)
    assert decided() == []


def test_a_file_set_aside_is_named_and_leads_to_the_delivered_ones() -> None:
    app = opened("quarantine")
    app.pills[0].set_value("unreadable_file").run()
    assert not app.error
    assert "scan.pdf, all of it" in said(app)
    assert key_of(app, "deliver/")


def test_a_link_to_what_was_set_aside_shows_it() -> None:
    item = key_of(opened("quarantine"), "choose/", "scan.pdf").removeprefix("choose/")
    assert "scan.pdf, all of it" in said(opened("quarantine", item=item))


def test_a_cell_of_a_row_is_corrected_and_the_next_row_comes_by_itself() -> None:
    app = opened("quarantine")
    first = key_of(app, "choose/", "/4")
    app.text_input(key=key_of_input(app, "value/")).set_value("db9").run()
    click(app, key_of(app, "Correct and release"))
    ((kind, target, what),) = decided()
    assert (kind, target["field"], what) == ("value", "hostname", {"value": "db9"})
    assert "cells" in target
    assert in_url(app, "item") == key_of(app, "choose/", "/5").removeprefix("choose/")
    assert "**1 correction** waiting for a run, which starts at the reading of values" in said(app)
    assert app.button(key=first).icon == ":material/schedule:"


def in_url(app: AppTest, name: str) -> str:
    value = app.query_params[name]
    return value if isinstance(value, str) else value[-1]


def key_of_input(app: AppTest, start: str) -> str:
    (found,) = [str(box.key) for box in app.text_input if str(box.key).startswith(start)]
    return found


def test_a_correction_whose_row_is_gone_is_told_and_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("quarantine")
    app.text_input(key=key_of_input(app, "value/")).set_value("db9").run()
    click(app, key_of(app, "Correct and release"))
    assert "A correction finds its row no more" not in [box.label for box in app.expander]
    made = corrections(services.workspace().database, TENANT)
    monkeypatch.setattr(lost_rows, "row_decisions", lambda *_: tuple(RowDecision(each, ()) for each in made))
    st.cache_data.clear()
    app.run()
    assert "A correction finds its row no more" in [box.label for box in app.expander]
    click(app, key_of(app, "lost/undo/"))
    assert "is taken back" in said(app)


def test_every_cell_spelled_so_is_corrected_at_once() -> None:
    app = opened("quarantine")
    app.text_input(key=key_of_input(app, "value/")).set_value("db9").run()
    (way,) = [box for box in app.selectbox if str(box.key).startswith("way/")]
    assert [option for option in way.options if "(2 in this table)" in option]
    way.set_value("every cell spelled so").run()
    click(app, key_of(app, "Correct and release"))
    ((_, target, _),) = decided()
    assert target == {"record": "asset", "field": "hostname", "raw": "n/a", "source": "servers"}


def test_a_dispute_shows_every_sources_word_and_takes_one() -> None:
    app = opened("conflicts")
    told = said(app)
    assert "servers.csv › servers › line 3" in told
    assert "agents.csv › agents › line 2" in told
    assert "01 May 2026" in told
    click(app, key_of(app, "Take 65,536 MiB"))
    ((kind, target, what),) = decided()
    assert (kind, target["field"], what) == ("value", "memory_mib", {"value": "65536"})
    assert "It waits for a run." in said(app)


def test_a_dispute_takes_a_value_that_no_source_says() -> None:
    app = opened("conflicts")
    app.text_input(key=key_of_input(app, "typed/")).set_value("96 GB").run()
    click(app, key_of(app, "typed/Take this value"))
    ((_, _, what),) = decided()
    assert what == {"value": "98304"}


def test_what_the_field_cannot_take_is_told_and_nothing_is_recorded() -> None:
    app = opened("conflicts")
    app.text_input(key=key_of_input(app, "typed/")).set_value("lots").run()
    click(app, key_of(app, "typed/Take this value"))
    assert "memory\\_mib can't be" in said(app)
    assert decided() == []


@pytest.mark.parametrize(
    ("label", "holds"), [pytest.param("Merge", True, id="one"), pytest.param("Keep apart", False, id="two")]
)
def test_a_pair_is_told_field_by_field_and_decided(label: str, holds: bool) -> None:
    app = narrowed("kept apart")
    assert "retired" in said(app)
    assert "servers.csv › servers › line 4" in said(app)
    click(app, key_of(app, "pair/", f"/{label}"))
    ((kind, _, what),) = decided()
    assert (kind, what["holds"]) == ("merge", holds)


@pytest.mark.parametrize(
    ("label", "holds"), [pytest.param("They are one", True, id="one"), pytest.param("Keep apart", False, id="two")]
)
def test_what_was_hardly_made_one_is_told_side_by_side_and_decided(label: str, holds: bool) -> None:
    app = narrowed("made one")
    told = said(app)
    assert "10.0.9.9" in told
    assert "monitored.csv › monitored › line 2" in told
    click(app, key_of(app, "pair/", f"/{label}"))
    ((kind, target, what),) = decided()
    assert (kind, target["one"], what["holds"]) == ("split", target["other"], holds)


def narrowed(kind: str, author: str = "ann") -> AppTest:
    """The pairs of a kind."""
    app = opened("pairs", author=author)
    app.pills[0].set_value(kind).run()
    return app


def test_a_pair_that_belongs_together_is_linked() -> None:
    app = narrowed("kept apart")
    click(app, key_of(app, "link/Link"))
    ((kind, target, what),) = decided()
    assert (kind, target["kind"], what) == ("edge", "application", {"holds": True})


def test_somebody_elses_decision_is_shown_before_it_is_overruled() -> None:
    first = narrowed("kept apart")
    click(first, key_of(first, "pair/", "/Merge"))
    app = narrowed("kept apart", author="bob")
    click(app, key_of(app, "pair/", "/Keep apart"))
    assert "ann decided otherwise" in said(app)
    assert len(decided()) == 1
    click(app, key_of(app, "overrule/"))
    assert [what["holds"] for _, _, what in decided()] == [True, False]


def test_who_decides_second_stays_on_the_record_and_is_asked() -> None:
    second = opened("conflicts", author="bob")
    click(opened("conflicts"), key_of(opened("conflicts"), "Take 65,536 MiB"))
    click(second, key_of(second, "Take 131,072 MiB"))
    assert "ann decided otherwise" in said(second)
    assert len(decided()) == 1


def test_the_record_shown_stays_though_somebody_else_decides_about_it() -> None:
    app, other = opened("types"), opened("types", author="bob")
    shown = [
        str(button.key) for button in app.button if button.proto.type == "primary" and "choose/" in str(button.key)
    ]
    click(other, key_of(other, "/Accept "))
    app.run()
    assert app.button(key=shown[0]).proto.type == "primary"
    assert app.button(key=shown[0]).icon == ":material/schedule:"


def test_a_doubtful_type_is_accepted_or_chosen_and_the_last_decision_undone() -> None:
    app = opened("types")
    assert "&lt;b&gt;app4&lt;/b&gt;" in said(app)
    click(app, key_of(app, "/Accept "))
    ((kind, _, what),) = decided()
    assert (kind, list(what)) == ("type", ["type"])
    click(app, key_of(app, "undo_last/"))
    assert "Taken back" in said(app)
    assert not [key for key in keys(app) if "undo_last/" in key]


def test_a_button_of_a_card_that_is_shown_no_more_decides_nothing() -> None:
    app = opened("types")
    stale = app.button(key=key_of(app, "/Accept "))
    other = [str(button.key) for button in app.button if str(button.key).startswith("choose/")][-1]
    app.query_params["item"] = other.removeprefix("choose/")
    stale.click().run()
    assert decided() == []
    click(app, key_of(app, "/Accept "))
    assert len(decided()) == 1


def test_a_link_leads_to_an_item_of_another_page_of_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("types")
    last = [str(button.key) for button in app.button if str(button.key).startswith("choose/")][-1]
    monkeypatch.setattr(record_list, "PER_PAGE", 2)
    linked = opened("types", item=last.removeprefix("choose/"))
    assert linked.button(key=last).proto.type == "primary"


def test_a_viewer_sees_and_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_card, "may", lambda role: role == "viewer")
    app = narrowed("kept apart")
    assert app.button(key=key_of(app, "pair/", "/Merge")).disabled
    assert app.button(key=key_of(app, "link/Link")).disabled


def test_the_waiting_bar_starts_a_run_over_what_was_decided(dagster: FakeDagster) -> None:
    app = opened("types")
    click(app, key_of(app, "/Accept "))
    click(app, "apply")
    assert [(tenant, job) for tenant, job, _ in dagster.launched] == [(TENANT, "apply_corrections")]
    assert "inventory" in dagster.assets
