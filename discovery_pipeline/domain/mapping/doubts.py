"""Which columns the evidence leaves in doubt, which it has settled, and what a second opinion may choose from.

Keep out: who is asked and what is shown of a column (agents), what the answers weigh (opinions).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import ColumnMapping, TableKind
from discovery_pipeline.domain.masking import masked_texts
from discovery_pipeline.domain.opinions.doubts import NONE, Doubt, rank
from discovery_pipeline.domain.packaged import packaged_yaml
from discovery_pipeline.domain.schema import RecordKind, fields
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD
from discovery_pipeline.domain.vocabulary.text import fold

Place = tuple[int, int]

# Packaged columns: cells with so many signs that vary are distinct; so many shapes are told.
_VARIED, _SHAPES = 6, 3


@dataclass(frozen=True)
class DoubtParams:
    """plausible: confidence from which the best loser of an unmapped column is worth asking about. sure: from which a
    column is settled. most: doubtful columns put up in a run. controls: settled ones put up among them at most. offers:
    fields offered for a column, beside none; near: up to so many of them easily mistaken for the likely ones."""

    plausible: float = 0.10
    sure: float = 0.95
    most: int = 200
    controls: int = 200
    offers: int = 5
    near: int = 2


@dataclass(frozen=True)
class PackagedControl:
    """An invented column that leaves no doubt. field: NO_FIELD where it has none. samples: shapes of values, masked."""

    header: str
    field: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class ColumnDoubts:
    """doubts: columns in doubt, by table and position. controls: settled ones, half of them fields and half none, so
    that no constant answer is right on most of them."""

    doubts: Sequence[Doubt] = ()
    controls: Sequence[Doubt] = ()


def is_doubtful(mapping: ColumnMapping, params: DoubtParams = DoubtParams()) -> bool:
    """For review, or unmapped with a field that could well be meant."""
    if mapping.status == "unmapped":
        return bool(mapping.alternatives) and mapping.alternatives[0][1] >= params.plausible
    return mapping.status == "review"


def column_doubts(
    mappings: Sequence[ColumnMapping],
    kinds: Sequence[TableKind],
    profiles: pl.DataFrame,
    params: DoubtParams = DoubtParams(),
) -> ColumnDoubts:
    """What is worth asking about these mappings, as resolved without the opinion asked for.

    profiles: PROFILES of every column. What is shown of a column: its table's PROFILES rows in order ("profiles"), its
    "position" among them, what the rows are ("record") and the tool that wrote the table, or None ("product"). A
    packaged control is shown in a doubt's table, in the place of one of its columns.
    """
    doubtful = [m for m in mappings if is_doubtful(m, params)]
    if not doubtful:
        return ColumnDoubts()
    wanted = sorted(doubtful, key=lambda m: (m.confidence, m.table_no, m.position))[: params.most]
    tables = _Tables({kind.table_no: kind for kind in kinds}, _by_table(profiles))
    doubts = [_doubt(m, tables, params) for m in sorted(wanted, key=lambda m: (m.table_no, m.position))]
    return ColumnDoubts(doubts, _controls(mappings, doubts, tables, params))


def doubts_left(mappings: Iterable[ColumnMapping], doubts: Iterable[Doubt]) -> int:
    """How many of the columns asked about are still in doubt."""
    places = {place_of(doubt) for doubt in doubts}
    return sum((m.table_no, m.position) in places and is_doubtful(m) for m in mappings)


def place_of(doubt: Doubt) -> Place:
    """(table_no, position) of a column in doubt."""
    table_no, _, position = doubt.key.partition("/")
    return int(table_no), int(position)


def field_of(choice: str) -> str:
    """The canonical field that a choice means, NO_FIELD for none of them."""
    return NO_FIELD if choice == NONE else choice


def packaged_controls() -> tuple[PackagedControl, ...]:
    """The packaged list (controls.yaml), asset columns all."""
    entries = packaged_yaml(__package__, "controls.yaml")
    return tuple(PackagedControl(e["header"], e.get("field", NO_FIELD), tuple(e["samples"])) for e in entries)


@dataclass(frozen=True)
class _Tables:
    kinds: Mapping[int, TableKind]
    profiles: Mapping[int, Sequence[Mapping[str, Any]]]

    def shown(self, mapping: ColumnMapping) -> dict[str, Any]:
        kind = self.kinds[mapping.table_no]
        profiles = self.profiles[mapping.table_no]
        return {"record": kind.record, "product": kind.product, "position": mapping.position, "profiles": profiles}


def _by_table(profiles: pl.DataFrame) -> Mapping[int, Sequence[Mapping[str, Any]]]:
    found: dict[int, list[Mapping[str, Any]]] = {}
    for row in profiles.sort("table_no", "position").iter_rows(named=True):
        found.setdefault(row["table_no"], []).append(row)
    return found


def _controls(
    mappings: Sequence[ColumnMapping], doubts: Sequence[Doubt], tables: _Tables, params: DoubtParams
) -> list[Doubt]:
    """Fields and none in turn. Where the tenant's tables have too few, packaged ones take their place."""
    settled = _once_each(m for m in mappings if _is_settled(m, params))
    packaged = _packaged(doubts, {fold(m.header) for m in settled}, params)
    found = []
    for is_mapped in (True, False):
        own = [_doubt(m, tables, params, m.field or NONE) for m in settled if (m.field is not None) == is_mapped]
        more = [control for control in packaged if (control.expected != NONE) == is_mapped]
        found.append([*own, *more][: params.controls // 2])
    return [control for pair in zip(*found, strict=False) for control in pair]


def _once_each(settled: Iterable[ColumnMapping]) -> list[ColumnMapping]:
    """One column per header and field, by chance: exports of one layout hold the same columns, and who knows one of
    them knows them all."""
    ordered = sorted(settled, key=lambda m: (rank(m.header), m.table_no, m.position))
    return list({(fold(m.header), m.field): m for m in reversed(ordered)}.values())[::-1]


def _is_settled(mapping: ColumnMapping, params: DoubtParams) -> bool:
    return mapping.status != "review" and mapping.confidence >= params.sure and bool(mapping.header.strip())


def _packaged(doubts: Sequence[Doubt], own: Set[str], params: DoubtParams) -> list[Doubt]:
    """The packaged controls among the columns of tables that are asked about, of assets where there are such.

    own: headers that the tenant's controls have.
    """
    of_assets = [doubt for doubt in doubts if doubt.shown["record"] == "asset"] or doubts
    return [
        Doubt(
            f"packaged/{number}",
            _in_table(control, of_assets[number % len(of_assets)].shown),
            _offers(control.header, "asset", {control.field}, params),
            expected=control.field or NONE,
        )
        for number, control in enumerate(packaged_controls())
        if fold(control.header) not in own
    ]


def _in_table(control: PackagedControl, shown: Mapping[str, Any]) -> dict[str, Any]:
    """What a question is shown of a packaged column: the table of `shown` with it at a place found by chance."""
    profiles = list(shown["profiles"])
    at = int.from_bytes(rank(control.header)[:4]) % len(profiles)
    profiles[at] = _profile(control, profiles[at])
    return {**shown, "record": "asset", "position": at, "profiles": profiles}


def _profile(control: PackagedControl, replaced: Mapping[str, Any]) -> dict[str, Any]:
    """A PROFILES row as full as the one that it takes the place of."""
    longest = max(control.samples, key=len)
    is_number = longest.replace(".", "", 1).isdecimal()
    filled = replaced["filled"] or replaced["rows"]
    varied = sum(sign in "9Xx" for sign in longest) >= _VARIED and any(sign.isdecimal() for sign in longest)
    shapes = list(dict.fromkeys(masked_texts(control.samples)))[:_SHAPES]
    return {
        **replaced,
        "header": control.header,
        "filled": filled,
        "distinct": filled if varied else min(filled, len(control.samples)),
        "middle": 10.0 ** (len(longest.partition(".")[0]) - 1) if is_number else None,
        "shapes": [{"shape": shape, "share": 1 / len(shapes)} for shape in shapes],
        "samples": list(control.samples),
    }


def _doubt(mapping: ColumnMapping, tables: _Tables, params: DoubtParams, expected: str | None = None) -> Doubt:
    known = {mapping.field or NO_FIELD, *(field for field, _ in mapping.alternatives)}
    shown = tables.shown(mapping)
    return Doubt(
        f"{mapping.table_no}/{mapping.position}",
        shown,
        _offers(mapping.header, shown["record"], known, params),
        frozenset({*(field or NONE for field in known), NONE}),
        expected,
    )


def _offers(header: str, record: RecordKind, known: set[str], params: DoubtParams) -> tuple[str, ...]:
    """As many fields for every column: those that something speaks for, and others drawn by the header."""
    others = sorted(fields(record).keys() - known, key=lambda field: rank(header, field))
    near = [field for field in others if field in _beside(known, record)][: params.near]
    real = [*sorted(known - {NO_FIELD}), *dict.fromkeys([*near, *others])][: params.offers]
    return tuple(sorted([*real, NONE], key=lambda field: rank(header, field, "order")))


def _beside(known: set[str], record: RecordKind) -> set[str]:
    """The schema's neighbours of these fields, which are of the same group and easily mistaken for them."""
    names = list(fields(record))
    return {names[at] for i, name in enumerate(names) if name in known for at in (i - 1, i + 1) if 0 <= at < len(names)}
