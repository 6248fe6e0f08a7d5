"""Lists of an asset are united over its claims; addresses only as far as they are the asset's own.

Keep out: single values (merge.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.inventory.matching.guards import PLACEHOLDERS
from discovery_pipeline.domain.inventory.matching.identifiers import mac_key
from discovery_pipeline.domain.inventory.values.claims import Claims
from discovery_pipeline.domain.inventory.values.merge import Merged

_Flags = NDArray[np.bool_]
_RULES = pl.Series("rule", [None, "only_claim", "agreed", "united", "tenant_precedence"], dtype=pl.String())
_SHARED_BY = 3
_EVERYWHERE = 12
_ONLY, _AGREED, _UNITED, _PREFERRED = range(1, 5)


@dataclass(frozen=True)
class _Items:
    """Items of lists, one entry per claim and item, by row. row: position in Claims.frame. code: into texts, which are
    sorted."""

    row: Nodes
    asset: Nodes
    code: Nodes
    texts: pl.Series

    def only(self, kept: _Flags) -> _Items:
        return _Items(self.row[kept], self.asset[kept], self.code[kept], self.texts)

    def pairs(self) -> tuple[Nodes, Nodes]:
        """The distinct pairs of asset and item as one number each, sorted, and the place of each entry among them."""
        numbers, place = np.unique(self.asset * len(self.texts) + self.code, return_inverse=True)
        return numbers, place


def unite_field(field: str, claims: Claims) -> Merged:
    """Distinct items of all claims per asset, sorted; rule only_claim, agreed or united.

    Where a tenant prefers sources, the items of the best one that states any: rule tenant_precedence.
    """
    items = _items(field, claims)
    if field == "ip_address":
        items = items.only(_own_addresses(items, claims))
    elif field == "mac_address":
        items = items.only(_own_interfaces(items, claims.assets))
    preferred = claims.preferred.get(field)
    passed_over = np.zeros(claims.assets, dtype=np.bool_)
    if preferred is not None:
        best = np.full(claims.assets, np.iinfo(np.int64).max)
        np.minimum.at(best, items.asset, preferred[items.row])
        worse = preferred[items.row] > best[items.asset]
        passed_over[items.asset[worse]] = True
        items = items.only(~worse)
    return _united(items, claims, passed_over)


def _items(field: str, claims: Claims) -> _Items:
    lists = claims.frame[field]
    sizes = lists.list.len().fill_null(0).to_numpy().astype(np.int64)
    given = lists.filter(pl.Series(sizes > 0)).explode(empty_as_null=False)
    filled = given.is_not_null().to_numpy()
    row = np.repeat(np.arange(len(lists)), sizes)[filled]
    stated = given.drop_nulls().alias("item")
    texts = stated.unique().sort()
    numbered = pl.DataFrame({"item": texts, "code": np.arange(len(texts))})
    code = stated.to_frame().join(numbered, on="item", how="left", maintain_order="left")["code"].to_numpy()
    return _Items(row, claims.frame["asset"].to_numpy()[row].astype(np.int64), code, texts)


def _united(items: _Items, claims: Claims, passed_over: _Flags) -> Merged:
    pairs, _ = items.pairs()
    size = max(len(items.texts), 1)
    found = pl.DataFrame({"asset": pairs // size, "item": items.texts.gather(pairs % size)})
    lists = found.group_by("asset", maintain_order=True).agg("item")
    numbers = pl.DataFrame({"asset": np.arange(claims.assets)})
    values = numbers.join(lists, on="asset", how="left", maintain_order="left")["item"]
    rows = items.row[np.flatnonzero(np.diff(items.row, prepend=-1))]
    of_row = claims.frame["asset"].to_numpy()[rows]
    claimants = np.bincount(of_row, minlength=claims.assets)
    distinct = np.bincount(pairs // size, minlength=claims.assets)
    # Every claimant states every item exactly where the statements are as many as both together.
    said = np.unique(items.row * size + items.code)
    statements = np.bincount(claims.frame["asset"].to_numpy()[said // size], minlength=claims.assets)
    same = statements == claimants * distinct
    cases = [claimants == 0, passed_over, claimants == 1, same]
    rule = np.select(cases, [0, _PREFERRED, _ONLY, _AGREED], default=_UNITED)
    first = np.full(claims.assets, -1)
    first[of_row[::-1]] = rows[::-1]
    origin = pl.DataFrame({"row": first, "one": same & (claimants > 0)})
    source = origin.select(pl.when("one").then("row")).to_series()
    return Merged(values, claims.frame["record_no"].gather(source), _RULES.gather(rule))


def _own_interfaces(items: _Items, assets: int) -> _Flags:
    """Without those that tools give to every machine (tunnels), and those that stand on several machines (docking
    stations) beside one that does not.

    Cloned machines share theirs: with nothing else to go by it stays, unless it is everywhere.
    """
    keys = items.texts.alias("text").to_frame().select(mac_key(pl.col("text"))).to_series()
    given_to_all = keys.is_in(list(PLACEHOLDERS["mac"])).fill_null(value=False).to_numpy()[items.code]
    pairs, _ = items.pairs()
    size = max(len(items.texts), 1)
    holders = np.bincount(pairs % size, minlength=size)[items.code]
    fewest = np.full(assets, np.iinfo(np.int64).max)
    np.minimum.at(fewest, items.asset, holders)
    shared = (holders >= _SHARED_BY) & (fewest[items.asset] < holders)
    return np.asarray(~shared & ~given_to_all & (holders <= _EVERYWHERE))


def _own_addresses(items: _Items, claims: Claims) -> _Flags:
    """Addresses that are the asset's own.

    What a tool saw lately on the machine is its own, and so is what two tables agree in. An address that people only
    wrote down, or that a stale record saw, gives way where a tool sees other addresses of the same version on this
    machine or sees this address on another one; unless it is one of several there: then it is a cluster's, say.
    """
    frame = claims.frame
    live = (frame["observed"] & (frame["age"] == 0)).to_numpy()[items.row]
    table_no = frame["table_no"].to_numpy()[items.row]
    version = items.texts.str.contains(":", literal=True).cast(pl.Int8).to_numpy()[items.code]
    asset_observed = np.zeros((claims.assets, 2), dtype=np.bool_)
    asset_observed[items.asset[live], version[live]] = True
    pairs, place = items.pairs()
    observed_here = np.zeros(len(pairs), dtype=np.bool_)
    observed_here[place[live]] = True
    size = max(len(items.texts), 1)
    machine, code = pairs[observed_here] // size, pairs[observed_here] % size
    alone_there = np.bincount(machine, minlength=claims.assets)[machine] == 1
    item_observed = np.zeros(len(items.texts), dtype=np.bool_)
    item_observed[code[alone_there]] = True
    agreed = np.zeros(len(pairs), dtype=np.bool_)
    some_table = np.zeros(len(pairs), dtype=table_no.dtype)
    some_table[place] = table_no
    agreed[place[some_table[place] != table_no]] = True
    elsewhere = item_observed[items.code] & ~observed_here[place]
    alone = ~elsewhere & (agreed[place] | ~asset_observed[items.asset, version])
    return np.asarray(observed_here[place] | alone)
