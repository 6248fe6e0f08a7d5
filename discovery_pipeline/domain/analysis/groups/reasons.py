"""Why an asset is in its move group, in words: of all that ties it there, what says most. Keep out: group search."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.groups.grouping import Found
from discovery_pipeline.domain.analysis.groups.nodes import BUCKET_NAMES


def _named(nodes: pl.DataFrame, column: str, name: str) -> pl.DataFrame:
    return nodes.select(pl.col("node").alias(column), pl.col("name").alias(name))


def _by_certain(nodes: pl.DataFrame, certain: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """node, order, text of databases, their servers, partners and application assets, where both ends are here."""
    inside = certain.join(placed.select(a="node", x="group"), on="a").join(placed.select(b="node", y="group"), on="b")
    here = inside.filter(pl.col("x") == pl.col("y"))
    told = here.join(_named(nodes, "a", "a_name"), on="a").join(_named(nodes, "b", "b_name"), on="b")
    database, partners = told.filter(pl.col("why") == "database"), told.filter(pl.col("why") == "partners")
    portfolio = told.filter(pl.col("why") == "portfolio")
    parts = [
        portfolio.select(node="a", order=0, text=pl.format("its servers are here ({} among them)", "b_name")),
        database.select(node="a", order=1, text=pl.format("it runs on {}, which is here", "b_name")),
        partners.select(node="a", order=2, text=pl.format("it forms a cluster with {}", "b_name")),
        partners.select(node="b", order=2, text=pl.format("it forms a cluster with {}", "a_name")),
        database.select(node="b", order=4, text=pl.format("the database {} runs on it", "a_name")),
    ]
    return pl.concat([part.with_columns(pl.col("order").cast(pl.Int64)) for part in parts])


def _by_application(
    nodes: pl.DataFrame, members: pl.DataFrame, names: pl.DataFrame, placed: pl.DataFrame
) -> pl.DataFrame:
    """node, order, text of members whose group holds others of their application. names: application_id, name."""
    served = members.join(nodes.select("asset_id", "node", "bucket"), on="asset_id").join(placed, on="node")
    here = served.with_columns(here=pl.len().over("application_id", "group")).filter(pl.col("here") > 1)
    most = here.sort(["node", "here", "application_id"], descending=[False, True, False])
    first = most.unique("node", keep="first", maintain_order=True).join(names, on="application_id", how="left")
    stage = pl.col("bucket").replace_strict(BUCKET_NAMES, return_dtype=pl.String)
    called = pl.coalesce("name", "application_id")
    others = pl.when(pl.col("here") == 2).then(pl.lit("other")).otherwise(pl.lit("others"))
    text = pl.format("it serves {} ({}) with {} {} here", called, stage, pl.col("here") - 1, others)
    return first.select("node", order=pl.lit(3, pl.Int64), text=text)


def _by_ties(nodes: pl.DataFrame, ties: pl.DataFrame, asked: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """node, order, text of the strongest tie inside, with how many are inside and how many lead out.

    Assets with ties that all lead out are told so.
    """
    sides = [
        ties.select(node="a", other="b", weight="weight", calls=pl.lit(value=True)),
        ties.select(node="b", other="a", weight="weight", calls=pl.lit(value=False)),
    ]
    ends = pl.concat(sides).join(asked, on="node").join(placed.select(other="node", theirs="group"), on="other")
    inside = pl.col("group") == pl.col("theirs")
    counted = ends.group_by("node").agg(ins=inside.sum(), outs=(~inside).sum())
    best = ends.filter(inside).sort(["node", "weight", "calls", "other"], descending=[False, True, True, False])
    first = best.unique("node", keep="first", maintain_order=True).select("node", "other", "weight", "calls")
    told = counted.join(first, on="node", how="left").join(_named(nodes, "other", "name"), on="other", how="left")
    verb = pl.when("calls").then(pl.lit("it needs")).otherwise(pl.lit("it is needed by"))
    own = pl.format(
        "{} {} (confidence {}); {} of its ties are here, {} lead out", verb, "name", pl.col("weight").round(2), "ins",
        "outs",
    )  # fmt: skip
    away = pl.format("alone: its {} ties to other groups are too loose or would make one too large", "outs")
    return told.select("node", order=pl.lit(5, pl.Int64), text=pl.when(pl.col("ins") > 0).then(own).otherwise(away))


def member_reasons(nodes: pl.DataFrame, found: Found, members: pl.DataFrame, names: pl.DataFrame) -> pl.Series:
    """One reason per node, in the order of NODES. members: MEMBERSHIP. names: application_id, name."""
    placed = pl.DataFrame({"node": nodes["node"], "group": pl.Series(found.groups)})
    surer = pl.concat([_by_certain(nodes, found.certain, placed), _by_application(nodes, members, names, placed)])
    others = placed.join(surer.select("node"), on="node", how="anti")
    told = pl.concat([surer, _by_ties(nodes, found.ties, others, placed)])
    first = told.sort("node", "order", "text").unique("node", keep="first", maintain_order=True)
    joined = placed.join(first, on="node", how="left", maintain_order="left")
    alone = pl.lit("alone: nothing believed ties it to another asset that moves")
    together = pl.len().over("group") > 1
    untied = pl.when(together).then(pl.lit("it shares an application with part of the group")).otherwise(alone)
    return joined.select(pl.coalesce("text", untied)).to_series().alias("reason")
