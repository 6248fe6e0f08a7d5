"""What was said on the blackboards of a tenant's runs: rows are added, never changed. Keep out: what may be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import and_, func, insert, or_, select

from discovery_pipeline.domain.insights.contents import CONTENT
from discovery_pipeline.domain.insights.insight import About, Insight
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import InsightRow


@dataclass(frozen=True)
class SaidInsight:
    """An insight as it is kept. run_id: in which it was said."""

    run_id: str
    said_at: datetime
    insight: Insight


def add_insights(database: Database, tenant: str, run_id: str, insights: Sequence[Insight]) -> None:
    """Add a row each, under their numbers. Raises Unreachable, UsageError for an unknown tenant."""
    if not insights:
        return
    with database.tenant_session(tenant) as session:
        session.execute(insert(InsightRow), [_row(tenant, run_id, insight) for insight in insights])


def last_number(database: Database, tenant: str) -> int:
    """Of what was ever said for the tenant; 0 before anything was."""
    query = select(func.coalesce(func.max(InsightRow.number), 0))
    with database.tenant_session(tenant) as session:
        return int(session.execute(query).scalar_one())


def insights_of_versions(database: Database, tenant: str, versions: Mapping[str, str]) -> list[Insight]:
    """What was said when these versions of assets were made, in the order of the assets given, then as it was said."""
    if not versions:
        return []
    own = or_(*(and_(InsightRow.asset == a, InsightRow.version == v) for a, v in versions.items()))
    with database.tenant_session(tenant) as session:
        rows = session.execute(select(InsightRow).where(own)).scalars().all()
    place = {asset: number for number, asset in enumerate(versions)}
    return [_insight(row) for row in sorted(rows, key=lambda row: (place[row.asset], row.number))]


def insights_of_run(database: Database, tenant: str, run_id: str | None = None) -> list[SaidInsight]:
    """All that was said in a run, in its order. run_id: None = the last one in which anything was.

    Of an asset only what belongs to its last version: an earlier one was not published, and its step was tried again.
    """
    newest = select(InsightRow.run_id).order_by(InsightRow.number.desc()).limit(1)
    run = newest.scalar_subquery() if run_id is None else run_id
    query = select(InsightRow).where(InsightRow.run_id == run).order_by(InsightRow.number)
    with database.tenant_session(tenant) as session:
        rows = session.execute(query).scalars().all()
    last = {row.asset: row.version for row in rows}
    return [SaidInsight(row.run_id, row.said_at, _insight(row)) for row in rows if row.version == last[row.asset]]


def runs_with_insights(database: Database, tenant: str, most: int = 20) -> list[tuple[str, datetime]]:
    """The runs in which anything was said, the last one first: id, when it was said last."""
    columns = select(InsightRow.run_id, func.max(InsightRow.said_at))
    query = columns.group_by(InsightRow.run_id).order_by(func.max(InsightRow.number).desc()).limit(most)
    with database.tenant_session(tenant) as session:
        return [(run_id, said_at) for run_id, said_at in session.execute(query)]


def _row(tenant: str, run_id: str, insight: Insight) -> dict[str, object]:
    return {
        "tenant_id": tenant,
        "run_id": run_id,
        "number": insight.number,
        "asset": insight.asset,
        "version": insight.version,
        "author": insight.author,
        "kind": insight.kind,
        "topic": insight.content.topic,
        "about": asdict(insight.about),
        "content": insight.content.model_dump(mode="json"),
        "readers": list(insight.to),
        "in_reply_to": insight.in_reply_to,
        "round": insight.round,
        "confidence": insight.confidence,
    }


def _insight(row: InsightRow) -> Insight:
    return Insight(
        row.author,
        row.kind,  # type: ignore[arg-type]
        CONTENT.validate_python(row.content),
        About(**row.about),
        tuple(row.readers),  # type: ignore[arg-type]
        row.in_reply_to,
        row.round,
        row.confidence,
        row.number,
        row.asset,
        row.version,
    )
