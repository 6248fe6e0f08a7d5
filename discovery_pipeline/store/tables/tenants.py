"""Tenants, their switches and who may do what with them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from discovery_pipeline.store.tables.base import Base


class Tenant(Base):
    """The catalogue: the only table without a tenant's rows, so the only one outside row-level security."""

    __tablename__ = "tenants"

    name: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class TenantSetting(Base):
    """A switch that people set per tenant (`discovery tenant set`); absent = its default."""

    __tablename__ = "tenant_settings"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class TenantAccess(Base):
    """What a person may do with a tenant. email: as domain.access.checked_email spells it. role: domain.access.Role."""

    __tablename__ = "tenant_access"
    __table_args__ = (Index("ix_tenant_access_email", "email"),)

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    email: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    granted_by: Mapped[str]
    granted_at: Mapped[datetime] = mapped_column(server_default=func.now())
