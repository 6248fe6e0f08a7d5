"""How sure each of a tenant's runs was of its mappings, and what people made of them since."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import MappingOutcome

# The first decision about a column counts: later ones judge what people said, not what a run found. It belongs to the
# run whose result the person had before them, the last one before it.
OUTCOMES = text("""
WITH runs AS (
    SELECT run_id, accepted, review, unmapped, recalled, confidence, made_at,
           coalesce(lead(made_at) OVER (ORDER BY made_at, run_id), 'infinity') AS until
      FROM mapping_outcomes
), newest AS (
    SELECT * FROM runs ORDER BY made_at DESC, run_id DESC LIMIT :most
), first AS (
    SELECT DISTINCT ON (target_key) target_key, made_at, action, CAST(was ->> 'confidence' AS double precision) AS sure
      FROM corrections c
     WHERE kind = 'mapping' AND action IN ('accepted', 'changed', 'unmapped')
       AND NOT EXISTS (SELECT FROM corrections u WHERE u.undoes = c.number)
     ORDER BY target_key, number
)
SELECT n.run_id, n.accepted, n.review, n.unmapped, n.recalled, n.confidence, n.made_at,
       count(f.target_key) AS judged, count(*) FILTER (WHERE f.action = 'accepted') AS right_ones, avg(f.sure) AS sure
  FROM newest n
  LEFT JOIN first f ON f.made_at >= n.made_at AND f.made_at < n.until AND f.sure IS NOT NULL
 GROUP BY n.run_id, n.accepted, n.review, n.unmapped, n.recalled, n.confidence, n.made_at
 ORDER BY n.made_at, n.run_id
""")


@dataclass(frozen=True)
class Outcome:
    """Columns of one run by what became of them. recalled: of the mapped ones, what people taught before. confidence:
    mean of the mapped ones, None without any."""

    run_id: str
    accepted: int
    review: int
    unmapped: int
    recalled: int
    confidence: float | None


@dataclass(frozen=True)
class JudgedOutcome:
    """A run's outcome with what people decided of its columns before the next run came.

    judged: columns decided about for the first time; right: those of them that the run had right. sure: mean confidence
    that the run had in the judged ones, None without any.
    """

    outcome: Outcome
    made_at: datetime
    judged: int
    right: int
    sure: float | None


def add_outcome(database: Database, tenant: str, outcome: Outcome) -> None:
    """Keep a run's outcome; a step that is tried again replaces its own. Raises UsageError, Unreachable."""
    adding = insert(MappingOutcome).values(tenant_id=tenant, **asdict(outcome))
    renewed = {name: adding.excluded[name] for name in asdict(outcome) if name != "run_id"}
    with database.tenant_session(tenant) as session:
        session.execute(adding.on_conflict_do_update(index_elements=["tenant_id", "run_id"], set_=renewed))


def judged_outcomes(database: Database, tenant: str, most: int = 100) -> list[JudgedOutcome]:
    """Of the newest runs, oldest first. Raises UsageError for an unknown tenant, Unreachable."""
    with database.tenant_session(tenant) as session:
        rows = session.execute(OUTCOMES, {"most": most}).all()
    return [JudgedOutcome(Outcome(*row[:6]), *row[6:]) for row in rows]
