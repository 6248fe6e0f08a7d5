"""What surrounds an asset or application: the nodes worth showing, all others in groups that say how many they are.

A hub with 50,000 neighbours costs one pass over its edges. Keep out: places on the map (layout.py), decisions that wait
for a run (waiting.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.services.dependencies.model import SERVES, Edge, EdgeState, Neighbourhood, Node, Scope
from discovery_pipeline.services.dependencies.network import Network, Numbers
from discovery_pipeline.services.dependencies.numbering import KINDS, LABELS
from discovery_pipeline.services.learning.deciding.estate import BELIEVED

# Of the neighbours that a node has of one kind and direction, so many stand for themselves.
_OF_ONE_KIND = 8
_OF_THE_CENTRE = 24
_IN_SAMPLE = 50
# What tells most of an application's ties comes first.
_ORDER = {kind: place for place, kind in enumerate(
    ("application", "tier", SERVES, "external", "hosting", "access", "infrastructure", "management"))}  # fmt: skip
_SHARED_TYPE = "shared service"
_INCIDENT = ("anchor", "other", "row", "outward", "kind", "confidence")


@dataclass(frozen=True)
class _Shown:
    """hops: steps from the centre of each node shown, by number. groups: other, group of the nodes that are not."""

    hops: dict[int, int]
    groups: pl.DataFrame


def neighbourhood(network: Network, key: str, scope: Scope) -> Neighbourhood:
    """The surroundings of one node: at most scope.most nodes beside a few groups, the same for the same frames.

    An application is shown with the assets that serve it; hops count from them. Raises UsageError when there is no node
    of this key.
    """
    centre = network.number(key)
    if centre is None:
        raise UsageError(f"no asset has the id {key!r}", where=network.tenant, advice="search for it by its name")
    shown = _shown(network, centre, scope)
    nodes = [*_nodes(network, shown.hops), *_group_nodes(network, shown)]
    edges = [*_edges(network, shown, scope), *_served(network, centre, shown)]
    hidden = int(shown.groups["other"].n_unique())
    return Neighbourhood(key, tuple(nodes), tuple(_once(edges)), hidden)


def edge_of(row: Mapping[str, Any], start: str, end: str, count: int = 1) -> Edge:
    """An edge from a row of Network.edges."""
    labels = tuple(label for label in (row["evidence"] or "").split(LABELS) if label)
    confidence = round(row["confidence"], 4)
    state = _state(labels, confidence)
    return Edge(start, end, row["kind"], confidence, state, labels, row["observations"] or 0, row["last_seen"], count)


def _state(labels: tuple[str, ...], confidence: float) -> EdgeState:
    first = labels[0] if labels else ""
    if first.startswith("analyst:"):
        return "confirmed"
    if first.startswith("denied:"):
        return "rejected"
    return "believed" if confidence >= BELIEVED else "lead"


def _shown(network: Network, centre: int, scope: Scope) -> _Shown:
    hops, groups = {centre: 0}, list[pl.DataFrame]()
    serving = _serving(network, centre)
    frontier = np.array([centre])
    if len(serving):
        most = min(_OF_THE_CENTRE, scope.most // 2)
        others, rest = _chosen(network, serving, hops, scope, most, _OF_THE_CENTRE)
        hops |= dict.fromkeys(others, 0)
        groups.append(_grouped(network, rest, 0, scope))
        frontier = np.array([centre, *others])
    for hop in range(1, scope.hops + 1):
        around = _around(network, frontier, scope)
        limit = _OF_THE_CENTRE if len(frontier) == 1 else _OF_ONE_KIND
        others, rest = _chosen(network, around, hops, scope, scope.most - len(hops), limit)
        hops |= dict.fromkeys(others, hop)
        groups.append(_grouped(network, rest, hop, scope))
        # What everybody uses is no way from one asset to another.
        frontier = np.array([n for n in others if n < network.assets and not network.shared[n]], dtype=np.int64)
        if not len(frontier):
            break
    # A node that is behind several others belongs to the group of the nearest one, unless it is shown after all.
    all_groups = pl.concat([pl.DataFrame(schema=_GROUPS), *groups])
    hidden = all_groups.filter(~pl.col("other").is_in(list(hops))).unique("other", keep="first", maintain_order=True)
    return _Shown(hops, hidden)


_GROUPS = {"other": pl.Int64(), "group": pl.String(), "hop": pl.Int64(), "label": pl.String()}


def _serving(network: Network, centre: int) -> pl.DataFrame:
    """Membership of the centre, where it is an application, as edges from it."""
    mine = network.members.filter(pl.col("application_id") == centre)
    row = pl.lit(-1, pl.Int64).alias("row")
    sure = pl.lit(1.0, pl.Float32).alias("confidence")
    kind = pl.lit(SERVES).alias("kind")
    columns = (pl.col("application_id").alias("anchor"), pl.col("asset_id").alias("other"), row)
    return mine.select(*columns, pl.lit(value=True).alias("outward"), kind, sure)


def _around(network: Network, frontier: Numbers, scope: Scope) -> pl.DataFrame:
    """The edges at these nodes that the scope lets through: _INCIDENT."""
    sides = {"both": (True, False), "needs": (True,), "needed by": (False,)}[scope.direction]
    found = [
        network.edges_at(network.incident(frontier, outward=side)).with_columns(outward=pl.lit(side)) for side in sides
    ]
    return _let_through(pl.concat(found), scope).with_columns(pl.col("kind").cast(pl.String)).select(_INCIDENT)


def _let_through(edges: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    kinds = [kind for kind in scope.kinds if kind in KINDS]
    wanted = pl.col("kind").cast(pl.String).is_in(kinds) if kinds else pl.lit(value=True)
    # Confidence is kept in 32 bits: 0.9 there is a little less than 0.9.
    return edges.filter(wanted, pl.col("confidence") >= scope.least - 1e-6)


def _chosen(
    network: Network, around: pl.DataFrame, hops: dict[int, int], scope: Scope, budget: int, limit: int
) -> tuple[list[int], pl.DataFrame]:
    """(the neighbours that are shown, by rank; the edges to the others)."""
    new = around.filter(~pl.col("other").is_in(list(hops)))
    rank = pl.col("kind").replace_strict(_ORDER, return_dtype=pl.Int64)
    ordered = new.with_columns(rank=rank).sort("rank", "confidence", "other", descending=[False, True, False])
    best = ordered.unique("other", keep="first", maintain_order=True)
    placed = best.with_columns(place=pl.int_range(pl.len()).over("anchor", "outward", "kind"))
    if scope.folded:
        placed = placed.filter(~pl.Series(network.shared).gather(placed["other"]))
    # A few of every node and kind before many of one.
    fair = placed.filter(pl.col("place") < limit).sort(pl.col("place") // 4, "rank", maintain_order=True)
    taken = fair["other"].head(max(budget, 0)).to_list()
    return taken, new.filter(~pl.col("other").is_in(taken))


def _grouped(network: Network, rest: pl.DataFrame, hop: int, scope: Scope) -> pl.DataFrame:
    """_GROUPS: which group each node belongs to that is not shown, by direction and type."""
    of = rest.unique("other", keep="first", maintain_order=True)
    types = network.nodes["type"].gather(of["other"])
    shared = pl.Series(network.shared).gather(of["other"])
    label = pl.when(shared if scope.folded else pl.lit(value=False)).then(pl.lit(_SHARED_TYPE)).otherwise(types)
    side = pl.when("outward").then(pl.lit("depends_on")).otherwise(pl.lit("used_by"))
    named = of.select("other", "kind", side=side, label=label)
    serving = pl.when(pl.col("kind") == SERVES).then(pl.lit(SERVES)).otherwise("side")
    group = pl.format("group:{}:{}:{}", serving, pl.lit(hop), pl.col("label").str.replace_all(" ", "_"))
    return named.select("other", group=group, hop=pl.lit(hop, pl.Int64), label="label")


def _nodes(network: Network, hops: dict[int, int]) -> list[Node]:
    rows = network.nodes[list(hops)]
    return [
        Node(key, name, kind, hop, bool(network.shared[number]))
        for (key, name, kind), (number, hop) in zip(rows.iter_rows(), hops.items(), strict=True)
    ]


def _group_nodes(network: Network, shown: _Shown) -> list[Node]:
    """A node per group; one that holds a single node is that node."""
    found = []
    for (group, hop, label), part in shown.groups.group_by("group", "hop", "label", maintain_order=True):
        known = network.nodes[part["other"].head(_IN_SAMPLE)]
        sample = tuple((str(key), str(name)) for key, name in known.select("key", "name").iter_rows())
        if len(part) == 1:
            (number,) = part["other"]
            (key, name), kind = sample[0], str(known["type"][0])
            found.append(Node(key, name, kind, int(str(hop)), bool(network.shared[number])))
        else:
            words, shared = str(label).replace("_", " "), label == _SHARED_TYPE
            found.append(Node(str(group), words, str(label), int(str(hop)), shared, len(part), sample))
    return found


def _served(network: Network, centre: int, shown: _Shown) -> list[Edge]:
    """Who serves the centre, as edges."""
    serving = _serving(network, centre)["other"]
    if not len(serving):
        return []
    keys = _keys(network, shown)
    mine = keys.filter(pl.col("number").is_in(serving.to_list())).group_by("key", maintain_order=True).len()
    start = str(network.nodes["key"][centre])
    return [Edge(start, key, SERVES, 1.0, "serves", count=count) for key, count in mine.iter_rows()]


def _keys(network: Network, shown: _Shown) -> pl.DataFrame:
    """number, key: of every node shown or grouped the key under which it is on the map."""
    single = shown.groups.filter(pl.len().over("group") == 1)["other"]
    own = pl.Series("number", [*shown.hops, *single], dtype=pl.Int64)
    mine = pl.DataFrame({"number": own, "key": network.nodes["key"].gather(own)})
    grouped = shown.groups.filter(pl.len().over("group") > 1).select(number="other", key="group")
    return pl.concat([mine, grouped])


def _edges(network: Network, shown: _Shown, scope: Scope) -> list[Edge]:
    """The edges among the nodes shown, and those between them and groups, counted by kind."""
    drawn = np.array(sorted(shown.hops), dtype=np.int64)
    out, into = (network.incident(drawn, outward=side) for side in (True, False))
    # Those that lead to a node shown are found from the other end.
    inward = into.filter(~pl.col("other").is_in(list(shown.hops))).rename({"anchor": "end", "other": "start"})
    ends = pl.concat([out.rename({"anchor": "start", "other": "end"}), inward.select("start", "end", "row")])
    keys = _keys(network, shown)
    sides = ((keys.rename({"number": side, "key": f"{side}_key"}), side) for side in ("start", "end"))
    for side_keys, side in sides:
        ends = ends.join(side_keys, on=side, maintain_order="left")
    passing = _let_through(network.edges_at(ends), scope).sort("confidence", "row", descending=[True, False])
    by = ("start_key", "end_key", "kind")
    bundles = passing.group_by(*by, maintain_order=True).agg(pl.col("row").first(), count=pl.len())
    rows = network.edges[bundles["row"]].iter_rows(named=True)
    made = [
        edge_of(row, start, end, count)
        for row, (start, end, count) in zip(
            rows, bundles.select("start_key", "end_key", "count").iter_rows(), strict=True
        )
        if start != end
    ]
    return sorted(made, key=lambda edge: (_ORDER[edge.kind], -edge.confidence, edge.key))


def _once(edges: list[Edge]) -> list[Edge]:
    """Without the membership of an asset that is tied to the application by an edge anyway."""
    tied = {(edge.start, edge.end) for edge in edges if edge.kind != SERVES}
    return [edge for edge in edges if edge.kind != SERVES or (edge.start, edge.end) not in tied]


def with_places(around: Neighbourhood, places: list[tuple[float, float]]) -> Neighbourhood:
    """The same with a place for each node, in their order."""
    nodes = tuple(replace(node, x=x, y=y) for node, (x, y) in zip(around.nodes, places, strict=True))
    return replace(around, nodes=nodes)
