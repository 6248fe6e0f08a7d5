"""Pages as a test drives them: opened, read, clicked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from discovery_pipeline_tests.streamlit_app.conftest import TENANT
from streamlit_app import state

APP = Path(__file__).parents[2] / "streamlit_app" / "app.py"
# Many times what a page takes: a machine that runs other tests beside this one is that much slower.
TIMEOUT_S = 120


def opened(page: Callable[[], None] | None = None, tenant: str = TENANT, author: str = "", **items: str) -> AppTest:
    """A page as it stands after its first run; the app's default page when none is named.

    author: who decides. items: what the URL says.
    """
    app = (
        AppTest.from_function(page, default_timeout=TIMEOUT_S)
        if page
        else AppTest.from_file(APP, default_timeout=TIMEOUT_S)
    )
    app.session_state[state.TENANT] = tenant
    if author:
        app.session_state[state.AUTHOR] = author
    for name, value in items.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """Everything the page says outside its tables and buttons."""
    parts = [*app.markdown, *app.subheader, *app.caption, *app.error, *app.success, *app.info, *app.warning, *app.code]
    return "\n".join(str(part.value) for part in parts) + "\n".join(html.proto.body for html in app.get("html"))


def click(app: AppTest, key: str) -> None:
    app.button(key=key).click().run()
    assert not app.exception


def keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button}
