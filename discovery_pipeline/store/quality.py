"""What the checks of a tenant's runs found, the newest runs of each asset kept. Keep out: what a check means (quality),
the failing rows, which stay in the tenant's frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import QualityResult

# Runs of an asset whose results stay: of daily runs a season.
KEPT_RUNS = 100


@dataclass(frozen=True)
class RuleResult:
    """What one rule found. observed: of a fact, its value; None of a rule on a column. expected: in words.

    unexpected: cells that break it, 1 for a fact out of its bounds.
    """

    rule: str
    column: str
    passed: bool
    unexpected: int
    observed: float | None
    expected: str


@dataclass(frozen=True)
class CheckResult:
    """What one check found in one run; the columns of QualityResult. made_at: None before it is stored."""

    run_id: str
    phase: str
    asset: str
    check: str
    version: str
    passed: bool
    blocking: bool
    published: bool
    rows: int
    unexpected: int
    rules: tuple[RuleResult, ...]
    made_at: datetime | None = None


@dataclass(frozen=True)
class RunVerdict:
    """How the checks of one run ended. warned: failed without blocking."""

    run_id: str
    at: datetime
    passed: int
    warned: int
    failed: int


def add_results(database: Database, tenant: str, results: Sequence[CheckResult]) -> None:
    """Keep what the checks of one asset found in a run; a step that is tried again replaces its own.

    Raises UsageError for an unknown tenant, Unreachable.
    """
    if not results:
        return
    adding = insert(QualityResult)
    key = ("tenant_id", "run_id", "asset", "check")
    with database.tenant_session(tenant) as session:
        rows = [_row(tenant, result) for result in results]
        renewed = {name: adding.excluded[name] for name in rows[0] if name not in key} | {"made_at": func.now()}
        session.execute(adding.on_conflict_do_update(index_elements=key, set_=renewed), rows)
        _drop_old(session, results[0].asset)


def newest_results(database: Database, tenant: str) -> list[CheckResult]:
    """The newest result of every check, by asset and check."""
    key = QualityResult.asset, QualityResult.check
    query = select(QualityResult).ext(distinct_on(*key)).order_by(*key, QualityResult.made_at.desc())
    return _read(database, tenant, query)


def check_history(database: Database, tenant: str, asset: str, check: str, most: int = KEPT_RUNS) -> list[CheckResult]:
    """What a check found in the newest runs, oldest first."""
    of = (QualityResult.asset == asset, QualityResult.check == check)
    query = select(QualityResult).where(*of).order_by(QualityResult.made_at.desc()).limit(most)
    return _read(database, tenant, query)[::-1]


def run_verdicts(database: Database, tenant: str, most: int = KEPT_RUNS) -> list[RunVerdict]:
    """How the checks of the newest runs ended, oldest first."""
    at = func.max(QualityResult.made_at)
    failing = ~QualityResult.passed
    query = (
        select(
            QualityResult.run_id,
            at,
            func.count().filter(QualityResult.passed),
            func.count().filter(failing, ~QualityResult.blocking),
            func.count().filter(failing, QualityResult.blocking),
        )
        .group_by(QualityResult.run_id)
        .order_by(at.desc(), QualityResult.run_id)
        .limit(most)
    )
    with database.tenant_session(tenant) as session:
        return [RunVerdict(*row) for row in session.execute(query)][::-1]


_OWN = tuple(f.name for f in fields(CheckResult))


def _row(tenant: str, result: CheckResult) -> dict[str, Any]:
    values = {name: getattr(result, name) for name in _OWN if name not in ("made_at", "rules")}
    return {"tenant_id": tenant, **values, "rules": [asdict(rule) for rule in result.rules]}


def _read(database: Database, tenant: str, query: Select[QualityResult]) -> list[CheckResult]:
    with database.tenant_session(tenant) as session:
        return [_result(vars(row)) for row in session.execute(query).scalars()]


def _result(row: Mapping[str, Any]) -> CheckResult:
    values = {name: row[name] for name in _OWN}
    return CheckResult(**{**values, "rules": tuple(RuleResult(**rule) for rule in row["rules"])})


def _drop_old(session: Session, asset: str) -> None:
    """Only the newest runs of the asset stay; the checks of one run were stored in one moment."""
    of_asset = QualityResult.asset == asset
    runs = select(QualityResult.made_at).where(of_asset).group_by(QualityResult.made_at)
    oldest = runs.order_by(QualityResult.made_at.desc()).offset(KEPT_RUNS - 1).limit(1).scalar_subquery()
    session.execute(delete(QualityResult).where(of_asset, QualityResult.made_at < oldest))
