"""One value per asset and field out of the claims, and which record and rule it came from.

Keep out: lists, which are united (united.py); trust (claims.py); weighing rivals (disputes.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.details import SUMMED
from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.inventory.values.claims import Claims
from discovery_pipeline.domain.inventory.values.disputes import RULES, Dispute, most_exact, rivals, settle
from discovery_pipeline.domain.inventory.values.forms import Forms, forms, near
from discovery_pipeline.domain.inventory.values.sense import plausible

# Of these the latest or the earliest claim is the right one, whoever makes it.
LATEST = ("last_seen", "last_boot")
EARLIEST = ("first_seen",)
# Every source has its own; there is nothing to agree in.
OWN_TO_EACH_SOURCE = ("source_id",)


@dataclass(frozen=True)
class Merged:
    """Per asset number: the value, the record_no it came from (null where several rows made it), the rule."""

    values: pl.Series
    record_no: pl.Series
    rule: pl.Series


@dataclass(frozen=True)
class Stated:
    """The claims on one field: their positions in Claims.frame, by asset, in the order of trust.

    first, counts: where the claims of each asset begin and how many they are. assets: its number.
    """

    rows: Nodes
    first: Nodes
    counts: Nodes
    assets: Nodes

    def of(self, assets: NDArray[np.bool_]) -> Nodes:
        """The positions of the claims on these assets."""
        return np.asarray(self.rows[np.repeat(assets, self.counts)])


@dataclass(frozen=True)
class _Choice:
    """rows: position of the winning claim per asset that has one. rule: index into RULES."""

    rows: Nodes
    rule: NDArray[np.int8]


def stated(field: str, claims: Claims, order: Nodes) -> Stated:
    """order: Claims.order of the field's group."""
    rows = order[claims.frame[field].is_not_null().to_numpy()[order]]
    asset = claims.frame["asset"].to_numpy()[rows].astype(np.int64)
    first = np.flatnonzero(np.diff(asset, prepend=-1))
    return Stated(rows, first, np.diff(first, append=len(asset)), asset[first])


def merge_field(field: str, claims: Claims, group: str, order: Nodes, leads: Mapping[str, pl.Series]) -> Merged:
    """The best claim of every asset. order: that of the field's group. leads: what was chosen of sense.LEADS."""
    given = stated(field, claims, order)
    if field in LATEST or field in EARLIEST:
        choice = _extreme(claims, claims.frame[field], given, latest=field in LATEST)
    elif field in OWN_TO_EACH_SOURCE:
        choice = _most_trusted(given)
    else:
        choice = _weighed(field, claims, group, given, leads)
    return _merged(field, claims, given, choice)


def _extreme(claims: Claims, values: pl.Series, given: Stated, *, latest: bool) -> _Choice:
    """The latest or earliest moment that does not lie in the future."""
    when = values.gather(given.rows).dt.timestamp("us").to_numpy()
    future = when > claims.horizon
    run = np.repeat(np.arange(len(given.first)), given.counts)
    order = np.lexsort((-when if latest else when, future, run))
    several = np.where(given.counts == 1, RULES.index("only_claim"), RULES.index("newest" if latest else "oldest"))
    some_future = np.logical_or.reduceat(future, given.first) if len(run) else np.zeros(0, dtype=np.bool_)
    passed_over = some_future & ~future[order[given.first]]
    return _Choice(
        given.rows[order[given.first]], np.where(passed_over, RULES.index("plausibility"), several).astype(np.int8)
    )


def _most_trusted(given: Stated) -> _Choice:
    rule = np.where(given.counts == 1, RULES.index("only_claim"), RULES.index("source_precedence"))
    return _Choice(given.rows[given.first], rule.astype(np.int8))


def _weighed(field: str, claims: Claims, group: str, given: Stated, leads: Mapping[str, pl.Series]) -> _Choice:
    """The first claim in the order of trust, unless claims differ: then the value with the greatest trust in sum.

    Spelling is looked at only where the values differ, rivals are weighed only where more than the spelling differs.
    """
    rows = given.rows[given.first]
    rule = np.where(given.counts == 1, RULES.index("only_claim"), RULES.index("agreed")).astype(np.int8)
    unlike = _unlike(claims.frame[field].gather(given.rows), given)
    if not unlike.any():
        return _Choice(rows, rule)
    spelt = _dispute(field, claims, group, given, unlike, leads)
    disputed = rivals(spelt.run, spelt.forms)
    exact = given.of(unlike)[most_exact(spelt)]
    rule[unlike] = np.where(exact == rows[unlike], rule[unlike], RULES.index("most_exact"))
    rows[unlike] = exact
    if disputed.any():
        settled = unlike.copy()
        settled[unlike] = disputed
        places, rule[settled] = settle(spelt.only(disputed))
        rows[settled] = given.of(settled)[places]
    return _Choice(rows, rule)


def _unlike(values: pl.Series, given: Stated) -> NDArray[np.bool_]:
    """Whether any value of an asset differs from its first."""
    if len(given.rows) == len(given.first):
        return np.zeros(len(given.first), dtype=np.bool_)
    differs = values.ne_missing(values.gather(np.repeat(given.first, given.counts))).to_numpy()
    return np.asarray(np.logical_or.reduceat(differs, given.first))


def _dispute(
    field: str,
    claims: Claims,
    group: str,
    given: Stated,
    unlike: NDArray[np.bool_],
    leads: Mapping[str, pl.Series],
) -> Dispute:
    rows = given.of(unlike)
    run = np.repeat(np.arange(int(unlike.sum())), given.counts[unlike])
    frame = claims.frame
    preferred = claims.preferred.get(field)
    return Dispute(
        run=run,
        voice=frame["table_no"].gather(rows).replace_strict(claims.voices, return_dtype=pl.UInt32()).to_numpy(),
        trust=claims.trust[group][rows],
        seen=frame["seen"].gather(rows).to_numpy(),
        aged=frame["age"].gather(rows).to_numpy() > 0,
        plausible=plausible(field, frame, rows, leads),
        preferred=np.zeros(len(rows), dtype=np.int64) if preferred is None else preferred[rows],
        forms=_forms(field, frame[field].gather(rows), run),
    )


def _forms(field: str, values: pl.Series, run: Nodes) -> Forms:
    return near(run, values.to_numpy()) if values.dtype.is_float() else forms(field, values)


def _merged(field: str, claims: Claims, given: Stated, choice: _Choice) -> Merged:
    from_detail = claims.frame["detail"].gather(choice.rows).to_numpy()
    summed = from_detail & (field in (*SUMMED, "disk_count", "software"))
    rules = np.zeros(claims.assets, dtype=np.int64)
    rules[given.assets] = np.where(summed, RULES.index("detail_sum"), choice.rule)
    source = np.full(claims.assets, -1, dtype=np.int64)
    source[given.assets] = choice.rows
    wins = pl.Series("row", source).to_frame().select(pl.when(pl.col("row") >= 0).then("row")).to_series()
    record_no = claims.frame["record_no"].gather(wins)
    made = pl.Series(rules == RULES.index("detail_sum"))
    return Merged(
        claims.frame[field].gather(wins),
        record_no.to_frame().select(pl.when(~made).then(pl.first())).to_series(),
        _RULE_NAMES.gather(rules),
    )


_RULE_NAMES = pl.Series("rule", [None, *RULES[1:]], dtype=pl.String())
