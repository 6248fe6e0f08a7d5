"""Applications, what they need, what is shared, and where the estate would break."""

from __future__ import annotations

from typing import Any

import polars as pl

from discovery_pipeline.files.report.charts.bars import bars, by_count
from discovery_pipeline.files.report.charts.network import Link, Node, network, shared_strip
from discovery_pipeline.files.report.data import SERVERS, ReportData
from discovery_pipeline.files.report.words import counted, cut, short_count, words

_MAP_NODES, _MATRIX, _SHARED, _LISTED, _SURE = 30, 16, 10, 12, 25
# Cells of the matrix from this confidence on are dark.
_HIGH = 0.9


def content(data: ReportData) -> dict[str, Any]:
    """What templates/applications.html shows."""
    table, edges = application_table(data), application_edges(data)
    drawn = _drawn(edges)
    kinds = data.dependency_summary.get("kinds", {})
    shared = shared_services(data)
    return {
        "map": _map(table, drawn) if len(drawn) else None,
        "map_edges": (len(drawn), len(edges)),
        "legend": table.drop_nulls("strategy")["strategy"].unique().sort().to_list(),
        "shared": shared_strip(
            [(r["name"], f"used by {counted(r['users'], 'application')}") for r in shared.head(_SHARED).to_dicts()],
            "Shared services",
        ) if len(shared) else None,
        "kinds": bars(by_count(kinds), "Dependencies by kind"),
        "used": most_used(data, _LISTED).to_dicts(),
        "matrix": _matrix(edges),
        "edges": edges.head(_SURE).to_dicts(),
        "more_edges": max(len(edges) - _SURE, 0),
        "structure": _structure(data),
        "alone": table.filter((pl.col("needs") == 0) & (pl.col("needed_by") == 0)).height,
    }  # fmt: skip


def application_table(data: ReportData) -> pl.DataFrame:
    """One row per application, those with most servers first.

    Columns application_id, name, origin, count (members), servers, environments, strategy, reasons, alternatives,
    confidence, readiness (least of its members), first_wave, last_wave, needs, needed_by (applications).
    """
    facts = data.assessed.select("asset_id", "classified_type", "environment", "readiness", "wave", "strategy")
    grouped = (
        data.members.join(facts, on="asset_id")
        .group_by("application_id")
        .agg(
            count=pl.len(),
            servers=pl.col("classified_type").is_in(SERVERS).sum(),
            environments=pl.col("environment").drop_nulls().unique().sort(),
            readiness=pl.col("readiness").min(),
            first_wave=pl.col("wave").min(),
            last_wave=pl.col("wave").max(),
            usual=pl.col("strategy").filter(pl.col("strategy") != "not_applicable").mode().sort().first(),
        )
    )
    own = data.analysis.select("reasons", "alternatives", "confidence", application_id="asset_id", own="strategy")
    edges = data.edges.filter(pl.col("kind") == "application")
    joined = (
        data.applications.select("application_id", "name", "origin")
        .join(grouped, on="application_id", how="left")
        .join(own, on="application_id", how="left")
        .join(_degree(edges, "from_asset", "needs"), on="application_id", how="left")
        .join(_degree(edges, "to_asset", "needed_by"), on="application_id", how="left")
    )
    filled = joined.with_columns(
        pl.col("count", "servers", "needs", "needed_by").fill_null(0), strategy=pl.coalesce("own", "usual")
    )
    return filled.drop("own", "usual").sort(
        ["servers", "count", "name", "application_id"], descending=[True, True, False, False]
    )


def _degree(edges: pl.DataFrame, end: str, name: str) -> pl.DataFrame:
    return edges.group_by(application_id=end).agg(pl.len().alias(name))


def application_edges(data: ReportData) -> pl.DataFrame:
    """The believed dependencies between applications with the names of both, the surest and busiest first."""
    edges = data.edges.filter(pl.col("kind") == "application")
    return edges.sort(
        ["confidence", "observations", "dependent", "provider", "from_asset", "to_asset"],
        descending=[True, True, False, False, False, False],
    )


def _drawn(edges: pl.DataFrame) -> pl.DataFrame:
    """The edges among as many applications as a page can show: the busiest, and from there on their neighbours."""
    near: dict[str, set[str]] = {}
    for start, end in edges.select("from_asset", "to_asset").iter_rows():
        near.setdefault(start, set()).add(end)
        near.setdefault(end, set()).add(start)
    order = sorted(near, key=lambda asset: (-len(near[asset]), asset))
    rank = {asset: place for place, asset in enumerate(order)}
    kept: set[str] = set()
    waiting: set[str] = set()
    while len(kept) < min(_MAP_NODES, len(order)):
        chosen = min(waiting, key=rank.__getitem__) if waiting else next(a for a in order if a not in kept)
        kept.add(chosen)
        waiting = (waiting | near[chosen]) - kept
    listed = pl.Series(sorted(kept), dtype=pl.String).implode()
    return edges.filter(pl.col("from_asset").is_in(listed), pl.col("to_asset").is_in(listed))


