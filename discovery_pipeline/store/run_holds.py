"""Runs asked to stop at the next phase, and what is left of those that stopped; one at a time who starts a run.

Keep out: stopping (defs), starting what is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, cast

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from discovery_pipeline.store.locks import lock_key
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import RunHold

HoldState = Literal["asked", "paused", "resumed", "replaced", "dropped"]
HoldEnd = Literal["resumed", "replaced", "dropped"]


@dataclass(frozen=True)
class Hold:
    """state: asked until the run comes to a phase, then paused until it is resumed, replaced by a run that begins anew,
    or dropped. job, before, remaining: of the run that paused: its job, the phase it stopped before, the assets it did
    not make, in their order; empty while it is only asked."""

    run_id: str
    asked_by: str
    asked_at: datetime
    state: HoldState
    job: str
    before: str
    remaining: tuple[str, ...]
    paused_at: datetime | None


def ask_to_pause(database: Database, tenant: str, run_id: str, asked_by: str) -> None:
    """Ask a run to stop; asking again changes nothing. Raises UsageError for an unknown tenant, Unreachable."""
    row = {"tenant_id": tenant, "run_id": run_id, "asked_by": asked_by, "state": "asked", "job": "", "before": "",
           "remaining": []}  # fmt: skip
    adding = insert(RunHold).values(row)
    # One that was taken back may be asked again.
    again = adding.on_conflict_do_update(
        index_elements=["tenant_id", "run_id"],
        set_={"state": "asked", "asked_by": asked_by},
        where=RunHold.state == "dropped",
    )
    with database.tenant_session(tenant) as session:
        session.execute(again)


def take_back_pause(database: Database, tenant: str, run_id: str) -> bool:
    """Let a run go on that was asked to stop and has not yet. False where there is nothing to take back."""
    return _change(database, tenant, "asked", "dropped", run_id)


def hold_of(database: Database, tenant: str, run_id: str) -> Hold | None:
    """What was asked of a run; None where nothing was."""
    with database.tenant_session(tenant) as session:
        row = session.get(RunHold, (tenant, run_id))
        return _hold(row) if row else None


def standing_hold(database: Database, tenant: str) -> Hold | None:
    """The paused run that waits to be resumed; None where none does."""
    query = select(RunHold).where(RunHold.state == "paused").order_by(RunHold.paused_at.desc()).limit(1)
    with database.tenant_session(tenant) as session:
        row = session.execute(query).scalar_one_or_none()
        return _hold(row) if row else None


@contextmanager
def resuming(database: Database, tenant: str, run_id: str) -> Iterator[Hold | None]:
    """Claim a run that paused for who resumes it; yields its hold as it was before, None where it does not wait.

    Whoever else resumes it waits for the end of the block. One that was resumed already can be claimed again: what went
    on with it may have come to nothing, which the caller asks. A block that fails leaves it as it was.
    """
    claimed = select(RunHold).where(RunHold.run_id == run_id, RunHold.state.in_(("paused", "resumed")))
    with database.tenant_session(tenant) as session:
        row = session.execute(claimed.with_for_update()).scalar_one_or_none()
        hold = _hold(row) if row else None
        if row:
            row.state = "resumed"
            session.flush()
        yield hold


@contextmanager
def only_launch(database: Database, tenant: str) -> Iterator[frozenset[str]]:
    """Nobody else starts a run of the tenant here during the block: they wait for its end. Yields the ids of the runs
    that are asked to stop."""
    asked = select(RunHold.run_id).where(RunHold.state == "asked")
    with database.tenant_session(tenant) as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key("launch", tenant)})
        yield frozenset(session.execute(asked).scalars())


def record_pause(database: Database, tenant: str, run_id: str, job: str, before: str, remaining: Sequence[str]) -> None:
    """Keep what is left of a run that stops now."""
    values = {
        "state": "paused", "job": job, "before": before, "remaining": list(remaining), "paused_at": datetime.now(UTC),
    }  # fmt: skip
    with database.tenant_session(tenant) as session:
        session.execute(update(RunHold).where(RunHold.run_id == run_id).values(values))


def end_hold(database: Database, tenant: str, run_id: str, how: HoldEnd) -> bool:
    """A paused run waits no longer. False where it did not wait."""
    return _change(database, tenant, "paused", how, run_id)


def end_every_hold(database: Database, tenant: str, how: HoldEnd) -> None:
    """No paused run of the tenant waits any longer."""
    _change(database, tenant, "paused", how)


def _change(database: Database, tenant: str, was: HoldState, state: HoldState, run_id: str | None = None) -> bool:
    changing = update(RunHold).where(RunHold.state == was).values(state=state).returning(RunHold.run_id)
    if run_id is not None:
        changing = changing.where(RunHold.run_id == run_id)
    with database.tenant_session(tenant) as session:
        return bool(session.execute(changing).all())


def _hold(row: RunHold) -> Hold:
    return Hold(
        row.run_id,
        row.asked_by,
        row.asked_at,
        cast(HoldState, row.state),
        row.job,
        row.before,
        tuple(row.remaining),
        row.paused_at,
    )
