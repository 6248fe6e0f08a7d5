"""Opens what a command works on. Imports happen inside: `discovery --help` must not pay for them."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from discovery_pipeline.settings import load_settings

if TYPE_CHECKING:
    from discovery_pipeline.files.frames import TenantFrames
    from discovery_pipeline.services.workspace import Workspace


def workspace() -> Workspace:
    """The stores that the environment names."""
    from discovery_pipeline.services.workspace import open_workspace

    return open_workspace(load_settings())


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


def holder(command: str) -> str:
    """Who we are, as somebody is told who waits for the tenant we write."""
    return f"discovery {command}, process {os.getpid()} on {socket.gethostname()}"
