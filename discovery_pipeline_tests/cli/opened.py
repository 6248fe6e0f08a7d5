"""The stores that commands open, handed over by a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import pytest

from discovery_pipeline.services.workspace import Workspace


def hand_over(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, *commands: ModuleType) -> None:
    """These modules of commands work on the test's stores."""

    @contextmanager
    def opened(_: str) -> Iterator[Workspace]:
        yield workspace

    for module in commands:
        monkeypatch.setattr(module, "tenant_workspace", opened)
