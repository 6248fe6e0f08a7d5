"""What has to move together and what after what: circles of needs tied into knots or cut where they are weakest.

Keep out: the waves themselves (schedule.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import igraph
import numpy as np
import numpy.typing as npt
import polars as pl

from discovery_pipeline.domain.analysis.waves.loads import LOADS

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Constraints:
    """The order between knots, free of circles.

    knot: of each node; nodes are the groups (their numbers) and then the gates, one per application and phase, which
    open when all of the application's groups of that phase have moved. inside: the groups of each knot (none: a gate).
    earlier, later: knots; lag: waves that lie between at least (0: may move together); source: the group or gate node
    behind `earlier`. loosened: columns dependent, provider (groups), why ("environment" or "circle"): needs that set no
    order. gates: columns node, application_id, phase.
    """

    knot: Numbers
    inside: list[list[int]]
    earlier: Numbers
    later: Numbers
    lag: Numbers
    source: Numbers
    loosened: pl.DataFrame
    gates: pl.DataFrame


@dataclass(frozen=True)
class _Edges:
    """Order edges between nodes; strength: of the needs behind; infinite for steps between environments."""

    earlier: Numbers
    later: Numbers
    lag: Numbers
    strength: npt.NDArray[np.float64]

    def where(self, keep: Flags) -> _Edges:
        return _Edges(self.earlier[keep], self.later[keep], self.lag[keep], self.strength[keep])


def _need_edges(needs: pl.DataFrame) -> _Edges:
    strength = needs["strength"].to_numpy()
    return _Edges(needs["provider"].to_numpy(), needs["dependent"].to_numpy(), np.zeros(len(needs), np.int64), strength)


def gates_of(steps: pl.DataFrame, groups: int) -> pl.DataFrame:
    """Columns node, application_id, phase: a gate behind each phase but the last of an application."""
    phases = steps.select("application_id", "phase").unique().sort("application_id", "phase")
    inner = phases.filter(pl.col("phase") < pl.col("phase").max().over("application_id"))
    return inner.with_row_index("node").with_columns(pl.col("node").cast(pl.Int64) + groups)


def _step_edges(steps: pl.DataFrame, gates: pl.DataFrame, soak: int) -> _Edges:
    """Groups of a phase -> its gate -> groups of the application's next phase, `soak` waves of testing between."""
    into = steps.join(gates, on=["application_id", "phase"])
    ranked = steps.with_columns(step=pl.col("phase").rank("dense").over("application_id"))
    behind = gates.join(ranked.select("application_id", "phase", "step").unique(), on=["application_id", "phase"])
    out = ranked.join(behind.select("application_id", "node", step=pl.col("step") + 1), on=["application_id", "step"])
    into, out = into.sort("node", "group"), out.sort("node", "group")
    lag = np.concatenate([np.zeros(len(into), np.int64), np.full(len(out), 1 + soak, np.int64)])
    return _Edges(
        np.concatenate([into["group"].to_numpy(), out["node"].to_numpy()]),
        np.concatenate([into["node"].to_numpy(), out["group"].to_numpy()]),
        lag,
        np.full(len(lag), np.inf),
    )


def _strong(size: int, *edges: _Edges) -> Numbers:
    pairs = np.column_stack([np.concatenate([e.earlier for e in edges]), np.concatenate([e.later for e in edges])])
    graph = igraph.Graph(n=size, edges=pairs, directed=True)
    return np.asarray(graph.connected_components(mode="strong").membership, dtype=np.int64)


def _backwards(needs: _Edges, steps: _Edges, phase: Numbers, size: int, strict: bool) -> Flags:
    """Needs of an earlier phase in a later one that set no order: all (strict), or those in a circle with a step."""
    down = phase[needs.earlier] > phase[needs.later]
    if strict or not down.any():
        return down
    strong = _strong(size, needs, steps)
    stepping = np.zeros(size, dtype=bool)
    stepping[strong[steps.earlier][strong[steps.earlier] == strong[steps.later]]] = True
    return np.asarray(down & (strong[needs.earlier] == strong[needs.later]) & stepping[strong[needs.earlier]])


