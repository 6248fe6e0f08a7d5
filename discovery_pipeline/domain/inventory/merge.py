"""One value per asset and field out of the claims, and which record and rule it came from.

Keep out: lists, which are united (united.py); trust (claims.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.claims import Claims
from discovery_pipeline.domain.inventory.components import Nodes
from discovery_pipeline.domain.inventory.details import SUMMED
from discovery_pipeline.domain.inventory.disputes import RULES, settle
from discovery_pipeline.domain.inventory.identifiers import serial_key, uuid_key
from discovery_pipeline.domain.names import name_key

# Of these the latest or the earliest claim is the right one, whoever makes it.
LATEST = ("last_seen", "last_boot")
EARLIEST = ("first_seen",)


@dataclass(frozen=True)
class Merged:
    """Per asset number: the value, the record_no it came from (null where several rows made it), the rule."""

    values: pl.Series
    record_no: pl.Series
    rule: pl.Series


@dataclass(frozen=True)
class _Choice:
    """rows: position of the winning claim per asset that has one. assets: their numbers. rule: index into RULES."""

    assets: Nodes
    rows: Nodes
    rule: NDArray[np.int8]


def merge_field(field: str, claims: Claims, group: str, order: Nodes) -> Merged:
    """The best claim of every asset. order: claims.order(group)."""
    values = claims.frame[field]
    given = order[values.is_not_null().to_numpy()[order]]
    asset = claims.frame["asset"].to_numpy()[given].astype(np.int64)
    if field in LATEST or field in EARLIEST:
        choice = _extreme(values, given, asset, latest=field in LATEST)
    else:
        choice = _weighed(field, claims, group, given, asset)
    return _merged(field, claims, choice)


def _extreme(values: pl.Series, given: Nodes, asset: Nodes, *, latest: bool) -> _Choice:
    when = values.dt.timestamp("us").to_numpy(allow_copy=True)[given].astype(np.int64)
    order = np.lexsort((np.arange(len(given)), -when if latest else when, asset))
    first, counts = _runs(asset)
    several = RULES.index("newest" if latest else "oldest")
    rule = np.where(counts == 1, RULES.index("only_claim"), several).astype(np.int8)
    return _Choice(asset[first], given[order][first], rule)


def _weighed(field: str, claims: Claims, group: str, given: Nodes, asset: Nodes) -> _Choice:
    """The first claim in the order of trust, unless claims differ: then the value with the greatest trust in sum.

    Spelling is looked at only where the texts differ, rivals are weighed only where more than the spelling differs.
    """
    first, counts = _runs(asset)
    values = claims.frame[field].gather(given)
    rows, rule = given[first], np.where(counts == 1, RULES.index("only_claim"), RULES.index("agreed")).astype(np.int8)
    unlike = _unlike(values, first, counts)
    spelt, run = _keys(field, values.filter(pl.Series(np.repeat(unlike, counts)))), counts[unlike]
    rivals = _unlike(spelt, np.cumsum(run) - run, run)
    disputed = unlike.copy()
    disputed[unlike] = rivals
    if disputed.any():
        keys = spelt.filter(pl.Series(np.repeat(rivals, run)))
        rows[disputed], rule[disputed] = settle(field, claims, group, given[np.repeat(disputed, counts)], keys)
    return _Choice(asset[first], rows, rule)


def _runs(asset: Nodes) -> tuple[Nodes, Nodes]:
    """Start and length of each asset's run; the numbers come sorted."""
    first = np.flatnonzero(np.diff(asset, prepend=-1))
    return first, np.diff(first, append=len(asset))


def _unlike(values: pl.Series, first: Nodes, counts: Nodes) -> NDArray[np.bool_]:
    """Whether any value of a run differs from its first."""
    if not len(first):
        return np.zeros(0, dtype=np.bool_)
    differs = values.ne_missing(values.gather(np.repeat(first, counts))).to_numpy()
    return np.asarray(np.logical_or.reduceat(differs, first))


def _keys(field: str, values: pl.Series) -> pl.Series:
    """Values as they are compared: spelling does not make a conflict."""
    if values.dtype != pl.String:
        return values.alias("key")
    text = pl.col(values.name)
    forms = {"uuid": uuid_key(text), "serial_number": serial_key(text), "hostname": name_key(text)}
    folded = text.str.strip_chars(" .").str.to_lowercase()
    return values.to_frame().select(pl.coalesce(forms.get(field, folded), folded).alias("key")).to_series()


def _merged(field: str, claims: Claims, choice: _Choice) -> Merged:
    from_detail = claims.frame["detail"].gather(choice.rows).to_numpy()
    summed = from_detail & (field in (*SUMMED, "disk_count", "software"))
    rule = np.where(summed, RULES.index("detail_sum"), choice.rule)
    source = np.full(claims.assets, -1, dtype=np.int64)
    source[choice.assets] = choice.rows
    wins = pl.Series("row", source).to_frame().select(pl.when(pl.col("row") >= 0).then("row")).to_series()
    rules = np.zeros(claims.assets, dtype=np.int8)
    rules[choice.assets] = rule
    record_no = claims.frame["record_no"].gather(wins)
    made = pl.Series(rules == RULES.index("detail_sum"))
    return Merged(
        claims.frame[field].gather(wins),
        record_no.to_frame().select(pl.when(~made).then(pl.first())).to_series(),
        pl.Series(rules).replace_strict(range(len(RULES)), [None, *RULES[1:]], return_dtype=pl.String()),
    )
