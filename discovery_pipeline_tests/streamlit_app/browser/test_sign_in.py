"""Signing in at a provider, in a real browser: to one's own tenants alone, and only with a verified address."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline.store.access import drop_grant, put_grant
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.streamlit_app.browser.browsing import (
    NEEDS_CHROMIUM,
    free_port,
    misses,
    new_page,
    sees,
    served,
)
from discovery_pipeline_tests.streamlit_app.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, serving

ADA, BO = "ada@example.com", "bo@example.com"
PEOPLE = {
    "Ada": {"email": "Ada@Example.com", "email_verified": True},
    "Bo": {"email": BO, "email_verified": True},
    "Mallory": {"email": ADA, "email_verified": False},
    "Nobody": {"email": "nobody@example.com", "email_verified": True},
}

pytestmark = NEEDS_CHROMIUM


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
    with served_to_all(home, folder, port, "oidc") as address:
        yield address


def served_to_all(home: Settings, folder: Path, port: int, sign_in: str) -> AbstractContextManager[str]:
    environment = {"DISCOVERY_SIGN_IN": sign_in, "STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}
    return served(home.home, folder, environment, port)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A browser that has met neither the application nor the provider."""
    opened = new_page(chromium, 1280)
    yield opened
    opened.close()


def sign_in(page: Page, app: str, name: str) -> None:
    """From the application to the provider and back."""
    page.goto(app)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Who are you?").wait_for()
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_url(f"{app}/**")


def tenants_offered(page: Page) -> list[str]:
    page.get_by_label("Tenant").click()
    options = page.get_by_role("option")
    options.first.wait_for()
    return list(options.all_inner_texts())


def test_nothing_is_seen_before_signing_in(app: str, page: Page) -> None:
    page.goto(f"{app}/inventory?tenant=acme")
    page.get_by_role("button", name="Sign in").first.wait_for()
    assert "acme" not in page.locator("body").inner_text()
    expect(page.get_by_label("Tenant")).to_have_count(0)


def test_a_person_sees_their_own_tenant_and_signs_out(app: str, page: Page, provider: Provider) -> None:
    sign_in(page, app, "Ada")
    sees(page, "acme has no files yet")
    sees(page, "analyst of acme")
    assert tenants_offered(page) == ["acme"]
    expect(page.get_by_role("button", name="Access")).to_have_count(0)
    # The page that opens is served without its name: a link with it leads there.
    page.goto(f"{app}/overview?tenant=acme")
    sees(page, "acme has no files yet")
    page.wait_for_url(f"{app}/?tenant=acme")
    misses(page, "Page not found")
    before = provider.sign_outs
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in").first.wait_for()
    assert provider.sign_outs == before + 1
    page.goto(f"{app}/?tenant=acme")
    page.get_by_role("button", name="Sign in").first.wait_for()
    assert provider.refused == []


def test_who_opens_a_link_comes_to_it_after_signing_in(app: str, page: Page) -> None:
    wanted = f"{app}/runs?tenant=acme&run=r1"
    page.goto(wanted)
    page.get_by_role("button", name="Sign in").first.click()
    page.get_by_role("button", name="Ada", exact=True).click()
    page.wait_for_url(wanted)
    expect(page.get_by_role("heading", name="Runs").first).to_be_visible()


def test_a_foreign_tenant_is_refused_as_if_it_did_not_exist(app: str, page: Page) -> None:
    sign_in(page, app, "Ada")
    sees(page, "acme has no files yet")
    for wanted in ("umbrella", "no-such-tenant"):
        page.goto(f"{app}/?tenant={wanted}")
        sees(page, f"No tenant {wanted} is open to you; this is acme.")
        misses(page, "umbrella has no files")


def test_an_address_that_is_not_verified_opens_nothing(app: str, page: Page) -> None:
    """Though it is the address of somebody who has a tenant."""
    sign_in(page, app, "Mallory")
    sees(page, f"does not say that {ADA} is verified")
    expect(page.get_by_label("Tenant")).to_have_count(0)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in").first.wait_for()


def test_who_was_granted_nothing_sees_nothing(app: str, page: Page) -> None:
    sign_in(page, app, "Nobody")
    sees(page, "No tenant is open to you yet")
    assert "acme" not in page.locator("body").inner_text()


def test_access_that_is_taken_ends_at_the_next_click(app: str, page: Page, home: Settings) -> None:
    sign_in(page, app, "Bo")
    sees(page, "umbrella has no files yet")
    page.get_by_role("button", name="Access").first.wait_for()
    with open_workspace(home) as workspace:
        drop_grant(workspace.database, "umbrella", BO)
    page.get_by_role("button", name="Access").click()
    sees(page, "No tenant is open to you yet")
    expect(page.get_by_label("Tenant")).to_have_count(0)


def test_a_cookie_of_ones_own_making_opens_nothing(app: str, page: Page) -> None:
    forged = '{"email": "ada@example.com", "email_verified": true, "is_logged_in": true, "iat": 9999999999}'
    for value in (forged, f"2|1:0|10:9999999999|15:_streamlit_user|{forged}|"):
        page.context.add_cookies([{"name": "_streamlit_user", "value": value.replace(" ", ""), "url": app}])
        page.goto(app)
        page.get_by_role("button", name="Sign in").first.wait_for()


def test_without_a_sign_in_it_serves_nobody_beyond_this_machine(home: Settings, page: Page, tmp_path: Path) -> None:
    port = free_port()
    with served_to_all(home, tmp_path, port, "") as address:
        page.goto(address)
        sees(page, "the application listens beyond this machine")
        expect(page.get_by_label("Tenant")).to_have_count(0)
