"""The tables. Every one that holds a tenant's rows is a TenantOwned: its key begins with tenant_id, and its migration
puts it under forced row-level security (migrations/tenancy.py). A test refuses a table that does neither.

Keep out: queries.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pgvector.sqlalchemy import Vector
from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# all-MiniLM-L6-v2's; OpenAI's models give as many when asked for `dimensions`.
EMBEDDING_DIMENSIONS = 384

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {str: Text, datetime: DateTime(timezone=True), float: Double, list[str]: ARRAY(Text)}  # noqa: RUF012


class Tenant(Base):
    """The catalogue: the only table without a tenant's rows, so the only one outside row-level security."""

    __tablename__ = "tenants"

    name: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SourceFile(Base):
    """One file as it was delivered: the row stays when the file is superseded or withdrawn.

    batch: number of the `ingest` that brought it, from 1. file: path relative to what was ingested. as_of: the
    snapshot's date (midnight) where the user stated one, else the time of ingestion; UTC without zone, as in
    frames. series: `file` without dates and counters, the same for every delivery of a feed's file. size: bytes.
    """

    __tablename__ = "source_files"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    batch: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(primary_key=True)
    file: Mapped[str] = mapped_column(primary_key=True)
    series: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    as_of: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    as_of_is_explicit: Mapped[bool]
    ingested_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class AssetIdentity(Base):
    """The registry of asset ids: what each asset was first seen by, and every strong identifier seen since.

    A row is never changed: what a run adds to an asset is a further row, of the run's generation; the newest counts.
    No foreign key to tenants: its check would cost several times the load of 1,000,000 rows.
    """

    __tablename__ = "asset_identities"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    generation: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    asset_id: Mapped[str] = mapped_column(primary_key=True)
    identifier: Mapped[str]
    ordinal: Mapped[int] = mapped_column(BigInteger)
    identifiers: Mapped[list[str]]


class InventoryGeneration(Base):
    """One inventory run over an input of its own; see domain/inventory/identities/generations.py for the columns.

    registered: a hash of its rows in the registry.
    """

    __tablename__ = "inventory_generations"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    files: Mapped[str]
    input: Mapped[str]
    corrections: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    registered: Mapped[str]
    baseline: Mapped[str | None]
    delivery: Mapped[str | None]
    missing: Mapped[str | None]


class ChosenMapping(Base):
    """What the tenant's last run made of one source column; field is null for an unmapped one."""

    __tablename__ = "column_mappings"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    file: Mapped[str] = mapped_column(primary_key=True)
    table: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    header: Mapped[str]
    field: Mapped[str | None]
    confidence: Mapped[float]
    status: Mapped[str]
    unit: Mapped[str | None]
    transform: Mapped[str | None]
    method: Mapped[str]
    why: Mapped[list[str]]
    alternatives: Mapped[list[dict[str, object]]] = mapped_column(JSONB)


class TenantSetting(Base):
    """A switch that people set per tenant (`discovery tenant set`); absent = its default."""

    __tablename__ = "tenant_settings"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CorrectionRow(Base):
    """What a person decided, as it was decided: rows are added, never changed (the application role may not update).

    number: 1, 2, ... per tenant. The rest as in domain/learning/corrections.py. A row of action "forgotten" stands for
    corrections that were deleted: who deleted how many of which kinds, and nothing of what they said.
    """

    __tablename__ = "corrections"
    __table_args__ = (Index("ix_corrections_target_key", "tenant_id", "target_key"),)

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str]
    action: Mapped[str]
    target_key: Mapped[str]
    target: Mapped[dict[str, Any]] = mapped_column(JSONB)
    said: Mapped[dict[str, Any]] = mapped_column(JSONB)
    was: Mapped[dict[str, Any]] = mapped_column(JSONB)
    context: Mapped[dict[str, Any]] = mapped_column(JSONB)
    author: Mapped[str]
    reason: Mapped[str]
    overrules: Mapped[int | None] = mapped_column(BigInteger)
    undoes: Mapped[int | None] = mapped_column(BigInteger)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PatternRow(Base):
    """What standing corrections taught: the columns of domain/learning/patterns.Pattern.

    state: current, superseded (another decision about its target holds), retired (its corrections were undone).
    """

    __tablename__ = "patterns"
    __table_args__ = (Index("ix_patterns_target_key", "tenant_id", "target_key"),)

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    pattern_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    target_key: Mapped[str]
    target: Mapped[dict[str, Any]] = mapped_column(JSONB)
    said: Mapped[dict[str, Any]] = mapped_column(JSONB)
    polarity: Mapped[int] = mapped_column(Integer)
    source: Mapped[str | None]
    record: Mapped[str | None]
    product: Mapped[str | None]
    text: Mapped[str]
    corrections: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    authors: Mapped[list[str]]
    contradicted: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[str]
    learned_at: Mapped[datetime]
    strengthened_at: Mapped[datetime]


