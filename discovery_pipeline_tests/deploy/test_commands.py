"""Every command of a container is one that its program understands: program, subcommand and options."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from discovery_pipeline_tests.deploy.deployment import DEPLOY, image_environment, own_services, stages
from streamlit_app import __main__ as application

# Click of the libraries themselves.
pytestmark = pytest.mark.filterwarnings("ignore:.click.*is deprecated:DeprecationWarning")

PROGRAMS = ("discovery", "dagster", "dagster-webserver", "dagster-daemon", "streamlit")


def command_line(program: str) -> Any:
    """The click command behind a console script."""
    if program == "discovery":
        import typer

        from discovery_pipeline.cli.app import app

        return typer.main.get_command(app)
    if program == "streamlit":
        from streamlit.web.cli import main

        return main
    if program == "dagster-webserver":
        from dagster_webserver.cli import cli as webserver

        return webserver
    if program == "dagster-daemon":
        from dagster._daemon.cli import cli as daemon

        return daemon
    from dagster._cli import cli as dagster

    return dagster


def understood(words: list[str]) -> str:
    """The subcommand that a command line leads to; its own parser reads the options, nothing runs. Raises its error."""
    command, rest, path = command_line(words[0]), words[1:], words[0]
    context = command.make_context(words[0], rest)
    while hasattr(command, "resolve_command") and context._protected_args:
        name, command, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        context = command.make_context(name, rest, parent=context)
        path = f"{path} {name}"
    return path


def commands() -> list[list[str]]:
    """Commands and probes of the services and of the image; a shell's are taken apart, Python's own left out."""
    found: list[list[str]] = []
    for service in own_services().values():
        found += [service["command"], service["healthcheck"].get("test", ["CMD"])[1:]]
    image = stages()[-1]
    found += [shlex.split(words[words.index("[") :].strip("[]").replace(",", "")) for words in image.all("HEALTHCHECK")]
    split = [part for words in found for part in _apart(words)]
    installed = image_environment()["DAGSTER_HOME"]
    return [[w.replace(installed, str(DEPLOY)) for w in words] for words in split if words and words[0] != "python"]


def _apart(words: list[str]) -> list[list[str]]:
    if words[:3] == ["python", "-m", "streamlit_app"]:
        return [["streamlit", *application.arguments(words[3:])]]
    if words[:2] != ["sh", "-c"]:
        return [words]
    return [shlex.split(part) for part in words[2].split("&&")]


@pytest.mark.parametrize("words", commands(), ids=lambda words: " ".join(words[:3]))
def test_the_program_understands_it(words: list[str]) -> None:
    assert words[0] in PROGRAMS
    assert understood(words).startswith(words[0])


def test_all_parts_were_looked_at() -> None:
    assert {understood(words) for words in commands()} == {
        "discovery db migrate", "discovery health", "dagster instance migrate", "dagster api grpc",
        "dagster api grpc-health-check", "dagster-webserver", "dagster-daemon run", "dagster-daemon liveness-check",
        "streamlit run",
    }  # fmt: skip


@pytest.mark.parametrize("words", [["dagster", "api", "grpc", "--modul", "x"], ["discovery", "db", "migrated"]])
def test_a_slip_is_noticed(words: list[str]) -> None:
    with pytest.raises(Exception, match="No such"):
        understood(words)
