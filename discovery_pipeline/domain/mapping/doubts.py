"""Which columns the evidence leaves in doubt, which it has settled, and what a second opinion may choose from.

A settled column asked about among the doubtful ones is a control: it tells what the opinion is worth. Keep out: who is
asked, and what the answers weigh.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from discovery_pipeline.domain.handoffs import ColumnMapping, TableKind
from discovery_pipeline.domain.packaged import packaged_yaml
from discovery_pipeline.domain.schema import RecordKind, fields
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD

PACKAGED_TABLE = -1


@dataclass(frozen=True)
class DoubtParams:
    """plausible: confidence from which the best loser of an unmapped column is worth asking about. sure: from which a
    column is settled. most: doubtful columns asked about in a run. offers: fields offered for a column, beside none;
    near: up to so many of them easily mistaken for the likely ones. together: doubtful columns in one question.
    controls: at least so many in a question, and twice that in a run."""

    plausible: float = 0.10
    sure: float = 0.95
    most: int = 200
    offers: int = 5
    near: int = 2
    together: int = 20
    controls: int = 16


@dataclass(frozen=True)
class AskedColumn:
    """A column put up for a second opinion.

    table_no: PACKAGED_TABLE for a control that no tenant's table holds; its position is then that in the packaged list.
    offers: fields and NO_FIELD in the order shown, which depends on the header only. supported: those of them that
    something speaks for already. expected: what a control is, by the evidence (NO_FIELD = none); None = in doubt.
    """

    table_no: int
    position: int
    header: str
    record: RecordKind
    offers: tuple[str, ...]
    supported: frozenset[str]
    expected: str | None = None


@dataclass(frozen=True)
class PackagedControl:
    """An invented column that leaves no doubt. samples: shapes of values, masked."""

    header: str
    field: str
    samples: tuple[str, ...]


def is_doubtful(mapping: ColumnMapping, params: DoubtParams = DoubtParams()) -> bool:
    """For review, or unmapped with a field that could well be meant."""
    if mapping.status == "unmapped":
        return bool(mapping.alternatives) and mapping.alternatives[0][1] >= params.plausible
    return mapping.status == "review"


def columns_to_ask(
    mappings: Sequence[ColumnMapping], kinds: Sequence[TableKind], params: DoubtParams = DoubtParams()
) -> list[list[AskedColumn]]:
    """The questions of a run: doubtful columns with controls among them, nothing in the order telling which is which.

    mappings: as resolved without the opinion asked for. The most doubtful columns are asked about; none, no question.
    """
    records: dict[int, RecordKind] = {kind.table_no: kind.record for kind in kinds}
    doubtful = sorted(
        (m for m in mappings if is_doubtful(m, params)), key=lambda m: (m.confidence, m.table_no, m.position)
    )
    chosen = sorted(doubtful[: params.most], key=lambda m: (m.table_no, m.position))
    groups = [chosen[start : start + params.together] for start in range(0, len(chosen), params.together)]
    if not groups:
        return []
    each = max(params.controls, -(-2 * params.controls // len(groups)))
    controls = _controls(mappings, records, each * len(groups), params)
    return [
        sorted(
            [*(_asked(m, records[m.table_no], params) for m in group), *controls[number :: len(groups)]],
            key=lambda c: (c.table_no, c.position),
        )
        for number, group in enumerate(groups)
    ]


def _controls(
    mappings: Sequence[ColumnMapping], records: Mapping[int, RecordKind], wanted: int, params: DoubtParams
) -> list[AskedColumn]:
    """Settled columns, half of them fields and half of them none, so that no constant answer is right on most of them.

    Where the tenant's tables have too few, packaged ones take their place.
    """
    settled = sorted(
        (m for m in mappings if _is_settled(m, params)), key=lambda m: (_rank(m.header), m.table_no, m.position)
    )
    found: list[list[AskedColumn]] = []
    for is_mapped in (True, False):
        own = [
            _asked(m, records[m.table_no], params, m.field or NO_FIELD)
            for m in settled
            if (m.field is not None) == is_mapped
        ]
        more = [c for c in _packaged(params) if (c.expected != NO_FIELD) == is_mapped]
        found.append([*own, *more][: wanted // 2])
    return [control for pair in zip(*found, strict=False) for control in pair]


def _is_settled(mapping: ColumnMapping, params: DoubtParams) -> bool:
    return mapping.status != "review" and mapping.confidence >= params.sure and bool(mapping.header.strip())


def _packaged(params: DoubtParams) -> list[AskedColumn]:
    return [
        _with_offers(PACKAGED_TABLE, number, control.header, "asset", {control.field}, params, control.field)
        for number, control in enumerate(packaged_controls())
    ]


def packaged_controls() -> tuple[PackagedControl, ...]:
    """The packaged list (controls.yaml), asset columns all."""
    entries = packaged_yaml(__package__, "controls.yaml")
    return tuple(PackagedControl(e["header"], e.get("field", NO_FIELD), tuple(e["samples"])) for e in entries)


def _asked(mapping: ColumnMapping, record: RecordKind, params: DoubtParams, expected: str | None = None) -> AskedColumn:
    known = {mapping.field or NO_FIELD, *(field for field, _ in mapping.alternatives)}
    return _with_offers(mapping.table_no, mapping.position, mapping.header, record, known, params, expected)


def _with_offers(
    table_no: int,
    position: int,
    header: str,
    record: RecordKind,
    known: set[str],
    params: DoubtParams,
    expected: str | None,
) -> AskedColumn:
    """Every column is offered as many fields: those that something speaks for, and others drawn by the header."""
    others = sorted(fields(record).keys() - known, key=lambda field: _rank(header, field))
    near = [field for field in others if field in _beside(known, record)][: params.near]
    real = [*sorted(known - {NO_FIELD}), *dict.fromkeys([*near, *others])][: params.offers]
    offers = sorted([*real, NO_FIELD], key=lambda field: _rank(header, field, "order"))
    return AskedColumn(
        table_no, position, header, record, tuple(offers), frozenset(known | {NO_FIELD}), expected
    )  # fmt: skip


def _beside(known: set[str], record: RecordKind) -> set[str]:
    """The schema's neighbours of these fields, which are of the same group and easily mistaken for them."""
    names = list(fields(record))
    return {names[at] for i, name in enumerate(names) if name in known for at in (i - 1, i + 1) if 0 <= at < len(names)}


def _rank(*words: str) -> bytes:
    """A place in an order that has nothing to do with what the words mean."""
    return hashlib.sha256("\n".join(words).encode()).digest()


def doubts_left(mappings: Iterable[ColumnMapping], asked: Iterable[AskedColumn]) -> int:
    """How many of the doubtful columns asked about are still in doubt."""
    places = {(c.table_no, c.position) for c in asked if c.expected is None}
    return sum((m.table_no, m.position) in places and is_doubtful(m) for m in mappings)
