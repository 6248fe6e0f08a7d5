"""Decides: one mapping per source column, from combined evidence, with analysts' decisions above everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from discovery_pipeline.domain.errors import MappingConflict
from discovery_pipeline.domain.handoffs import ColumnMapping, MappingStatus, TableKind
from discovery_pipeline.domain.mapping.acceptance import AcceptFor
from discovery_pipeline.domain.mapping.candidates import Proposals
from discovery_pipeline.domain.mapping.combine import combine
from discovery_pipeline.domain.mapping.conversion import transform_of, unit_of
from discovery_pipeline.domain.mapping.trained.combiner import CALIBRATED, TRAINED, combiner
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD
from discovery_pipeline.domain.vocabulary.products import Product, by_name

Place = tuple[int, int]

_GROUNDS = ("lexicon", "values", "context", *CALIBRATED)
_LIKELIER_THAN_NOT = 0.5
# Sources of evidence about a column; the prior is about columns at large.
_HEARD = (*TRAINED, *CALIBRATED)
_RIVALRY = "how surely another column of the table carries it"
_PRIOR = "so often columns of other exports carry no field"
_DISPLACED = "values from here on stand beside their headers: for a person to look at"
# What people's decisions about its like made of a mapping that was to be accepted, or looked at.
_LEARNED: Mapping[tuple[MappingStatus, MappingStatus], str] = {
    ("accepted", "review"): "people corrected others like it: accepted from {:.2f} on",
    ("review", "accepted"): "people confirmed others like it: accepted from {:.2f} on",
}


@dataclass(frozen=True)
class ResolveParams:
    """precision: the error budget: of the mappings that stand without a person's look, this share is right.
    alternatives: how many losers are named, from `mention` on. accept_for: the confidence from which a mapping stands,
    where people decided about its like; None = `accept` for all."""

    precision: float = 0.98
    alternatives: int = 3
    mention: float = 0.02
    accept_for: AcceptFor | None = None

    @property
    def accept(self) -> float:
        """The confidence from which the budget is kept, as measured on products that nothing was trained on."""
        return combiner().accept_from(self.precision)


@dataclass(frozen=True)
class _Column:
    """All that is known of one column: its PROFILES row, its COMBINED rows and its EVIDENCE rows."""

    profile: Mapping[str, Any]
    scores: Sequence[Mapping[str, Any]]
    evidence: Sequence[Mapping[str, Any]]


def resolve(
    proposals: Proposals,
    kinds: Sequence[TableKind],
    overrides: Sequence[ColumnMapping] = (),
    params: ResolveParams = ResolveParams(),  # frozen
) -> list[ColumnMapping]:
    """Choose the canonical field of each source column, or none.

    Returns one mapping per column of every table, by table and position; several columns may carry the same field.
    A column is mapped where a field is likelier than 'none of them': accepted within the error budget, else for review;
    for review, too, from where on a table's values stand beside their headers.
    overrides always win, keeping their own unit
    and transform where given; one that the evidence bears out is as sure as the evidence. Raises MappingConflict when
    two of them claim the same column.
    """
    decided = _by_place(overrides)
    by_table = {kind.table_no: kind for kind in kinds}
    scores = _grouped(combine(proposals.profiles, proposals.evidence))
    evidence = _grouped(proposals.evidence)
    products = _products(proposals.profiles, by_table)
    mappings = []
    for profile in proposals.profiles.sort("table_no", "position").iter_rows(named=True):
        place = (profile["table_no"], profile["position"])
        column = _Column(profile, scores[place], evidence.get(place, ()))
        kind, product = by_table[place[0]], products[place[0]]
        override = decided.get(place)
        mapping = _borne_out(override, column, params) if override else _decide(column, kind, params)
        mappings.append(_with_conversion(mapping, column, kind, product))
    return mappings


def _by_place(overrides: Sequence[ColumnMapping]) -> dict[Place, ColumnMapping]:
    found: dict[Place, ColumnMapping] = {}
    for override in overrides:
        place = (override.table_no, override.position)
        if place in found:
            raise MappingConflict(
                f"two decisions claim column {override.position} ({override.header!r}): "
                f"{found[place].field or 'unmapped'} and {override.field or 'unmapped'}",
                where=f"table {override.table_no}",
                advice="withdraw one of them",
            )
        found[place] = override
    return found


def _grouped(frame: pl.DataFrame) -> dict[Place, list[dict[str, Any]]]:
    found: dict[Place, list[dict[str, Any]]] = {}
    for row in frame.iter_rows(named=True):
        found.setdefault((row["table_no"], row["position"]), []).append(row)
    return found


def _products(profiles: pl.DataFrame, kinds: Mapping[int, TableKind]) -> dict[int, Product | None]:
    headers = profiles.sort("position").group_by("table_no", maintain_order=True).agg(pl.col("header"))
    return {number: by_name(kinds[number].product, names) for number, names in headers.iter_rows()}


def _decide(column: _Column, kind: TableKind, params: ResolveParams) -> ColumnMapping:
    best = next((s for s in column.scores if s["field"] != NO_FIELD), None)
    none = next(s for s in column.scores if s["field"] == NO_FIELD)
    chosen = best if best is not None and best["score"] > none["score"] and _is_worth_saying(best) else none
    displaced = kind.shifted_from is not None and column.profile["position"] >= kind.shifted_from
    accept = params.accept_for(_method(chosen), chosen["field"], kind.table_no) if params.accept_for else params.accept
    status = _status(chosen, accept, displaced)
    learned = _LEARNED.get((_status(chosen, params.accept, displaced), status))
    return ColumnMapping(
        kind.table_no,
        column.profile["position"],
        column.profile["header"],
        chosen["field"] or None,
        chosen["confidence"],
        status,
        method=_method(chosen),
        why=(
            *reasons(chosen, column.evidence),
            *_against_rivals(column, chosen),
            *((learned.format(accept),) if learned else ()),
            *((_DISPLACED,) if displaced else ()),
        ),
        alternatives=_losers(column, chosen["field"], params),
    )


def _status(chosen: Mapping[str, Any], accept: float, displaced: bool) -> MappingStatus:
    if chosen["field"] == NO_FIELD:
        return "unmapped"
    stands = chosen["confidence"] >= accept and not displaced and _has_grounds(chosen)
    return "accepted" if stands else "review"


def _has_grounds(chosen: Mapping[str, Any]) -> bool:
    """Whether a word, a value or a neighbour speaks for the field, not only its likeness to labelled columns.

    Without grounds three mappings in four were right on unseen products, however sure they looked.
    """
    return any(chosen["said"][source] > 0 for source in _GROUNDS)


def _is_worth_saying(best: Mapping[str, Any]) -> bool:
    """Likeness alone has to be likelier than not: below that it was right one time in three."""
    return _has_grounds(best) or best["confidence"] >= _LIKELIER_THAN_NOT


def _method(chosen: Mapping[str, Any]) -> str:
    """The source that said most for it; the prior where nothing did."""
    said = {source: weight for source, weight in chosen["said"].items() if weight > 0}
    return max(said, key=lambda source: (said[source], source)) if said else "prior"


def reasons(chosen: Mapping[str, Any], evidence: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """What each source said of a field, in log-odds as they were added up, the weightiest first.

    chosen: a row of what `combine` gives. evidence: rows of EVIDENCE of its column, those of other fields too.
    """
    reasons: dict[str, list[str]] = {}
    for row in sorted(evidence, key=lambda e: (-abs(e["weight"]), e["why"])):
        if row["field"] == chosen["field"]:
            reasons.setdefault(row["source"], []).append(row["why"])
    if chosen["said"]["prior"]:
        reasons["prior"] = [_PRIOR]
    if chosen["said"]["table"]:
        reasons["table"] = [_RIVALRY]
    weighty = sorted(chosen["said"].items(), key=lambda said: (-abs(said[1]), said[0]))
    return tuple(
        f"{weight:+.1f} {source}: {'; '.join(reasons[source])}" for source, weight in weighty if source in reasons
    )


def _against_rivals(column: _Column, chosen: Mapping[str, Any]) -> tuple[str, ...]:
    """Why the runner-up lost: its score beside the choice's, and what its sources said; nothing where nobody ran."""
    rivals = [s for s in column.scores if s["field"] != chosen["field"] and any(s["said"][e] for e in _HEARD)]
    if not rivals:
        return ()
    rival = max(rivals, key=lambda s: (s["score"], s["field"]))
    parts = sorted(rival["said"].items(), key=lambda said: (-abs(said[1]), said[0]))
    told = ", ".join(f"{source} {weight:+.1f}" for source, weight in parts if round(weight, 1))
    name = rival["field"] or "no field"
    return (f"runner-up {name}: {rival['score']:.1f} against {chosen['score']:.1f}" + (f" ({told})" if told else ""),)


