"""What a person should know about a mapping: counts for the checks and findings with advice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import ColumnMapping, TableInfo, TableKind, finding
from discovery_pipeline.domain.identity_fields import tells_records_apart
from discovery_pipeline.domain.mapping.combine import CERTAIN
from discovery_pipeline.domain.mapping.conflicts import Conflict, conflict_findings
from discovery_pipeline.domain.mapping.listing import listed
from discovery_pipeline.domain.mapping.refusals import (
    contradiction_findings,
    contradictions,
    is_forbidden,
    missing_findings,
    missing_needs,
)
from discovery_pipeline.domain.schema import fields


@dataclass(frozen=True)
class MappedTables:
    """A whole mapping with what it is of. profiles: PROFILES of all columns. conflicts: those among the columns."""

    infos: Sequence[TableInfo]
    kinds: Sequence[TableKind]
    mappings: Sequence[ColumnMapping]
    profiles: pl.DataFrame
    conflicts: Sequence[Conflict] = ()


@dataclass(frozen=True)
class MappingReview:
    """facts: for the quality suite. findings: rows of FINDINGS, the gravest first within each kind of problem."""

    facts: dict[str, float]
    findings: list[dict[str, Any]]


def review_mapping(mapped: MappedTables, precision: float) -> MappingReview:
    """Facts and findings of a mapping. precision: the error budget under which columns were accepted."""
    places = {info.table_no: info for info in mapped.infos}
    nameless = _without_identity(mapped)
    missing = missing_needs(mapped.mappings, mapped.kinds)
    contradicted = contradictions(mapped.mappings, mapped.kinds, mapped.profiles)
    findings = [
        *_identity_findings(nameless, places),
        *missing_findings(missing),
        *contradiction_findings(contradicted, places),
        *conflict_findings(mapped.conflicts, {kind.table_no: kind for kind in mapped.kinds}, places),
        *_doubt_findings(mapped.mappings, places),
    ]
    facts: dict[str, float] = {
        "unknown_fields": _unknown_fields(mapped),
        "tables_without_identity": len(nameless),
        "missing_facts": len(missing),
        "conflicting_columns": len(mapped.conflicts),
        "forbidden_pairs": sum(map(is_forbidden, contradicted)),
        **_confidence_facts(mapped.mappings, precision),
    }
    return MappingReview(facts, listed(findings))


def _unknown_fields(mapped: MappedTables) -> int:
    records = {kind.table_no: kind.record for kind in mapped.kinds}
    return sum(m.field is not None and m.field not in fields(records[m.table_no]) for m in mapped.mappings)


def _confidence_facts(mappings: Sequence[ColumnMapping], precision: float) -> dict[str, float]:
    """accepted_share: of the mapped columns. precision_shortfall: how far the mean confidence of those accepted without
    an analyst is below the budget; confidence has a ceiling, and so has what can be asked of it."""
    mapped = [m for m in mappings if m.field is not None]
    accepted = [m for m in mapped if m.status == "accepted"]
    trusted = [m.confidence for m in accepted if m.method != "pattern"]
    mean = sum(trusted) / len(trusted) if trusted else 1.0
    return {
        "accepted_share": len(accepted) / len(mapped) if mapped else 1.0,
        "precision_shortfall": round(max(0.0, min(precision, CERTAIN) - mean), 4),
    }


def _without_identity(mapped: MappedTables) -> list[TableKind]:
    carried: dict[int, set[str]] = {kind.table_no: set() for kind in mapped.kinds}
    for mapping in mapped.mappings:
        if mapping.field is not None:
            carried[mapping.table_no].add(mapping.field)
    return [kind for kind in mapped.kinds if not tells_records_apart(kind.record, carried[kind.table_no])]


def _identity_findings(kinds: Sequence[TableKind], places: dict[int, TableInfo]) -> Iterator[dict[str, Any]]:
    for kind in kinds:
        yield finding(
            "mapping", "warning", "no_identity_column",
            f"no column identifies the rows of this {kind.record} table",
            "map its name or id column, or withdraw the file if it is no inventory", places[kind.table_no],
        )  # fmt: skip


def _doubt_findings(mappings: Sequence[ColumnMapping], places: dict[int, TableInfo]) -> Iterator[dict[str, Any]]:
    for mapping in mappings:
        if mapping.status == "review":
            yield finding(
                "mapping", "info", "review_mapping",
                f"{mapping.header!r} is taken as {mapping.field} with confidence {mapping.confidence:.2f}",
                "confirm or correct it", places[mapping.table_no], position=mapping.position,
            )  # fmt: skip
