"""Where every input row went, counted in what stands now: the law of conservation in figures for people."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from discovery_pipeline.files.extraction import part_name
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.services.run_frames import RunFrames, run_frames


@dataclass(frozen=True)
class Conservation:
    """rows: read from all tables. places: what became of them, in words, with how many. None of them counts twice.

    complete: whether the run came as far as the dependencies, so that every row has a place.
    """

    rows: int
    places: tuple[tuple[str, int], ...]
    complete: bool

    @property
    def unaccounted(self) -> int:
        """Rows without a place; of a complete run a defect, else still under way."""
        return self.rows - sum(count for _, count in self.places)


def conservation(frames: TenantFrames) -> Conservation | None:
    """The rows of the newest inventory's tables, or of as far as the first run came; None before anything was read."""
    run = run_frames(frames)
    if not run.has("raw_export"):
        return None
    places = {
        "records of assets": 0, "exact repeats of a record": 0, "relationships and connections": 0, "quarantined": 0,
        "dropped as no record": 0,
    }  # fmt: skip
    complete = run.has("inventory") and run.has("dependencies")
    for part, asset in (("rows", "quarantined_records"), ("quarantine", "inventory"), ("quarantine", "dependencies")):
        for disposition, count in _set_aside(run, asset, part):
            places["quarantined" if disposition == "quarantined" else "dropped as no record"] += count
    if run.has("inventory"):
        for duplicate, count in _counts(run.scan("inventory", "lineage"), "duplicate"):
            places["exact repeats of a record" if duplicate else "records of assets"] += count
    if run.has("dependencies"):
        # What dependencies set aside is counted with the quarantine.
        aside = sum(count for _, count in _set_aside(run, "dependencies", "quarantine"))
        places["relationships and connections"] = _links(run) - aside
    return Conservation(sum(table.rows for table in run.tables()), tuple(places.items()), complete)


def _set_aside(run: RunFrames, asset: str, part: str) -> list[tuple[str, int]]:
    """Rows of tables by disposition; a file that could not be read has none."""
    if not run.has(asset, part):
        return []
    return _counts(run.scan(asset, part).filter(pl.col("row").is_not_null()), "disposition")


def _links(run: RunFrames) -> int:
    """Clean rows of tables that hold no assets."""
    kinds, parts = run.kinds(), set(run.parts("clean_records"))
    names = [part_name(no) for no, kind in kinds.items() if kind.record != "asset" and part_name(no) in parts]
    return sum(run.scan("clean_records", name).select(pl.len()).collect().item() for name in names)


def _counts(frame: pl.LazyFrame, column: str) -> list[tuple[str, int]]:
    return list(frame.group_by(column).len().collect(engine="streaming").iter_rows())
