"""Assets whose type is unsure, put up for a second opinion by what is known of them, with sure ones as controls.

Assets of which the same is known are one doubt. Controls show no more fields than doubts have, and none of those that
name a type outright. Keep out: what follows from an answer (advised_types.py), what may leave the machine (agents).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import cycle, islice

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.classification.classify import FAMILIES, log_odds, type_weights
from discovery_pipeline.domain.inventory.classification.features import FIELDS_GIVEN, TELLING, shown_features
from discovery_pipeline.domain.inventory.classification.hints import TYPES, Weights
from discovery_pipeline.domain.inventory.tables import Tables
from discovery_pipeline.domain.opinions.doubts import NONE, Doubt, rank
from discovery_pipeline.domain.packaged import packaged_yaml

Odds = NDArray[np.float64]
Places = NDArray[np.int64]

# Of a hundred assets with such a confidence ten and more are of another type.
UNSURE, _SURE = 0.9, 0.99
# What names a type outright: controls are shown without it.
OUTRIGHT = ("class", "listed by", "database engine")
_OTHER = TYPES.index("other")
_OF_HOSTS = tuple(n for n, name in enumerate(TYPES) if name not in FAMILIES and n != _OTHER)
_ALL = tuple(n for n in range(len(TYPES)) if n != _OTHER)
# Types offered where something speaks for some of them; all where nothing does.
_OFFERED = 8
_CONTROLS_A_TYPE = 12
# Every so many controls the right type is not among the offers.
_WITHOUT_ANSWER = 6
_LIKELY = 0.05


@dataclass(frozen=True)
class Members:
    """The assets that a doubt is about. odds: log-odds of each type, (assets, types)."""

    asset_ids: tuple[str, ...]
    odds: Odds


@dataclass(frozen=True)
class TypeDoubts:
    """doubts: those about most assets first. members: by the doubts' keys."""

    doubts: tuple[Doubt, ...] = ()
    controls: tuple[Doubt, ...] = ()
    members: Mapping[str, Members] = field(default_factory=dict)


@dataclass(frozen=True)
class TypedAssets:
    """Described assets by number. records: AssetRecords.assets with `asset`. evidence: assets x types, of the family
    alone. family: name per asset. asset_id: per asset."""

    records: pl.DataFrame
    evidence: Weights
    family: pl.Series
    asset_id: pl.Series


def type_doubts(assets: TypedAssets, tables: Tables, settled: Collection[str]) -> TypeDoubts:
    """What is in doubt about types. settled: asset ids whose type a person decided: neither in doubt nor controls."""
    odds = log_odds(assets.evidence, type_weights())
    shares = softmax(odds)
    best, confidence = shares.argmax(axis=1), shares.max(axis=1)
    silent = assets.evidence.max(axis=1) <= 0
    free = (~assets.asset_id.is_in(list(settled))).to_numpy()
    unsure = np.flatnonzero(free & (confidence < UNSURE) & (assets.family == "host").to_numpy())
    if not len(unsure):
        return TypeDoubts()
    hosts_only = not silent[unsure].any()
    sure = _sure(assets, free & (confidence >= _SURE) & ~silent, best, hosts_only=hosts_only)
    shown = shown_features(assets.records, np.concatenate([unsure, sure]), tables)
    doubts, members = _doubts(unsure, shown, odds, silent, assets.asset_id)
    return TypeDoubts(doubts, _controls(sure, shown, odds, best, doubts), members)


