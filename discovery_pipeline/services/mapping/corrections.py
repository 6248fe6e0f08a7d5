"""Correcting mappings: decisions checked against the newest mapping, then recorded, all or none.

Keep out: what a decision may say (decisions.py), decisions of other kinds and reading them from a file
(services/learning), what they teach (domain/learning).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.learning.corrections import Action, Correction, NewCorrection
from discovery_pipeline.domain.mapping.places import Place, place_of
from discovery_pipeline.domain.mapping.recall.layouts import KnownTable
from discovery_pipeline.services.mapping.decisions import BadDecisions, Decision, Problem, Target, checked
from discovery_pipeline.services.mapping.known_tables import known_tables
from discovery_pipeline.services.mapping.published import PublishedMapping, published_mapping
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.corrections import corrections, record
from discovery_pipeline.store.tenants import require_tenant

__all__ = [
    "BadDecisions", "Corrected", "Decision", "Problem", "as_corrections", "correct", "corrected", "waiting",
    "waiting_after",
]  # fmt: skip


@dataclass(frozen=True)
class Corrected:
    """A decision as it was recorded. number: 1, 2, ... of the tenant. was_field: what the mapping had chosen."""

    number: int
    action: Action
    source: str
    file: str
    table: str
    position: int
    header: str
    field: str | None
    was_field: str | None
    author: str
    reason: str
    made_at: datetime
    place: Place


def correct(workspace: Workspace, tenant: str, decisions: Sequence[Decision], author: str) -> tuple[Corrected, ...]:
    """Record decisions about columns of the tenant's newest mapping; the next run's column_mapping uses them.

    author: who decides. Raises UsageError for an unknown tenant, a blank author, or before a run has mapped anything;
    BadDecisions, naming every bad decision, when one can't be taken; CorrectionConflict where somebody else decided
    otherwise and the decision does not say that it overrules that.
    """
    require_tenant(workspace.database, tenant)
    if not author.strip():
        raise UsageError("a correction needs an author", advice="say who decides")
    published = published_mapping(workspace.frames.open(tenant))
    if published is None:
        raise UsageError(
            "no run has mapped anything that could be corrected", where=tenant, advice=f"discovery run {tenant}"
        )
    decided, tables = as_corrections(checked(decisions, published), published, author.strip())
    return tuple(map(corrected, record(workspace.database, tenant, decided, tables)))


def as_corrections(
    targets: Sequence[Target], published: PublishedMapping, author: str
) -> tuple[list[NewCorrection], list[KnownTable]]:
    """The corrections that checked decisions are, in their order, and the tables that their columns stand in."""
    decided = [_new_correction(target, author) for target in targets]
    return decided, known_tables(published, {target.info.table_no for target in targets})


def waiting(workspace: Workspace, tenant: str) -> tuple[Corrected, ...]:
    """The corrections that the newest mapping does not know of, oldest first. Raises UsageError (no such tenant)."""
    return waiting_after(workspace, tenant, published_mapping(workspace.frames.open(tenant)))


def waiting_after(workspace: Workspace, tenant: str, published: PublishedMapping | None) -> tuple[Corrected, ...]:
    """The corrections that this mapping, or none, does not know of, oldest first. Raises as waiting does."""
    used = published.corrections if published else 0
    found = corrections(workspace.database, tenant, after=used)
    return tuple(corrected(one) for one in found if one.what.kind == "mapping")


def _new_correction(target: Target, author: str) -> NewCorrection:
    decision, info, was = target.decision, target.info, target.was
    # Confirming what a person decided keeps the unit and transform that came with it.
    is_confirmed = decision.field == was.field and was.method == "pattern"
    return NewCorrection(
        kind="mapping",
        action=_action(target),
        target=asdict(target.place),
        said={
            "field": decision.field,
            "unit": decision.unit or (was.unit if is_confirmed else None),
            "transform": decision.transform or (was.transform if is_confirmed else None),
        },
        was={"field": was.field, "status": was.status, "confidence": was.confidence, "method": was.method},
        context={
            "file": info.file, "table": info.table, "position": decision.position, "header": was.header,
            "record": target.kind.record, "product": target.kind.product,
        },
        author=author,
        reason=decision.reason.strip(),
        overrules=decision.overrules,
    )  # fmt: skip


def _action(target: Target) -> Action:
    decision, was = target.decision, target.was
    same_reading = decision.unit in (None, was.unit) and decision.transform in (None, was.transform)
    if decision.field == was.field and same_reading:
        return "accepted"
    return "changed" if decision.field else "unmapped"


def corrected(recorded: Correction) -> Corrected:
    """A mapping's correction in the words of its column."""
    what = recorded.what
    context = what.context
    return Corrected(
        recorded.number, what.action, what.target["source"], context["file"], context["table"], context["position"],
        context["header"], what.said.get("field"), what.was.get("field"), what.author, what.reason, recorded.made_at,
        place_of(what.target),
    )  # fmt: skip
