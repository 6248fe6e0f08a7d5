"""A scratch run beside what is published: what differs, by count and sample. Judges nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.inventory.changes import find_changes
from discovery_pipeline.services.learning.preview.scratch_run import ScratchRun

SAMPLE = 5
_EDGE = ("from_asset", "to_asset", "to_address", "kind")
_FINDINGS = ("column_mapping", "clean_records", "inventory", "dependencies", "analysis")


@dataclass(frozen=True)
class Change:
    """One of them. about: a column, asset or edge, or a finding's code, in words. what: the field, where there is one.

    before, after: null where there is no value.
    """

    about: str
    what: str | None = None
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True)
class Changes:
    """How many, and at most five of them. by: how many of each field, where there are fields."""

    count: int
    sample: tuple[Change, ...] = ()
    by: Mapping[str, int] | None = None


def asset_names(made: ScratchRun) -> pl.DataFrame:
    """asset_id and name of every asset, as it would be called, else as it is."""
    both = [made.part("inventory", "inventory"), made.run.scan("inventory", "inventory").collect()]
    columns = ["asset_id", "classified_type", "application_name", "hostname", "fqdn", "source_id"]
    rows = pl.concat(frame.select(columns) for frame in both).unique("asset_id", keep="first", maintain_order=True)
    application = pl.when(pl.col("classified_type") == "application").then(pl.col("application_name").list.first())
    return rows.select("asset_id", name=pl.coalesce(application, "hostname", "fqdn", "source_id", "asset_id"))


def columns(made: ScratchRun) -> Changes:
    """Columns that would carry another field, or be read otherwise, or be accepted or not."""
    read = ["field", "unit", "transform", "status"]
    before = made.run.scan("column_mapping", "mapping").select("table_no", "position", "header", *read).collect()
    after = made.part("column_mapping", "mapping").select("table_no", "position", *read)
    pair = before.join(after, on=["table_no", "position"], suffix="@new")
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}@new")) for name in read)
    places = {info.table_no: info for info in made.run.tables()}
    rows = pair.filter(differs).sort(pl.col("field").eq_missing(pl.col("field@new")), "table_no", "position")
    sample = [
        Change(
            f"{row['header']} in {places[row['table_no']].file} › {places[row['table_no']].table}",
            None, _reading(row, ""), _reading(row, "@new"),
        )
        for row in rows.head(SAMPLE).iter_rows(named=True)
    ]  # fmt: skip
    return Changes(len(rows), tuple(sample))


def _reading(row: Mapping[str, str | None], of: str) -> str:
    parts = [row[f"field{of}"] or "no field", row[f"unit{of}"], row[f"transform{of}"]]
    status = row[f"status{of}"]
    told = " ".join(part.replace("_", " ") if place else part for place, part in enumerate(parts) if part)
    return f"{told}, for review" if status == "review" else told


def assets(made: ScratchRun, names: pl.DataFrame) -> tuple[Changes, Changes, Changes]:
    """Assets that come (or return), those that go, and cells that change."""
    if not made.makes("inventory"):
        return Changes(0), Changes(0), Changes(0, by={})
    before = made.run.scan("inventory", "inventory").collect()
    rows = find_changes(made.part("inventory", "inventory"), before).join(names, on="asset_id", how="left")
    rows = rows.sort("field", "name", "asset_id", nulls_last=False)
    cells = rows.filter(change="changed")
    counts = cells.group_by("field").len().sort("len", "field", descending=[True, False])
    return (
        _told(rows.filter(pl.col("change").is_in(["added", "returned"]))),
        _told(rows.filter(change="vanished")),
        Changes(len(cells), _told(_spread(cells, "field")).sample, dict(counts.iter_rows())),
    )


def _told(rows: pl.DataFrame) -> Changes:
    shown = rows.head(SAMPLE).select("name", "field", "old", "new")
    return Changes(len(rows), tuple(Change(*row) for row in shown.iter_rows()))


def _spread(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    """The rows ordered so that the first ones are of different groups, the largest group's first."""
    ranked = rows.with_columns(pl.int_range(pl.len()).over(by).alias("rank"), pl.len().over(by).alias("size"))
    return ranked.sort("rank", "size", by, descending=[False, True, False], maintain_order=True).drop("rank", "size")


