"""How right an inventory's values are: field by field, over what the exports tell, as a fair judge would compare.

Texts in any case, numbers within half a percent, dates by day, lists as sets, enums exactly, UUIDs in either order of
bytes, names of operating systems by family and version. Keep out: which asset is which thing (score).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.schema import fields
from discovery_pipeline_tests.sample_tenants.score import Score

TOLERANCE = 0.005
_FAMILIES: Mapping[str, str] = {
    "windows server": r"win(dows)?( ?server)?,? ?(20\d\d|2k\d+|server|nt)|^w20\d\d",
    "windows": r"windows|win ?1[01]",
    "rhel": r"red ?hat|rhel",
    "suse": r"suse|sles",
    "oracle linux": r"oracle|^ol ",
    "centos": r"centos",
    "ubuntu": r"ubuntu",
    "debian": r"debian",
    "esxi": r"esx",
}
# Link-local addresses and those of bridges inside a machine: nobody is wrong to keep or to drop them.
_LOCAL = r"^fe80:|^172\.17\.0\.1$|^02:42:"
_VERSION = r"(\d+(?:\.\d+)*)"


@dataclass(frozen=True)
class Judged:
    """cells: true_id, asset_id, field, expected, found, right; one per value that the exports tell."""

    cells: pl.DataFrame

    @property
    def overall(self) -> Score:
        return _score(self.cells)

    def by_field(self) -> dict[str, Score]:
        parts = self.cells.partition_by("field", as_dict=True, maintain_order=True)
        return {str(key[0]): _score(part) for key, part in parts.items()}

    def wrong(self, field: str, count: int) -> pl.DataFrame:
        """Some wrong cells of a field: true_id, asset_id, expected, found."""
        cells = self.cells.filter(pl.col("field") == field, ~pl.col("right"))
        return cells.head(count).select("true_id", "asset_id", "expected", "found")


def _score(cells: pl.DataFrame) -> Score:
    made = cells["found"].is_not_null() & (cells["found"] != "")
    return Score(int(cells["right"].sum()), int(made.sum()), cells.height)


def judge(inventory: pl.DataFrame, main: pl.DataFrame, assets: pl.DataFrame, told: pl.DataFrame) -> Judged:
    """Compare the main asset of every thing with the truth.

    main: true_id, asset_id. assets: the truth, all text, "" = no value, lists joined by ";". told: true_id and per
    field whether some export tells it rightly; only these cells count.
    """
    rows = main.join(assets, on="true_id").join(inventory, on="asset_id", how="left", suffix="@found")
    parts = [_cells(rows, told, field) for field in told.columns if field != "true_id" and field in assets.columns]
    return Judged(pl.concat(parts) if parts else pl.DataFrame(schema=_CELLS))


def judge_special(inventory: pl.DataFrame, lineage: pl.DataFrame, special: pl.DataFrame) -> pl.DataFrame:
    """special with `found` and `right`: what became of cells whose row is alone in its asset.

    special: file, table, row, field, raw, want ("" = no value, lists joined by ";", dates by day). A row that is in no
    asset is wrong.
    """
    placed = special.join(lineage.select("file", "table", "row", "asset_id"), on=["file", "table", "row"], how="left")
    parts = [_became(placed.filter(field=name), inventory, name) for name in sorted(set(special["field"]))]
    return pl.concat(parts) if parts else special.with_columns(found=pl.lit(""), right=pl.lit(value=True))


def _became(cells: pl.DataFrame, inventory: pl.DataFrame, field: str) -> pl.DataFrame:
    told = fields("asset")[field]
    value = pl.col(field)
    if told.is_list:
        text = value.list.sort().list.join(";")
    elif told.base == "datetime":
        text = value.dt.strftime("%Y-%m-%d")
    elif told.base in ("integer", "number"):
        text = value.cast(pl.Float64).cast(pl.String).str.strip_suffix(".0")
    else:
        text = value.cast(pl.String)
    here = cells.join(inventory.select("asset_id", text.alias("found")), on="asset_id", how="left")
    want = pl.col("want").str.split(";").list.sort().list.join(";") if told.is_list else pl.col("want")
    same = pl.col("found").fill_null("").str.to_lowercase() == want.str.to_lowercase()
    return here.with_columns(right=same & pl.col("asset_id").is_not_null())


_CELLS = {
    "true_id": pl.String, "asset_id": pl.String, "field": pl.String, "expected": pl.String, "found": pl.String,
    "right": pl.Boolean,
}  # fmt: skip


def _cells(rows: pl.DataFrame, told: pl.DataFrame, field: str) -> pl.DataFrame:
    known = told.filter(field).select("true_id")
    wanted = rows.join(known, on="true_id", how="semi").filter(pl.col(field) != "")
    found = pl.col(f"{field}@found")
    shared = pl.col("vip").fill_null("") if "vip" in wanted.columns else pl.lit("")
    right = comparison(field)(pl.col(field), found, shared).fill_null(value=False)
    listed = isinstance(wanted.schema[f"{field}@found"], pl.List)
    shown = found.list.join(";") if listed else found.cast(pl.String)
    return wanted.select("true_id", "asset_id", field=pl.lit(field), expected=pl.col(field), found=shown, right=right)


def comparison(field: str) -> Callable[[pl.Expr, pl.Expr, pl.Expr], pl.Expr]:
    """How values of a field are compared: from expected, found and shared addresses to whether they are the same."""
    told = fields("asset")[field]
    if field == "os_name":
        return _same_system
    if field == "uuid":
        return _same_uuid
    if told.is_list:
        return _same_list
    if told.base in ("integer", "number"):
        return _same_number
    if told.base == "datetime":
        return lambda expected, found, _: found.dt.strftime("%Y-%m-%d") == expected
    return lambda expected, found, _: found.cast(pl.String).str.to_lowercase() == expected.str.to_lowercase()


def _same_number(expected: pl.Expr, found: pl.Expr, _: pl.Expr) -> pl.Expr:
    number = expected.cast(pl.Float64)
    return (found.cast(pl.Float64) - number).abs() <= TOLERANCE * number.abs() + 1e-9


def _same_list(expected: pl.Expr, found: pl.Expr, shared: pl.Expr) -> pl.Expr:
    """The first expected one is there, and nothing beyond the expected ones, what is shared, and local ones."""
    wanted = expected.str.to_lowercase().str.split(";")
    have = found.list.eval(pl.element().str.to_lowercase().filter(~pl.element().str.contains(_LOCAL)))
    surplus = have.list.set_difference(wanted).list.set_difference(pl.concat_list(shared.str.to_lowercase()))
    return have.list.contains(wanted.list.first()) & (surplus.list.len() == 0)


def _same_uuid(expected: pl.Expr, found: pl.Expr, _: pl.Expr) -> pl.Expr:
    """In either byte order: a source that swaps the first three groups cannot be told from one that does not."""
    plain, wanted = found.str.to_lowercase(), expected.str.to_lowercase()
    byte = [plain.str.slice(at, 2) for at in (6, 4, 2, 0, 11, 9, 16, 14)]
    dash = pl.lit("-")
    swapped = pl.concat_str(*byte[:4], dash, *byte[4:6], dash, *byte[6:], plain.str.slice(18))
    return (plain == wanted) | (swapped == wanted)


def _same_system(expected: pl.Expr, found: pl.Expr, _: pl.Expr) -> pl.Expr:
    """The same family, and the same version as far as both go."""
    one, other = (text.str.to_lowercase() for text in (expected, found))
    first, second = (_version(text) for text in (one, other))
    agree = (first == second) | first.str.starts_with(second + ".") | second.str.starts_with(first + ".")
    return (_family(one) == _family(other)) & agree


def _family(text: pl.Expr) -> pl.Expr:
    names = [pl.when(text.str.contains(pattern)).then(pl.lit(name)) for name, pattern in _FAMILIES.items()]
    return pl.coalesce(*names, text)


def _version(text: pl.Expr) -> pl.Expr:
    """16 of "2k16" is 2016; the first number otherwise."""
    short = text.str.replace(r"2k(\d\d)", "20$1").str.replace(r"2k(\d)", "200$1")
    return short.str.extract(_VERSION)
