"""What models' answers were worth and what they changed, run by run: rows are added.

Keep out: measuring it (domain/opinions), whether people kept it (domain/opinions/verdicts).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or_ignore

from discovery_pipeline.domain.calls import NOT_MADE
from discovery_pipeline.domain.opinions.verdicts import Change
from discovery_pipeline.domain.opinions.worth import Measured
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import ModelCall, ModelChange, ModelOpinion


def called_about(database: Database, tenant: str, run_id: str) -> set[str]:
    """The questions that calls were made about in this run, by their keys. Raises Unreachable."""
    called = select(ModelCall.question).where(
        ModelCall.tenant_id == tenant, ModelCall.run_id == run_id, ModelCall.outcome.not_in(sorted(NOT_MADE))
    )
    with database.tenant_session(tenant) as session:
        return set(session.execute(called.distinct()).scalars())


def add_opinions(database: Database, tenant: str, opinions: Sequence[Measured]) -> None:
    """A step that is tried again adds nothing. Raises Unreachable, UsageError for an unknown tenant."""
    if opinions:
        with database.tenant_session(tenant) as session:
            adding = insert_or_ignore(ModelOpinion).on_conflict_do_nothing()
            session.execute(adding, [_row(tenant, opinion) for opinion in opinions])


def set_changed(database: Database, tenant: str, run_id: str, changed: Mapping[tuple[str, str], int]) -> None:
    """Tell what came of opinions of this run that a later step applied. changed: by (agent, model)."""
    columns = ModelOpinion.__table__.c
    mine = delete(ModelOpinion).where(ModelOpinion.tenant_id == tenant, ModelOpinion.run_id == run_id)
    with database.tenant_session(tenant) as session:
        for (agent, model), count in sorted(changed.items()):
            one = mine.where(ModelOpinion.agent == agent, ModelOpinion.model == model)
            # Rows of the table may be added and removed, never changed.
            rows = [dict(row._mapping) for row in session.execute(one.returning(*columns))]
            if rows:
                session.execute(insert(ModelOpinion), [{**row, "changed": count} for row in rows])


def add_changes(database: Database, tenant: str, changes: Iterable[Change]) -> None:
    """Add those that no earlier run made. Raises Unreachable, UsageError for an unknown tenant."""
    rows = {change.key: {"tenant_id": tenant, "change": change.key, **asdict(change)} for change in changes}
    if rows:
        with database.tenant_session(tenant) as session:
            adding = insert_or_ignore(ModelChange).on_conflict_do_nothing()
            session.execute(adding, [rows[key] for key in sorted(rows)])


def opinions(database: Database, tenant: str) -> list[Measured]:
    """All of them, oldest first. Raises UsageError for an unknown tenant."""
    columns = [ModelOpinion.__table__.c[name] for name in Measured.__dataclass_fields__]
    wanted = select(*columns).order_by(ModelOpinion.made_at, ModelOpinion.agent, ModelOpinion.model)
    with database.tenant_session(tenant) as session:
        return [Measured(**row._mapping) for row in session.execute(wanted)]


def changes(database: Database, tenant: str) -> list[Change]:
    """Every distinct change that models made, as first made, oldest first. Raises UsageError."""
    columns = [ModelChange.__table__.c[name] for name in Change.__dataclass_fields__]
    wanted = select(*columns).order_by(ModelChange.made_at, ModelChange.change)
    with database.tenant_session(tenant) as session:
        return [Change(**row._mapping) for row in session.execute(wanted)]


def _row(tenant: str, opinion: Measured) -> dict[str, object]:
    return {**asdict(opinion), "tenant_id": tenant}