def _map(table: pl.DataFrame, edges: pl.DataFrame) -> str:
    ids = sorted({*edges["from_asset"], *edges["to_asset"]})
    rows = {row["application_id"]: row for row in table.to_dicts()}
    names = dict(edges.select("from_asset", "dependent").iter_rows()) | dict(
        edges.select("to_asset", "provider").iter_rows()
    )
    ids.sort(key=lambda asset: (names[asset], asset))
    place = {asset: number for number, asset in enumerate(ids)}
    nodes = [_node(names[asset], rows.get(asset)) for asset in ids]
    links = [
        Link(place[row["from_asset"]], place[row["to_asset"]], row["confidence"], row["observations"] or 0)
        for row in edges.sort("from_asset", "to_asset").to_dicts()
    ]
    title = f"Dependency map: {counted(len(nodes), 'application')}, {counted(len(links), 'dependency', 'dependencies')}"
    return network(nodes, links, title)


def _node(name: str, row: dict[str, Any] | None) -> Node:
    if row is None:
        return Node(name, "unknown", "")
    wave = f", wave {row['first_wave']}" if row["first_wave"] is not None else ""
    return Node(
        name, row["strategy"] or "unknown", f"{counted(row['servers'], 'server')}, {words(row['strategy'])}{wave}"
    )


def _matrix(edges: pl.DataFrame) -> dict[str, Any] | None:
    """dependents, providers, rows of (name, cells of (class, text)): who needs whom among the busiest."""
    dependents = _busiest(edges, "dependent")
    providers = _busiest(edges, "provider")
    if len(dependents) < 2 or not providers:
        return None
    found = {(row["dependent"], row["provider"]): _cell(row) for row in reversed(edges.to_dicts())}
    rows = [
        (name, [("", "") if name == other else found.get((name, other), ("", "")) for other in providers])
        for name in dependents
    ]
    return {
        "providers": [cut(name, 24) for name in providers],
        "rows": rows,
    }


def _cell(edge: dict[str, Any]) -> tuple[str, str]:
    """(class, text) of an edge's cell: how sure it is by its shade, how often it was observed; a dot is never."""
    count = edge["observations"] or 0
    return "hi" if edge["confidence"] >= _HIGH else "mid", short_count(count) if count else "·"


def _busiest(edges: pl.DataFrame, end: str) -> list[str]:
    counted_ends = edges.group_by(end).len().sort(["len", end], descending=[True, False])
    return counted_ends.head(_MATRIX)[end].to_list()


def shared_services(data: ReportData) -> pl.DataFrame:
    """Columns name, users: what infrastructure and management edges lead to, by the applications that use it."""
    edges = data.edges.filter(pl.col("kind").is_in(["infrastructure", "management"]))
    used = edges.join(data.members, left_on="from_asset", right_on="asset_id")
    grouped = used.group_by("to_asset", name="provider").agg(users=pl.col("application_id").n_unique())
    return grouped.filter(pl.col("users") > 1).sort(["users", "name", "to_asset"], descending=[True, False, False])


def most_used(data: ReportData, limit: int) -> pl.DataFrame:
    """Columns name, kind, dependents: the assets that most others need, hosts aside."""
    counted_edges = data.edges.filter(pl.col("kind") != "hosting").group_by("to_asset", "kind", name="provider").agg(
        dependents=pl.col("from_asset").n_unique()
    )  # fmt: skip
    return counted_edges.sort(["dependents", "name", "kind"], descending=[True, False, False]).head(limit)


def _structure(data: ReportData) -> dict[str, Any] | None:
    """points, radius, circles: single points of failure, largest blast radius, who stands in which circle."""
    if data.structure.is_empty():
        return None
    types = data.inventory.select("asset_id", "classified_type")
    named = data.structure.join(data.names, on="asset_id").join(types, on="asset_id", how="left")
    by_radius = named.sort(["blast_radius", "applications", "name", "asset_id"], descending=[True, True, False, False])
    circles = named.drop_nulls("cycle").group_by("cycle").agg(
        count=pl.len(), names=pl.col("name").sort().head(8), type=pl.col("classified_type").mode().sort().first()
    )  # fmt: skip
    points = by_radius.filter("single_point_of_failure")
    return {
        "points": points.head(_LISTED).to_dicts(),
        "points_count": len(points),
        "radius": by_radius.filter(pl.col("blast_radius") > 0).head(_LISTED).to_dicts(),
        "circles": circles.sort(["count", "cycle"], descending=[True, False]).head(_LISTED).to_dicts(),
        "circles_count": len(circles),
    }