def softmax(odds: Odds) -> Odds:
    """Log-odds (n, types) as shares that add up to 1."""
    raised = np.exp(odds - odds.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _sure(assets: TypedAssets, sure: NDArray[np.bool_], best: Places, *, hosts_only: bool) -> Places:
    """Some sure assets of every type, by their ids: an order that has nothing to do with what they are."""
    wanted = _OF_HOSTS if hosts_only else _ALL
    found = pl.DataFrame({"asset": np.flatnonzero(sure), "type": best[sure], "id": assets.asset_id.filter(sure)})
    chosen = found.filter(pl.col("type").is_in(wanted)).sort("type", "id").group_by("type", maintain_order=True)
    return chosen.head(_CONTROLS_A_TYPE)["asset"].to_numpy()


def _doubts(
    unsure: Places, shown: Mapping[int, Mapping[str, list[str]]], odds: Odds, silent: NDArray[np.bool_], ids: pl.Series
) -> tuple[tuple[Doubt, ...], dict[str, Members]]:
    """One doubt per what is known, about most assets first; where nothing telling is known nobody is asked."""
    alike: dict[str, list[int]] = {}
    for asset in unsure.tolist():
        if TELLING & shown[asset].keys():
            alike.setdefault(_key(shown[asset], silent=bool(silent[asset])), []).append(asset)
    doubts, members = [], {}
    for key, own in sorted(alike.items(), key=lambda item: (-len(item[1]), item[0])):
        mean = odds[own].mean(axis=0)
        likely = frozenset(TYPES[n] for n in np.flatnonzero(softmax(mean[np.newaxis])[0] >= _LIKELY) if n != _OTHER)
        offers = _offers(mean, len(_ALL) if silent[own[0]] else _OFFERED, _ALL if silent[own[0]] else _OF_HOSTS)
        doubts.append(Doubt(key, shown[own[0]], offers, likely))
        ordered = sorted(own, key=lambda asset: str(ids[asset]))
        members[key] = Members(tuple(ids[ordered]), odds[ordered])
    return tuple(doubts), members


def _key(shown: Mapping[str, list[str]], *, silent: bool) -> str:
    text = json.dumps([shown, silent], sort_keys=True, ensure_ascii=False)
    return f"type/{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _offers(odds: Odds, count: int, among: Sequence[int]) -> tuple[str, ...]:
    """The likeliest types in the order of TYPES, which tells nothing, then none of them."""
    best = sorted(among, key=lambda n: (-odds[n], n))[:count]
    return (*(TYPES[n] for n in sorted(best)), NONE)


def _controls(
    sure: Places, shown: Mapping[int, Mapping[str, list[str]]], odds: Odds, best: Places, doubts: Sequence[Doubt]
) -> tuple[Doubt, ...]:
    """Sure assets, each shown like one of the doubts: its fields, as many offers."""
    found: dict[str, Doubt] = {}
    if not doubts:
        return ()
    patterns = islice(cycle(doubts), len(sure))
    for number, (asset, like) in enumerate(zip(sure.tolist(), patterns, strict=True)):
        own = _as_bare(shown[asset], like)
        if not TELLING & own.keys():
            continue
        right = int(best[asset])
        among = _ALL if len(like.offers) > _OFFERED + 1 else _OF_HOSTS
        left_out = number % _WITHOUT_ANSWER == _WITHOUT_ANSWER - 1
        offers = _offers(odds[asset], len(like.offers) - 1, [n for n in among if not (left_out and n == right)])
        expected = TYPES[right] if TYPES[right] in offers else NONE
        # What is known of two sure assets alike is one control.
        found.setdefault(_key(own, silent=left_out), Doubt(f"sure/{number}", own, offers, expected=expected))
    return (*found.values(), *packaged_controls())


@cache
def packaged_controls() -> tuple[Doubt, ...]:
    """Things of which everybody in the field knows what they are, for estates that know too few of their own."""
    found = []
    for number, entry in enumerate(packaged_yaml(__package__, "type_controls.yaml")["controls"]):
        right = TYPES.index(entry["type"])
        others = sorted(_OF_HOSTS, key=lambda n: rank(str(number), TYPES[n]))
        offered = sorted([right, *[n for n in others if n != right][: _OFFERED - 1]])
        offers = (*(TYPES[n] for n in offered), NONE)
        found.append(Doubt(f"packaged/{number}", entry["shown"], offers, expected=entry["type"]))
    return tuple(found)


def _as_bare(shown: Mapping[str, list[str]], like: Doubt) -> dict[str, list[str]]:
    """What is known of a sure asset, without what is not known of the doubtful one."""
    own = {name: told for name, told in shown.items() if name in like.shown and name not in OUTRIGHT}
    if FIELDS_GIVEN in own:
        own[FIELDS_GIVEN] = [field for field in own[FIELDS_GIVEN] if field in like.shown[FIELDS_GIVEN]]
    return {name: told for name, told in own.items() if told}
