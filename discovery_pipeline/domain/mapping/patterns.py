"""What corrections taught, and what it says about the columns of a run. Never learns; knows one tenant only.

The same column of the same table, in whatever delivery, is decided. The same or a similar header elsewhere among the
tenant's tables of this record kind is evidence, weighed by how often that was right on labelled layouts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl
from rapidfuzz import fuzz

from discovery_pipeline.domain.handoffs import ColumnMapping, TableInfo, TableKind, Transform
from discovery_pipeline.domain.mapping.candidates import Proposals
from discovery_pipeline.domain.mapping.evidence import Evidence, evidence_frame
from discovery_pipeline.domain.mapping.places import Place, header_key
from discovery_pipeline.domain.mapping.trained.combiner import combiner
from discovery_pipeline.domain.schema import RecordKind, fields
from discovery_pipeline.domain.vocabulary.headers import read_header
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD

# A person's decision about a column stands nineteen times of twenty, before anything else is known about it.
_STOOD, _FELL = 19, 1
# Share of a blended similarity that is the vectors' cosine; the rest is spelling.
_COSINE_SHARE = 0.6
# Log-odds below which a reason moves nothing.
_WORTH_SAYING = 0.2


@dataclass(frozen=True)
class Pattern:
    """The newest lesson about a place: its column carries this field, or none (field None).

    supported / contradicted: how many corrections said so / said otherwise there. corrections: the numbers of those
    that said so. record, product: of the table it was learned from.
    """

    pattern_id: str
    place: Place
    header: str
    record: RecordKind
    product: str | None
    field: str | None
    unit: str | None
    transform: Transform | None
    supported: int
    contradicted: int
    corrections: tuple[int, ...]

    @property
    def confidence(self) -> float:
        """The mean of a Beta distribution: the prior of any decision, and what was said at this place since."""
        return (_STOOD + self.supported) / (_STOOD + _FELL + self.supported + self.contradicted)

    @property
    def told_by(self) -> str:
        return f"correction{'s' if len(self.corrections) > 1 else ''} {', '.join(map(str, self.corrections))}"


@dataclass(frozen=True)
class Curve:
    """Log-odds that a column carries the field that a pattern of a similar header names."""

    at_zero: float
    slope: float

    def log_odds(self, similarity: float) -> float:
        return self.at_zero + self.slope * similarity


# Fitted on labelled layouts by benchmarks/mapping/pattern_calibration.py; its docstring has the command and the
# figures. Per embedding model, since cosines of two models don't compare; LEXICAL for spelling alone.
LEXICAL = Curve(-8.2, 10.4)
CURVES: Mapping[str, Curve] = {"all-MiniLM-L6-v2-onnx-int8": Curve(-6.1, 8.8)}
# The same header in another table: log-odds that a field is right there too, and that 'none of the fields' is. That
# a merely similar header carries none proves nothing.
SAME_FIELD, SAME_NONE = 2.5, 1.7


@dataclass(frozen=True)
class SeenColumn:
    """A column of the run. place: the same in every delivery of its table."""

    table_no: int
    position: int
    header: str
    record: RecordKind
    place: Place


@dataclass(frozen=True)
class Learned:
    """overrides: columns that were decided. evidence: EVIDENCE for others. corrections: the highest number considered.

    told: of how many columns corrections told something: same_column, same_header, similar_header. recall: how similar
    headers were looked for, in words.
    """

    overrides: tuple[ColumnMapping, ...] = ()
    evidence: pl.DataFrame = field(default_factory=lambda: evidence_frame(()))
    corrections: int = 0
    told: Mapping[str, int] = field(default_factory=dict)
    recall: str = "nothing was corrected yet"


Recall = Callable[[Sequence[TableInfo], Sequence[TableKind], Proposals], Learned]
"""What a tenant has learned about tables, asked once their evidence is gathered."""

Cosines = Mapping[SeenColumn, Mapping[str, float]]
"""Per column the cosine similarity of its nearest patterns, by pattern_id."""


def meaning(header: str) -> str:
    """A header as it is compared for its meaning: its words' concepts, so that abbreviations and languages meet."""
    return " ".join(read_header(header).concepts) or header_key(header)


def decided(columns: Sequence[SeenColumn], patterns: Sequence[Pattern]) -> dict[SeenColumn, ColumnMapping]:
    """The mapping of each column that was corrected itself, in this delivery of its table or in an earlier one."""
    at = {pattern.place: pattern for pattern in patterns}
    found = {}
    for column in columns:
        pattern = at.get(column.place)
        if pattern and _is_possible(pattern, column):
            found[column] = _override(column, pattern)
    return found


