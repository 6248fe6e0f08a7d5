"""Who sees which tenant and may do what there: one person of this machine, people a proxy or a provider names."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from discovery_pipeline.domain.access import Role
from discovery_pipeline.domain.errors import ConfigurationError, UsageError
from discovery_pipeline.environment import SignIn
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.access import drop_grant, grants, put_grant
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.streamlit_app.conftest import FakeDagster
from discovery_pipeline_tests.streamlit_app.driving import APP, TIMEOUT_S, click, keys, said
from streamlit_app import services, sign_in, state

ADA, BO = "ada@example.com", "bo@example.com"


@pytest.fixture
def workspace(settings: Settings, dagster: FakeDagster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """acme, zeta and closed; ada is admin of acme and viewer of zeta, bo analyst of zeta."""
    with open_workspace(settings) as opened:
        for tenant in ("acme", "closed", "zeta"):
            add_tenant(opened.database, tenant)
        for tenant, email, role in (("acme", ADA, "admin"), ("zeta", ADA, "viewer"), ("zeta", BO, "analyst")):
            put_grant(opened.database, tenant, email, as_role(role), "root")
        monkeypatch.setattr(services, "workspace", lambda: opened)
        yield opened


def as_role(text: str) -> Role:
    from discovery_pipeline.domain.access import checked_role

    return checked_role(text)


def named_by_a_proxy(monkeypatch: pytest.MonkeyPatch, *values: str) -> None:
    """The application behind a proxy that sends this header."""

    monkeypatch.setattr(services, "sign_in", lambda: SignIn("proxy", "X-Email"))
    monkeypatch.setattr(sign_in, "values_sent", {"X-Email": list(values)}.__getitem__)


def opened(tenant: str = "") -> AppTest:
    app = AppTest.from_file(APP, default_timeout=TIMEOUT_S)
    if tenant:
        app.query_params[state.TENANT] = tenant
    app.run()
    assert not app.exception
    return app


def test_a_person_sees_the_tenants_that_were_granted(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    named_by_a_proxy(monkeypatch, "Ada@Example.com")
    app = opened()
    assert app.sidebar.selectbox[0].options == ["acme", "zeta"]
    assert f"<b>{ADA}</b>" in said(app)
    assert "admin of acme" in said(app)
    assert not app.sidebar.text_input  # who decides is who signed in


@pytest.mark.parametrize("wanted", ["closed", "no-such-tenant"])
def test_a_foreign_tenant_reads_like_one_that_does_not_exist(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    named_by_a_proxy(monkeypatch, BO)
    app = opened(wanted)
    assert app.error[0].value.replace(wanted, "X") == "No tenant `X` is open to you; this is **zeta**."
    assert app.sidebar.selectbox[0].options == ["zeta"]


def test_what_a_link_says_of_a_tenant_stays_text(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line break ends a code span: what came after it was Markdown of whoever sent the link."""
    named_by_a_proxy(monkeypatch, BO)
    app = opened("x`\n\n[Sign in again](https://evil.example)")
    assert app.error[0].value.startswith("No tenant `x [Sign in again](https://evil.example)` is open to you")


def test_a_file_is_made_for_whom_the_tenant_is_still_open(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A download asks for no rerun of the page, which was drawn before the grant was taken."""
    named_by_a_proxy(monkeypatch, BO)
    made = sign_in.for_its_people("zeta", lambda: b"all of it")
    assert made() == b"all of it"
    drop_grant(workspace.database, "zeta", BO)
    with pytest.raises(UsageError, match="there is no tenant 'zeta'"):
        made()


@pytest.mark.parametrize("path", sorted(APP.parent.rglob("*.py")), ids=lambda path: path.stem)
def test_every_download_asks_who_takes_it(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if ast.unparse(call.func).endswith("download_button"):
            (data,) = (ast.unparse(each.value) for each in call.keywords if each.arg == "data")
            assert data.startswith("sign_in.for_its_people("), data


def dialog_page() -> None:
    from streamlit_app import access_dialog

    access_dialog._dialog("zeta")


def test_an_open_dialog_shows_grants_to_administrators_alone(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is drawn anew by itself, also when the role was taken meanwhile."""
    named_by_a_proxy(monkeypatch, BO)
    app = AppTest.from_function(dialog_page, default_timeout=TIMEOUT_S)
    app.session_state[state.TENANT] = "zeta"
    app.run()
    assert "takes the role admin for zeta" in app.error[0].value
    assert ADA not in said(app)


def test_who_has_no_tenant_is_told_whom_to_ask(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    named_by_a_proxy(monkeypatch, "cy@example.com")
    text = said(opened("acme"))
    assert "No tenant is open to you yet" in text
    assert "discovery access grant TENANT cy@example.com" in text
    assert "acme" not in text.replace("acme@", "")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        pytest.param((), "names nobody", id="no header"),
        pytest.param(("",), "names nobody", id="empty"),
        pytest.param((ADA, BO), "names several people", id="two: one may be the visitor's own"),
        pytest.param((f"{ADA},{BO}",), "is not an e-mail address", id="two in one"),
    ],
)
def test_a_header_that_names_no_one_lets_nobody_in(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, values: tuple[str, ...], told: str
) -> None:
    named_by_a_proxy(monkeypatch, *values)
    app = opened()
    assert told in app.error[0].value.replace("\\", "")
    assert not app.selectbox


