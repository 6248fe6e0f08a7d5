"""Signing in at a provider, in a real browser: to one's own tenants alone, and only with a verified address."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline.store.access import drop_grant, put_grant
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.streamlit_app.driving import APP
from discovery_pipeline_tests.streamlit_app.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, serving
from discovery_pipeline_tests.streamlit_app.test_browser import CHROMIUM, FLAGS, ROOT, free_port

ADA, BO = "ada@example.com", "bo@example.com"
PEOPLE = {
    "Ada": {"email": "Ada@Example.com", "email_verified": True},
    "Bo": {"email": BO, "email_verified": True},
    "Mallory": {"email": ADA, "email_verified": False},
    "Nobody": {"email": "nobody@example.com", "email_verified": True},
}
UP_DEADLINE_S = 120.0
STEP_DEADLINE_S = 60.0

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH: apt-get install chromium")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Ada is analyst of acme; Bo is admin of umbrella. Nothing has been handed over yet."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    with open_workspace(settings) as workspace:
        for tenant in ("acme", "umbrella"):
            add_tenant(workspace.database, tenant)
        put_grant(workspace.database, "acme", ADA, "analyst", "root")
        put_grant(workspace.database, "umbrella", BO, "admin", "root")
    yield settings
    embedded.stop(settings.home)


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with serving(Provider(PEOPLE)) as opened:
        yield opened


@pytest.fixture(scope="module")
def app(home: Settings, provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application's address, bound to every address as a server is, people signing in at the provider."""
    port, folder = free_port(), tmp_path_factory.mktemp("app")
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "secrets.toml").write_text(
        "[auth]\n"
        f'redirect_uri = "http://127.0.0.1:{port}/oauth2callback"\n'
        f'cookie_secret = "{secrets.token_urlsafe(32)}"\n'
        f'client_id = "{CLIENT_ID}"\n'
        f'client_secret = "{CLIENT_SECRET}"\n'
        f'server_metadata_url = "{provider.address}/.well-known/openid-configuration"\n',
        encoding="utf-8",
    )
    with started(home, folder, port, "oidc"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def started(home: Settings, folder: Path, port: int, sign_in: str) -> Iterator[None]:
    environment = {
        **os.environ, "DISCOVERY_HOME": str(home.home), "DISCOVERY_SIGN_IN": sign_in, "PYTHONPATH": str(ROOT),
        "STREAMLIT_SERVER_ADDRESS": "0.0.0.0",
    }  # fmt: skip
    log = folder / "app.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(APP), "--server.port", str(port)],
            env=environment, cwd=folder, stdout=output, stderr=output,
        )  # fmt: skip
        try:
            answers(f"http://127.0.0.1:{port}/_stcore/health", process, log)
            yield
        finally:
            process.terminate()
            process.wait(60)


def answers(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server does."""
    deadline = time.monotonic() + UP_DEADLINE_S
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    pytest.fail(f"the application does not answer:\n{log.read_text(errors='replace')[-2000:]}")


@pytest.fixture
def page() -> Iterator[Any]:
    """A browser that has met neither the application nor the provider."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        opened = chromium.new_page(viewport={"width": 1280, "height": 900})
        opened.set_default_timeout(STEP_DEADLINE_S * 1000)
        yield opened
        chromium.close()


def sign_in(page: Any, app: str, name: str) -> None:
    """From the application to the provider and back."""
    page.goto(app)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Who are you?").wait_for()
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_url(f"{app}/**")


def tenants_offered(page: Any) -> list[str]:
    page.get_by_label("Tenant").click()
    options = page.get_by_role("option")
    options.first.wait_for()
    return list(options.all_inner_texts())


def test_nothing_is_seen_before_signing_in(app: str, page: Any) -> None:
    page.goto(f"{app}/inventory?tenant=acme")
    page.get_by_role("button", name="Sign in").wait_for()
    assert "acme" not in page.locator("body").inner_text()
    assert page.get_by_label("Tenant").count() == 0


def test_a_person_sees_their_own_tenant_and_signs_out(app: str, page: Any, provider: Provider) -> None:
    sign_in(page, app, "Ada")
    page.get_by_text("acme has no files yet").wait_for()
    page.get_by_text("analyst of acme").wait_for()
    assert tenants_offered(page) == ["acme"]
    assert page.get_by_role("button", name="Access").count() == 0
    page.goto(
        f"{app}/overview?tenant=acme"
    )  # the page that opens is served without its name: a link with it leads there
    page.get_by_text("acme has no files yet").wait_for()
    page.wait_for_url(f"{app}/?tenant=acme")
    assert page.get_by_text("Page not found").count() == 0
    before = provider.sign_outs
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in").wait_for()
    assert provider.sign_outs == before + 1
    page.goto(f"{app}/?tenant=acme")
    page.get_by_role("button", name="Sign in").wait_for()
    assert provider.refused == []


def test_a_foreign_tenant_is_refused_as_if_it_did_not_exist(app: str, page: Any) -> None:
    sign_in(page, app, "Ada")
    page.get_by_text("acme has no files yet").wait_for()
    for wanted in ("umbrella", "no-such-tenant"):
        page.goto(f"{app}/?tenant={wanted}")
        page.get_by_text(f"There is no tenant {wanted} any more; this is acme.").wait_for()
        assert page.get_by_text("umbrella has no files").count() == 0


def test_an_address_that_is_not_verified_opens_nothing(app: str, page: Any) -> None:
    """Though it is the address of somebody who has a tenant."""
    sign_in(page, app, "Mallory")
    page.get_by_text(f"does not say that {ADA} is verified").wait_for()
    assert page.get_by_label("Tenant").count() == 0
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in").wait_for()


def test_who_was_granted_nothing_sees_nothing(app: str, page: Any) -> None:
    sign_in(page, app, "Nobody")
    page.get_by_text("No tenant is open to you yet").wait_for()
    assert "acme" not in page.locator("body").inner_text()


def test_access_that_is_taken_ends_at_the_next_click(app: str, page: Any, home: Settings) -> None:
    sign_in(page, app, "Bo")
    page.get_by_text("umbrella has no files yet").wait_for()
    page.get_by_role("button", name="Access").wait_for()
    with open_workspace(home) as workspace:
        drop_grant(workspace.database, "umbrella", BO)
    page.get_by_role("button", name="Access").click()
    page.get_by_text("No tenant is open to you yet").wait_for()
    assert page.get_by_label("Tenant").count() == 0


def test_a_cookie_of_ones_own_making_opens_nothing(app: str, page: Any) -> None:
    forged = '{"email": "ada@example.com", "email_verified": true, "is_logged_in": true, "iat": 9999999999}'
    for value in (forged, f"2|1:0|10:9999999999|15:_streamlit_user|{forged}|"):
        page.context.add_cookies([{"name": "_streamlit_user", "value": value.replace(" ", ""), "url": app}])
        page.goto(app)
        page.get_by_role("button", name="Sign in").wait_for()


def test_without_a_sign_in_it_serves_nobody_beyond_this_machine(home: Settings, page: Any, tmp_path: Path) -> None:
    port = free_port()
    with started(home, tmp_path, port, ""):
        page.goto(f"http://127.0.0.1:{port}")
        page.get_by_text("the application listens beyond this machine").wait_for()
        assert page.get_by_label("Tenant").count() == 0
