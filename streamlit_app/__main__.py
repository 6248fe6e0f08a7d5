"""`python -m streamlit_app [flags of streamlit run]`: the application, ready to show a page before its port answers.

`python -m streamlit run streamlit_app/app.py` serves the same; who comes first then waits for the imports.
"""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from streamlit.web import cli

from streamlit_app import page_registry

# What the pages and Streamlit import only when they need it, which is seconds on a cold machine.
LATE = (
    "altair", "duckdb", "encodings.idna", "httpcore", "httpx", "pandas.io.formats.style",
    "pyarrow.pandas_compat", "streamlit.material_icon_names",
)  # fmt: skip


def main() -> None:
    """Serve until a signal."""
    warm()
    cli.main(arguments(sys.argv[1:]), prog_name="streamlit")


def arguments(flags: Sequence[str]) -> list[str]:
    """Those of Streamlit's own command."""
    return ["run", str(Path(__file__).with_name("app.py")), *flags]


def warm() -> None:
    """Import every page and what it needs, once for all sessions.

    Streamlit collects garbage after each script run. What lives as long as the process is not looked through again: of
    some 240,000 objects that took 0.2 s after every click, in which no session is served.
    """
    for module in (*(f"streamlit_app.app_pages.{page.name}.page" for page in page_registry.PAGES), *LATE):
        importlib.import_module(module)
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    main()
