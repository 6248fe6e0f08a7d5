"""What models changed in the results that stand, and the decisions by which a person keeps or takes back each change.

Keep out: what answers weigh (domain/opinions), recording decisions (services/learning/deciding).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

import polars as pl

from discovery_pipeline.domain.handoffs import TableInfo
from discovery_pipeline.domain.inventory.decisions.corrected import IDENTITY_FIELD, TYPE_FIELD
from discovery_pipeline.domain.learning.corrections import Correction
from discovery_pipeline.domain.learning.rules import Rules, SameRule
from discovery_pipeline.domain.opinions.advice import ADVISED
from discovery_pipeline.domain.opinions.verdicts import Change, Verdict, verdicts
from discovery_pipeline.domain.schema import RECORD_KINDS
from discovery_pipeline.services.inventory.kept_advice import beside_kept_advice
from discovery_pipeline.services.learning.deciding.decisions import (
    AdvisedMerge,
    AdvisedSplit,
    AnyDecision,
    EdgeDecision,
    TypeDecision,
    ValueDecision,
)
from discovery_pipeline.services.mapping.decisions import Decision
from discovery_pipeline.services.run_frames import ASSETS, RunFrames

ADVISED_PART = "advised"
# Where a person looks at it: the page of the app.
Page = Literal["mappings", "inventory"]
_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class ModelChange:
    """One row of ADVISED for people. subject: as the row has it; about: in names. before, after: "" = nothing.

    find: what to look for on the page. keep, undo: the decisions that a person may take about it, all at once; none
    where no decision is of its kind. verdict: what people said of it since.
    """

    asset: str
    agent: str
    subject: str
    about: str
    field: str
    before: str
    after: str
    model: str
    confidence: float
    why: str
    page: Page
    find: str
    keep: tuple[AnyDecision, ...] = ()
    undo: tuple[AnyDecision, ...] = ()
    verdict: Verdict = "undecided"


def model_changes(
    run: RunFrames, first_made: Sequence[Change] = (), corrections: Sequence[Correction] = ()
) -> tuple[ModelChange, ...]:
    """All that models changed in the published results, phase by phase, the least sure first.

    first_made: of every change when it was made first. corrections: the tenant's, which tell what was kept.
    """
    found = []
    for asset in (asset for asset in ASSETS if run.has(asset, ADVISED_PART)):
        rows = run.scan(asset, ADVISED_PART).select(list(ADVISED)).drop_nulls("subject").collect()
        ordered = rows.sort(["confidence", "subject", "field"], nulls_last=True)
        found += [(asset, row) for row in ordered.iter_rows(named=True)]
    names = _names(run, [row["subject"] for _, row in found]) if found else {}
    known = _Known(names, _places(run), _mapped(run), _same(run)) if found else _Known(names)
    told = [known.change(asset, row) for asset, row in found]
    since = {change.key: change.made_at for change in first_made}
    said = verdicts([_as_change(one, since) for one in told], corrections)
    return tuple(replace(one, verdict=verdict) for one, verdict in zip(told, said, strict=True))


def _as_change(one: ModelChange, since: Mapping[str, datetime]) -> Change:
    """As corrections are compared with it; of one that nobody recorded every correction is later."""
    change = Change(
        "", one.agent, one.subject, one.field, one.before or None, one.after or None, one.model, one.confidence, _EVER
    )
    return replace(change, made_at=since.get(change.key, _EVER))


def _names(run: RunFrames, subjects: Sequence[str]) -> dict[str, str]:
    """What people call the assets that subjects name."""
    if not run.has("inventory", "inventory"):
        return {}
    ids = pl.Series([part for subject in subjects for part in _ids(subject)], dtype=pl.String).unique().implode()
    called = pl.coalesce("hostname", "fqdn", pl.col("application_name").list.first(), "source_id", "asset_id")
    named = run.scan("inventory", "inventory").filter(pl.col("asset_id").is_in(ids)).select("asset_id", called)
    return dict(named.collect().iter_rows())


def _ids(subject: str) -> list[str]:
    return subject.replace("|", ">").split(">")


def _places(run: RunFrames) -> dict[str, TableInfo]:
    """The tables by file and name."""
    return {f"{table.file}/{table.table}": table for table in run.tables()} if run.has("raw_export") else {}


def _mapped(run: RunFrames) -> dict[tuple[int, int], str | None]:
    """The field of each column, by number of the table and position."""
    if not run.has("column_mapping", "mapping"):
        return {}
    columns = run.scan("column_mapping", "mapping").select("table_no", "position", "field").collect()
    return {(table_no, position): chosen for table_no, position, chosen in columns.iter_rows()}


def _same(run: RunFrames) -> tuple[SameRule, ...]:
    """The merges and splits that models advised for the inventory that stands."""
    return beside_kept_advice(Rules(), run.meta("inventory")).same if run.has("inventory") else ()


@dataclass(frozen=True)
class _Known:
    names: Mapping[str, str]
    tables: Mapping[str, TableInfo] = field(default_factory=dict)
    mapped: Mapping[tuple[int, int], str | None] = field(default_factory=dict)
    same: Sequence[SameRule] = ()

    def change(self, asset: str, row: Mapping[str, Any]) -> ModelChange:
        told = {
            "asset": asset,
            **{name: row[name] for name in ("agent", "subject", "field", "model", "confidence", "why")},
            "before": row["before"] or "",
            "after": row["after"] or "",
        }
        about = {"mapping": self._column, "cleansing": self._spelling}.get(row["agent"], self._assets)
        return ModelChange(**told, **about(row))

    def _column(self, row: Mapping[str, Any]) -> dict[str, Any]:
        place, _, position = row["subject"].rpartition("/")
        info = self.tables.get(place)
        if info is None or not position.isdecimal() or int(position) >= len(info.headers):
            return {"about": row["subject"], "page": "mappings", "find": ""}
        header, at = info.headers[int(position)], (info.table_no, int(position))
        told: dict[str, Any] = {"about": f"column {header!r} of {place}", "page": "mappings", "find": header}
        # A status follows from a field: keeping it says that the field is right.
        sides: tuple[str | None, ...] = (row["after"], row["before"])
        if row["field"] != "field":
            sides = (self.mapped.get(at),)
            told["about"] += f", taken for {(sides[0] or 'nothing').replace('_', ' ')}"
        decided = [(Decision(info.file, info.table, at[1], header, side or None, info.source),) for side in sides]
        return {**told, **dict(zip(("keep", "undo"), decided, strict=False))}

    def _spelling(self, row: Mapping[str, Any]) -> dict[str, Any]:
        place, _, raw = row["subject"].partition("=")
        record = place.partition(".")[0]
        told: dict[str, Any] = {"about": f"{place} {raw!r}", "page": "inventory", "find": ""}
        if record in RECORD_KINDS and raw:
            told["keep"] = (ValueDecision(row["field"], raw, row["after"] or None, record),)
            told["undo"] = (ValueDecision(row["field"], raw, row["before"] or None, record),)
        return told

    def _assets(self, row: Mapping[str, Any]) -> dict[str, Any]:
        ids = _ids(row["subject"])
        named = [self.names.get(each, each) for each in ids]
        joint = " needs " if ">" in row["subject"] else " and "
        told: dict[str, Any] = {"about": joint.join(named), "page": "inventory", "find": ids[0]}
        if row["agent"] == "classification" and row["field"] == TYPE_FIELD:
            told["keep"], told["undo"] = ((TypeDecision(ids[0], row[side]),) for side in ("after", "before"))
        if row["field"] == IDENTITY_FIELD:
            told |= self._identity(ids)
        if ">" in row["subject"]:
            told["keep"], told["undo"] = ((EdgeDecision(ids[0], ids[1], holds),) for holds in (True, False))
        return told

    def _identity(self, ids: Sequence[str]) -> dict[str, Any]:
        """The decisions about a merge, or about the rows that left an asset, all of them at once."""
        rules = [rule for rule in self.same if {rule.one.asset_id, rule.other.asset_id} == {*ids}]
        if len({rule.holds for rule in rules}) != 1 or (rules[0].holds and len(rules) > 1):
            return {}
        decide = AdvisedMerge if rules[0].holds else AdvisedSplit
        told = {
            name: tuple(decide(rule.one, rule.other, holds=rule.holds == kept) for rule in rules)
            for name, kept in (("keep", True), ("undo", False))
        }
        rows = "a row of it" if len(rules) == 1 else f"{len(rules):,} rows of it"
        return told if rules[0].holds else {**told, "about": f"{self.names.get(ids[0], ids[0])} and {rows}"}
