"""What people decided about edges, laid over what the run published. Keep out: recording decisions (deciding)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from discovery_pipeline.domain.learning.corrections import Correction, standing
from discovery_pipeline.services.dependencies.model import Edge, Neighbourhood, Node, Waiting
from discovery_pipeline.services.dependencies.network import Network
from discovery_pipeline.services.due_runs import corrections_used
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.corrections import corrections

# The kind of an edge that somebody added without saying which: a run tells it from the types of its ends.
UNTOLD = "untold"


@dataclass(frozen=True)
class EdgeWord:
    """A standing decision: start depends on end, or does not. kind: None = of every kind. waits: for a run."""

    number: int
    author: str
    made_at: datetime
    start: str
    end: str
    kind: str | None
    holds: bool
    waits: bool
    names: tuple[str, str]

    def concerns(self, edge: Edge) -> bool:
        return (self.start, self.end) == (edge.start, edge.end) and self.kind in (None, edge.kind)


@dataclass(frozen=True)
class EdgeWords:
    """Every standing decision about edges, by its two ends; newest last."""

    by_ends: Mapping[tuple[str, str], Sequence[EdgeWord]]

    @property
    def waiting(self) -> list[EdgeWord]:
        """Those that no run has followed yet, the newest first."""
        found = [word for words in self.by_ends.values() for word in words if word.waits]
        return sorted(found, key=lambda word: -word.number)

    def about(self, edge: Edge) -> EdgeWord | None:
        """The newest decision about an edge."""
        words = self.by_ends.get((edge.start, edge.end), ())
        return next((word for word in reversed(words) if word.concerns(edge)), None)


def edge_words(workspace: Workspace, tenant: str) -> EdgeWords:
    """What people of a tenant decided about edges and did not take back."""
    used = corrections_used(workspace.frames.open(tenant))["edge"]
    log = [correction for correction in corrections(workspace.database, tenant) if correction.what.kind == "edge"]
    found: dict[tuple[str, str], list[EdgeWord]] = {}
    for correction in sorted(standing(log).values(), key=lambda each: each.number):
        word = _word(correction, used)
        found.setdefault((word.start, word.end), []).append(word)
    return EdgeWords(found)


def _word(correction: Correction, used: int) -> EdgeWord:
    what = correction.what
    start, end = what.target["from_asset"], what.target["to_asset"]
    names = what.context.get("asset") or start, what.context.get("other") or end
    holds = bool(what.said["holds"])
    waits = correction.number > used
    return EdgeWord(
        correction.number, what.author, correction.made_at, start, end, what.target["kind"], holds, waits, names
    )


def decided(edge: Edge, words: EdgeWords) -> Edge:
    """The edge with who decided it, and whether that waits for a run."""
    word = words.about(edge) if edge.can_be_decided else None
    if word is None:
        return replace(edge, waiting="undone") if edge.state in ("confirmed", "rejected") else edge
    said: Waiting = "confirmed" if word.holds else "rejected"
    followed = not word.waits and edge.state not in ("confirmed", "rejected")
    waiting: Waiting = "" if edge.state == said or followed else said
    return replace(edge, waiting=waiting, number=word.number, author=word.author)


def with_words(around: Neighbourhood, words: EdgeWords, network: Network) -> Neighbourhood:
    """The neighbourhood with every decision marked, and the edges that people added since the run."""
    shown, here = {node.key: node for node in around.nodes}, {node.key for node in around.nodes}
    published = {edge.key for edge in around.edges} | _published(words, network)
    edges = [decided(edge, words) for edge in around.edges]
    nodes = list(around.nodes)
    for word in words.waiting:
        edge = _added(word)
        if not word.holds or edge.key in published or not {word.start, word.end} & here:
            continue
        missing = [_node(network, key, shown) for key in (word.start, word.end) if key not in shown]
        if all(missing):
            nodes += [node for node in missing if node]
            shown |= {node.key: node for node in missing if node}
            edges.append(edge)
    return replace(around, nodes=tuple(nodes), edges=tuple(edges))


def _added(word: EdgeWord) -> Edge:
    return Edge(
        word.start, word.end, word.kind or UNTOLD, 0.0, "lead", (f"analyst:correction {word.number} by {word.author}",),
        waiting="confirmed", number=word.number, author=word.author,
    )  # fmt: skip


def _published(words: EdgeWords, network: Network) -> set[str]:
    """Keys of the published edges between the ends of decisions that wait, also of those that nobody looks at now."""
    return {key for word in words.waiting for key in _between(word, network)}


def _between(word: EdgeWord, network: Network) -> Iterable[str]:
    import numpy as np

    start, end = network.number(word.start), network.number(word.end)
    if start is None or end is None:
        return
    out = network.edges_at(network.incident(np.array([start]), outward=True))
    kinds = [kind for other, kind in out.select("other", "kind").iter_rows() if other == end]
    yield from (f"{word.start}>{word.end}>{kind}" for kind in kinds)
    if kinds and word.kind is None:
        yield f"{word.start}>{word.end}>{UNTOLD}"


def _node(network: Network, key: str, shown: Mapping[str, Node]) -> Node | None:
    number = network.number(key)
    if number is None:
        return None
    _, name, kind = network.nodes.row(number)
    return Node(key, name, kind, 1 + max(node.hop for node in shown.values()), bool(network.shared[number]))
