"""Packaged sample tenants: the README's example, the demo and a test fixture at once.

A sample is a folder `<name>/` with `exports/` (what a tenant would hand over), `truth/` (what is really there, for
tests), a README.md with its story and perhaps a corrections.csv (what only the tenant can know, as `discovery correct`
takes it). Keep out: everything that reads or judges the exports.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path

from discovery_pipeline.domain.errors import UsageError


def sample_names() -> list[str]:
    """Names of the packaged sample tenants, sorted; each is a valid tenant name."""
    return sorted(entry.name for entry in files(__package__).iterdir() if entry.joinpath("exports").is_dir())


@contextmanager
def sample_files(name: str) -> Iterator[Path]:
    """The folder that holds a sample's export files, readable while the context is open.

    Raises UsageError when no sample has this name.
    """
    with as_file(_folder(name).joinpath("exports")) as folder:
        yield folder


def sample_corrections(name: str) -> Path | None:
    """The file of a sample's corrections; None where it has none. Raises UsageError when no sample has this name."""
    path = Path(str(_folder(name).joinpath("corrections.csv")))
    return path if path.is_file() else None


def _folder(name: str) -> Traversable:
    if name not in sample_names():
        raise UsageError(f"there is no sample tenant {name!r}", advice=f"there are: {', '.join(sample_names())}")
    return files(__package__).joinpath(name)
