"""Opens what a command works on, in the words a command needs. Imports happen inside: help must not pay for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from discovery_pipeline.settings import load_settings

if TYPE_CHECKING:
    from discovery_pipeline.files.frames import TenantFrames
    from discovery_pipeline.services.workspace import Workspace


@contextmanager
def workspace() -> Iterator[Workspace]:
    """The stores that the environment names."""
    from discovery_pipeline.services.workspace import open_workspace

    with open_workspace(load_settings()) as opened:
        yield opened


@contextmanager
def tenant_workspace(tenant: str) -> Iterator[Workspace]:
    """The stores, for a tenant that exists. Raises UsageError when it doesn't."""
    from discovery_pipeline.store.tenants import require_tenant

    with workspace() as opened:
        require_tenant(opened.database, tenant)
        yield opened


@contextmanager
def tenant_frames(tenant: str) -> Iterator[TenantFrames]:
    """The frames of a tenant that exists. Raises UsageError when it doesn't."""
    with tenant_workspace(tenant) as opened:
        yield opened.frames.open(tenant)
