"""What the person who looks may do with the tenant chosen."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import ParamSpec

import streamlit as st

from discovery_pipeline.domain.access import Role, reaches
from discovery_pipeline.domain.errors import DiscoveryError, UsageError
from streamlit_app import sign_in, state
from streamlit_app.widgets import as_markdown

P = ParamSpec("P")


def may(role: Role, tenant: str | None = None) -> bool:
    """Whether the person has at least this role for the tenant (the one chosen when None).

    For what a page shows: up to a second old. Raises Unreachable.
    """
    return reaches(sign_in.role_in(state.tenant() if tenant is None else tenant, asked_anew=False), role)


def say_who_decides() -> None:
    """To who may only look: why the buttons of a page are grey."""
    if not may("analyst"):
        st.caption(":material/visibility: You may look at everything here; deciding takes the role analyst.")


def acting(role: Role = "analyst") -> Callable[[Callable[P, None]], Callable[P, None]]:
    """A button's callback: refused to who may not (asked of the store anew), its failure told on the next rerun.

    The tenant is the callback's parameter of that name, else the one chosen.
    """

    def wrapped(act: Callable[P, None]) -> Callable[P, None]:
        parameters = signature(act)

        @wraps(act)
        def safely(*args: P.args, **kwargs: P.kwargs) -> None:
            try:
                tenant = parameters.bind(*args, **kwargs).arguments.get("tenant") or state.tenant()
                if not reaches(sign_in.role_in(tenant), role):
                    raise UsageError(f"this takes the role {role} for {tenant}", advice="ask an administrator")
                act(*args, **kwargs)
            except DiscoveryError as error:
                state.notify("error", as_markdown(error))

        return safely

    return wrapped