class PatternVector(Base):
    """A pattern's place among vectors, apart from the pattern: a search walks every row of a tenant.

    scope: kind and record of a pattern that holds ("mapping/asset"), empty for one that does not, so that it is found
    again with its vector when it does. embedding: of `text` by `model`.
    """

    __tablename__ = "pattern_vectors"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "pattern_id"],
            ["patterns.tenant_id", "patterns.pattern_id"],
            name="fk_pattern_vectors_pattern_id",
            ondelete="CASCADE",
        ),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    pattern_id: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str]
    model: Mapped[str]
    text: Mapped[str]
    embedding: Mapped[Any] = mapped_column(Vector(EMBEDDING_DIMENSIONS))


class CorrectedTable(Base):
    """A table of which a column was corrected, as it was then, so that it is known again under another name. No cell.

    table_id: hash of its content; corrections name it in their context. columns: per column its header, what its cells
    look like and what it was taken for, in the table's order (domain/mapping/recall/layouts).
    """

    __tablename__ = "corrected_tables"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    table_id: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    series: Mapped[str]
    table: Mapped[str]
    record: Mapped[str]
    product: Mapped[str | None]
    columns: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class SharedLessonRow(Base):
    """What a tenant shares with others, once it agreed to: the columns of domain/learning/sharing.SharedLesson."""

    __tablename__ = "shared_lessons"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    header_key: Mapped[str] = mapped_column(primary_key=True)
    record: Mapped[str] = mapped_column(primary_key=True)
    product: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)


class ModelCall(Base):
    """The ledger: one row per call of a language model, whatever became of it. No prompt, no answer, no cell.

    The columns of domain/calls.Call. question: hash of what was asked. cost_usd: null while no price is known.
    reserved_usd: what was set aside for the call. Rows of outcome kept and over_budget stand for calls not made.
    """

    __tablename__ = "model_calls"
    __table_args__ = (Index("ix_model_calls_run_id", "tenant_id", "run_id"),)

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    call_id: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[str]
    agent: Mapped[str]
    provider: Mapped[str]
    model: Mapped[str]
    prompt: Mapped[str]
    question: Mapped[str]
    items: Mapped[int] = mapped_column(Integer)
    attempt: Mapped[str]
    asked_at: Mapped[datetime]
    latency_ms: Mapped[float]
    prompt_tokens: Mapped[int | None] = mapped_column(Integer)
    completion_tokens: Mapped[int | None] = mapped_column(Integer)
    reserved_usd: Mapped[float | None]
    cost_usd: Mapped[float | None]
    outcome: Mapped[str]
    detail: Mapped[str]


class ModelBudget(Base):
    """What has been called and spent, counted per scope: a run, a day (UTC), the tenant's whole life.

    scope: run, day, tenant. key: the run's id, the day as 2026-01-31, empty. micro_usd: millionths of a US dollar,
    what is only reserved included, so that sums are exact.
    """

    __tablename__ = "model_budgets"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    calls: Mapped[int] = mapped_column(BigInteger)
    micro_usd: Mapped[int] = mapped_column(BigInteger)


class ModelReservation(Base):
    """A call under way, counted in the budgets already. micro_usd: the most it may cost; null = no price is known."""

    __tablename__ = "model_reservations"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    call_id: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[str]
    reserved_at: Mapped[datetime]
    micro_usd: Mapped[int | None] = mapped_column(BigInteger)


