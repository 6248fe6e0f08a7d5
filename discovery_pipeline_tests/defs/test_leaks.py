"""Nothing that could name somebody or something of a tenant's is in the bytes that leave the machine, whoever asks.

One run of the sample tenant, with a table of nasty names beside its exports, over an endpoint that keeps what it gets:
questions, and headers that are compared by meaning.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from discovery_pipeline.agents import prompts
from discovery_pipeline.agents.known_names import name_key, plain_names
from discovery_pipeline.agents.prompts import prompt
from discovery_pipeline.defs.instance import open_instance
from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.domain.mapping.meaning_evidence import packaged_meanings
from discovery_pipeline.files.extraction import part_name
from discovery_pipeline.services.delivery.ingest import ingest
from discovery_pipeline.services.run_frames import newest_frames
from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.store import embedded
from discovery_pipeline.store.ledger import ledger_lines
from discovery_pipeline_tests.agents.fault_server import Endpoint, Request, completion, respond, serving
from discovery_pipeline_tests.defs.conftest import TENANT, new_home

# A table of invented names that are hard to tell: in codes, in models and types, glued, of other scripts.
KONTOR = Path(__file__).with_name("kontor.csv")
# Fields whose cells name somebody or something, whatever a phase made of them.
NAMING = (
    "hostname", "fqdn", "ip_address", "mac_address", "serial_number", "uuid", "contact_email", "business_owner",
    "technical_owner", "application_name", "department", "hypervisor_host", "source_host", "destination_host",
    "source_ip", "destination_ip",
)  # fmt: skip
PEOPLE = ("contact_email", "business_owner", "technical_owner")
# Shorter ones stand in other words by chance; of other scripts than ours, two signs don't.
SHORTEST, SHORTEST_ELSEWHERE = 4, 2
EMBEDDINGS = "embeddings"
AGENTS = sorted(path.stem for path in Path(str(prompts.__file__)).parent.glob("*.md"))


@dataclass(frozen=True)
class Outgoing:
    """sent: (agent, the request's text with escapes resolved, and as it went out), folded. names: by field.
    logged: what Dagster keeps of the run, folded. lines: of the ledger by agent."""

    sent: list[tuple[str, str]]
    names: dict[str, set[str]]
    logged: str
    lines: dict[str, int]


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def first_offer(request: Request, handler: BaseHTTPRequestHandler, _: Endpoint) -> None:
    """Follows the schema of the answer: the first choice, and a sentence where a text is wanted. Of texts to compare,
    none is like another."""
    if request.path.endswith("/embeddings"):
        vectors = (np.random.default_rng(list(text.encode())).normal(size=384) for text in request.document["input"])
        data = [{"index": i, "embedding": vector.round(3).tolist()} for i, vector in enumerate(vectors)]
        respond(handler, json.dumps({"data": data}).encode())
        return
    form = request.document.get("response_format", {}).get("json_schema", {}).get("schema", {})
    answer = {key: one.get("enum", ["It stays."])[0] for key, one in form.get("properties", {}).items()}
    respond(handler, completion(json.dumps(answer)))


@pytest.fixture(scope="module")
def outgoing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outgoing]:
    settings = new_home(tmp_path_factory.mktemp("home"))
    with open_workspace(settings) as workspace:
        ingest(settings, workspace.database, TENANT, [KONTOR])
    with serving(first_offer) as endpoint:
        asking = replace(settings, model_base_url=endpoint.url, embedding_model="e")
        summary = run_tenant(asking, TENANT, None, lambda _: None)
    assert summary.status == "done"
    with open_instance(settings) as instance:
        events = [str(e.dagster_event) for e in instance.all_logs(summary.run_id) if e.dagster_event]
    with open_workspace(settings) as workspace:
        lines = dict(ledger_lines(workspace.database, TENANT)["agent"].value_counts().iter_rows())
    sent = [_sent(request) for request in endpoint.requests]
    yield Outgoing(sent, _names(settings.frames_location), folded(" ".join(events)), lines)
    embedded.stop(settings.home)


def _sent(request: Request) -> tuple[str, str]:
    if request.path.endswith("/embeddings"):
        ours = set(packaged_meanings().texts)
        return EMBEDDINGS, folded(" | ".join(text for text in request.document["input"] if text not in ours))
    system, *others = (message["content"] for message in request.document["messages"])
    agent = next((name for name in AGENTS if prompt(name).text == system), "?")
    unescaped = " ".join(
        json.dumps(json.loads(text), ensure_ascii=False) if text[:1] == "{" else text for text in others
    )
    return agent, folded(f"{unescaped} {request.body.decode()}")


def _names(frames_location: str) -> dict[str, set[str]]:
    """Every distinct cell of naming fields in the tenant's mapped records, and of what people are called each part."""
    from discovery_pipeline.files.frames import FrameStore

    run = newest_frames(FrameStore(frames_location).open(TENANT))
    found: dict[str, set[str]] = {}
    for info in run.tables():
        frame = run.scan("canonical_records", part_name(info.table_no)).collect()
        for column in frame.columns:
            field = column.partition("#")[0]
            if field in NAMING:
                cells = {cell.strip() for cell in frame[column].drop_nulls().cast(pl.String)}
                parts = (
                    {part for cell in cells for part in re.findall(r"[^\W\d_]{3,}", cell.partition("@")[0])}
                    if field in PEOPLE
                    else set()
                )
                labels = {cell.partition(".")[0] for cell in cells} if field == "fqdn" else set()
                found.setdefault(field, set()).update(cells | parts | labels)
    ours = set(plain_names())
    return {
        field: {folded(name) for name in names if is_long(name) and name_key(name) not in ours}
        for field, names in found.items()
    }


def is_long(name: str) -> bool:
    return len(name) >= (SHORTEST if name.isascii() else SHORTEST_ELSEWHERE)


def test_the_sample_has_names_to_leak(outgoing: Outgoing) -> None:
    assert {"hostname", "fqdn", "ip_address", "mac_address", "serial_number", "contact_email"} <= outgoing.names.keys()
    assert {"host-1", "prod-web", "müssig-pc"} <= outgoing.names["hostname"]
    assert sum(map(len, outgoing.names.values())) > 1_000


@pytest.mark.parametrize("field", NAMING)
def test_no_name_leaves(outgoing: Outgoing, field: str) -> None:
    found = [
        (agent, name, text[max(0, at - 30) : at + 50])
        for agent, text in outgoing.sent
        for name in outgoing.names.get(field, ())
        if name in text
        for at in [match.start() for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)][:1]
    ]
    assert found == []