def test_a_role_that_is_taken_counts_at_the_next_click(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    named_by_a_proxy(monkeypatch, BO)
    app = opened("zeta")
    drop_grant(workspace.database, "zeta", BO)
    app.run()
    assert "No tenant is open to you yet" in said(app)


def acting_page() -> None:
    import streamlit as st

    from streamlit_app import people, state, widgets

    @people.acting("analyst")
    def act(tenant: str) -> None:
        state.notify("success", f"{state.author()} acted on {tenant}")

    @widgets.guarded
    def part() -> None:
        st.write(f"secrets of {state.tenant()}")

    widgets.show_notice()
    st.button("Act", key="act", on_click=act, args=("zeta",), disabled=not people.may("analyst"))
    part()


def on_zeta() -> AppTest:
    app = AppTest.from_function(acting_page, default_timeout=TIMEOUT_S)
    app.session_state[state.TENANT] = "zeta"
    app.run()
    assert not app.exception
    return app


def test_an_analyst_acts_under_the_address(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    named_by_a_proxy(monkeypatch, BO)
    app = on_zeta()
    app.session_state[state.AUTHOR] = "somebody else"
    click(app, "act")
    assert app.success[0].value == f"{BO} acted on zeta"


def test_a_viewer_sees_and_can_not_act(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    named_by_a_proxy(monkeypatch, ADA)
    app = on_zeta()
    assert app.button(key="act").disabled
    assert "secrets of zeta" in said(app)


def test_what_is_done_is_asked_anew(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page was drawn for an analyst; the role went while it stood."""
    named_by_a_proxy(monkeypatch, BO)
    app = on_zeta()
    put_grant(workspace.database, "zeta", BO, "viewer", "root")
    click(app, "act")
    assert "takes the role analyst for zeta" in app.error[0].value


def test_a_part_of_a_page_is_shown_to_its_people_alone(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    named_by_a_proxy(monkeypatch, BO)
    monkeypatch.setattr(sign_in, "REMEMBERED_S", 0.0)
    app = on_zeta()
    drop_grant(workspace.database, "zeta", BO)
    app.run()
    assert "secrets of zeta" not in said(app)
    assert "there is no tenant 'zeta'" in app.error[0].value


def test_a_session_forgets_whom_it_served_before(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    named_by_a_proxy(monkeypatch, ADA)
    app = opened("acme")
    app.session_state["finished_runs"] = {"of": "acme"}
    named_by_a_proxy(monkeypatch, BO)
    app.run()
    assert "finished_runs" not in app.session_state
    assert app.sidebar.selectbox[0].value == "zeta"


def test_an_administrator_grants_and_revokes(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    named_by_a_proxy(monkeypatch, ADA)
    app = opened("acme")
    click(app, "access")
    app.text_input(key="access/email").set_value(" Cy@Example.com ")
    app.selectbox(key="access/role").set_value("viewer")
    click(app, "FormSubmitter:grant_access-Grant")
    assert {g.email: (g.role, g.granted_by) for g in grants(workspace.database, "acme")} == {
        ADA: ("admin", "root"),
        "cy@example.com": ("viewer", ADA),
    }
    click(app, "access")
    click(app, "revoke/cy@example.com")
    assert [g.email for g in grants(workspace.database, "acme")] == [ADA]


def test_the_last_administrator_stays_one(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    named_by_a_proxy(monkeypatch, ADA)
    app = opened("acme")
    click(app, "access")
    click(app, f"revoke/{ADA}")
    assert [g.role for g in grants(workspace.database, "acme")] == ["admin"]
    assert "the last administrator stays one" in said(app)


def test_only_administrators_say_who_may(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    named_by_a_proxy(monkeypatch, ADA)
    assert "access" in keys(opened("acme"))
    assert "access" not in keys(opened("zeta"))


@pytest.mark.parametrize("mode", ["local", "proxy"])
@pytest.mark.parametrize("address", ["", "0.0.0.0", "10.0.0.7", "::", "host.example.com", "127.0.0.1.example.com"])
def test_without_a_sign_in_of_its_own_only_this_machine_is_served(
    monkeypatch: pytest.MonkeyPatch, mode: Any, address: str
) -> None:
    monkeypatch.setattr(services, "sign_in", lambda: SignIn(mode, "X-Email" if mode == "proxy" else ""))
    monkeypatch.setattr(sign_in, "listens_at", lambda: address)
    with pytest.raises(ConfigurationError, match="listens beyond this machine"):
        sign_in.person()


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "127.8.8.8", "::1", "[::1]"])
def test_this_machine_alone_needs_no_sign_in(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(services, "sign_in", SignIn)
    monkeypatch.setattr(sign_in, "listens_at", lambda: address)
    assert sign_in.person() == sign_in.Person()


@pytest.mark.parametrize(
    "vouched",
    [{"email_verified": True}, {"email_verified": "true"}, {"xms_edov": True}, {"xms_edov": "1"}],
    ids=["a truth", "a text", "Microsoft's", "Microsoft's text"],
)
def test_a_verified_address_names_a_person(vouched: dict[str, Any]) -> None:
    assert sign_in.person_of({"email": "Ada@Example.com", **vouched}).email == ADA


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"email": ADA}, id="nothing said"),
        pytest.param({"email": ADA, "email_verified": False}, id="not verified"),
        pytest.param({"email": ADA, "email_verified": "false"}, id="not verified, as text"),
        pytest.param({"email": ADA, "email_verified": None}, id="null"),
        pytest.param({"email_verified": True}, id="no address"),
        pytest.param({"email": "", "email_verified": True}, id="empty"),
    ],
)
def test_an_address_that_is_not_verified_names_nobody(claims: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"does not say that .* is verified"):
        sign_in.person_of(claims)


class Secrets(dict[str, Any]):
    """Streamlit's secrets, from a file that is there."""

    def load_if_toml_exists(self) -> bool:
        return True


@pytest.mark.parametrize("secrets", [{}, {"auth": {}}, {"auth": {"cookie_secret": "short"}}])
def test_a_cookie_that_anybody_could_sign_is_refused(monkeypatch: pytest.MonkeyPatch, secrets: dict[str, Any]) -> None:
    monkeypatch.setattr(services, "sign_in", lambda: SignIn("oidc"))
    monkeypatch.setattr(st, "secrets", Secrets(secrets))
    with pytest.raises(ConfigurationError, match="cookie_secret of at least 32"):
        sign_in.person()


@pytest.fixture
def claims(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the provider says of ada, who signed in a minute ago; the test may change it."""
    said = {"is_logged_in": True, "email": ADA, "email_verified": True, "iat": time.time() - 60}

    class User:
        def to_dict(self) -> dict[str, Any]:
            return said

    monkeypatch.setattr(services, "sign_in", lambda: SignIn("oidc"))
    monkeypatch.setattr(st, "secrets", Secrets(auth={"cookie_secret": "x" * 32}))
    monkeypatch.setattr(st, "user", User())
    return said


def test_a_sign_in_ends_by_itself(claims: dict[str, Any]) -> None:
    assert sign_in.person() == sign_in.Person(ADA)
    claims["iat"] = time.time() - sign_in.LONGEST_S - 60
    assert sign_in.person() is None
    claims["is_logged_in"] = False
    assert sign_in.person() is None


def test_a_file_is_made_for_who_signed_in_lately(
    workspace: Workspace, claims: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that stands open overnight still has its download buttons."""
    made = sign_in.for_its_people("acme", lambda: b"all of it")
    assert made() == b"all of it"
    now = time.time()
    monkeypatch.setattr(sign_in.time, "time", lambda: now + sign_in.LONGEST_S)
    with pytest.raises(UsageError, match="signed in too long ago"):
        made()


# What changes something for a tenant, as the application's modules call it.
CHANGES = re.compile(
    r"\b(undo|correct|forget|ingest|withdraw|set_tenant_setting|grant|revoke|deciding\.decide"
    r"|run_control\.(pause|go_on|resume|cancel|drop|run_again|start|apply_corrections)|dagster\(\)\.(launch|cancel))\("
)


@pytest.mark.parametrize("path", sorted(APP.parent.rglob("*.py")), ids=lambda path: path.stem)
def test_whatever_changes_something_asks_who_does_it(path: Path) -> None:
    """A function that calls one of these carries @acting, or is called by such functions of its module alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    bodies = {each.name: ast.unparse(ast.Module(each.body, [])) for each in functions}
    acting = {each.name for each in functions if any("acting" in ast.unparse(d) for d in each.decorator_list)}
    for name in {name for name, body in bodies.items() if CHANGES.search(body)} - acting:
        callers = {caller for caller, body in bodies.items() if f"{name}(" in body}
        assert callers, name
        assert callers <= acting, name
