"""`discovery demo`: the packaged sample tenants through all phases, and a short look at what came out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from discovery_pipeline.cli.output import Json, cell_text, emit_json, note, say, table
from discovery_pipeline.cli.runs import run_shown, show_run
from discovery_pipeline.cli.stores import workspace

if TYPE_CHECKING:
    from discovery_pipeline.services.workspace import Workspace


def demo(json: Json = False) -> None:
    """Run the packaged sample tenants: ingest, all phases, a summary, where to look next. Safe to repeat."""
    from discovery_pipeline.sample_tenants import sample_names

    documents = []
    with workspace() as opened:
        for name in sample_names():
            _ingest_sample(opened, name)
            summary = run_shown(name).to_json()
            documents.append({"run": summary, "overview": _overview(opened, name)})
            if not json:
                _show(documents[-1])
    if json:
        emit_json({"tenants": documents})
    if any(d["run"]["status"] != "done" for d in documents):
        raise typer.Exit(1)


def _ingest_sample(opened: Workspace, name: str) -> None:
    from discovery_pipeline.cli.sources import ingest_paths
    from discovery_pipeline.sample_tenants import sample_files
    from discovery_pipeline.store.tenants import add_tenant

    add_tenant(opened.database, name)
    with sample_files(name) as folder:
        ingest_paths(opened, name, [folder])
    note(f"{name}: sample files ingested")


def _overview(opened: Workspace, name: str) -> dict[str, Any]:
    from discovery_pipeline.services.overview import overview

    return overview(opened.frames.open(name))


def _show(document: dict[str, Any]) -> None:
    run, seen = document["run"], document["overview"]
    show_run(run)
    for title, counts in seen["counts"].items():
        if counts:
            say()
            table([title, "count"], [[name, f"{count:,}"] for name, count in counts.items()])
    tenant = run["tenant"]
    if seen["disputed"]:
        _show_disputed(tenant, seen["disputed"])
    say()
    say("where to look next")
    say(f"  discovery explain {tenant} {seen['disputed']['asset'] if seen['disputed'] else 'ASSET'}")
    say(f"  discovery export {tenant} --to out --format csv")
    say("  discovery up        # Dagster's UI: the asset graph, runs and checks")


def _show_disputed(tenant: str, disputed: dict[str, Any]) -> None:
    say()
    say(f"sources disagree about the {disputed['field']} of {disputed['disputes']:,} assets; of one of them")
    say(f"`discovery explain {tenant} {disputed['asset']} {disputed['field']}` says: {cell_text(disputed['value'])}")
    rows = [["✓" if c["chosen"] else "✗", c["value"], c["place"], c["rule"]] for c in disputed["claims"]]
    table(["", "value", "from", "because"], rows)
