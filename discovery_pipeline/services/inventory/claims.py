"""Claims: what each record of an asset says about one field, and which of them made the inventory's value.

Claims are never stored (27 a row): they are joined when asked from lineage, clean and canonical records, and judged by
the inventory's origin. Keep out: choosing values (domain.inventory); writing them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import polars as pl

from discovery_pipeline.domain.handoffs import RECORD_KEY, ColumnBinding, FrameSchema, TableInfo, TableKind, empty
from discovery_pipeline.domain.inventory.decisions.corrected import CORRECTED, CORRECTED_RULE
from discovery_pipeline.domain.inventory.details import SUMMED, summarise_details
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.values.claims import STANDINGS
from discovery_pipeline.domain.inventory.values.merge import EARLIEST, LATEST, OWN_TO_EACH_SOURCE
from discovery_pipeline.domain.schema import clean_schema, fields
from discovery_pipeline.files.extraction import part_name
from discovery_pipeline.services.run_frames import RunFrames

PLACE: FrameSchema = {
    "asset_no": pl.UInt32(), "table_no": pl.UInt32(), "row": pl.Int64(), "line": pl.Int64(), "record_no": pl.UInt32(),
    "duplicate": pl.Boolean(),
}  # fmt: skip
# Cleansing finds these in the cells of other fields too, where their own is empty.
DERIVED_FROM = {
    "hostname": ("fqdn",),
    "fqdn": ("hostname",),
    "dns_domain": ("fqdn", "hostname"),
    "ip_address": ("hostname", "fqdn"),
    "cores_per_socket": ("cpu_cores",),
    "os_name": ("os_version",),
    "os_version": ("os_name",),
}
_CORRECTED = "corrected"
_STANDINGS = "standings"
# Rules that chose among spellings of one value.
_OF_ONE_VALUE = ("agreed", "most_exact")
SUM_RULE = "detail_sum"
OWN_BY_NATURE = (*OWN_TO_EACH_SOURCE, *EARLIEST, *LATEST)
# What the inventory's rule says of the claims it did not choose.
OVERRULED = "overruled"  # by a person
LOST = {
    "newest": "older", "oldest": "newer", "majority": "outvoted", "first_listed": "listed_later",
    "tenant_precedence": "not_preferred", CORRECTED_RULE: OVERRULED,
}  # fmt: skip
OUTRANKED = "outranked"
NOT_ITS_OWN = "not_its_own"  # an item of a list that belongs to another asset


@dataclass(frozen=True)
class TableRecords:
    """The records of one table: places (PLACE), and frames that hold at least these rows."""

    info: TableInfo
    kind: TableKind
    bindings: tuple[ColumnBinding, ...]
    places: pl.DataFrame
    clean: pl.LazyFrame
    canonical: pl.LazyFrame

    def states(self, field: str) -> bool:
        """Whether the rows say something about their assets in this field."""
        if self.kind.grain == "detail" and field not in stated_by_details():
            return False
        return field in self.clean.collect_schema().names()

    def bound_to(self, field: str) -> list[ColumnBinding]:
        """The columns that stand for a field, in order of trust, then those that it can be derived from."""
        names = (field, *DERIVED_FROM.get(field, ()))
        return [binding for name in names for binding in self.bindings if binding.field == name]


@dataclass(frozen=True)
class Records:
    """Records that became part of assets, by table, with the inventory and origin frames that hold those assets.

    assets: their ids, sorted; asset_no is the position in it, because numbers join and sort in a fraction of the time
    that ids take. inventory, origin: with asset_no. corrected: asset_no, field and told of what people decided.
    standings: STANDINGS of the tables, none where the inventory does not tell them.
    """

    assets: pl.Series
    tables: tuple[TableRecords, ...]
    inventory: pl.LazyFrame
    origin: pl.LazyFrame
    corrected: pl.DataFrame
    standings: pl.DataFrame


def all_records(run: RunFrames) -> Records:
    """The records of every asset; frames stay lazy."""
    inventory = run.scan("inventory", "inventory")
    assets = inventory.select("asset_id").collect().to_series().sort()
    return _records(run, _places(run), assets, inventory, run.scan("inventory", "origin"))


def records_of(run: RunFrames, asset_id: str, row: pl.DataFrame | None = None) -> Records:
    """The records of one asset, read into memory once: every field is asked of them. row: of the inventory if known."""
    mine = pl.col("asset_id") == asset_id
    inventory = run.scan("inventory", "inventory").filter(mine).collect() if row is None else row
    origin = run.scan("inventory", "origin").filter(mine).collect().lazy()
    records = _records(run, _places(run).filter(mine), inventory.get_column("asset_id"), inventory.lazy(), origin)
    return replace(records, tables=tuple(_in_memory(table) for table in records.tables))


def _records(
    run: RunFrames, places: pl.LazyFrame, assets: pl.Series, inventory: pl.LazyFrame, origin: pl.LazyFrame
) -> Records:
    """origin: holds the fields that any table carries; the others are added as null."""
    present = origin.collect_schema().names()
    winners = [pl.lit(None, pl.UInt32).alias(name) for name in fields("asset")]
    rules = [pl.lit(None, pl.String).alias(f"{name}__rule") for name in fields("asset")]
    complete = origin.with_columns(c for c in (*winners, *rules) if c.meta.output_name() not in present)
    tables = tuple(_tables(run, places.collect(), assets))
    corrected = run.scan("inventory", _CORRECTED).collect() if run.has("inventory", _CORRECTED) else empty(CORRECTED)
    mine = corrected.join(_numbers(assets), on="asset_id").select("asset_no", "field", "told")
    standings = run.scan("inventory", _STANDINGS).collect() if run.has("inventory", _STANDINGS) else empty(STANDINGS)
    return Records(assets, tables, _numbered(inventory, assets), _numbered(complete, assets), mine, standings)


def _numbered(frame: pl.LazyFrame, assets: pl.Series) -> pl.LazyFrame:
    """The frame with asset_no; which row is which asset is looked up once, not per field."""
    ids = frame.select("asset_id").collect()
    numbers = ids.join(_numbers(assets), on="asset_id", how="left", maintain_order="left").select("asset_no")
    return pl.concat([frame, numbers.lazy()], how="horizontal", strict=True)


def _numbers(assets: pl.Series) -> pl.DataFrame:
    return assets.alias("asset_id").to_frame().with_row_index("asset_no")


def field_claims(records: Records, field: str) -> pl.DataFrame:
    """Every claim on a field: PLACE, claim (the clean value), raw, detail, rule, chosen.

    raw: the text of the cell, or of the cells joined by ` | ` where several columns stand for the field. detail: the
    row is a detail of its asset rather than the asset itself. Chosen are the record whose value won, records that say
    the same, members of a united list, and the detail rows of a sum; their rule is the one that chose. Other claims
    name why they lost.
    """
    schema = {**PLACE, "claim": fields("asset")[field].dtype, "raw": pl.String(), "detail": pl.Boolean()}
    found = [_table_claims(t, field).select(list(schema)) for t in records.tables if t.states(field)]
    return _judged(pl.concat([pl.LazyFrame(schema=schema), *found]), field, records).collect()


def is_disputed(claims: pl.DataFrame, field: str) -> bool:
    """Whether the claims on one asset's field contradict each other: figures by more than spelling and rounding.

    Ids and times of observation differ from source to source by nature.
    """
    known = fields("asset")[field]
    if field in OWN_BY_NATURE or claims.get_column("chosen").all():
        return False
    if known.base == "number":
        figures: list[float] = claims.select(_stated(field)).to_series().to_list()
        return max(figures) > (1 + InventoryParams().memory_tolerance) * min(figures)
    return known.is_list or claims.get_column("claim").n_unique() > 1


def _judged(claims: pl.LazyFrame, field: str, records: Records) -> pl.LazyFrame:
    origin = records.origin.select("asset_no", winner=field, reason=f"{field}__rule")
    values = records.inventory.select("asset_no", value=field)
    beside = claims.join(origin, on="asset_no", how="left").join(values, on="asset_no", how="left")
    judged = beside.with_columns(chosen=_is_chosen(field).fill_null(value=False))
    return judged.with_columns(rule=pl.when("chosen").then("reason").otherwise(_why_lost(field))).drop(
        "winner", "reason", "value"
    )


def _is_chosen(field: str) -> pl.Expr:
    known = fields("asset")[field]
    if known.is_list:
        return pl.col("claim").list.set_intersection(pl.col("value")).list.len() > 0
    won = (pl.col("record_no") == pl.col("winner")).fill_null(value=False) | pl.col("reason").is_in(_OF_ONE_VALUE)
    if known.base == "number":
        return won | ((_stated(field) - pl.col("value")).abs() <= 1e-9 * pl.col("value").abs())
    if field == "software":
        part = pl.col("value").str.split("; ").list.contains(pl.col("claim"))
        return won | pl.when(pl.col("reason") == SUM_RULE).then(pl.col("detail") & part).otherwise(_same(field))
    return won | _same(field)


def _stated(field: str) -> pl.Expr:
    """The figure that a claim stands for: detail rows of a size stand for their sum."""
    if field not in SUMMED:
        return pl.col("claim")
    total = pl.col("claim").sum().over("asset_no", "table_no")
    return pl.when("detail").then(total).otherwise("claim")


def _same(field: str) -> pl.Expr:
    """Whether the claim says what the inventory says; spelling makes no difference."""
    if fields("asset")[field].dtype != pl.String():
        return pl.col("claim") == pl.col("value")
    claim, value = (pl.col(c).str.strip_chars(" .").str.to_lowercase() for c in ("claim", "value"))
    return claim == value


def _why_lost(field: str) -> pl.Expr:
    if fields("asset")[field].is_list:
        return pl.when(pl.col("reason") == CORRECTED_RULE).then(pl.lit(OVERRULED)).otherwise(pl.lit(NOT_ITS_OWN))
    return pl.col("reason").replace_strict(LOST, default=OUTRANKED, return_dtype=pl.String())


def _table_claims(table: TableRecords, field: str) -> pl.LazyFrame:
    says_something = pl.col("claim").list.len() > 0 if fields("asset")[field].is_list else pl.col("claim").is_not_null()
    clean = table.clean.select("row", claim=field).filter(says_something)
    cells = table.canonical.select("row", *dict.fromkeys(binding.column for binding in table.bound_to(field)))
    claims = table.places.lazy().join(clean, on="row").join(cells, on="row", how="left")
    return claims.with_columns(raw=_raw(table, field), detail=pl.lit(table.kind.grain == "detail"))


def _raw(table: TableRecords, field: str) -> pl.Expr:
    """The text of the cell that was read, or of all own cells of a list.

    Of several columns the first that holds more than punctuation was read; one that says the clean value is surer.
    """
    columns = [binding.column for binding in table.bound_to(field)]
    own = [binding.column for binding in table.bound_to(field) if binding.field == field]
    if fields("asset")[field].is_list and own:
        joined = pl.concat_str(own, separator=" | ", ignore_nulls=True)
        return pl.coalesce(pl.when(joined != "").then(joined), *columns)
    if len(columns) < 2:
        return pl.coalesce(columns) if columns else pl.lit(None, pl.String)
    text = pl.col("claim").cast(pl.String).str.to_lowercase()
    same = [pl.when(pl.col(c).str.to_lowercase() == text).then(pl.col(c)) for c in own]
    filled = [pl.when(pl.col(c).str.contains(r"[\p{L}\p{N}]")).then(pl.col(c)) for c in columns]
    return pl.coalesce(*same, *filled, *columns)


def _places(run: RunFrames) -> pl.LazyFrame:
    columns = ["asset_id", *(name for name in PLACE if name != "asset_no")]
    return run.scan("inventory", "lineage").filter(pl.col("asset_id").is_not_null()).select(columns)


@cache
def stated_by_details() -> frozenset[str]:
    """The fields that details state about their asset; names, ids and models of a disk or interface are its own."""
    nothing = empty({"asset": pl.UInt32(), "record_no": pl.UInt32(), **RECORD_KEY, **clean_schema("asset")})
    return frozenset(summarise_details(nothing, {}).columns) & fields("asset").keys()


def _tables(run: RunFrames, places: pl.DataFrame, assets: pl.Series) -> list[TableRecords]:
    numbered = places.join(_numbers(assets), on="asset_id", maintain_order="left").select(list(PLACE))
    by_table = numbered.partition_by("table_no", as_dict=True)
    kinds = run.kinds()
    return [
        _table(run, info, kinds[info.table_no], by_table[(info.table_no,)])
        for info in run.tables()
        if (info.table_no,) in by_table
    ]


def _table(run: RunFrames, info: TableInfo, kind: TableKind, places: pl.DataFrame) -> TableRecords:
    part = part_name(info.table_no)
    clean, canonical = run.scan("clean_records", part), run.scan("canonical_records", part)
    return TableRecords(info, kind, run.bindings(info.table_no), places, clean, canonical)


def among(rows: pl.Series) -> pl.Expr:
    """Whether a row is one of these. The bounds let the parts of a file be passed over that can't hold any."""
    return pl.col("row").is_between(rows.min(), rows.max()) & pl.col("row").is_in(rows.implode())


def _in_memory(table: TableRecords) -> TableRecords:
    wanted = among(table.places.get_column("row"))
    clean, canonical = (frame.filter(wanted).collect().lazy() for frame in (table.clean, table.canonical))
    return TableRecords(table.info, table.kind, table.bindings, table.places, clean, canonical)
