"""Answers of models that are kept, so that the same question is not paid for twice, and a run can be replayed.

The last answer to a question stays: a run that is repeated reads what the last one read. Keep out: what makes two
questions the same (agents/choices.question_key), reading an answer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import KeptModelAnswer


@dataclass(frozen=True)
class KeptRow:
    """question: hash of everything that decides the answer. tokens: what it cost once, None where nobody counted."""

    question: str
    text: str
    provider: str
    model: str
    prompt: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


def find_answers(database: Database, tenant: str, questions: Collection[str]) -> list[KeptRow]:
    """Those that are kept, by question. Raises Unreachable, UsageError for an unknown tenant."""
    if not questions:
        return []
    columns = [KeptModelAnswer.__table__.c[name] for name in KeptRow.__dataclass_fields__]
    wanted = select(*columns).where(
        KeptModelAnswer.tenant_id == tenant, KeptModelAnswer.question.in_(sorted(questions))
    )
    with database.tenant_session(tenant) as session:
        return [KeptRow(**row._mapping) for row in session.execute(wanted.order_by(KeptModelAnswer.question))]


def keep_answers(session: Session, tenant: str, answers: Sequence[KeptRow], outdated: Collection[str] = ()) -> None:
    """Keep them in the tenant's session, each in the place of the one that was kept. outdated: questions whose answers
    are forgotten."""
    gone = sorted({*outdated, *(answer.question for answer in answers)})
    if gone:
        session.execute(
            delete(KeptModelAnswer).where(KeptModelAnswer.tenant_id == tenant, KeptModelAnswer.question.in_(gone))
        )
    if answers:
        rows = [{"tenant_id": tenant, **asdict(answer)} for answer in sorted(answers, key=lambda a: a.question)]
        # Where two runs of a tenant kept the same at once, either will do.
        session.execute(insert(KeptModelAnswer).on_conflict_do_nothing(), rows)


def count_answers(database: Database, tenant: str) -> int:
    """How many are kept. Raises UsageError for an unknown tenant."""
    counted = select(func.count()).select_from(KeptModelAnswer).where(KeptModelAnswer.tenant_id == tenant)
    with database.tenant_session(tenant) as session:
        return int(session.execute(counted).scalar_one())


def drop_answers(database: Database, tenant: str) -> int:
    """Forget all of them; returns how many there were. The next run asks anew. Raises UsageError."""
    with database.tenant_session(tenant) as session:
        dropped = session.execute(delete(KeptModelAnswer).where(KeptModelAnswer.tenant_id == tenant))
        return int(dropped.rowcount)  # type: ignore[attr-defined]  # CursorResult for a delete
