"""Who looks at the application, and which tenants are theirs. Keep out: what a role may do with a page (people)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from ipaddress import ip_address
from typing import Any, TypeVar

import streamlit as st

from discovery_pipeline.domain.access import Role, checked_email
from discovery_pipeline.domain.errors import ConfigurationError, UsageError
from discovery_pipeline.store.access import tenants_of
from streamlit_app import services

# Streamlit keeps a sign-in for 30 days and asks nobody whether the person still works there.
LONGEST_S = 12 * 3600
# What a page shows or greys out may be this old; what it does is asked anew.
REMEMBERED_S = 1.0
SHORTEST_SECRET = 32
_PERSON, _TENANTS = "person", "tenants_of_person"
T = TypeVar("T")


@dataclass(frozen=True)
class Person:
    """email: verified, as grants spell it; "" = the one person of this machine, who may do everything."""

    email: str = ""


def person() -> Person | None:
    """Who looks; None where people sign in and nobody has, or too long ago.

    Raises ConfigurationError where the door would stand open, UsageError for somebody without a verified address.
    """
    settings = services.sign_in()
    if settings.mode in ("local", "proxy"):
        _refuse_open_door(settings.mode)
    if not settings.is_asked:
        return Person()
    found = _let_in_by_proxy(settings.header) if settings.mode == "proxy" else _signed_in()
    if found is not None:
        _begin_anew_for(found)
    return found


def email() -> str:
    """The address of who is signed in; "" on a machine of one person, and before anybody is."""
    found = person()
    return found.email if found else ""


def tenants(asked_anew: bool = True) -> dict[str, Role]:
    """The tenants that the person may see, by name, and the role in each; {} before anybody is signed in.

    asked_anew: False may give the answer of up to a second ago. Raises Unreachable, and as person() does.
    """
    who = person()
    if who is None:
        return {}
    if not who.email:
        return dict.fromkeys(services.tenant_names(), "admin")
    known = st.session_state.get(_TENANTS)
    if not asked_anew and known and known[0] == who.email and time.monotonic() - known[1] < REMEMBERED_S:
        remembered: dict[str, Role] = known[2]
        return remembered
    found = tenants_of(services.workspace().database, who.email)
    st.session_state[_TENANTS] = (who.email, time.monotonic(), found)
    return found


def role_in(tenant: str, asked_anew: bool = True) -> Role | None:
    """The person's role for a tenant; None where it isn't theirs, and where there is none of this name."""
    who = person()
    if who is not None and not who.email:
        return "admin"
    return tenants(asked_anew).get(tenant)


def refuse_stranger(tenant: str) -> None:
    """Raises UsageError where the tenant is not the person's: in the words for one that does not exist."""
    if role_in(tenant, asked_anew=False) is None:
        raise _no_such(tenant)


def for_its_people(tenant: str, made: Callable[[], T]) -> Callable[[], T]:
    """What makes a file of a tenant, asking anew when it is clicked: the page was drawn when the tenant was theirs.

    Streamlit calls it outside the session, so the person is the one for whom the page is drawn now. The function
    returned raises UsageError where the tenant is not theirs any more or they signed in too long ago, Unreachable, and
    what `made` raises.
    """
    who, database = email(), services.workspace().database
    signed_in_at = _signed_in_at() if services.sign_in().mode == "oidc" else None

    def made_for_them() -> T:
        if signed_in_at is not None and _is_too_long_ago(signed_in_at):
            raise UsageError("you signed in too long ago", advice="sign in again: reload the page")
        if who and tenant not in tenants_of(database, who):
            raise _no_such(tenant)
        return made()

    return made_for_them


def _no_such(tenant: str) -> UsageError:
    return UsageError(f"there is no tenant {tenant!r}", advice="reload the page")


def ask_to_sign_in() -> None:
    """The page of somebody who is not signed in."""
    with st.container(horizontal_alignment="center"), st.container(width=420, border=True):
        st.title("Discovery", anchor=False)
        st.write("Sign in to see your tenants.")
        st.button("Sign in", key="sign_in", type="primary", icon=":material/login:", on_click=st.login)
    _way_back()(data={"signed_in": False}, key="way_there")


