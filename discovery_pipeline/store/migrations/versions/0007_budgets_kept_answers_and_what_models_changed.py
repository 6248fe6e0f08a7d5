"""Model calls with provider, prompt and attempt; budgets; kept answers; forecasts; what opinions were worth."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from discovery_pipeline.store.migrations.tenancy import protect

revision = "0007"
down_revision = "0006"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _calls()
    _budgets()
    _kept_answers()
    _forecasts()
    _opinions()


def _calls() -> None:
    op.alter_column("model_calls", "columns", new_column_name="items")
    # Calls before providers had names came from the one there was, each a first attempt or a retry nobody told apart.
    for name, before in (("provider", ""), ("prompt", ""), ("attempt", "first")):
        op.add_column("model_calls", sa.Column(name, sa.Text, nullable=False, server_default=before))
        op.alter_column("model_calls", name, server_default=None)
    op.add_column("model_calls", sa.Column("reserved_usd", sa.Double))
    op.create_index("ix_model_calls_run_id", "model_calls", ["tenant_id", "run_id"])


def _budgets() -> None:
    amount = sa.Column("micro_usd", sa.BigInteger, nullable=False)
    _tenant_table("model_budgets", _text("scope"), _text("key"), _count("calls"), amount, key=("scope", "key"))
    _tenant_table(
        "model_reservations",
        *(_text(name) for name in ("call_id", "run_id")),
        sa.Column("reserved_at", MOMENT, nullable=False),
        sa.Column("micro_usd", sa.BigInteger),
        key=("call_id",),
    )


def _kept_answers() -> None:
    _tenant_table(
        "kept_answers",
        *(_text(name) for name in ("question", "text", "provider", "model", "prompt")),
        sa.Column("prompt_tokens", sa.Integer),
        sa.Column("completion_tokens", sa.Integer),
        _made_at(),
        key=("question",),
    )


def _forecasts() -> None:
    _tenant_table(
        "model_forecasts",
        _text("run_id"),
        sa.Column("calls", sa.Double, nullable=False),
        sa.Column("tokens", sa.Double, nullable=False),
        sa.Column("usd", sa.Double),
        _text("basis"),
        sa.Column("agents", JSONB, nullable=False),
        _made_at(),
        key=("run_id",),
    )


def _opinions() -> None:
    counts = (_count(name, sa.Integer) for name in ("doubts", "controls", "right_controls", "changed"))
    names = (_text(name) for name in ("run_id", "agent", "model"))
    _tenant_table("model_opinions", *names, *counts, _made_at(), key=("run_id", "agent", "model"))
    _tenant_table(
        "model_changes",
        *(_text(name) for name in ("change", "run_id", "agent", "subject", "field")),
        _text("before", nullable=True),
        _text("after", nullable=True),
        _text("model"),
        sa.Column("confidence", sa.Double, nullable=False),
        _made_at(),
        key=("change",),
    )


def _tenant_table(name: str, *parts: sa.Column[Any], key: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("tenant_id", sa.Text, nullable=False),
        *parts,
        sa.PrimaryKeyConstraint("tenant_id", *key, name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.name"], name=f"fk_{name}_tenant_id"),
    )
    protect(name)


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _count(name: str, kind: type[sa.Integer] = sa.BigInteger) -> sa.Column[int]:
    return sa.Column(name, kind, nullable=False)


def _made_at() -> sa.Column[Any]:
    return sa.Column("made_at", MOMENT, nullable=False, server_default=sa.func.now())
