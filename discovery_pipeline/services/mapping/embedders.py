"""The embedding model that the settings choose. Keep out: what is compared with it, and what that proves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from discovery_pipeline.agents.embeddings import Embedder, MiniLM
from discovery_pipeline.agents.guard import shown_header
from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.agents.remote_embeddings import OpenAIEmbeddings
from discovery_pipeline.settings import Settings


@dataclass(frozen=True)
class Guarded:
    """An embedder beyond this machine: of a header it gets what may leave it."""

    embedder: Embedder

    @property
    def model(self) -> str:
        return self.embedder.model

    @property
    def dimensions(self) -> int:
        return self.embedder.dimensions

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector per text, in their order. Raises NoEmbeddings or TransientError."""
        return self.embedder.embed([shown_header(text) for text in texts])


def embedder_of(settings: Settings) -> Embedder | None:
    """The embedding model that the settings ask for, loaded when first used; None when it is switched off."""
    if not settings.embeddings:
        return None
    if settings.embedding_model is None:
        return _local()
    endpoint = Endpoint(settings.model_url, settings.embedding_model, settings.model_api_key)
    return Guarded(OpenAIEmbeddings(endpoint, settings.model_deadline_s))


@cache
def _local() -> Embedder:
    return MiniLM()
