"""The command tree and its one entry point. Keep out: what a command does."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

import typer

from discovery_pipeline.cli import (
    access,
    automation,
    corrections,
    data,
    demo,
    history,
    insights,
    ledger,
    machine,
    mapping,
    models,
    questions,
    results,
    run_control,
    runs,
    sources,
    tenants,
)
from discovery_pipeline.cli.failures import report_failure

# The default of 700 objects costs a quarter of a command's start-up: imports make objects that stay.
GARBAGE_THRESHOLD = 100_000

HELP = "Raw inventory exports in; one explained inventory, its dependencies and a migration assessment out."

app = typer.Typer(name="discovery", help=HELP, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(tenants.app, name="tenant")
app.add_typer(access.app, name="access")
app.add_typer(automation.app, name="automation")
app.add_typer(data.app, name="data")
app.add_typer(machine.database_app, name="db")
for command in (
    demo.demo,
    machine.up,
    machine.down,
    sources.ingest,
    sources.files,
    sources.withdraw,
    mapping.map_,
    corrections.correct,
    history.corrections,
    history.undo,
    history.forget,
    runs.run,
    run_control.pause,
    run_control.resume,
    run_control.cancel,
    results.export,
    results.explain,
    questions.questions,
    insights.insights,
    insights.lookup,
    models.models,
    ledger.ledger,
    machine.health,
):
    app.command(command.__name__.rstrip("_"))(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code (the contract: 0, 1, 2 or 3; 130 when interrupted)."""
    gc.set_threshold(GARBAGE_THRESHOLD)
    code = execute(sys.argv[1:] if arguments is None else arguments)
    # What registered itself for the end runs; taking the interpreter's objects apart one by one (0.8 s) does not.
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)


def execute(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit code, raises nothing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a file name may hold bytes that are no text
    try:
        # Not command.main(): it turns Ctrl-C and a broken pipe into codes without a word.
        with typer.main.get_command(app).make_context("discovery", list(arguments) or ["--help"]) as context:
            context.command.invoke(context)
        sys.stdout.flush()
    except BaseException as error:
        return report_failure(error, arguments)
    return 0
