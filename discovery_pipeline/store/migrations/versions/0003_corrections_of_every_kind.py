"""Corrections and patterns of every kind, which can be undone and forgotten; the tables that were corrected."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import Vector
from sqlalchemy.dialects.postgresql import JSONB

from discovery_pipeline.store.migrations.tenancy import protect

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)
PLACE = ("source", "series", "table", "header_key", "occurrence")


def upgrade() -> None:
    old = _old_corrections()
    for table in ("patterns", "corrections"):
        op.drop_table(table)
    _corrections()
    _patterns()
    _corrected_tables()
    for table in ("corrections", "patterns", "corrected_tables"):
        protect(table)
    _keep(old)


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, JSONB, nullable=False)


def _tenant_table(name: str, *parts: sa.Column[Any], key: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("tenant_id", sa.Text, nullable=False),
        *parts,
        sa.PrimaryKeyConstraint("tenant_id", *key, name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.name"], name=f"fk_{name}_tenant_id"),
    )


def _corrections() -> None:
    _tenant_table(
        "corrections",
        sa.Column("number", sa.BigInteger, nullable=False),
        *(_text(name) for name in ("kind", "action", "target_key")),
        *(_json(name) for name in ("target", "said", "was", "context")),
        *(_text(name) for name in ("author", "reason")),
        *(sa.Column(name, sa.BigInteger) for name in ("overrules", "undoes")),
        sa.Column("made_at", MOMENT, nullable=False, server_default=sa.func.now()),
        key=("number",),
    )
    op.create_index("ix_corrections_target_key", "corrections", ["tenant_id", "target_key"])


def _patterns() -> None:
    _tenant_table(
        "patterns",
        *(_text(name) for name in ("pattern_id", "kind", "target_key")),
        *(_json(name) for name in ("target", "said")),
        sa.Column("polarity", sa.Integer, nullable=False),
        *(_text(name, True) for name in ("source", "record", "product")),
        _text("text"),
        sa.Column("corrections", sa.ARRAY(sa.BigInteger), nullable=False),
        sa.Column("authors", sa.ARRAY(sa.Text), nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("contradicted", "version")),
        _text("state"),
        *(sa.Column(name, MOMENT, nullable=False) for name in ("learned_at", "strengthened_at")),
        _text("model", True),
        sa.Column("embedding", Vector(384)),
        key=("pattern_id",),
    )
    # In the row, not beside it: every search reads every vector.
    op.execute("ALTER TABLE patterns ALTER COLUMN embedding SET STORAGE PLAIN")
    op.create_index("ix_patterns_target_key", "patterns", ["tenant_id", "target_key"])


def _corrected_tables() -> None:
    _tenant_table(
        "corrected_tables",
        *(_text(name) for name in ("table_id", "source", "series", "table", "record")),
        _text("product", True),
        _json("columns"),
        key=("table_id",),
    )


def _old_corrections() -> dict[str, list[dict[str, Any]]]:
    """The corrections of every tenant, in the new form: all were of mappings."""
    found: dict[str, list[dict[str, Any]]] = {}
    for tenant in op.get_bind().execute(sa.text("SELECT name FROM tenants")).scalars():
        _of_tenant(tenant)
        rows = op.get_bind().execute(sa.text("SELECT * FROM corrections ORDER BY number")).mappings()
        found[tenant] = [_renewed(dict(row)) for row in rows]
    return found


def _renewed(row: dict[str, Any]) -> dict[str, Any]:
    target = {name: row["table_series" if name == "table" else name] for name in PLACE}
    return {
        "number": row["number"], "kind": row["kind"], "action": row["action"],
        "target_key": _digest([row["kind"], target]), "target": target,
        "said": {name: row[name] for name in ("field", "unit", "transform")},
        "was": {name: row[f"was_{name}"] for name in ("field", "status", "confidence")},
        "context": {name: row[name] for name in ("file", "table", "position", "header", "record", "product")},
        "author": row["author"], "reason": row["reason"], "overrules": None, "undoes": None, "made_at": row["made_at"],
    }  # fmt: skip


def _keep(corrections: dict[str, list[dict[str, Any]]]) -> None:
    """Write them back; what they teach is folded when it is first asked for."""
    moment, texts = sa.column("made_at", MOMENT), ("kind", "action", "target_key", "author", "reason")
    table = sa.table(
        "corrections", sa.column("tenant_id"), moment, *(sa.column(name) for name in texts),
        *(sa.column(name, JSONB) for name in ("target", "said", "was", "context")),
        *(sa.column(name, sa.BigInteger) for name in ("number", "overrules", "undoes")),
    )  # fmt: skip
    for tenant, rows in corrections.items():
        if rows:
            _of_tenant(tenant)
            op.bulk_insert(table, [{"tenant_id": tenant, **row} for row in rows])


def _of_tenant(tenant: str) -> None:
    op.get_bind().execute(sa.text("SELECT set_config('app.tenant', :tenant, true)"), {"tenant": tenant})


def _digest(content: object) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
