"""Labelled worlds on disk, made once each."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path

from benchmarks.dependencies.world.generate import generate
from benchmarks.estate.noise import Profile

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "bench-data"


def labelled_world(profile: Profile, assets: int, seed: int) -> Path:
    """The folder of this world; made anew where the generator has changed since."""
    folder = DATA / f"dependencies-{profile}-{assets}-{seed}"
    made_by = folder / "generator"
    version = _generator()
    if not made_by.exists() or made_by.read_text() != version:
        print(f"making a {profile} world of {assets:,} assets, seed {seed}", file=sys.stderr)
        # Several processes may want it at once: each makes its own, the first to finish stays.
        aside = folder.with_name(f"{folder.name}.{os.getpid()}.making")
        generate(assets, aside, seed, profile)
        (aside / "generator").write_text(version)
        if not made_by.exists() or made_by.read_text() != version:
            shutil.rmtree(folder, ignore_errors=True)
            aside.rename(folder)
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def _generator() -> str:
    """What the generator's code and data hash to."""
    parts = [HERE / "world", HERE.parent / "estate"]
    paths = [path for part in parts for kind in ("*.py", "*.yaml") for path in sorted(part.rglob(kind))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
