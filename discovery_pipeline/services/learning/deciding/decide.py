"""Deciding: corrections of every kind checked against what the newest run published, then recorded, all or none.

Keep out: what is checked of each kind (values.py, assets.py, services/mapping/decisions.py), reading decisions from a
file (decision_files.py), what was decided so far (history.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.learning.corrections import Correction, NewCorrection, rival_of, standing
from discovery_pipeline.domain.mapping.recall.layouts import KnownTable
from discovery_pipeline.services.learning.deciding.advised import draft_advised
from discovery_pipeline.services.learning.deciding.assets import draft_assets
from discovery_pipeline.services.learning.deciding.decisions import (
    AdvisedMerge,
    AdvisedSplit,
    AnyDecision,
    RowValueDecision,
    ValueDecision,
)
from discovery_pipeline.services.learning.deciding.drafts import Draft, repeated
from discovery_pipeline.services.learning.deciding.estate import estate_of
from discovery_pipeline.services.learning.deciding.row_values import draft_row_values
from discovery_pipeline.services.learning.deciding.values import draft_values
from discovery_pipeline.services.mapping.corrections import as_corrections
from discovery_pipeline.services.mapping.decisions import BadDecisions, Decision, Problem, checked
from discovery_pipeline.services.mapping.published import published_mapping
from discovery_pipeline.services.run_frames import run_frames
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.corrections import corrections, record
from discovery_pipeline.store.tenants import require_tenant


@dataclass(frozen=True)
class Prepared:
    """corrections: as they would be recorded, in the order of the decisions. tables: of the corrected columns."""

    corrections: tuple[NewCorrection, ...]
    tables: tuple[KnownTable, ...]


def decide(
    workspace: Workspace,
    tenant: str,
    decisions: Sequence[AnyDecision | Problem],
    author: str,
    *,
    overrule: bool = False,
) -> tuple[Correction, ...]:
    """Record decisions of any kinds in one transaction; the next run follows them. Returns them in their order.

    overrule: of every standing decision of others that these contradict, as far as it stands now. Raises what `prepare`
    does, and CorrectionConflict where somebody else decided otherwise and is not overruled.
    """
    prepared = prepare(workspace, tenant, decisions, author)
    decided = prepared.corrections
    if overrule:
        decided = overruling(decided, corrections(workspace.database, tenant))
    return record(workspace.database, tenant, decided, prepared.tables)


def prepare(workspace: Workspace, tenant: str, decisions: Sequence[AnyDecision | Problem], author: str) -> Prepared:
    """Check decisions against the newest published frames; stores nothing.

    A problem among them is a line of a file that says nothing: told together with those that are found here.
    Raises UsageError for an unknown tenant, a blank author, or before a run has made what they are about; BadDecisions,
    naming every bad decision, when one can't be taken.
    """
    require_tenant(workspace.database, tenant)
    if not author.strip():
        raise UsageError("a correction needs an author", advice="say who decides")
    unread = _problems(decisions)
    read = [decision for decision in decisions if not isinstance(decision, Problem)]
    columns, tables = _columns(workspace, tenant, read, author)
    others = _drafts(workspace, tenant, read)
    drafts = [other for other in others if isinstance(other, Draft)]
    problems = [*unread, *_problems(columns), *_problems(others), *repeated(drafts)]
    if problems:
        raise BadDecisions(sorted(problems, key=lambda p: p.line or 0), len(decisions))
    of_columns = iter([item for item in columns if isinstance(item, NewCorrection)])
    of_others = iter([draft.by(author.strip()) for draft in drafts])
    made = tuple(next(of_columns if isinstance(decision, Decision) else of_others) for decision in read)
    return Prepared(made, tuple(tables))


def overruling(decided: Sequence[NewCorrection], log: Sequence[Correction]) -> tuple[NewCorrection, ...]:
    """The same decisions, each naming the standing one of somebody else that it contradicts. log: every correction."""
    holds = standing(log).values()
    return tuple(_overruling(what, rival_of(what, holds)) for what in decided)


def _overruling(what: NewCorrection, rival: Correction | None) -> NewCorrection:
    return replace(what, overrules=rival.number) if rival and what.overrules is None else what


def _problems(items: Sequence[object]) -> list[Problem]:
    return [item for item in items if isinstance(item, Problem)]


def _columns(
    workspace: Workspace, tenant: str, decisions: Sequence[AnyDecision], author: str
) -> tuple[Sequence[NewCorrection | Problem], Sequence[KnownTable]]:
    mine = [decision for decision in decisions if isinstance(decision, Decision)]
    if not mine:
        return (), ()
    published = published_mapping(workspace.frames.open(tenant))
    if published is None:
        raise UsageError(
            "no run has mapped anything that could be corrected", where=tenant, advice=f"discovery run {tenant}"
        )
    try:
        return as_corrections(checked(mine, published), published, author.strip())
    except BadDecisions as error:
        return error.problems, ()


def _drafts(workspace: Workspace, tenant: str, decisions: Sequence[AnyDecision]) -> list[Draft | Problem]:
    """What decisions about values and assets come to, in their order."""
    values = [decision for decision in decisions if isinstance(decision, ValueDecision)]
    rows = [decision for decision in decisions if isinstance(decision, RowValueDecision)]
    advised = [decision for decision in decisions if isinstance(decision, AdvisedMerge | AdvisedSplit)]
    apart = Decision | ValueDecision | RowValueDecision | AdvisedMerge | AdvisedSplit
    assets = [d for d in decisions if not isinstance(d, apart)]
    of_values: Iterator[Draft | Problem] = iter(draft_values(values, _sources(workspace, tenant)) if values else ())
    of_assets: Iterator[Draft | Problem] = iter(
        draft_assets(assets, estate_of(workspace, tenant, assets)) if assets else ()
    )
    of_rows: Iterator[Draft | Problem] = iter(draft_row_values(workspace, tenant, rows) if rows else ())
    of_advised: Iterator[Draft | Problem] = map(draft_advised, advised)
    groups: dict[type, Iterator[Draft | Problem]] = {
        ValueDecision: of_values, RowValueDecision: of_rows, AdvisedMerge: of_advised, AdvisedSplit: of_advised,
    }  # fmt: skip
    return [next(groups.get(type(decision), of_assets)) for decision in decisions if not isinstance(decision, Decision)]


def _sources(workspace: Workspace, tenant: str) -> set[str]:
    run = run_frames(workspace.frames.open(tenant))
    if not run.has("raw_export"):
        raise UsageError("no run has read any values yet", where=tenant, advice=f"discovery run {tenant}")
    return {info.source for info in run.tables()}
