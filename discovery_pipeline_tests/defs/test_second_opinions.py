"""A whole run with a model that knows what odd spellings mean and whom texts name, beside the run without it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from discovery_pipeline.agents.prompts import prompt
from discovery_pipeline.agents.pseudonyms import Pseudonyms
from discovery_pipeline.agents.shown_words import shown_words
from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.domain.cleansing.controls import packaged_controls
from discovery_pipeline.services.delivery.ingest import ingest
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.agents.fault_server import Endpoint, Request, completion, respond, serving

TENANT = "acme"
FIRST = ("customer", "partner", "billing", "invoice", "contract", "safety", "document", "order", "marketing", "support")
APPLICATIONS = [f"{first} {last}" for first in FIRST for last in ("warehouse", "archive", "gateway", "catalogue")]
# Whom texts mean, by the application that says them.
TEXTS = {
    "customer warehouse": ("our old invoice gatewy box", "invoice gateway"),
    "order archive": ("the nothing", None),
}
SPELT = {"Blue Zone": "production", "Z9": "test"}


def application_rows() -> str:
    rows = [f"{name},APP{n:04d},{TEXTS.get(name, ('', None))[0]},High" for n, name in enumerate(APPLICATIONS)]
    return "\n".join(["Application Name,Application ID,Depends On,Criticality", *rows])


def server_rows() -> str:
    stages = ["Production", "Test", *SPELT]
    rows = [f"srv{n:03d},10.7.0.{n},SN{n:05d},{stages[n % 4]},Windows Server 2019" for n in range(1, 41)]
    return "\n".join(["Hostname,IP Address,Serial Number,Environment,Operating System", *rows])


def knowing(request: Request, handler: Any, _: Endpoint) -> None:
    """Knows the packaged controls, the odd spellings and the made names; says none of everything else."""
    system, content = (message["content"] for message in request.document["messages"])
    answers = {prompt("cleansing").text: meaning, prompt("dependencies").text: whom}
    answer = answers.get(system, lambda _: None)
    items = json.loads(content).get("items", [])
    respond(handler, completion(json.dumps({item["key"]: answer(item) or item["choices"][-1] for item in items})))


def meaning(item: Mapping[str, Any]) -> str | None:
    known = {word(spelling): choice for spelling, choice in SPELT.items()}
    known |= {
        word(control["key"]): control["text"] for control in packaged_controls() if control["field"] == item["field"]
    }
    known |= {"production": "production", "test": "test"} if item["field"] == "environment" else {"high": "high"}
    choice = known.get(item["word"])
    return choice if choice in item["choices"] else None


def word(spelling: str) -> str:
    shown: str = shown_words(spelling.lower(), Pseudonyms())
    return shown


def whom(item: Mapping[str, Any]) -> str | None:
    """The candidate all of whose words the text has, whole or nearly."""
    said = {part.removeprefix("~") for part in item["text"].split()}
    whole = [key for key, shown in item["candidates"].items() if said >= set(shown["name"].split())]
    return whole[0] if len(whole) == 1 else None


def frame(workspace: Workspace, asset: str, part: str) -> pl.DataFrame:
    return workspace.frames.open(TENANT).scan(asset, part).collect()


def stages(workspace: Workspace) -> dict[str, str | None]:
    named = frame(workspace, "inventory", "inventory").drop_nulls("hostname")
    return dict(named.select("hostname", "environment").iter_rows())


def edges(workspace: Workspace) -> dict[tuple[str, str], dict[str, Any]]:
    """The edges between applications, by their names."""
    assets = frame(workspace, "inventory", "inventory")
    names = dict(assets.select("asset_id", pl.col("application_name").list.first()).iter_rows())
    rows = frame(workspace, "dependencies", "dependencies").filter(kind="application").to_dicts()
    return {(names[row["from_asset"]], names[row["to_asset"]]): row for row in rows}


def test_odd_values_are_read_and_loose_ends_found_and_both_say_by_whom(settings: Settings, tmp_path: Path) -> None:
    files = [tmp_path / "applications.csv", tmp_path / "servers.csv"]
    for file, text in zip(files, (application_rows(), server_rows()), strict=True):
        file.write_text(text, encoding="utf-8")
    with open_workspace(settings) as workspace:
        add_tenant(workspace.database, TENANT)
        ingest(settings, workspace.database, TENANT, files)
        assert run_tenant(settings, TENANT, "dependencies", lambda _: None).status == "done"
        plain, no_edges = stages(workspace), edges(workspace)
        assert "advised" not in workspace.frames.open(TENANT).parts("clean_records")
        with serving(knowing) as endpoint:
            asked = replace(settings, model_base_url=endpoint.url, model_deadline_s=60.0)
            assert run_tenant(asked, TENANT, "dependencies", lambda _: None).status == "done"
        known, found = stages(workspace), edges(workspace)
        told = explanation(workspace, "srv002")
        clean = {part: frame(workspace, "clean_records", part) for part in ("advised", "findings", "rule_counts")}
        changed = frame(workspace, "dependencies", "advised")
    odd = {f"srv{number:03d}": SPELT[("Blue Zone", "Z9")[number % 4 - 2]] for number in range(1, 41) if number % 4 > 1}
    assert known == {**plain, **odd}
    assert all(plain[name] in (None, "other") for name in odd)
    assert no_edges == {}
    [(ends, edge)] = found.items()
    assert ends == ("customer warehouse", "invoice gateway")
    assert edge["evidence"] == ["model:depends_on"]
    assert edge["confidence"] > 0.5
    assert clean["advised"].select("subject", "after").sort("subject").rows() == [
        ("asset.environment=blue zone", "production"), ("asset.environment=z9", "test"),
    ]  # fmt: skip
    assert clean["rule_counts"].filter(rule="advised")["cells"].sum() == len(odd)
    assert "read_by_model" in clean["findings"]["code"]
    assert "unknown_enum_value" not in clean["findings"]["code"]
    assert changed.select("before", "after").rows() == [(None, str(edge["confidence"]))]
    assert "right on" in told


def explanation(workspace: Workspace, host: str) -> str:
    """What explain tells of a host's environment."""
    from discovery_pipeline.services.inventory.explain import explain

    return str(explain(workspace.frames.open(TENANT), host))