def edges(made: ScratchRun, names: pl.DataFrame) -> tuple[Changes, Changes, Changes]:
    """Edges that come, that go, and that are trusted more or less."""
    if not made.makes("dependencies"):
        return Changes(0), Changes(0), Changes(0)
    before = made.run.scan("dependencies", "dependencies").collect().select(*_EDGE, "confidence")
    after = made.part("dependencies", "dependencies").select(*_EDGE, "confidence")
    keys = {"on": list(_EDGE), "nulls_equal": True}
    new, gone = after.join(before, how="anti", **keys), before.join(after, how="anti", **keys)  # type: ignore[arg-type]
    both = before.join(after, suffix="@new", **keys)  # type: ignore[arg-type]
    moved = both.filter((pl.col("confidence") - pl.col("confidence@new")).abs() > 1e-9)
    return (
        _told_edges(new, names, None, "confidence"),
        _told_edges(gone, names, "confidence", None),
        _told_edges(moved, names, "confidence", "confidence@new"),
    )


def _told_edges(edges: pl.DataFrame, names: pl.DataFrame, before: str | None, after: str | None) -> Changes:
    surest = edges.sort(pl.col(after or before or "confidence"), *_EDGE, descending=[True, *(False for _ in _EDGE)])
    shown = surest.head(SAMPLE).join(
        names.rename({"name": "from"}), left_on="from_asset", right_on="asset_id", how="left"
    )
    shown = shown.join(names.rename({"name": "to"}), left_on="to_asset", right_on="asset_id", how="left")
    sample = [
        Change(
            f"{row['from'] or row['from_asset']} → {row['to'] or row['to_asset'] or row['to_address']}", row["kind"],
            f"{row[before]:.2f}" if before else None, f"{row[after]:.2f}" if after else None,
        )
        for row in shown.iter_rows(named=True)
    ]  # fmt: skip
    return Changes(len(edges), tuple(sample))


def assessments(made: ScratchRun, names: pl.DataFrame) -> tuple[Changes, Changes]:
    """Assets, in the inventory before and after, whose strategy changes; and whose wave does."""
    before = made.run.scan("analysis", "analysis").collect()
    pair = before.join(made.part("analysis", "analysis"), on="asset_id", suffix="@new").join(names, on="asset_id")

    def differing(name: str) -> Changes:
        rows = pair.filter(pl.col(name).ne_missing(pl.col(f"{name}@new"))).sort("name", "asset_id")
        old, new = (pl.col(n).cast(pl.String()) for n in (name, f"{name}@new"))
        return _told(rows.select("name", pl.lit(None, pl.String()).alias("field"), old=old, new=new))

    return differing("strategy"), differing("wave")


def findings(made: ScratchRun) -> tuple[Changes, Changes]:
    """Findings that would be told, and those that would not be any more."""
    before = pl.concat(made.run.scan(asset, "findings") for asset in _FINDINGS).collect()
    after = pl.concat(made.part(asset, "findings") for asset in _FINDINGS)
    keys = {"on": before.columns, "how": "anti", "nulls_equal": True}
    new, gone = after.join(before, **keys), before.join(after, **keys)  # type: ignore[arg-type]
    return _told_findings(new), _told_findings(gone)


def _told_findings(rows: pl.DataFrame) -> Changes:
    counts = rows.group_by("code").len().sort("len", "code", descending=[True, False])
    shown = _spread(rows, "code").head(SAMPLE)
    sample: Sequence[Change] = [Change(code, detail) for code, detail in shown.select("code", "detail").iter_rows()]
    return Changes(len(rows), tuple(sample), dict(counts.iter_rows()))
