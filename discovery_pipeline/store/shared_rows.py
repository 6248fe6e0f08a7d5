"""A tenant's rows among what tenants share: they follow its standing patterns while it shares, and are gone otherwise.

Keep out: what may be shared (domain/learning/sharing.py), reading what others share (sharing.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from discovery_pipeline.domain.learning.patterns import Pattern
from discovery_pipeline.domain.learning.sharing import shareable
from discovery_pipeline.store.tables import SharedLessonRow, TenantSetting

# The name and the value of the tenant's switch; migration 0005 has them too.
SHARE_LEARNING, ON = "share-learning", "on"
# What no standing pattern says any more. Read first and then compared: row by row it takes seconds at 10,000 patterns.
UNSUPPORTED = text("""
WITH standing AS MATERIALIZED (
    SELECT target ->> 'header_key' AS header_key, record, coalesce(product, '') AS product, said ->> 'field' AS field
      FROM patterns WHERE kind = 'mapping' AND state = 'current' AND polarity = 1
)
DELETE FROM shared_lessons s
 WHERE NOT EXISTS (SELECT FROM standing p
                    WHERE p.header_key = s.header_key AND p.record = s.record AND p.product = s.product
                      AND p.field = s.field)
""")


def follow(session: Session, tenant: str, learned: Iterable[Pattern]) -> None:
    """Bring the tenant's rows in line with its patterns, where it shares. learned: the patterns that may be new."""
    switch = select(TenantSetting.value).where(TenantSetting.name == SHARE_LEARNING)
    if session.execute(switch).scalar() != ON:
        return
    add(session, tenant, learned)
    session.execute(UNSUPPORTED)


def add(session: Session, tenant: str, learned: Iterable[Pattern]) -> None:
    """Add what patterns teach, as far as it may be shared."""
    rows = [{"tenant_id": tenant, **asdict(lesson)} for lesson in shareable(learned)]
    if rows:
        session.execute(insert(SharedLessonRow).on_conflict_do_nothing(), rows)


def remove_all(session: Session) -> None:
    """Take back everything that the session's tenant shares."""
    session.execute(delete(SharedLessonRow))
