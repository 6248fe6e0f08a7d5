"""What a mapping must not pass over in silence: needed facts without a column, columns whose values say otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import ColumnMapping, TableInfo, TableKind, finding
from discovery_pipeline.domain.mapping.evidence import profile_of
from discovery_pipeline.domain.needed_fields import NeededFact, missing_facts
from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.domain.vocabulary.dictionary import Word
from discovery_pipeline.domain.vocabulary.field_values import support
from discovery_pipeline.domain.vocabulary.headers import Header
from discovery_pipeline.domain.vocabulary.lexicon import claims_of


@dataclass(frozen=True)
class RefusalParams:
    """Log-odds of a column's values for its field. contradicts: from which down a person is told. forbidden: from which
    down they can't be of the field: a shape it never has, or none of those it needs. plain: log-odds from which on a
    header names a field by itself."""

    contradicts: float = -2.5
    forbidden: float = -4.0
    plain: float = 4.5


@dataclass(frozen=True)
class Contradiction:
    """A column whose values speak against a field, with so many log-odds, because of this. field: the one it is mapped
    to, or the one that its header plainly names."""

    mapping: ColumnMapping
    field: str
    weight: float
    why: str


def missing_needs(mappings: Sequence[ColumnMapping], kinds: Sequence[TableKind]) -> tuple[NeededFact, ...]:
    """What no table of assets, nor of their details, carries; nothing where there are no assets."""
    assets = {kind.table_no for kind in kinds if kind.record == "asset"}
    if not any(kind.record == "asset" and kind.grain == "asset" for kind in kinds):
        return ()
    return missing_facts({m.field for m in mappings if m.field is not None and m.table_no in assets})


def missing_findings(missing: Iterable[NeededFact]) -> Iterator[dict[str, Any]]:
    """Rows of FINDINGS about the tenant's exports together: they have no place."""
    for fact in missing:
        yield finding(
            "mapping", "warning", "missing_field",
            f"no column carries the {fact.name} ({' or '.join(fact.fields)}): {fact.loss}",
            f"{fact.source}; if one of the columns is it, correct its mapping",
        )  # fmt: skip


def contradictions(
    mappings: Iterable[ColumnMapping],
    kinds: Iterable[TableKind],
    profiles: pl.DataFrame,
    params: RefusalParams = RefusalParams(),
) -> list[Contradiction]:
    """The columns whose values contradict the field chosen, by whomever, or else the field that the header plainly
    names. profiles: PROFILES of all columns."""
    records = {kind.table_no: kind.record for kind in kinds}
    rows = {(row["table_no"], row["position"]): row for row in profiles.iter_rows(named=True)}
    found = []
    for mapping in mappings:
        row, record = rows[mapping.table_no, mapping.position], records[mapping.table_no]
        profile = profile_of(row)
        # Where the values bear out the field chosen, what else the header could mean is no question.
        borne_out = mapping.field is not None and support(profile, record, mapping.field)[0] > 0
        asked = mapping.method != "pattern" and not borne_out
        named = _plainly_named(row, record, params) if asked else None
        for field in dict.fromkeys(filter(None, (mapping.field, named))):
            weight, why = support(profile, record, field)
            if weight <= params.contradicts:
                found.append(Contradiction(mapping, field, weight, why))
                break
    return found


def _plainly_named(row: Mapping[str, Any], record: RecordKind, params: RefusalParams) -> str | None:
    """The field that a header names and hardly ever means anything else. row: of PROFILES."""
    words = tuple(Word(concept, concept, known=True) for concept in row["concepts"])
    claims = claims_of(record, Header(row["header"], words, row["unit"]))
    return claims[0].field if claims and claims[0].weight >= params.plain else None


def is_forbidden(contradiction: Contradiction, params: RefusalParams = RefusalParams()) -> bool:
    """Whether such values stand accepted though nobody decided so."""
    mapping = contradiction.mapping
    chosen = contradiction.field == mapping.field and mapping.status == "accepted" and mapping.method != "pattern"
    return chosen and contradiction.weight <= params.forbidden


def contradiction_findings(found: Iterable[Contradiction], places: Mapping[int, TableInfo]) -> Iterator[dict[str, Any]]:
    """Rows of FINDINGS, one per column."""
    for c in found:
        who = "by an analyst's decision" if c.mapping.method == "pattern" else f"with {c.mapping.confidence:.2f}"
        yield finding(
            "mapping", "warning", "values_contradict",
            f"{c.mapping.header!r} {_taken(c, who)}its values speak against it: {c.why}",
            "look at the column and correct it; values that can't be of the field are left empty by cleansing",
            places[c.mapping.table_no], position=c.mapping.position,
        )  # fmt: skip


def _taken(c: Contradiction, who: str) -> str:
    taken = f"taken as {c.mapping.field} {who}" if c.mapping.field else "left unmapped"
    return f"is {taken}, but " if c.field == c.mapping.field else f"names {c.field} and is {taken}; "
