"""Which embedding model compares corrected headers, and what of them leaves the machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.remote_embeddings import RemoteEmbeddings
from discovery_pipeline.domain.handoffs import TableKind
from discovery_pipeline.domain.mapping.candidates import propose
from discovery_pipeline.services.mapping.embedders import Guarded, Outgoing, embedder_of, unguarded
from discovery_pipeline.services.mapping.shown_headers import headers_shown
from discovery_pipeline.settings import ModelProvider, Settings
from discovery_pipeline_tests.domain.tables import raw_table

DESK = Desk()
OUTGOING = Outgoing(DESK, lambda: str)


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
    found = embedder_of(replace(settings, embeddings=embeddings, embedding_model=embedding_model), OUTGOING)
    assert (found.model.split("@")[0].split(" ")[0] if found else None) == expected


def test_a_model_beyond_this_machine_is_asked_at_a_desk_or_not_at_all(settings: Settings) -> None:
    remote = replace(settings, model_base_url="http://127.0.0.1:9/v1", embedding_model="m")
    assert embedder_of(remote) is None
    assert isinstance(embedder_of(remote, OUTGOING), Guarded)


def test_it_shares_the_name_of_the_provider_at_its_address(settings: Settings) -> None:
    asked = [
        unguarded(
            replace(settings, embedding_model="m", model_base_url="http://h/v1/", model_providers=providers), DESK
        )
        for providers in (
            (),
            (ModelProvider("near", "http://h/v1", ("x",)),),
            (ModelProvider("far", "http://f/v1", ()),),
        )
    ]
    names = [one.endpoint.provider for one in asked if isinstance(one, RemoteEmbeddings)]
    assert names == ["model", "near", "embeddings"]


def test_what_may_be_a_persons_does_not_leave_the_machine() -> None:
    table = raw_table(
        {
            "Hostname": ["crm-db-99", "SV-HAMBURG-KRAUSE", "web-01", "web-02"],
            "Owner": ["John Smith", "Ada Krause", "Ann Lee", "Bo Ek"],
            "Application": ["Acme Krause GmbH", "Billing", "Shop", "Mail"],
        }
    )
    kinds = [TableKind(0, "asset", "asset", None, 1.0)]
    show = headers_shown(lambda: [table], kinds)
    asked = Listening()
    headers = [
        "John Smith", "crm-db-99 owner", "SV-HAMBURG-KRAUSE", "Acme Krause GmbH cost", "Owner ann.lee@example.com",
        "Ticket 4711123", "Zorp blimf",
    ]  # fmt: skip
    Guarded(asked, lambda: show(propose([table], kinds))).embed(headers)
    sent = " ".join(asked.heard).lower()
    assert [name for name in ("smith", "crm-db", "krause", "hamburg", "acme", "lee", "4711123") if name in sent] == []
    assert asked.heard[-1] == "Zorp blimf"
