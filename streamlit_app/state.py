"""What a session remembers: its tenant (also in the URL), its author, the run it follows, the last message."""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import streamlit as st

from streamlit_app import sign_in

TENANT = "tenant"
AUTHOR = "author"
_FOLLOWED = "followed_runs"
_NOTICE = "notice"
_PAGES = "pages"


@dataclass(frozen=True)
class Notice:
    """A message that outlives one rerun."""

    kind: Literal["success", "error"]
    text: str


def tenant() -> str:
    """The tenant chosen in the sidebar; "" where there is none."""
    return str(st.session_state.get(TENANT, ""))


def choose_tenant(names: Sequence[str]) -> None:
    """Keep the session's tenant, else take the URL's, else the first; the URL then names it on every page."""
    wanted = st.session_state.get(TENANT) or st.query_params.get(TENANT, "")
    st.session_state[TENANT] = wanted if wanted in names else names[0]
    if wanted and wanted not in names:
        # Whoever sends a link writes this; a line break would end the code span.
        named = " ".join(wanted[:64].replace("`", "").split())
        notify("error", f"No tenant `{named}` is open to you; this is **{tenant()}**.")
    st.query_params[TENANT] = tenant()


def author() -> str:
    """Who decides: the address of who signed in; else what the sidebar says, or the user of the operating system."""
    return sign_in.email() or str(st.session_state.get(AUTHOR) or "").strip() or system_user()


def system_user() -> str:
    """The user of the operating system; a container's may have no name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "analyst"


def follow(tenant_name: str, run_id: str | None) -> None:
    """Remember the run whose progress the tenant's pages show; None = no longer."""
    followed = st.session_state.setdefault(_FOLLOWED, {})
    if run_id is None:
        followed.pop(tenant_name, None)
    else:
        followed[tenant_name] = run_id


def followed(tenant_name: str) -> str | None:
    """The run that is followed."""
    return cast("str | None", st.session_state.get(_FOLLOWED, {}).get(tenant_name))


def remember_pages(pages: Mapping[str, Any]) -> None:
    """The pages by name, for links from one to another."""
    st.session_state[_PAGES] = dict(pages)


def page_named(name: str) -> Any:
    """A page to link to; None where a page is shown alone."""
    return st.session_state.get(_PAGES, {}).get(name)


def item(name: str) -> str:
    """What the URL says of the page's item, such as `asset` or `column`; "" where it says nothing."""
    return str(st.query_params.get(name, "")).replace("\0", "")  # which no database takes


def show_item(name: str, value: str) -> None:
    """Name the page's item in the URL, so that a link to it can be sent; "" takes it out."""
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def go_to(page: str, /, **items: str) -> None:
    """Open another page at an item of it, under the same tenant; nothing where a page is shown alone."""
    target = page_named(page)
    if target is not None:
        st.switch_page(target, query_params={TENANT: tenant(), **items})


def notify(kind: Literal["success", "error"], text: str) -> None:
    """Leave a message for the next rerun."""
    st.session_state[_NOTICE] = Notice(kind, text)


def notice_waits() -> bool:
    """Whether a message was left that no page has shown yet."""
    return _NOTICE in st.session_state


def take_notice() -> Notice | None:
    """The message left, once."""
    return cast("Notice | None", st.session_state.pop(_NOTICE, None))
