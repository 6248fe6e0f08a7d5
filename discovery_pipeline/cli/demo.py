"""`discovery demo`: the packaged sample tenants through all phases, corrected where a sample says how; a short look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from discovery_pipeline.cli.output import Json, cell_text, emit_json, note, program_as_called, say, table
from discovery_pipeline.cli.runs import run_shown, show_run
from discovery_pipeline.cli.stores import workspace

if TYPE_CHECKING:
    from discovery_pipeline.quality.judge import Judge
    from discovery_pipeline.services.workspace import Workspace


def demo(json: Json = False) -> None:
    """Run the packaged sample tenants: ingest, all phases, corrections applied, where to look next. Safe to repeat."""
    from discovery_pipeline.quality.judge import Judge
    from discovery_pipeline.sample_tenants import sample_names

    with Judge() as judge, workspace() as opened:
        documents = [_sample(opened, name, judge, quiet=json) for name in sample_names()]
    if json:
        emit_json({"tenants": documents})
    else:
        _show_next(documents)
    if any(run["status"] != "done" for document in documents for run in _runs(document)):
        raise typer.Exit(1)


def _sample(opened: Workspace, name: str, judge: Judge, quiet: bool) -> dict[str, Any]:
    """One sample tenant: {"run", "overview"} and, where it has corrections, "loop" (cli.demo_loop)."""
    from discovery_pipeline.cli.demo_loop import correct_and_rerun, show_loop

    _ingest_sample(opened, name)
    document: dict[str, Any] = {"run": run_shown(name, judge=judge).to_json()}
    if not quiet:
        show_run(document["run"])
    loop = correct_and_rerun(opened, name, judge) if document["run"]["status"] == "done" else None
    document["overview"] = _overview(opened, name)
    if loop:
        document["loop"] = loop
    if not quiet:
        _show_overview(name, document["overview"])
        if loop:
            show_loop(name, loop)
    return document


def _runs(document: dict[str, Any]) -> list[dict[str, Any]]:
    again = document.get("loop", {}).get("run")
    return [document["run"], *([again] if again else [])]


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


def _show_overview(tenant: str, seen: dict[str, Any]) -> None:
    for title, counts in seen["counts"].items():
        if counts:
            say()
            table([title, "count"], [[name, f"{count:,}"] for name, count in counts.items()])
    if seen["disputed"]:
        _show_disputed(tenant, seen["disputed"])


def _show_disputed(tenant: str, disputed: dict[str, Any]) -> None:
    say()
    say(f"sources disagree about the {disputed['field']} of {disputed['disputes']:,} assets; of one of them")
    say(f"`discovery explain {tenant} {disputed['asset']} {disputed['field']}` says: {cell_text(disputed['value'])}")
    rows = [["✓" if c["chosen"] else "✗", c["value"], c["place"], c["rule"]] for c in disputed["claims"]]
    table(["", "value", "from", "because"], rows)


def _show_next(documents: list[dict[str, Any]]) -> None:
    first = documents[0]
    tenant, disputed = first["run"]["tenant"], first["overview"]["disputed"]
    say()
    say("where to look next")
    program = program_as_called()
    say(f"  {program} explain {tenant} {disputed['asset'] if disputed else 'ASSET'}")
    say(f"  {program} export {tenant} --to out --format csv")
    say(f"  {program} up        # the app, where mappings are corrected, and Dagster's UI: asset graph, runs, checks")
