"""Decides: one mapping per source column, from combined evidence, with analysts' decisions above everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from discovery_pipeline.domain.errors import MappingConflict
from discovery_pipeline.domain.handoffs import ColumnMapping, MappingStatus, TableKind
from discovery_pipeline.domain.mapping.candidates import Proposals
from discovery_pipeline.domain.mapping.combine import combine
from discovery_pipeline.domain.mapping.conversion import transform_of, unit_of
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD
from discovery_pipeline.domain.vocabulary.products import Product, by_name

Place = tuple[int, int]


@dataclass(frozen=True)
class ResolveParams:
    """accept: confidence from which a mapping stands by itself. review: from which it is used and marked.
    doubt: where 'no field' is no likelier than this, the best of several close fields is used and marked.
    alternatives: how many losers are named, from `mention` on."""

    accept: float = 0.75
    review: float = 0.45
    doubt: float = 0.33
    alternatives: int = 3
    mention: float = 0.02


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
    Columns below params.review stay unmapped, with the best losers named. overrides always win, keeping their own unit
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
    mapped = best is not None and _is_mapped(best["confidence"], none["confidence"], params)
    chosen = best if mapped and best is not None else none
    status: MappingStatus = (
        "unmapped" if not mapped else "accepted" if chosen["confidence"] >= params.accept else "review"
    )
    reasons = [e for e in column.evidence if e["field"] == chosen["field"]]
    return ColumnMapping(
        kind.table_no,
        column.profile["position"],
        column.profile["header"],
        chosen["field"] or None,
        chosen["confidence"],
        status,
        method=max(reasons, key=lambda e: (e["weight"], e["source"]))["source"] if reasons else "lexicon",
        why=tuple(
            f"{e['weight']:+.1f} {e['why']}" for e in sorted(reasons, key=lambda e: (-abs(e["weight"]), e["why"]))
        ),
        alternatives=_losers(column, chosen["field"], params),
    )


def _borne_out(override: ColumnMapping, column: _Column, params: ResolveParams) -> ColumnMapping:
    """A decision with what the evidence says besides: confirming a mapping never makes it less trusted."""
    found = next((s["confidence"] for s in column.scores if s["field"] == (override.field or NO_FIELD)), 0.0)
    losers = override.alternatives or _losers(column, override.field or NO_FIELD, params)
    return replace(override, confidence=max(override.confidence, found), alternatives=losers)


def _losers(column: _Column, chosen: str, params: ResolveParams) -> tuple[tuple[str, float], ...]:
    """The likeliest fields beside the one chosen, likeliest first."""
    others = (s for s in column.scores if s["field"] not in (chosen, NO_FIELD) and s["confidence"] >= params.mention)
    return tuple((s["field"], s["confidence"]) for s in others)[: params.alternatives]


def _is_mapped(best: float, none: float, params: ResolveParams) -> bool:
    """A field likely enough by itself, or the best of several that together leave little doubt that there is one."""
    return best > none and (best >= params.review or none <= params.doubt)


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