def _too_large(
    strong: Numbers, loads: npt.NDArray[np.float64], limits: npt.NDArray[np.float64], planned: Numbers
) -> Flags:
    """Per circle: whether it can't move at once: over a limit together, or planned in several waves."""
    count = int(strong.max(initial=-1)) + 1
    total = np.column_stack([np.bincount(strong, weights=column, minlength=count) for column in loads.T])
    over = (total > limits).any(axis=1)
    first = np.full(count, np.iinfo(np.int64).max)
    last = np.zeros(count, np.int64)
    known = planned > 0
    np.minimum.at(first, strong[known], planned[known])
    np.maximum.at(last, strong[known], planned[known])
    return np.asarray(over | (last > first))


def _weakest(needs: _Edges, size: int) -> Flags:
    """The needs to cut so that no circle is left: a feedback arc set of little strength.

    Method: the greedy order of Eades, Lin and Smyth (1993), "A fast and effective heuristic for the feedback arc set
    problem", as igraph has it: linear time, so that a circle through half of a large estate is cut, too.
    """
    pairs = np.column_stack([needs.earlier, needs.later])
    graph = igraph.Graph(n=size, edges=pairs, directed=True)
    cut = np.zeros(len(pairs), dtype=bool)
    cut[graph.feedback_arc_set(weights=needs.strength.tolist(), method="eades")] = True
    return cut


def _relabelled(strong: Numbers, apart: Flags, size: int) -> Numbers:
    """Knots: circles that move at once, every other node alone; numbered by their lowest node."""
    alone = apart[strong]
    labels = np.where(alone, strong.max(initial=-1) + 1 + np.arange(size), strong)
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[inverse], dtype=np.int64)


def constraints(
    groups: pl.DataFrame,
    needs: pl.DataFrame,
    steps: pl.DataFrame,
    limits: tuple[float, ...],
    soak: int,
    strict: bool,
) -> Constraints:
    """The order of a plan. groups: phase (known), planned and the loads of schedule.LOADS, by number; needs: NEEDS.

    limits: per load. strict: all of a phase moves before the next. Circles within the limits become knots; larger ones
    are cut. Needs between planned groups set no order: their waves are decided.
    """
    gates = gates_of(steps, len(groups))
    size = len(groups) + len(gates)
    planned = np.concatenate([groups["planned"].fill_null(0).to_numpy(), np.zeros(len(gates), np.int64)])
    phase = np.concatenate([groups["phase"].to_numpy(), gates["phase"].to_numpy()])
    loads = np.vstack([groups.select(LOADS).cast(pl.Float64).to_numpy(), np.zeros((len(gates), len(LOADS)))])
    every, stepping = _need_edges(needs), _step_edges(steps, gates, soak)
    backwards = _backwards(every, stepping, phase, size, strict)
    decided = (planned[every.earlier] > 0) & (planned[every.later] > 0)
    free = every.where(~backwards & ~decided)
    strong = _strong(size, free, stepping)
    apart = _too_large(strong, loads, np.asarray(limits), planned)
    inside = (strong[free.earlier] == strong[free.later]) & apart[strong[free.earlier]]
    cut = np.zeros(len(free.earlier), dtype=bool)
    cut[np.flatnonzero(inside)[_weakest(free.where(inside), size)]] = True
    knot = _relabelled(strong, apart, size)
    kept = free.where(~cut)
    loosened = _loosened(every.where(backwards & ~decided), free.where(cut))
    return _constraints(knot, len(groups), kept, stepping, loosened, gates)


def _loosened(backwards: _Edges, cut: _Edges) -> pl.DataFrame:
    parts = [
        pl.DataFrame({"dependent": e.later, "provider": e.earlier}).with_columns(why=pl.lit(why))
        for e, why in ((backwards, "environment"), (cut, "circle"))
    ]
    return pl.concat(parts).sort("dependent", "provider")


def _constraints(
    knot: Numbers, groups: int, needs: _Edges, steps: _Edges, loosened: pl.DataFrame, gates: pl.DataFrame
) -> Constraints:
    source = np.concatenate([needs.earlier, steps.earlier])
    later = knot[np.concatenate([needs.later, steps.later])]
    lag = np.concatenate([needs.lag, steps.lag])
    earlier = knot[source]
    between = earlier != later
    inside: list[list[int]] = [[] for _ in range(int(knot.max(initial=-1)) + 1)]
    for number, at in enumerate(knot[:groups].tolist()):
        inside[at].append(number)
    kept = (earlier[between], later[between], lag[between], source[between])
    return Constraints(knot, inside, *kept, loosened, gates)
