"""What a map of dependencies shows. Keep out: how it is found, and how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

# As people read them, for they stand so in the URL as well.
Direction = Literal["both", "needs", "needed by"]
DIRECTIONS: tuple[Direction, ...] = ("both", "needs", "needed by")
# lead: a hint below the confidence at which an edge is believed. confirmed, rejected: by a person, and a run followed.
EdgeState = Literal["believed", "lead", "confirmed", "rejected", "serves"]
# What a person decided since the run: the edge holds, does not, or an earlier decision is taken back.
Waiting = Literal["", "confirmed", "rejected", "undone"]
# Not an edge of the frames: that an asset serves the application in the middle.
SERVES = "serves"
MAX_HOPS = 4


@dataclass(frozen=True)
class Scope:
    """What of a neighbourhood is looked at. kinds: EdgeKind; none = all. least: confidence in [0, 1] an edge needs.

    hops: steps from the middle, 1 to MAX_HOPS. folded: shared services are one node for all. most: nodes shown.
    """

    hops: int = 1
    direction: Direction = "both"
    kinds: tuple[str, ...] = ()
    least: float = 0.0
    folded: bool = False
    most: int = 60


@dataclass(frozen=True)
class Node:
    """key: asset_id, "address:" and an address, or "group:" and what its nodes have in common. hop: steps from the
    middle. shared: a shared service. count: nodes it stands for, of which sample names some (keys and names). x, y:
    its place in columns and rows from the top left.
    """

    key: str
    name: str
    type: str
    hop: int
    shared: bool = False
    count: int = 1
    sample: tuple[tuple[str, str], ...] = ()
    x: float = 0.0
    y: float = 0.0

    @property
    def is_group(self) -> bool:
        return self.count > 1


@dataclass(frozen=True)
class Edge:
    """start depends on end (keys of nodes). count: published edges it stands for; of several the surest one's values.

    confidence: in [0, 1]. evidence: as the frames have it. number: of the correction that decided it and stands, by
    `author`; None where nobody did. waiting: what a run has not followed yet.
    """

    start: str
    end: str
    kind: str
    confidence: float
    state: EdgeState
    evidence: tuple[str, ...] = ()
    observations: int = 0
    last_seen: date | None = None
    count: int = 1
    waiting: Waiting = ""
    number: int | None = None
    author: str = ""

    @property
    def key(self) -> str:
        return f"{self.start}>{self.end}>{self.kind}"

    @property
    def can_be_decided(self) -> bool:
        """Whether it is one edge between two assets."""
        return self.count == 1 and self.state != "serves" and not any(":" in end for end in (self.start, self.end))


@dataclass(frozen=True)
class Neighbourhood:
    """centre: key of the node in the middle. edges: between the nodes, the surest first of a kind. hidden: nodes that
    stand in groups."""

    centre: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    hidden: int = 0

    def node(self, key: str) -> Node | None:
        """The node of this key, if it is shown."""
        return next((node for node in self.nodes if node.key == key), None)

    def edge(self, key: str) -> Edge | None:
        """The edge of this key, if it is shown."""
        return next((edge for edge in self.edges if edge.key == key), None)
