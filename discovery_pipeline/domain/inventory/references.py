"""Whose a detail is: references (names, ids, uuids) looked up among the records of assets.

Keep out: what details add up to (details.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.inventory.matching.identifiers import Identifiers, Kind, identifiers_of
from discovery_pipeline.domain.inventory.tables import Tables, text_of_table
from discovery_pipeline.domain.names import name_key

REFERENCE_FIELDS = ("uuid", "serial_number", "source_id", "fqdn", "hostname", "dns_domain", "asset_tag")
# What a reference by this kind is worth; a plain number may be the detail's own counter.
_WORTH: dict[Kind, float] = {"uuid": 5.0, "serial": 4.0, "fqdn": 3.0, "name": 2.0, "tag": 2.0}
_SOURCE_ID_WORTH = 5.0
_PRODUCT_ID_WORTH = 3.0
_COUNTER_WORTH = 1.5
_HOME_BONUS = 0.5
_HOST_BONUS = 0.25
# A value that names more assets than this refers to none of them.
_MOST_TARGETS = 12
# So many references of a table, and this share of them, have to be known to another table before it is taken for the
# list of what they refer to; of several such the ones within a hundredth of the best are.
_LEAST_KNOWN, _LEAST_SHARE, _BEST_WITHIN = 20, 0.9, 0.01
# What a detail repeats of its machine's own row.
_REPEATED = ("power_state", "is_template", "cluster", "datacenter", "os_name", "vlan")


@dataclass(frozen=True)
class Targets:
    """What details may refer to. records: asset records with `asset`. identifiers: theirs, without placeholders.

    host: per asset number whether it is a host.
    """

    records: pl.DataFrame
    identifiers: Identifiers
    host: pl.Series


def resolve(distinct: pl.DataFrame, targets: Targets, tables: Tables) -> list[pl.Series]:
    """Per reference the series asset (null unless one is clearly the best) and rivals (the assets that fit best).

    distinct: table_no and REFERENCE_FIELDS.
    """
    infos = {no: info for no, (info, _) in tables.items()}
    wanted = identifiers_of(distinct, infos)
    spaces = _known_share(_raw_ids(distinct), _raw_ids(targets.records))
    homes = _homes(wanted["name"], spaces, targets, tables)
    parts = [_by_value(kind, worth, wanted[kind], targets, homes) for kind, worth in _WORTH.items()]
    parts += [_by_source_id(distinct, targets, tables, spaces)]
    hosts = pl.LazyFrame({"asset": pl.int_range(len(targets.host), dtype=pl.UInt32, eager=True), "host": targets.host})
    scored = (
        pl.concat(parts)
        .group_by("node", "asset", "kind")
        .agg(pl.col("worth").max())
        .group_by("node", "asset")
        .agg(pl.col("worth").sum())
        .join(hosts, on="asset")
        .with_columns(pl.col("worth") + pl.col("host").cast(pl.Float64) * _HOST_BONUS)
    )
    best = scored.group_by("node").agg(
        pl.col("asset").filter(pl.col("worth") >= pl.col("worth").max() - 1e-9).sort().alias("rivals")
    )
    one = pl.when(pl.col("rivals").list.len() == 1).then(pl.col("rivals").list.first()).alias("asset")
    nodes = pl.LazyFrame({"node": pl.int_range(len(distinct), dtype=pl.UInt32, eager=True)})
    found = nodes.join(best, on="node", how="left", maintain_order="left").with_columns(one).collect()
    return [found["asset"], found["rivals"].fill_null([])]


def tell_apart(found: pl.DataFrame, targets: Targets) -> pl.DataFrame:
    """Details whose reference fits several assets, given to the one whose rows the detail repeats most of.

    found: details with asset and rivals.
    """
    open_ones = found.filter(pl.col("rivals").list.len() > 1).select(
        "record_no", "rivals", *_comparable(found, targets)
    )
    if open_ones.is_empty():
        return found
    fields = [c for c in open_ones.columns if c not in ("record_no", "rivals")]
    rivals = open_ones.explode("rivals", empty_as_null=False, keep_nulls=False).rename({"rivals": "rival"})
    known = targets.records.select(pl.col("asset").alias("rival"), *fields)
    repeated = pl.sum_horizontal(
        [pl.lit(0), *(_repeats(name, known.schema[name]).fill_null(value=False).cast(pl.Int32) for name in fields)]
    )
    scored = (
        rivals.join(known, on="rival", suffix="_known")
        .group_by("record_no", "rival")
        .agg(repeated.max().alias("repeated"))
        .filter(pl.col("repeated") == pl.col("repeated").max().over("record_no"))
        .filter(pl.len().over("record_no") == 1)
        .select("record_no", "rival")
    )
    told = found.join(scored, on="record_no", how="left", maintain_order="left")
    return told.with_columns(pl.coalesce("asset", "rival").alias("asset")).drop("rival")


def _comparable(details: pl.DataFrame, targets: Targets) -> list[str]:
    both = set(details.columns) & set(targets.records.columns)
    return [name for name in ("hostname", "hypervisor_host", "mac_address", "ip_address", *_REPEATED) if name in both]


def _repeats(name: str, dtype: pl.DataType) -> pl.Expr:
    one, other = pl.col(name), pl.col(f"{name}_known")
    if isinstance(dtype, pl.List):
        return one.list.set_intersection(other).list.len() > 0
    return name_key(one) == name_key(other) if name == "hypervisor_host" else one == other


# node: of the reference. table_no: of the asset record.
_FOUND = {"node": pl.UInt32(), "asset": pl.UInt32(), "kind": pl.String(), "worth": pl.Float64()}


def _homes(names: pl.DataFrame, spaces: pl.DataFrame, targets: Targets, tables: Tables) -> pl.DataFrame:
    """table_no (of details), home (of assets): tables that list what the details are of.

    Tables of one file do, and the table that knows nearly all that the details refer to, by name or by its own ids: an
    export in several files shows it by nothing else. names: VALUES of the details. spaces: _known_share of ids.
    """
    file = {no: (info.source, info.file) for no, (info, _) in tables.items()}
    assets, details = (frame["table_no"].unique().sort() for frame in (targets.records, names))
    same_file = [(one, other) for one in details for other in assets if file[one] == file[other]]
    schema = {"table_no": pl.UInt32(), "home": pl.UInt32()}
    by_name = _known_share(names, targets.identifiers["name"])
    known = pl.concat([by_name, spaces]).group_by("table_no", "home").agg(pl.col("share").sum())
    learned = known.filter(pl.col("share") >= pl.col("share").max().over("table_no") - _BEST_WITHIN)
    return pl.concat(
        [pl.DataFrame(same_file, schema=schema, orient="row"), learned.select("table_no", "home")]
    ).unique()


def _raw_ids(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns table_no and value: the ids of the source as they stand there."""
    if "source_id" not in frame.columns:
        return pl.DataFrame(schema={"table_no": pl.UInt32(), "value": pl.String()})
    return frame.select(
        "table_no", pl.col("source_id").str.strip_chars().str.to_lowercase().alias("value")
    ).drop_nulls()


