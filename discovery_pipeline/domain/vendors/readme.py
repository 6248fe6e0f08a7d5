"""What a person reads beside a vendor's files: how many rows went, what did not and why, the limits and their date."""

from __future__ import annotations

from typing import Any

import polars as pl

from discovery_pipeline.domain.vendors.export import VendorExport

_MOST = 12
_OUTCOMES = {
    "rejected": "rows that the vendor would refuse",
    "set_apart": "rows that the vendor takes and can't use",
    "left_blank": "cells left blank",
    "changed": "cells written otherwise",
}


def reasons(export: VendorExport, outcome: str) -> list[dict[str, Any]]:
    """column, rule, why, assets: how many assets each rule concerned, most first."""
    mine = export.issues.filter(pl.col("outcome") == outcome)
    counted = mine.group_by("column", "rule", "why").agg(assets=pl.col("asset_id").n_unique())
    return counted.sort(["assets", "column", "rule", "why"], descending=[True, False, False, False]).to_dicts()


def left_out_counts(export: VendorExport) -> dict[str, int]:
    """reason -> assets that were not to go, most first."""
    counted = export.left_out.group_by("reason").len().sort(["len", "reason"], descending=[True, False])
    return dict(zip(counted["reason"], counted["len"], strict=True))


def quota_notes(export: VendorExport) -> list[str]:
    """What the vendor's quotas across files mean for this many rows."""
    quotas, rows = export.rules.quotas, export.accepted
    notes = []
    if rows > quotas.get("servers_per_project", rows):
        notes.append(
            f"a project takes {quotas['servers_per_project']:,} servers: import each file into its own project"
        )
    if rows > quotas.get("imported_records", rows):
        notes.append(f"an account takes {quotas['imported_records']:,} records: import each file into its own account")
    elif rows > quotas.get("imported_servers", rows):
        notes.append(f"an account takes {quotas['imported_servers']:,} servers unless its quota is raised: ask before")
    return notes


def readme(export: VendorExport) -> str:
    """README.txt, without times or ids of a run."""
    rules = export.rules
    title = f"Import files for {rules.title}"
    parts = [
        [title, "=" * len(title)],
        ["Files, in the order of import", *(_file_line(f.name, f.rows) for f in export.files)],
        ["Rows", *_counts(export)],
        *[_section(export, outcome, words) for outcome, words in _OUTCOMES.items()],
        ["Limits kept", *_limits(export)],
        ["To know", *(f"- {note}" for note in (*quota_notes(export), *rules.notes))],
        [f"The rules, as read on {rules.as_of.isoformat()}", *_sources(export)],
        [
            "Beside the files",
            "rejected.csv: every row that was refused or set apart, with the cell, the rule and what to do",
            "changed.csv: every cell that was left blank or written otherwise",
            "left-out.csv: every asset that was not to go, and why",
        ],
    ]
    return "\n\n".join("\n".join(part) for part in parts if len(part) > 1) + "\n"


def _file_line(name: str, rows: int) -> str:
    return f"{name}: {rows:,} rows"


def _counts(export: VendorExport) -> list[str]:
    rejected = export.selected - export.accepted
    counts = [f"{export.selected:,} assets selected, {export.accepted:,} written, {rejected:,} rejected"]
    if export.apart:
        counts.append(f"{export.apart:,} of the written ones in files of their own ({export.rules.apart})")
    return counts + [f"left out, {reason}: {count:,}" for reason, count in left_out_counts(export).items()]


def _section(export: VendorExport, outcome: str, words: str) -> list[str]:
    listed = reasons(export, outcome)
    shown = [f"{one['assets']:,} assets, {one['column']}: {one['why']}" for one in listed[:_MOST]]
    more = [f"... and {len(listed) - _MOST} more reasons"] if len(listed) > _MOST else []
    return [words.capitalize(), *shown, *more]


def _limits(export: VendorExport) -> list[str]:
    rules = export.rules
    lines = [f"rows in a file: {rules.rows:,}"] if rules.rows else ["rows in a file: none published"]
    lines += [f"bytes in a file (or in the files of one import): {rules.bytes:,}"] if rules.bytes else []
    return lines + [f"{name.replace('_', ' ')}: {most:,}" for name, most in rules.quotas.items()]


def _sources(export: VendorExport) -> list[str]:
    lines = []
    for source in export.rules.sources.values():
        stated = f", stated there as of {source.published.isoformat()}" if source.published else ""
        lines.append(f"- {source.title}{stated}: {source.address}")
    return lines
