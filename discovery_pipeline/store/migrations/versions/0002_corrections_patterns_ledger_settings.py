"""Corrections, the patterns learned from them, the ledger of model calls, switches of a tenant."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import Vector

from discovery_pipeline.store.migrations.tenancy import protect

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)
NOW = sa.func.now()


def upgrade() -> None:
    _settings()
    _corrections()
    _patterns()
    _model_calls()
    for table in ("tenant_settings", "corrections", "patterns", "model_calls"):
        protect(table)


def _tenant_table(name: str, *parts: sa.Column[Any], key: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("tenant_id", sa.Text, nullable=False),
        *parts,
        sa.PrimaryKeyConstraint("tenant_id", *key, name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.name"], name=f"fk_{name}_tenant_id"),
    )


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _settings() -> None:
    moment = sa.Column("changed_at", MOMENT, nullable=False, server_default=NOW)
    _tenant_table("tenant_settings", _text("name"), _text("value"), moment, key=("name",))


def _corrections() -> None:
    _tenant_table(
        "corrections",
        sa.Column("number", sa.BigInteger, nullable=False),
        *(_text(name) for name in ("kind", "action", "source", "file", "series", "table", "table_series")),
        sa.Column("position", sa.BigInteger, nullable=False),
        _text("header"),
        _text("header_key"),
        sa.Column("occurrence", sa.Integer, nullable=False),
        _text("record"),
        *(_text(name, True) for name in ("product", "field", "unit", "transform", "was_field", "was_status")),
        sa.Column("was_confidence", sa.Double),
        _text("author"),
        _text("reason"),
        sa.Column("made_at", MOMENT, nullable=False, server_default=NOW),
        key=("number",),
    )


def _patterns() -> None:
    _tenant_table(
        "patterns",
        *(_text(name) for name in ("pattern_id", "kind", "source", "series", "table", "header", "header_key")),
        sa.Column("occurrence", sa.Integer, nullable=False),
        _text("record"),
        *(_text(name, True) for name in ("product", "field", "unit", "transform")),
        sa.Column("supported", sa.Integer, nullable=False),
        sa.Column("contradicted", sa.Integer, nullable=False),
        sa.Column("is_current", sa.Boolean, nullable=False),
        sa.Column("corrections", sa.ARRAY(sa.BigInteger), nullable=False),
        _text("model", True),
        sa.Column("embedding", Vector(384)),
        sa.Column("learned_at", MOMENT, nullable=False, server_default=NOW),
        key=("pattern_id",),
    )


def _model_calls() -> None:
    _tenant_table(
        "model_calls",
        *(_text(name) for name in ("call_id", "run_id", "agent", "model", "question")),
        sa.Column("columns", sa.Integer, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("latency_ms", sa.Double, nullable=False),
        sa.Column("prompt_tokens", sa.Integer),
        sa.Column("completion_tokens", sa.Integer),
        sa.Column("cost_usd", sa.Double),
        _text("outcome"),
        _text("detail"),
        key=("call_id",),
    )
