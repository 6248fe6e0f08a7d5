"""Labelled estates on disk, made once each."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

from benchmarks.estate.noise import Profile
from benchmarks.estates import generate

BENCHMARKS = Path(__file__).resolve().parents[1]
DATA = BENCHMARKS.parent / "bench-data"


def labelled_estate(profile: Profile, assets: int, seed: int) -> Path:
    """The folder of this estate, without connections; made anew where the generator has changed since."""
    folder = DATA / f"labelled-{profile}-{assets}-{seed}"
    made_by = folder / "generator"
    version = _generator()
    if not made_by.exists() or made_by.read_text() != version:
        print(f"making a {profile} estate of {assets:,} assets, seed {seed}", file=sys.stderr)
        aside = folder.with_name(f"{folder.name}.making")
        for old in (aside, folder):
            shutil.rmtree(old, ignore_errors=True)
        generate(assets, aside, seed, profile, per_asset=0)
        (aside / "generator").write_text(version)
        aside.rename(folder)
    return folder


def _generator() -> str:
    """What the generator's code and layouts hash to."""
    paths = [
        BENCHMARKS / "estates.py",
        *sorted((BENCHMARKS / "estate").rglob("*.py")),
        *sorted((BENCHMARKS / "estate").rglob("*.yaml")),
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
