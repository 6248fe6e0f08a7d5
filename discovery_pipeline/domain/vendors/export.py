"""An estate as the files of a vendor's import: selected, drafted, checked, parted. Keep out: each of these steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.vendors.aws_ads import aws_ads
from discovery_pipeline.domain.vendors.azure_migrate import azure_migrate
from discovery_pipeline.domain.vendors.draft import Draft
from discovery_pipeline.domain.vendors.estate import Estate
from discovery_pipeline.domain.vendors.google_mc import google_mc
from discovery_pipeline.domain.vendors.issues import gathered
from discovery_pipeline.domain.vendors.konveyor import APPLICATIONS, DEPENDENCIES, fitting, konveyor
from discovery_pipeline.domain.vendors.packing import VendorFile, header, lines, parted, written
from discovery_pipeline.domain.vendors.preflight import check
from discovery_pipeline.domain.vendors.rules import TableRule, Vendor, VendorRules, rules_of
from discovery_pipeline.domain.vendors.selection import Selection, VendorParams, select

_DRAFTS: dict[Vendor, Callable[[Estate, Selection, VendorRules], Draft]] = {
    "azure-migrate": azure_migrate,
    "aws-ads": aws_ads,
    "google-mc": google_mc,
    "konveyor": konveyor,
}


@dataclass(frozen=True)
class VendorExport:
    """files: in the order in which they are imported. issues: ISSUES. left_out: LEFT_OUT.

    selected: assets that were to go; accepted: those whose row is in a file; apart: of these, in files that the vendor
    imports and can't use.
    """

    rules: VendorRules
    files: tuple[VendorFile, ...]
    issues: pl.DataFrame
    left_out: pl.DataFrame
    selected: int
    accepted: int
    apart: int


def vendor_export(vendor: Vendor, estate: Estate, params: VendorParams | None = None) -> VendorExport:
    """The files for a vendor's import and what is to be said of them; the same estate gives the same bytes."""
    rules = rules_of(vendor)
    selection = select(estate, rules.takes, params or VendorParams())
    draft = _DRAFTS[vendor](estate, selection, rules)
    tables, found = _checked(draft, rules)
    main = tables[rules.tables[0].name]
    files = _one_file(tables, rules) if vendor == "konveyor" else _files(tables, rules)
    selected = draft.tables[rules.tables[0].name].height
    return VendorExport(
        rules,
        tuple(files),
        gathered([draft.issues, found]),
        selection.left_out,
        selected,
        main.height,
        int(main["apart"].sum()),
    )


def _checked(draft: Draft, rules: VendorRules) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """The tables as they can be written; the details only of assets whose row stays."""
    main, *details = rules.tables
    first = check(draft.tables[main.name], main)
    tables, found = {main.name: first.rows}, [first.issues]
    for table in details:
        parents = first.rows.select("asset_id", parent="apart")
        mine = draft.tables[table.name].join(parents, on="asset_id", how="inner", maintain_order="left")
        checked = check(mine, table)
        tables[table.name] = checked.rows.with_columns(apart="parent")
        found.append(checked.issues)
    if DEPENDENCIES in tables:
        tables[DEPENDENCIES], said = fitting(tables[DEPENDENCIES], tables[APPLICATIONS])
        found += said
    return tables, gathered(found)


def _files(tables: dict[str, pl.DataFrame], rules: VendorRules) -> list[VendorFile]:
    """Every table's rows of a number of machines in files of that number; those set apart in files of their own."""
    files = []
    for apart, word in ((False, ""), (True, rules.apart)):
        chosen = {name: rows.filter(pl.col("apart") == apart) for name, rows in tables.items()}
        prefix = "-".join(part for part in (rules.vendor, word) if part)
        if chosen[rules.tables[0].name].height:
            files += _parted_files(chosen, rules, prefix)
    return files


def _parted_files(tables: dict[str, pl.DataFrame], rules: VendorRules, prefix: str) -> list[VendorFile]:
    text = {rule.name: _with_lines(tables[rule.name], rule) for rule in rules.tables}
    main = rules.tables[0].name
    sizes = pl.concat([rows.select("asset_id", pl.col("line").str.len_bytes() + 1) for rows in text.values()])
    total = sizes.group_by("asset_id").agg(pl.col("line").sum().cast(pl.Int64))
    units = tables[main].select("asset_id").join(total, on="asset_id", how="left", maintain_order="left")
    overhead = sum(len(header(_columns(tables[rule.name], rule)).encode()) + 1 for rule in rules.tables)
    numbered = units.with_columns(parted(units["line"], rules.rows, rules.bytes, overhead))
    files = []
    for number in range(1, int(numbered["file"][-1]) + 1):
        mine = numbered.filter(pl.col("file") == number).select("asset_id")
        for rule in rules.tables:
            rows = text[rule.name].join(mine, on="asset_id", how="semi", maintain_order="left")
            if rows.height:
                name = f"{prefix}-{number}{'' if len(rules.tables) == 1 else f'-{rule.name}'}.csv"
                files.append(written(name, _columns(tables[rule.name], rule), rows["line"]))
    return files


def _columns(rows: pl.DataFrame, rule: TableRule) -> list[str]:
    """The vendor's columns that the rows have: an optional group (disk 2, ...) stands there where it is needed."""
    return [name for name in rule.names if name in rows.columns]


def _with_lines(rows: pl.DataFrame, rule: TableRule) -> pl.DataFrame:
    return rows.select("asset_id", lines(rows, _columns(rows, rule)).alias("line"))


def _one_file(tables: dict[str, pl.DataFrame], rules: VendorRules) -> list[VendorFile]:
    """All tables below each other under one header: they share their columns."""
    columns = rules.tables[0].names
    data = pl.concat([lines(tables[rule.name], columns) for rule in rules.tables])
    return [written(f"{rules.vendor}-1.csv", columns, data)] if len(data) else []