def lead_back() -> None:
    """Open the link that somebody had asked for before signing in; Streamlit's own way back is to the first page."""
    if services.sign_in().mode == "oidc":
        _way_back()(data={"signed_in": True}, key="way_back")


@st.cache_resource(show_spinner=False)
def _way_back() -> Any:
    script = resources.files(__package__).joinpath("way_back.js").read_text(encoding="utf-8")
    return st.components.v2.component("discovery_way_back", js=script)


def offer_sign_out() -> None:
    """The button that ends the sign-in, where the application itself began it."""
    if services.sign_in().mode == "oidc":
        st.button("Sign out", key="sign_out", icon=":material/logout:", on_click=st.logout)


def _refuse_open_door(mode: str) -> None:
    """Without a sign-in of its own, only this machine may reach the application."""
    address = listens_at()
    if is_loopback(address):
        return
    trusts = "whoever reaches it may do everything" if mode == "local" else "whoever reaches it could pass for anybody"
    raise ConfigurationError(
        f"the application listens beyond this machine, and {trusts}",
        where=f"server.address = {address or 'all addresses'}",
        advice="set DISCOVERY_SIGN_IN=oidc (docs/sign-in.md), or bind it to 127.0.0.1",
    )


def listens_at() -> str:
    """The address that the server was told to bind; "" = every one there is."""
    return str(st.get_option("server.address") or "")


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches what listens there."""
    try:
        return address == "localhost" or ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def _let_in_by_proxy(header: str) -> Person:
    said = [value for value in values_sent(header) if value.strip()]
    if len(said) != 1:
        problem = "names nobody" if not said else "names several people"
        raise UsageError(f"the proxy's header {header} {problem}", advice="ask who runs the proxy")
    return Person(checked_email(said[0]))


def values_sent(header: str) -> list[str]:
    """The values of a header of the request that began the session."""
    return st.context.headers.get_all(header)


def _signed_in() -> Person | None:
    """By Streamlit, which has checked the provider's signature. Raises UsageError without a verified address."""
    _refuse_weak_secrets()
    claims: Mapping[str, Any] = st.user.to_dict()
    if not claims.get("is_logged_in") or _is_too_long_ago(_signed_in_at()):
        return None
    return person_of(claims)


def _signed_in_at() -> float:
    """When the provider vouched for the person, in seconds since 1970; 0 where it does not say."""
    claims: Mapping[str, Any] = st.user.to_dict()
    return float(claims.get("iat") or 0)


def _is_too_long_ago(moment: float) -> bool:
    return time.time() - moment > LONGEST_S


def person_of(claims: Mapping[str, Any]) -> Person:
    """Who an ID token names. Raises UsageError where the provider does not vouch for the address."""
    address = str(claims.get("email") or "")
    # Microsoft's word for it is xms_edov; some providers write the truth as text.
    vouched = any(str(claims.get(name)).lower() in ("true", "1") for name in ("email_verified", "xms_edov"))
    if not address or not vouched:
        raise UsageError(
            f"the provider does not say that {address or 'an e-mail address'} is verified",
            advice="verify the address there and sign in again, or ask who runs this application (docs/sign-in.md)",
        )
    return Person(checked_email(address))


def _refuse_weak_secrets() -> None:
    """Whoever guesses the secret of the cookie can sign as anybody."""
    auth = st.secrets.get("auth", {}) if st.secrets.load_if_toml_exists() else {}
    if len(str(auth.get("cookie_secret", ""))) < SHORTEST_SECRET:
        raise ConfigurationError(
            f"there is no [auth] with a cookie_secret of at least {SHORTEST_SECRET} characters",
            where="Streamlit's secrets.toml",
            advice="docs/sign-in.md has one to fill in",
        )


def _begin_anew_for(found: Person) -> None:
    """A session that was another person's forgets what it knew."""
    before = st.session_state.get(_PERSON, found.email)
    if before != found.email:
        st.session_state.clear()
    st.session_state[_PERSON] = found.email
