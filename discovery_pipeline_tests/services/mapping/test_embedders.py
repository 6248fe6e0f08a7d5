"""Which embedding model compares corrected headers, and what of them leaves the machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from discovery_pipeline.services.mapping.embedders import Guarded, embedder_of
from discovery_pipeline.settings import Settings


@dataclass
class Listening:
    model: str = "listening"
    dimensions: int = 384
    heard: list[str] = field(default_factory=list)

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.heard += texts
        return [[1.0] for _ in texts]


@pytest.mark.parametrize(
    ("embeddings", "embedding_model", "expected"),
    [
        pytest.param(False, "text-embedding-3-small", None, id="switched off"),
        pytest.param(True, None, "all-MiniLM-L6-v2-onnx-int8", id="local by default"),
        pytest.param(True, "text-embedding-3-small", "text-embedding-3-small", id="the endpoint's when named"),
    ],
)
def test_the_model_that_is_configured_is_asked(
    settings: Settings, embeddings: bool, embedding_model: str | None, expected: str | None
) -> None:
    found = embedder_of(replace(settings, embeddings=embeddings, embedding_model=embedding_model))
    assert (found.model.split("@")[0].split(" ")[0] if found else None) == expected


def test_what_may_be_a_persons_does_not_leave_the_machine() -> None:
    asked = Listening()
    Guarded(asked).embed(["Owner ann.lee@example.com", "Ticket 4711123"])
    assert len(asked.heard) == 2
    assert "ann.lee" not in asked.heard[0]
    assert "4711123" not in asked.heard[1]
