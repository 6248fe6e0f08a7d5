"""The header sets that exports of one source come in, and the one that an estate has of each, drawn from its seed.

Layouts are YAML lists in layouts/, a file per view: {id, file, product, record, grain, words, delimiter, encoding,
dates, footer, title, sheet, columns}. A column is `header: concept [form] [> field]`; the field is the right mapping
where it is not the concept's, "-" where it is none. Keep out: what stands in the cells (cells).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml

from benchmarks.estate.cells import CONCEPTS, unit

HERE = Path(__file__).parent / "layouts"
# What a table is of no use without stays in it; any other column is missing from some estates.
_KEPT = frozenset(
    {"name", "short", "fqdn", "serial", "tag", "uuid", "instance_uuid", "ip", "mac", "key", "moref", "instance",
     "parent", "relation", "child", "disk_size", "application_name", "class", "power_vmware", "lifecycle", "seen",
     "answered", "fqdn_answered"}
)  # fmt: skip
_LEFT_OUT = 0.08
# Of these a list may lack none, one or two, with these chances: not every CMDB has MAC addresses.
_IDENTIFYING, _LACKING = ("mac", "fqdn", "serial"), (0.4, 0.4, 0.2)
_TOLD = ("product", "record", "grain", "delimiter", "encoding", "footer", "title", "sheet")
_DATES = frozenset({"installed", "seen", "booted", "snapped"})
_WORDED = frozenset({"class", "lifecycle", "power", "environment"})


@dataclass(frozen=True)
class Column:
    """header, what stands in its cells, and the canonical field that it is ("" = none)."""

    header: str
    concept: str
    form: str
    field: str

    @property
    def unit(self) -> str:
        return unit(self.form)

    def cell(self) -> pl.Expr:
        return CONCEPTS[self.concept].cell(self.form)


@dataclass(frozen=True)
class Layout:
    """An export of an estate.

    file: its name without suffix, also its table's. footer: a word of its last line; title: the line above its headers.
    sheet: its table's name where it is one of several in a workbook.
    """

    id: str
    view: str
    file: str
    columns: tuple[Column, ...]
    product: str | None = None
    record: str = "asset"
    grain: str = "asset"
    delimiter: str = ","
    encoding: str = "utf-8"
    footer: str = ""
    title: str = ""
    sheet: str = ""


def drawn(view: str, rng: np.random.Generator, nth: int | None = None) -> Layout:
    """One layout of a view: some columns left out, in another order where no tool fixes it, one form of dates.

    nth: which one (the last where there are fewer), else any.
    """
    entries = yaml.safe_load((HERE / f"{view}.yaml").read_text("utf-8"))
    entry = entries[rng.integers(len(entries)) if nth is None else min(nth, len(entries) - 1)]
    layout = _layout(entry, view, str(rng.choice(entry.get("dates", ["%Y-%m-%d"]))))
    lacking = set(rng.permutation(_IDENTIFYING)[: rng.choice(len(_LACKING), p=_LACKING)])
    kept = [c for c in layout.columns if c.concept not in lacking and (c.concept in _KEPT or rng.random() >= _LEFT_OUT)]
    if layout.product is None:
        order = [0, *(1 + rng.permutation(len(kept) - 1))] if rng.random() < 0.5 else range(len(kept))
        kept = [kept[i] for i in order]
    return replace(layout, columns=tuple(kept))


def layouts(view: str) -> list[Layout]:
    """Every layout of a view, whole."""
    entries = yaml.safe_load((HERE / f"{view}.yaml").read_text("utf-8"))
    return [_layout(entry, view, entry.get("dates", ["%Y-%m-%d"])[0]) for entry in entries]


def _layout(entry: dict[str, Any], view: str, dates: str) -> Layout:
    columns = tuple(_column(header, text, entry["words"], dates) for header, text in entry["columns"].items())
    told = {name: entry[name] for name in _TOLD if name in entry}
    return Layout(entry["id"], view, entry.get("file", entry["id"]), columns, **told)


def _column(header: str, text: str, words: str, dates: str) -> Column:
    told, _, field = text.partition(" > ")
    concept, _, form = told.partition(" ")
    form = dates if concept in _DATES else words if concept in _WORDED else form
    return Column(header, concept, form, field.removeprefix("-") or ("" if field else CONCEPTS[concept].field))
