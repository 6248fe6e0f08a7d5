"""The hash of the domain's code: it follows every file, and there is none where files do not tell what runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from discovery_pipeline import domain
from discovery_pipeline.services.domain_code import code_of

LATER = time.time() + 3600


@pytest.fixture
def package(tmp_path: Path) -> Path:
    package = tmp_path / "domain"
    (package / "cleansing" / "__pycache__").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "cleansing" / "clean.py").write_text("RULES = 1")
    (package / "cleansing" / "words.yaml").write_text("never: [x]")
    return package


def compiled_only(package: Path) -> None:
    for path in package.rglob("*.py"):
        path.rename(path.with_suffix(".pyc"))


def test_the_installed_domain_has_one() -> None:
    package = Path(domain.__path__[0])
    assert code_of(package, LATER) == code_of(package, LATER) is not None


CHANGES: dict[str, Callable[[Path], object]] = {
    "source": lambda p: (p / "cleansing" / "clean.py").write_text("RULES = 2"),
    "data": lambda p: (p / "cleansing" / "words.yaml").write_text("never: [y]"),
    "new file": lambda p: (p / "cleansing" / "more.py").write_text(""),
    "file gone": lambda p: (p / "cleansing" / "words.yaml").unlink(),
    "name": lambda p: (p / "cleansing" / "clean.py").rename(p / "cleansing" / "tidy.py"),
    "place": lambda p: (p / "cleansing" / "clean.py").rename(p / "clean.py"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_a_file_changes_it(package: Path, change: str) -> None:
    before = code_of(package, LATER)
    CHANGES[change](package)
    assert code_of(package, LATER) not in (before, None)


def test_what_the_interpreter_keeps_beside_the_sources_does_not(package: Path) -> None:
    before = code_of(package, LATER)
    (package / "cleansing" / "__pycache__" / "clean.cpython-312.pyc").write_bytes(b"code")
    assert code_of(package, LATER) == before is not None


def test_another_polars_changes_it(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = code_of(package, LATER)
    monkeypatch.setattr(pl, "__version__", "999")
    assert code_of(package, LATER) != before


NOT_TOLD: dict[str, Callable[[Path], object]] = {
    "compiled only": compiled_only,
    "one compiled module": lambda p: (p / "cleansing" / "fast.cpython-312-x86_64-linux-gnu.so").write_bytes(b"code"),
}


@pytest.mark.parametrize("change", NOT_TOLD)
def test_compiled_code_has_none(package: Path, change: str) -> None:
    NOT_TOLD[change](package)
    assert code_of(package, LATER) is None


def test_no_folder_of_files_has_none(tmp_path: Path) -> None:
    assert code_of(tmp_path / "domain.zip" / "domain", LATER) is None


def test_files_touched_since_they_were_loaded_have_none(package: Path) -> None:
    touched = max(path.stat().st_ctime for path in package.rglob("*.*"))
    assert code_of(package, touched) is None
    assert code_of(package, touched + 0.001) is not None
