"""How many assets need an asset, by however many steps: counted in small estates, estimated in large ones.

Circles of needs are contracted, so the rest has an order; each asset's set of dependents is the union of those of its
direct dependents. Small estates keep the sets as bits. Large ones keep a HyperLogLog sketch of each (P. Flajolet et
al., "HyperLogLog", 2007): 128 registers, a standard error of 9 %, exact where nobody stands behind the direct
dependents. Keep out: words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from discovery_pipeline.domain.analysis.groups.structure.circuits import strong_components
from discovery_pipeline.domain.analysis.groups.structure.needs import Numbers

_REGISTERS = 128
_ALPHA = 0.7213 / (1 + 1.079 / _REGISTERS)
# Bytes of sets that are united at once.
_PORTION = 64_000_000
Sketches = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Reach:
    """Per node: how many others need it, and how many applications; exact: whether these are counts."""

    assets: Numbers
    applications: Numbers
    exact: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Order:
    """knot: of each node. size: nodes per knot. level: of each knot, above that of all its dependents. d, p: edges."""

    knot: Numbers
    size: Numbers
    level: Numbers
    d: Numbers
    p: Numbers


def reach(count: int, follow: pl.DataFrame, is_application: npt.NDArray[np.bool_], most: int) -> Reach:
    """The reach of the failure of each of `count` nodes. follow: d, p. most: nodes up to which it is counted."""
    order = _ordered(count, follow)
    if count <= most:
        assets, applications = _counted(count, order, is_application)
        return Reach(assets, applications, np.ones(count, dtype=bool))
    assets, exact = _estimated(order, np.ones(count, dtype=bool))
    applications, _ = _estimated(order, is_application)
    return Reach(assets, np.minimum(applications, assets), exact)


def _ordered(count: int, follow: pl.DataFrame) -> _Order:
    dependent, provider = follow["d"].to_numpy(), follow["p"].to_numpy()
    knot = strong_components(count, dependent, provider)
    size = np.bincount(knot, minlength=int(knot.max(initial=-1)) + 1).astype(np.int64)
    d, p = knot[dependent], knot[provider]
    apart = d != p
    # One number for a pair: quicker to sort than two.
    pairs = np.unique(p[apart] * len(size) + d[apart])
    p, d = np.divmod(pairs, max(len(size), 1))
    return _Order(knot, size, _levels(len(size), d, p), d, p)


def _levels(count: int, d: Numbers, p: Numbers) -> Numbers:
    """The length of the longest path that leads to each knot. Rounds: one per level."""
    level = np.zeros(count, dtype=np.int64)
    waiting = np.bincount(p, minlength=count)
    by_dependent = np.argsort(d, kind="stable")
    provider, start = p[by_dependent], np.searchsorted(d[by_dependent], np.arange(count + 1))
    ready = np.flatnonzero(waiting == 0)
    step = 0
    while len(ready):
        level[ready] = step
        lengths = start[ready + 1] - start[ready]
        offsets = np.repeat(start[ready] - np.r_[0, np.cumsum(lengths)[:-1]], lengths)
        reached = provider[offsets + np.arange(int(lengths.sum()))]
        waiting -= np.bincount(reached, minlength=count) if len(reached) > count // 8 else _sparse(reached, count)
        candidates = np.unique(reached)
        ready = candidates[waiting[candidates] == 0]
        step += 1
    return level


def _sparse(reached: Numbers, count: int) -> Numbers:
    found = np.zeros(count, dtype=np.int64)
    np.add.at(found, reached, 1)
    return found


def _by_level(order: _Order, width: int) -> Iterator[tuple[Numbers, Numbers, Numbers]]:
    """(providers, their edges' dependents, where each provider's begin), level after level, in bounded portions.

    width: bytes of a set.
    """
    at_once = max(1, _PORTION // max(width, 1))
    turn = np.lexsort((order.d, order.p, order.level[order.p]))
    d, p = order.d[turn], order.p[turn]
    levels = order.level[p]
    begin = np.flatnonzero(np.r_[True, p[1:] != p[:-1]]) if len(p) else np.array([], dtype=np.int64)
    first = 0
    while first < len(begin):
        level = levels[begin[first]]
        same = np.searchsorted(levels[begin], level, side="right")
        room = np.searchsorted(begin, begin[first] + at_once, side="right")
        last = int(max(first + 1, min(same, room)))
        stop = int(begin[last]) if last < len(begin) else len(p)
        yield p[begin[first:last]], d[begin[first] : stop], begin[first:last] - begin[first]
        first = last


def _counted(count: int, order: _Order, is_application: npt.NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    words = -(-count // 64)
    own = np.zeros((len(order.size), words), dtype=np.uint64)
    nodes = np.arange(count)
    np.bitwise_or.at(own, (order.knot, nodes // 64), np.uint64(1) << (nodes % 64).astype(np.uint64))
    for providers, dependents, begin in _by_level(order, 8 * words):
        own[providers] |= np.bitwise_or.reduceat(own[dependents], begin, axis=0)
    applications = np.zeros(words, dtype=np.uint64)
    chosen = nodes[is_application]
    np.bitwise_or.at(applications, chosen // 64, np.uint64(1) << (chosen % 64).astype(np.uint64))
    whole = np.bitwise_count(own).sum(axis=1).astype(np.int64)
    served = np.bitwise_count(own & applications).sum(axis=1).astype(np.int64)
    return whole[order.knot] - 1, served[order.knot] - is_application.astype(np.int64)


def _estimated(order: _Order, counting: npt.NDArray[np.bool_]) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """(per node the others of `counting` that need it, whether that is a count).

    Sketches are united only where somebody asks for them: of knots whose direct dependents have dependents, too, and
    of those dependents.
    """
    sketches = _sketches(order, np.flatnonzero(counting))
    direct = np.bincount(order.knot[counting], minlength=len(order.size)).astype(np.int64)
    inside = direct.copy()
    np.add.at(direct, order.p, inside[order.d])
    exact = order.level <= 1
    asked = ~exact
    asked[order.d] = True
    used = asked[order.p]
    some = replace(order, d=order.d[used], p=order.p[used])
    for providers, dependents, begin in _by_level(some, _REGISTERS):
        sketches[providers] = np.maximum(sketches[providers], np.maximum.reduceat(sketches[dependents], begin, axis=0))
    far = np.flatnonzero(~exact)
    whole = direct
    whole[far] = np.maximum(_cardinality(sketches[far]), direct[far])
    return whole[order.knot] - counting.astype(np.int64), exact[order.knot]


def _sketches(order: _Order, nodes: Numbers) -> Sketches:
    """The sketch of each knot's own nodes."""
    # The finaliser of SplitMix64 (S. Vigna): numbers in, evenly spread bits out, the same on every machine.
    x = (nodes.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    register = (x % np.uint64(_REGISTERS)).astype(np.int64)
    rest = (x >> np.uint64(7)).astype(np.float64)
    # Leading zeros of the 57 bits that are left, and one.
    rank = np.where(rest > 0, 57 - np.floor(np.log2(np.maximum(rest, 1))), 58).astype(np.uint8)
    sketches = np.zeros((len(order.size), _REGISTERS), dtype=np.uint8)
    np.maximum.at(sketches, (order.knot[nodes], register), rank)
    return sketches


def _cardinality(sketches: Sketches) -> Numbers:
    """HyperLogLog's estimate, by linear counting where few registers are used."""
    result = np.zeros(len(sketches), dtype=np.int64)
    rows = _PORTION // (8 * _REGISTERS)
    powers = np.ldexp(1.0, -np.arange(256))
    for first in range(0, len(sketches), rows):
        part = sketches[first : first + rows]
        raw = _ALPHA * _REGISTERS**2 / powers[part].sum(axis=1)
        empty = (part == 0).sum(axis=1)
        linear = _REGISTERS * np.log(_REGISTERS / np.maximum(empty, 1))
        few = (raw <= 2.5 * _REGISTERS) & (empty > 0)
        result[first : first + rows] = np.where(few, linear, raw).round()
    return result