class KeptModelAnswer(Base):
    """An answer that was believed, so that the same question is not paid for again.

    question: hash of everything that decides the answer. text: the answer, choices among what was offered. tokens:
    what it cost once.
    """

    __tablename__ = "kept_answers"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    provider: Mapped[str]
    model: Mapped[str]
    prompt: Mapped[str]
    prompt_tokens: Mapped[int | None] = mapped_column(Integer)
    completion_tokens: Mapped[int | None] = mapped_column(Integer)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ModelForecast(Base):
    """What a run was expected to call and cost before it began; the ledger holds what it did.

    calls and tokens: expected values. usd: null while no price is known. basis: what the forecast rests on. agents:
    the same per agent.
    """

    __tablename__ = "model_forecasts"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    run_id: Mapped[str] = mapped_column(primary_key=True)
    calls: Mapped[float]
    tokens: Mapped[float]
    usd: Mapped[float | None]
    basis: Mapped[str]
    agents: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ModelOpinion(Base):
    """What a model's answers were worth in one run: how many things it was asked about, how many of those were known,
    how many of the known it got right, how many values of the result it changed."""

    __tablename__ = "model_opinions"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    run_id: Mapped[str] = mapped_column(primary_key=True)
    agent: Mapped[str] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)
    doubts: Mapped[int] = mapped_column(Integer)
    controls: Mapped[int] = mapped_column(Integer)
    right_controls: Mapped[int] = mapped_column(Integer)
    changed: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ModelChange(Base):
    """A change of a result that a model caused, when it was first made: the columns of domain/opinions/advice.ADVISED.

    change: hash of agent, subject, field and after. run_id: of the first run in which it was made.
    """

    __tablename__ = "model_changes"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    change: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[str]
    agent: Mapped[str]
    subject: Mapped[str]
    field: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]
    model: Mapped[str]
    confidence: Mapped[float]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class InsightRow(Base):
    """What a phase or agent said on a run's blackboard: the columns of domain/insights/insight.Insight.

    number: 1, 2, ... per tenant. asset, version: what was being made when it was said. topic: of the content. readers:
    agents that may hear it; empty = all of them.
    """

    __tablename__ = "insights"
    __table_args__ = (
        Index("ix_insights_run_id", "tenant_id", "run_id"),
        Index("ix_insights_asset", "tenant_id", "asset", "version"),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    run_id: Mapped[str]
    asset: Mapped[str]
    version: Mapped[str]
    author: Mapped[str]
    kind: Mapped[str]
    topic: Mapped[str]
    about: Mapped[dict[str, Any]] = mapped_column(JSONB)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    readers: Mapped[list[str]]
    in_reply_to: Mapped[int | None] = mapped_column(BigInteger)
    round: Mapped[int] = mapped_column(Integer)
    confidence: Mapped[float | None]
    said_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ModelPlan(Base):
    """How an agent asked in a run: the columns of agents/ports.Plan."""

    __tablename__ = "model_plans"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    run_id: Mapped[str] = mapped_column(primary_key=True)
    agent: Mapped[str] = mapped_column(primary_key=True)
    endpoints: Mapped[list[str]]
    together: Mapped[int | None] = mapped_column(Integer)
    concurrency: Mapped[int | None] = mapped_column(Integer)
    use_kept: Mapped[bool]
    reason: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class TenantAccess(Base):
    """What a person may do with a tenant. email: as domain.access.checked_email spells it. role: domain.access.Role."""

    __tablename__ = "tenant_access"
    __table_args__ = (Index("ix_tenant_access_email", "email"),)

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    email: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    granted_by: Mapped[str]
    granted_at: Mapped[datetime] = mapped_column(server_default=func.now())


class RunHold(Base):
    """A run that somebody asked to stop at the next phase: the columns of store/run_holds.Hold."""

    __tablename__ = "run_holds"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    run_id: Mapped[str] = mapped_column(primary_key=True)
    asked_by: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    state: Mapped[str]
    job: Mapped[str]
    before: Mapped[str]
    remaining: Mapped[list[str]]
    paused_at: Mapped[datetime | None]


class QualityResult(Base):
    """What one check found in one run: the columns of store/quality.CheckResult.

    version: of the asset's frames that was judged; published: whether readers ever saw it. rows: of the frame that was
    judged. unexpected: cells that broke a rule. rules: what each found that failed or measures something.
    """

    __tablename__ = "quality_results"
    __table_args__ = (Index("ix_quality_results_asset", "tenant_id", "asset", "check", "made_at"),)

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    run_id: Mapped[str] = mapped_column(primary_key=True)
    asset: Mapped[str] = mapped_column(primary_key=True)
    check: Mapped[str] = mapped_column(primary_key=True)
    phase: Mapped[str]
    version: Mapped[str]
    passed: Mapped[bool]
    blocking: Mapped[bool]
    published: Mapped[bool]
    rows: Mapped[int] = mapped_column(BigInteger)
    unexpected: Mapped[int] = mapped_column(BigInteger)
    rules: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class MappingOutcome(Base):
    """How many columns a run mapped and how sure it was: the columns of store/mapping_outcomes.Outcome."""

    __tablename__ = "mapping_outcomes"
    __table_args__ = (Index("ix_mapping_outcomes_made_at", "tenant_id", "made_at"),)

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    run_id: Mapped[str] = mapped_column(primary_key=True)
    accepted: Mapped[int] = mapped_column(Integer)
    review: Mapped[int] = mapped_column(Integer)
    unmapped: Mapped[int] = mapped_column(Integer)
    recalled: Mapped[int] = mapped_column(Integer)
    confidence: Mapped[float | None]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


# The application role may add to them and delete (when a tenant is removed, or what is kept dropped); never update.
APPEND_ONLY = frozenset(
    {
        "corrections",
        "model_calls",
        "kept_answers",
        "model_forecasts",
        "model_opinions",
        "model_changes",
        "insights",
        "model_plans",
    }
)


def tenant_tables() -> list[str]:
    """Names of all tables that hold tenants' rows, children before parents."""
    return [t.name for t in reversed(Base.metadata.sorted_tables) if "tenant_id" in t.columns]