def _is_possible(pattern: Pattern, column: SeenColumn) -> bool:
    """Whether records of the column's kind have the field at all: tables change their kind, the schema its fields."""
    return pattern.field is None or pattern.field in fields(column.record)


def _may_speak(pattern: Pattern, column: SeenColumn) -> bool:
    """Whether the pattern is evidence about the column. Of columns with one header in one table, each is another."""
    return _is_possible(pattern, column) and not pattern.place.is_twin_of(column.place)


def _override(column: SeenColumn, pattern: Pattern) -> ColumnMapping:
    otherwise = f", {pattern.contradicted} said otherwise" if pattern.contradicted else ""
    return ColumnMapping(
        column.table_no, column.position, column.header, pattern.field, round(pattern.confidence, 4),
        "accepted" if pattern.field else "unmapped", pattern.unit, pattern.transform, "pattern",
        (f"decided by {pattern.told_by}{otherwise}",),
    )  # fmt: skip


def same_header(columns: Sequence[SeenColumn], patterns: Sequence[Pattern]) -> dict[SeenColumn, list[Evidence]]:
    """What corrections of the same header in other tables say, per column that has any."""
    by_header: dict[tuple[RecordKind, str], list[Pattern]] = {}
    for pattern in patterns:
        by_header.setdefault((pattern.record, pattern.place.header_key), []).append(pattern)
    found = {}
    for column in columns:
        known = () if column.place.is_blank else by_header.get((column.record, column.place.header_key), ())
        said = [
            _said(column, pattern, SAME_FIELD + combiner().unheard if pattern.field else SAME_NONE, "this header")
            for pattern in known
            if _may_speak(pattern, column)
        ]
        if said:
            found[column] = _strongest(said)
    return found


def similar_header(
    columns: Sequence[SeenColumn],
    patterns: Sequence[Pattern],
    model: str | None,
    cosines: Cosines,
    named: Mapping[tuple[int, int, str], float],
) -> dict[SeenColumn, list[Evidence]]:
    """What corrections of similar headers say beyond what the headers say by themselves, per column that has any.

    model: whose cosines these are; None, or a model without a curve = spelling alone is compared, with every pattern.
    named: log-odds of the field by the header itself, by table, position and field: it is one observation, so of the
    two the stronger counts.
    """
    curve = CURVES.get(model or "")
    by_id = {pattern.pattern_id: pattern for pattern in patterns if pattern.field}
    found = {}
    for column in columns:
        near: Mapping[str, float | None] = cosines.get(column, {}) if curve else dict.fromkeys(by_id)
        said = [
            _alike(column, by_id[name], cosine, curve or LEXICAL)
            for name, cosine in near.items()
            if name in by_id and by_id[name].record == column.record and _may_speak(by_id[name], column)
        ]
        likely = _strongest([evidence for evidence in said if evidence.weight > combiner().unheard])
        more = [told for evidence in likely if (told := _beyond(evidence, named)).weight >= _WORTH_SAYING]
        if more:
            found[column] = more
    return found


def _alike(column: SeenColumn, pattern: Pattern, cosine: float | None, curve: Curve) -> Evidence:
    spelling = fuzz.token_sort_ratio(meaning(column.header), meaning(pattern.header)) / 100
    similarity = spelling if cosine is None else _COSINE_SHARE * cosine + (1 - _COSINE_SHARE) * spelling
    weight = round(combiner().unheard + curve.log_odds(similarity), 2)
    return _said(column, pattern, weight, f"'{pattern.header.strip()}', {similarity:.0%} alike,")


def _beyond(evidence: Evidence, named: Mapping[tuple[int, int, str], float]) -> Evidence:
    known = named.get((evidence.table_no, evidence.position, evidence.field), 0.0)
    return replace(evidence, weight=round(evidence.weight - max(known, 0.0), 2))


def _said(column: SeenColumn, pattern: Pattern, weight: float, what: str) -> Evidence:
    """weight: log-odds as `combine` adds them, so that a field without other evidence is as likely as calibrated."""
    means = pattern.field or "none of the fields"
    why = f"{pattern.told_by}: {what} in {pattern.place.series} means {means}"
    return Evidence(column.table_no, column.position, pattern.field or NO_FIELD, "pattern", weight, why)


def _strongest(said: Sequence[Evidence]) -> list[Evidence]:
    """One reason a field: several patterns that say the same are no independent observations."""
    ordered = sorted(said, key=lambda evidence: (evidence.weight, evidence.why))
    return list({evidence.field: evidence for evidence in ordered}.values())
