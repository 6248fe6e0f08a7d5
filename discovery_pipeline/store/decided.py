"""What a tenant's people decided, counted for whoever looks it up: one bounded query, read only, within seconds."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from discovery_pipeline.domain.learning.kinds import Kind
from discovery_pipeline.store.session import Database

_READ_ONLY = text("SET TRANSACTION READ ONLY")
_IN_TIME = text("SELECT set_config('statement_timeout', :ms, true)")
# What holds for a target now, by what was decided: of columns the field, of values the field they are in and the value.
_DECIDED = text("""
SELECT CASE WHEN kind = 'value' THEN target ->> 'field' END AS field,
       coalesce(said ->> 'field', said ->> 'value', said ->> 'type', '') AS choice,
       sum(cardinality(corrections)) AS times,
       max(cardinality(authors)) AS people
  FROM patterns
 WHERE kind = :kind AND polarity = 1 AND state = 'current'
   AND (CAST(:header AS text) IS NULL OR lower(text) = lower(:header))
   AND (CAST(:field AS text) IS NULL OR target ->> 'field' = :field)
 GROUP BY 1, 2
 ORDER BY times DESC, field, choice
 LIMIT :most
""")


@dataclass(frozen=True)
class Decided:
    """choice: as it was said, "" = none. times: corrections that said so. people: authors of one target at most."""

    field: str | None
    choice: str
    times: int
    people: int


def decided(
    database: Database, tenant: str, kind: Kind, *, header: str | None = None, field: str | None = None,
    most: int = 20, seconds: float = 2.0,
) -> list[Decided]:  # fmt: skip
    """What stands, the most often decided first. Raises Unreachable, also where it takes longer than the seconds."""
    wanted = {"kind": kind, "header": header, "field": field, "most": most}
    with database.tenant_session(tenant) as session:
        session.execute(_READ_ONLY)
        session.execute(_IN_TIME, {"ms": str(int(seconds * 1000))})
        return [
            Decided(name, choice, int(times), int(people))
            for name, choice, times, people in session.execute(_DECIDED, wanted)
        ]