def _borne_out(override: ColumnMapping, column: _Column, params: ResolveParams) -> ColumnMapping:
    """A decision with what the evidence says besides: confirming a mapping never makes it less trusted."""
    found = next((s["confidence"] for s in column.scores if s["field"] == (override.field or NO_FIELD)), 0.0)
    losers = override.alternatives or _losers(column, override.field or NO_FIELD, params)
    return replace(override, confidence=max(override.confidence, found), alternatives=losers)


def _losers(column: _Column, chosen: str, params: ResolveParams) -> tuple[tuple[str, float], ...]:
    """The likeliest fields beside the one chosen, likeliest first."""
    others = (s for s in column.scores if s["field"] not in (chosen, NO_FIELD) and s["confidence"] >= params.mention)
    return tuple((s["field"], s["confidence"]) for s in others)[: params.alternatives]


def _with_conversion(
    mapping: ColumnMapping, column: _Column, kind: TableKind, product: Product | None
) -> ColumnMapping:
    if mapping.field is None:
        return mapping
    unit, why = unit_of(kind.record, mapping.field, column.profile, product)
    return replace(
        mapping,
        unit=mapping.unit or unit,
        transform=mapping.transform or transform_of(mapping.field, column.profile, product),
        why=(*mapping.why, why) if why and not mapping.unit else mapping.why,
    )
