"""From any exception to one clear line and an exit code. Keep out: raising; deciding what is retried."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from discovery_pipeline.cli.output import emit_json, note
from discovery_pipeline.domain.errors import ConfigurationError, DiscoveryError, UsageError
from discovery_pipeline.settings import load_settings

INTERRUPTED = 130
BROKEN_PIPE = 141  # as a program killed by SIGPIPE
# A library may put a whole query plan into its message; the log has it all.
LONGEST_MESSAGE = 200
ADVICE_ON_BUG = "this is a bug; please report it with the details in {}"


def report_failure(error: BaseException, arguments: Sequence[str]) -> int:
    """Say what went wrong on stderr (and as a document on stdout with --json); returns the exit code."""
    # rich turns a broken pipe into SystemExit.
    if isinstance(error, BrokenPipeError) or isinstance(error.__context__, BrokenPipeError):
        return _leave_closed_pipe()
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        note("discovery: interrupted")
        return INTERRUPTED
    known = as_discovery_error(error, arguments)
    note(f"discovery: {' '.join(str(known).split())}")
    if "--json" in arguments:
        emit_json({"error": known.message, "where": known.where, "advice": known.advice, "exit_code": known.exit_code})
    return known.exit_code


def as_discovery_error(error: BaseException, arguments: Sequence[str] = ()) -> DiscoveryError:
    """The same failure in the project's words. Anything unexpected is written to a log file in the home."""
    if isinstance(error, DiscoveryError):
        return error
    if isinstance(error, click.ClickException):
        return _usage_error(error)
    if isinstance(error, OSError) and error.strerror:
        return DiscoveryError(error.strerror, where=str(error.filename or ""), advice="free the way and try again")
    said = " ".join(str(error).split())
    return DiscoveryError(
        f"unexpected {type(error).__name__}: {said[:LONGEST_MESSAGE]}",
        advice=ADVICE_ON_BUG.format(_write_log(error, arguments)),
    )


def _usage_error(error: click.ClickException) -> UsageError:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "discovery"
    return UsageError(error.format_message().rstrip("."), advice=f"see {command} --help")


def _write_log(error: BaseException, arguments: Sequence[str]) -> str:
    """Keep the traceback (no local values: they may hold a tenant's data); returns where it lies."""
    now = datetime.now().astimezone()
    try:
        folder = load_settings().home / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"failure-{now:%Y%m%d-%H%M%S}-{os.getpid()}.log"
        path.write_text(_details(error, arguments, now), encoding="utf-8", errors="backslashreplace")
        path.chmod(0o600)
    except (OSError, ConfigurationError) as unwritable:
        return f"a log file that could not be written ({unwritable})"
    return str(path)


def _details(error: BaseException, arguments: Sequence[str], now: datetime) -> str:
    lines = [f"time: {now.isoformat()}", f"python: {sys.version}", f"folder: {Path.cwd()}", f"arguments: {arguments}"]
    return "\n".join([*lines, "", *traceback.format_exception(error)])


def _leave_closed_pipe() -> int:
    """Whoever read our output has gone: point it nowhere, so that the interpreter's last flush is silent too."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(nowhere, stream.fileno())
    return BROKEN_PIPE
