"""Reasons, figures and a run's phases as people read them; what the application loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from discovery_pipeline.services.dagster_api.client import Step, StepStatus
from streamlit_app.asset_words import grouped
from streamlit_app.evidence import in_words
from streamlit_app.run_progress import phase_status, share_done
from streamlit_app.widgets import html_text, percent, plain, seconds, selected_row

ROOT = Path(__file__).parents[2]
MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in sorted((ROOT / "streamlit_app").rglob("*.py"))
    if path.name not in ("__init__.py", "app.py")
]


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        pytest.param("+3.3 lexicon: header means 'a'", "Strong, +3.3 from its header: header means 'a'", id="strong"),
        pytest.param("+1.0 values: 92% version", "Some, +1.0 from its values: 92% version", id="some"),
        pytest.param("+0.3 values: with_domain", "Weak, +0.3 from its values: with domain", id="weak"),
        pytest.param("-2.0 values: 40% dates", "Against, -2.0 from its values: 40% dates", id="against"),
        pytest.param("+2.0 header says it", "Some, +2.0: header says it", id="no source"),
        pytest.param("runner-up fqdn: 4.1 against 9.3", "Runner-up fqdn: 4.1 against 9.3", id="runner-up"),
        pytest.param(
            "runner-up b: 4.1 against 9.3 (examples +4.9, table -1.1)",
            "Runner-up b: 4.1 against 9.3 (columns like it +4.9, the other columns -1.1)", id="what spoke for it",
        ),
        pytest.param("decided by correction 2", "Decided by correction 2", id="no weight"),
        pytest.param("", "", id="nothing"),
    ],
)  # fmt: skip
def test_reasons_in_words(reason: str, words: str) -> None:
    assert in_words(reason) == words


@pytest.mark.parametrize(
    ("field", "text", "grouped_text"),
    [("memory_mib", "524288", "524,288"), ("memory_mib", "unknown", "unknown"), ("asset_tag", "524288", "524288")],
)
def test_thousands_of_sizes_are_set_apart(field: str, text: str, grouped_text: str) -> None:
    assert grouped(field, text) == grouped_text


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (0.04, "0.0 s"), (4.23, "4.2 s"), (75.4, "1 min 15 s"), (3599.8, "60 min 0 s")]
)
def test_seconds(value: float | None, text: str) -> None:
    assert seconds(value) == text


def test_texts_are_not_interpreted() -> None:
    assert plain("a*b_[x](y)") == r"a\*b\_\[x\]\(y\)"
    assert html_text('<script>\n"x"') == "&lt;script&gt; &quot;x&quot;"
    assert percent(0.7191) == "72 %"


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        pytest.param(["waiting", "waiting"], "waiting", id="not begun"),
        pytest.param(["done", "waiting"], "running", id="between two assets"),
        pytest.param(["done", "running"], "running", id="in an asset"),
        pytest.param(["done", "failed", "waiting"], "failed", id="failed"),
        pytest.param(["done", "done"], "done", id="all done"),
        pytest.param(["retrying", "waiting"], "retrying", id="tried again"),
    ],
)
def test_a_phase_is_as_far_as_its_assets(statuses: list[StepStatus], status: str) -> None:
    assert phase_status([Step("a", "mapping", s, None, None) for s in statuses]) == status


def test_share_done() -> None:
    steps = [Step("a", "mapping", status, None, None) for status in ("done", "skipped", "running", "waiting")]
    assert share_done(steps) == 0.5
    assert share_done([]) == 0.0


@pytest.mark.parametrize(
    ("rows", "cells", "selected"),
    [
        pytest.param([], [], None, id="nothing"),
        pytest.param([1], [], 1, id="box"),
        pytest.param([], [(2, "name")], 2, id="cell"),
        pytest.param([7], [], None, id="gone"),
        pytest.param([0], [], 0, id="first"),
    ],
)
def test_clicked_row(rows: list[int], cells: list[tuple[int, str]], selected: int | None) -> None:
    assert selected_row({"selection": {"rows": rows, "cells": cells}}, 3) == selected


def test_the_application_loads_neither_dagster_nor_what_runs_need() -> None:
    imports = "; ".join(f"import {module}" for module in MODULES)
    unwanted = {"dagster", "great_expectations", "openai", "onnxruntime"}
    code = f"import sys; {imports}; print(sorted({unwanted} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.strip() == "[]"