def _known_share(wanted: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """table_no, home, share: of the values that a table of details refers by, how many a table of assets holds."""
    values = wanted.lazy().select("table_no", "value").unique()
    of_assets = held.lazy().select(pl.col("table_no").alias("home"), "value").unique()
    total = values.group_by("table_no").agg(pl.len().alias("total"))
    return (
        values.join(of_assets, on="value")
        .group_by("table_no", "home")
        .agg(pl.len().alias("known"))
        .join(total, on="table_no")
        .with_columns((pl.col("known") / pl.col("total")).alias("share"))
        .filter((pl.col("known") >= _LEAST_KNOWN) & (pl.col("share") >= _LEAST_SHARE))
        .select("table_no", "home", "share")
        .collect()
    )


def _by_value(kind: Kind, worth: float, wanted: pl.DataFrame, targets: Targets, homes: pl.DataFrame) -> pl.LazyFrame:
    """_FOUND: assets whose records hold the same value."""
    assets = targets.records.lazy().select("asset").with_row_index("node")
    held = targets.identifiers[kind].lazy().join(assets, on="node").select("value", "asset", "table_no")
    held = held.join(wanted.lazy(), on="value", how="semi").unique()
    rare = held.filter(pl.col("asset").n_unique().over("value") <= _MOST_TARGETS)
    at_home = homes.lazy().with_columns(pl.lit(_HOME_BONUS).alias("bonus"))
    return (
        wanted.lazy()
        .join(rare.rename({"table_no": "home"}), on="value")
        .join(at_home, on=["table_no", "home"], how="left")
        .select(
            "node",
            "asset",
            pl.lit(kind).alias("kind"),
            (worth + pl.col("bonus").fill_null(0.0)).alias("worth"),
        )
    )


def _by_source_id(distinct: pl.DataFrame, targets: Targets, tables: Tables, spaces: pl.DataFrame) -> pl.LazyFrame:
    """The same for ids of the source: they count within one source or space of ids, and less within one product."""
    if "source_id" not in distinct.columns or "source_id" not in targets.records.columns:
        return pl.LazyFrame(schema=_FOUND)
    source = {no: info.source for no, (info, _) in tables.items()}
    product = {no: kind.product for no, (_, kind) in tables.items()}

    def identified(frame: pl.DataFrame, *keep: str) -> pl.LazyFrame:
        text = pl.col("source_id").str.strip_chars().str.to_lowercase()
        return frame.lazy().select(*keep, "table_no", text.alias("value")).drop_nulls("value").unique()

    wanted = identified(distinct.with_row_index("node"), "node")
    held = identified(targets.records, "asset").filter(pl.col("asset").n_unique().over("value") <= _MOST_TARGETS)
    same_source = text_of_table(source) == text_of_table(source, "home")
    same_product = (text_of_table(product) == text_of_table(product, "home")).fill_null(value=False)
    in_space = pl.col("in_space").fill_null(value=False)
    worth = (
        pl.when(pl.col("value").str.contains(r"^\d{1,6}$") & ~in_space)
        .then(_COUNTER_WORTH)
        .when(same_source | in_space)
        .then(_SOURCE_ID_WORTH)
        .otherwise(_PRODUCT_ID_WORTH)
    )
    return (
        wanted.join(held.rename({"table_no": "home"}), on="value")
        .join(
            spaces.lazy().select("table_no", "home", pl.lit(value=True).alias("in_space")),
            on=["table_no", "home"],
            how="left",
        )
        .filter(same_source | same_product | in_space)
        .select("node", "asset", pl.lit("source_id").alias("kind"), worth.alias("worth"))
    )
