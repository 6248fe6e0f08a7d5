"""The layers hold, and starting up stays cheap."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def imported_by(statement: str) -> set[str]:
    """Top-level modules present after running a statement in a fresh interpreter."""
    code = f"import sys, json; {statement}; print(json.dumps(sorted({{m.split('.')[0] for m in sys.modules}})))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(json.loads(run.stdout.splitlines()[-1]))


def test_layer_contracts_are_kept() -> None:
    run = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        pytest.param(
            "import discovery_pipeline.definitions",
            {"great_expectations", "openai", "streamlit"},
            id="definitions",
        ),
        pytest.param(
            "from discovery_pipeline.cli import main",
            {"great_expectations", "openai", "streamlit", "dagster", "polars", "sqlalchemy", "pandas"},
            id="command line",
        ),
    ],
)
def test_start_up_imports_nothing_heavy(statement: str, unwanted: set[str]) -> None:
    assert imported_by(statement) & unwanted == set()