@pytest.mark.parametrize(
    "word", [
        "lovelace", "kilburn", "müssig", "brannigan", "seán", "山田", "orakel", "hyperdrive", "zweigstelle", "kontor",
        "7hx91k2", "7654321", "hal9000", "王伟", "王小明", "李娜", "राम", "कुमार", "김철수", "顧客管理", "123 4567",
    ]
)  # fmt: skip
def test_no_word_of_the_nasty_table_leaves(outgoing: Outgoing, word: str) -> None:
    assert [(agent, text[max(0, text.find(word) - 40) :][:90]) for agent, text in outgoing.sent if word in text] == []


@pytest.mark.parametrize("field", ["hostname", "fqdn", "ip_address", "serial_number", "application_name"])
def test_what_dagster_keeps_of_opinions_names_nobody(outgoing: Outgoing, field: str) -> None:
    assert "model_answers" in outgoing.logged
    assert [name for name in outgoing.names[field] if len(name) > 5 and name in outgoing.logged] == []


def test_every_agent_asked(outgoing: Outgoing) -> None:
    """But the one that has no doubt about the sample: two machines that could be one."""
    assert set(AGENTS) - {"reconciliation"} <= {agent for agent, _ in outgoing.sent}


def test_headers_were_compared_and_each_request_has_its_line(outgoing: Outgoing) -> None:
    compared = [text for agent, text in outgoing.sent if agent == EMBEDDINGS]
    assert any(compared)
    assert outgoing.lines[EMBEDDINGS] == len(compared)
