"""One asset of a published inventory, opened: each side of it is computed when it is looked at.

A page shows one side at a time; of a million assets each costs a part of a second. Keep out: how it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from discovery_pipeline.domain.errors import PermanentError
from discovery_pipeline.domain.inventory.decisions.corrected import IDENTITY_FIELD, TYPE_FIELD
from discovery_pipeline.domain.schema import fields
from discovery_pipeline.files.extraction import part_name
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.services.inventory.assessment import assessment
from discovery_pipeline.services.inventory.asset_search import display_name, find_asset_row
from discovery_pipeline.services.inventory.cells import Cell, Cells
from discovery_pipeline.services.inventory.claims import Records, among, field_claims, is_disputed, records_of
from discovery_pipeline.services.inventory.neighbours import neighbours
from discovery_pipeline.services.inventory.rule_words import WHY
from discovery_pipeline.services.inventory.standing import Standing, moments_of, standings_of
from discovery_pipeline.services.inventory.type_reasons import type_reasons
from discovery_pipeline.services.run_frames import RunFrames, run_frames


@dataclass(frozen=True)
class Claim:
    """What one record says about a field. rule: why it was chosen, or why not. duplicate: an exact repeat.

    cells: none where they were not asked for. standing: how much it counts; None where the inventory does not tell, or
    it was not asked for.
    """

    value: Any
    chosen: bool
    rule: str | None
    duplicate: bool
    source: str
    file: str
    table: str
    row: int
    line: int | None
    cells: tuple[Cell, ...]
    standing: Standing | None = None


@dataclass(frozen=True)
class FieldExplanation:
    """disputed: records disagree about the value where only one can be right (claims.is_disputed) and nobody decided.

    why: what the rule means. told: by which correction somebody did.
    """

    field: str
    value: Any
    rule: str | None
    disputed: bool
    claims: tuple[Claim, ...]
    told: str | None = None
    why: str | None = None


class OpenedAsset:
    """Of one moment: a later run changes nothing here, so that each side is computed once."""

    def __init__(self, run: RunFrames, found: pl.DataFrame) -> None:
        self.run = run
        self.row: dict[str, Any] = found.row(0, named=True)
        self._found = found

    @property
    def asset_id(self) -> str:
        return str(self.row["asset_id"])

    @property
    def name(self) -> str:
        """As people call it."""
        return display_name(self.row)

    @property
    def note(self) -> str:
        """What the reader has to know about all of it; "" for nothing."""
        return (
            "a later run was stopped before its inventory; this is the one before" if self.run.newer_files_wait else ""
        )

    @cached_property
    def records(self) -> Records:
        """Its records, in memory."""
        return records_of(self.run, self.asset_id, self._found)

    @property
    def told(self) -> str | None:
        """The corrections that merged it with another or split it."""
        return self._told(IDENTITY_FIELD)

    @cached_property
    def type(self) -> dict[str, Any]:
        """classified_type, confidence, reasons, told."""
        kind = self.row["classified_type"]
        return {
            "classified_type": kind,
            "confidence": self.row["type_confidence"],
            "reasons": type_reasons(self.records, kind),
            "told": self._told(TYPE_FIELD),
        }

    @cached_property
    def fields(self) -> tuple[FieldExplanation, ...]:
        """Every field that has a value or a claim, disputed ones first; claims without cells and standing."""
        stated = [name for name in fields("asset") if self._is_known(name)]
        explained = (self._explained(name, deeply=False) for name in stated)
        kept = [each for each in explained if each.claims or each.value is not None or each.told]
        return tuple(sorted(kept, key=lambda each: not each.disputed))

    def field(self, name: str) -> FieldExplanation:
        """One field, its claims with their cells and standing."""
        return self._explained(name, deeply=True)

    def lineage(self) -> Iterator[dict[str, Any]]:
        """source, file, table, row, line, duplicate, grain of every input row that became part of it."""
        for table in self.records.tables:
            where = {"source": table.info.source, "file": table.info.file, "table": table.info.table}
            for place in table.places.sort("row").select("row", "line", "duplicate").iter_rows(named=True):
                yield {**where, **place, "grain": table.kind.grain}

    def source_rows(self, most: int) -> Iterator[tuple[dict[str, Any], list[tuple[str, str]]]]:
        """Rows of the lineage, at most so many of each table, with their filled cells: header and text as they stand
        in the file, of columns that no field was found for too."""
        for table in self.records.tables:
            places = table.places.sort("row").select("row", "line", "duplicate").head(most)
            wanted = among(places.get_column("row"))
            raw = self.run.scan("raw_export", part_name(table.info.table_no)).filter(wanted).collect()
            rows = {row["row"]: row for row in raw.iter_rows(named=True)}
            where = {"source": table.info.source, "file": table.info.file, "table": table.info.table}
            for place in places.iter_rows(named=True):
                row = rows.get(place["row"], {})
                cells = [(name, row.get(f"c{at}")) for at, name in enumerate(table.info.headers)]
                yield {**where, **place, "grain": table.kind.grain}, [(name, text) for name, text in cells if text]

    def dependencies(self) -> dict[str, Any]:
        """Counts and the surest neighbours (neighbours.py)."""
        return neighbours(self.run, self.asset_id)

    def assessment(self) -> dict[str, Any] | None:
        """What the analysis says of it (assessment.py)."""
        return assessment(self.run, self.asset_id)

    def _is_known(self, field: str) -> bool:
        stated = self.row.get(field) is not None or self._told(field) is not None
        return stated or any(table.states(field) for table in self.records.tables)

    def _explained(self, field: str, *, deeply: bool) -> FieldExplanation:
        claims = field_claims(self.records, field).sort("chosen", "table_no", "row", descending=[True, False, False])
        found = tuple(self._claims(field, claims, deeply=deeply))
        told = self._told(field)
        disputed = told is None and is_disputed(claims, field)
        rule = self._rules.get(f"{field}__rule")
        return FieldExplanation(field, self.row[field], rule, disputed, found, told, WHY.get(rule or ""))

    def _claims(self, field: str, claims: pl.DataFrame, *, deeply: bool) -> Iterator[Claim]:
        tables = {table.info.table_no: table for table in self.records.tables}
        standings = standings_of(self.records, field, self._moments) if deeply and len(claims) else {}
        for claim in claims.iter_rows(named=True):
            table = tables[claim["table_no"]]
            cells = self._cells.behind(table, field, claim["row"], claim["claim"]) if deeply else ()
            yield Claim(
                value=claim["claim"], chosen=claim["chosen"], rule=claim["rule"], duplicate=claim["duplicate"],
                source=table.info.source, file=table.info.file, table=table.info.table, row=claim["row"],
                line=claim["line"], cells=tuple(cells), standing=standings.get((claim["table_no"], claim["row"])),
            )  # fmt: skip

    def _told(self, field: str) -> str | None:
        """The correction that decided it."""
        return next(iter(self.records.corrected.filter(pl.col("field") == field)["told"]), None)

    @cached_property
    def _rules(self) -> dict[str, Any]:
        return next(self.records.origin.collect().iter_rows(named=True), {})

    @cached_property
    def _cells(self) -> Cells:
        return Cells(self.run, self.records)

    @cached_property
    def _moments(self) -> pl.DataFrame:
        return moments_of(self.records)


def open_asset(frames: TenantFrames, asset: str) -> OpenedAsset:
    """An asset by asset_id, or by a name that it alone has.

    Raises UsageError when it is not known or the name is ambiguous, PermanentError when there is no inventory yet.
    """
    run = run_frames(frames)
    if not run.has("inventory"):
        raise PermanentError("there is no inventory yet", where=run.tenant, advice=f"discovery run {run.tenant} first")
    return OpenedAsset(run, find_asset_row(run, asset))
