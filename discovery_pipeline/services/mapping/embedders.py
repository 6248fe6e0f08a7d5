"""The embedding model that the settings choose. Keep out: what is compared with it, and what that proves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from uuid import uuid4

from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.embeddings import Embedder, MiniLM
from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.agents.remote_embeddings import AGENT, RemoteEmbeddings
from discovery_pipeline.domain.mapping.candidates import Show
from discovery_pipeline.services.agents.desk import open_desk
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.settings import Settings

ONLY_IN_RUNS = "only a tenant's runs and what-ifs send headers to DISCOVERY_EMBEDDING_MODEL"


@dataclass(frozen=True)
class Outgoing:
    """Where a tenant's headers leave the machine. desk: where is asked. show: how; asked for when one is to leave."""

    desk: Desk
    show: Callable[[], Show]


@dataclass(frozen=True)
class Guarded:
    """An embedder beyond this machine: of a header it gets what may leave it. show: asked for when one is to leave."""

    embedder: Embedder
    show: Callable[[], Show]

    @property
    def model(self) -> str:
        return self.embedder.model

    @property
    def dimensions(self) -> int:
        return self.embedder.dimensions

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector per text, in their order. Raises NoEmbeddings or TransientError."""
        return self.embedder.embed([self._shown(text) for text in texts])

    @cached_property
    def _shown(self) -> Show:
        return self.show()


def unguarded(settings: Settings, desk: Desk | None) -> Embedder | None:
    """The embedding model that the settings ask for, loaded when first used; None when it is switched off, or beyond
    this machine and nobody's desk is given. For texts of ours."""
    if not settings.embeddings:
        return None
    if settings.embedding_model is None:
        return _local()
    return RemoteEmbeddings(desk, _endpoint(settings, settings.embedding_model)) if desk else None


def embedder_of(settings: Settings, outgoing: Outgoing | None = None) -> Embedder | None:
    """The same for a tenant's headers; a model beyond this machine is not asked where none may leave it."""
    found = unguarded(settings, outgoing.desk if outgoing else None)
    return Guarded(found, outgoing.show) if found and outgoing and settings.embedding_model else found


def preview_desk(workspace: Workspace, tenant: str) -> Desk | None:
    """Where a look ahead asks for vectors; its requests count against the tenant's limits as a run's do. None where
    none leave this machine."""
    if not workspace.settings.embedding_model:
        return None
    return open_desk(workspace.settings, workspace.database, tenant, f"preview-{uuid4().hex}")


def _endpoint(settings: Settings, model: str) -> Endpoint:
    """With a provider at the same address it shares its name, so its price and its breaker."""
    same = (provider.name for provider in settings.providers if provider.base_url == settings.model_url)
    return Endpoint(settings.model_url, model, settings.model_api_key, provider=next(same, AGENT))


@cache
def _local() -> Embedder:
    return MiniLM()
