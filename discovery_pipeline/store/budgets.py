"""What model calls may still cost: set aside before a call and settled after it, exact under concurrency.

One row per scope (run, day, tenant) counts calls and money, what is only set aside included. Whoever reserves locks
the rows of its scopes first, always in one order, so nobody decides on a sum that somebody else is changing. A
reservation that is never settled stays counted at the most it may cost: the provider may have billed it. Keep out:
which limits there are (domain/spending), prices (agents/prices).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import bindparam, delete, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as insert_or_ignore
from sqlalchemy.orm import Session

from discovery_pipeline.domain.spending import SCOPES, Limits, Scope, Spent, refusal
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import ModelBudget, ModelReservation

Key = tuple[str, str]


@dataclass(frozen=True)
class WantedCall:
    """A call to be made now. micro_usd: the most it may cost; None = no price is known."""

    call_id: str
    micro_usd: int | None


def reserve_calls(
    database: Database, tenant: str, run_id: str, wanted: Sequence[WantedCall], limits: Limits, now: datetime
) -> list[str | None]:
    """Set aside what the calls may cost, in their order, each as far as the limits allow; all in one transaction.

    Per call why it may not be made, None where it may. Raises UsageError for an unknown tenant, Unreachable.
    """
    keys = _scope_keys(run_id, now)
    while (refused := _reserve(database, tenant, run_id, wanted, limits, now)) is None:
        _begin_counting(database, tenant, keys.values())
    return refused


def _reserve(
    database: Database, tenant: str, run_id: str, wanted: Sequence[WantedCall], limits: Limits, now: datetime
) -> list[str | None] | None:
    """As `reserve_calls`; None, and nothing done, where a scope has no row to lock yet."""
    keys = _scope_keys(run_id, now)
    with database.tenant_session(tenant) as session:
        found = _read(session, tenant, keys, locked=True)
        if len(found) < len(keys):
            return None
        spent = {scope: found[key] for scope, key in keys.items()}
        refused: list[str | None] = []
        allowed: list[WantedCall] = []
        for call in wanted:
            why = refusal(limits, spent, call.micro_usd)
            refused.append(why)
            if why is None:
                allowed.append(call)
                spent = {scope: so_far.plus(call.micro_usd or 0) for scope, so_far in spent.items()}
        if allowed:
            _add(session, tenant, [*keys.values()], len(allowed), sum(call.micro_usd or 0 for call in allowed))
            session.execute(insert(ModelReservation), [_row(tenant, run_id, call, now) for call in allowed])
    return refused


def _begin_counting(database: Database, tenant: str, keys: Iterable[Key]) -> None:
    """Rows for scopes that have none, in a transaction of their own: adding a row while others are locked would break
    the order in which everybody locks them."""
    rows = [
        {"tenant_id": tenant, "scope": scope, "key": key, "calls": 0, "micro_usd": 0} for scope, key in sorted(keys)
    ]
    with database.tenant_session(tenant) as session:
        session.execute(insert_or_ignore(ModelBudget).on_conflict_do_nothing(), rows)


def settle_calls(session: Session, tenant: str, paid: Mapping[str, int | None]) -> None:
    """Put what calls cost in the place of what was set aside, in the tenant's session; what is settled already stays.

    paid: call_id -> millionths of a dollar; None = not known, so all that was set aside is spent.
    """
    if not paid:
        return
    gone = delete(ModelReservation).where(
        ModelReservation.tenant_id == tenant, ModelReservation.call_id.in_(sorted(paid))
    )
    returned = gone.returning(
        ModelReservation.call_id, ModelReservation.run_id, ModelReservation.reserved_at, ModelReservation.micro_usd
    )
    changes: dict[Key, int] = {}
    for call_id, run_id, reserved_at, micro_usd in session.execute(returned):
        cost = paid[call_id]
        change = 0 if cost is None else cost - (micro_usd or 0)
        for key in _scope_keys(run_id, reserved_at).values():
            changes[key] = changes.get(key, 0) + change
    _apply(session, tenant, {key: change for key, change in changes.items() if change})


def close_reservations(database: Database, tenant: str, before: datetime, but_of_run: str) -> int:
    """Forget reservations of runs that ended without settling them: what was set aside counts as spent from now on.

    Returns how many there were. A call of theirs that still settles changes nothing.
    """
    dead = delete(ModelReservation).where(
        ModelReservation.tenant_id == tenant,
        ModelReservation.reserved_at < before,
        ModelReservation.run_id != but_of_run,
    )
    with database.tenant_session(tenant) as session:
        return int(session.execute(dead).rowcount)  # type: ignore[attr-defined]  # CursorResult for a delete


def spent_so_far(database: Database, tenant: str, run_id: str, now: datetime) -> dict[Scope, Spent]:
    """What the run, the day and the tenant have used, calls under way included."""
    keys = _scope_keys(run_id, now)
    with database.tenant_session(tenant) as session:
        found = _read(session, tenant, keys, locked=False)
    return {scope: found.get(keys[scope], Spent()) for scope in SCOPES}


def _scope_keys(run_id: str, moment: datetime) -> dict[Scope, Key]:
    day = moment.astimezone(UTC).date().isoformat()
    return {"run": ("run", run_id), "day": ("day", day), "tenant": ("tenant", "")}


def _read(session: Session, tenant: str, keys: Mapping[Scope, Key], *, locked: bool) -> dict[Key, Spent]:
    wanted = (
        select(ModelBudget.scope, ModelBudget.key, ModelBudget.calls, ModelBudget.micro_usd)
        .where(ModelBudget.tenant_id == tenant, tuple_(ModelBudget.scope, ModelBudget.key).in_(keys.values()))
        .order_by(ModelBudget.scope, ModelBudget.key)
    )
    rows = session.execute(wanted.with_for_update() if locked else wanted)
    return {(scope, key): Spent(calls, micro_usd) for scope, key, calls, micro_usd in rows}


def _add(session: Session, tenant: str, keys: Sequence[Key], calls: int, micro_usd: int) -> None:
    session.execute(
        update(ModelBudget)
        .where(ModelBudget.tenant_id == tenant, tuple_(ModelBudget.scope, ModelBudget.key).in_(keys))
        .values(calls=ModelBudget.calls + calls, micro_usd=ModelBudget.micro_usd + micro_usd)
        .execution_options(synchronize_session=False)
    )


_CHANGE = (
    update(ModelBudget.__table__)  # type: ignore[arg-type]
    .where(
        ModelBudget.tenant_id == bindparam("of"),
        ModelBudget.scope == bindparam("at_scope"),
        ModelBudget.key == bindparam("at_key"),
    )
    .values(micro_usd=ModelBudget.micro_usd + bindparam("change"))
)


def _apply(session: Session, tenant: str, changes: Mapping[Key, int]) -> None:
    """One row after the other in the order in which they are locked everywhere."""
    rows = [{"of": tenant, "at_scope": s, "at_key": k, "change": changes[s, k]} for s, k in sorted(changes)]
    if rows:
        session.execute(_CHANGE, rows)


def _row(tenant: str, run_id: str, call: WantedCall, now: datetime) -> dict[str, object]:
    return {
        "tenant_id": tenant, "call_id": call.call_id, "run_id": run_id, "reserved_at": now, "micro_usd": call.micro_usd,
    }  # fmt: skip
