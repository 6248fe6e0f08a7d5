"""What `discovery up` starts, in order: the command of each part, when it counts as up, and what it is told.

Keep out: starting and ending (supervisor, processes).
"""

import json
import os
import sys
import time
from dataclasses import dataclass
from functools import partial

from discovery_pipeline.defs.machine.answers import Ask, daemon_works, dagster_loaded, listens, serves
from discovery_pipeline.defs.machine.ports import HOST, free_port
from discovery_pipeline.defs.machine.processes import mark
from discovery_pipeline.defs.machine.state import workspace_file
from discovery_pipeline.settings import Settings

DAGSTER_PORT = 3000
APP_PORT = 8501
DEFINITIONS = "discovery_pipeline.definitions"
DAEMON = "discovery_pipeline.defs.daemon"
# Cold machines read every module from disk; the web server also makes Dagster's tables at its first start.
DEADLINE_S = 90.0


@dataclass(frozen=True)
class Part:
    """name: as its log and messages call it. missing: asks what it lacks, "" when it is up. address: for people."""

    name: str
    command: tuple[str, ...]
    missing: Ask
    address: str = ""
    deadline_s: float = DEADLINE_S


@dataclass(frozen=True)
class Ports:
    """Where the parts for people listen."""

    dagster: int = DAGSTER_PORT
    app: int = APP_PORT

    @property
    def dagster_address(self) -> str:
        return f"http://{HOST}:{self.dagster}"

    @property
    def app_address(self) -> str:
        return f"http://{HOST}:{self.app}"


def environment(settings: Settings, ports: Ports, dagster: dict[str, str]) -> dict[str, str]:
    """The variables of every part. dagster: those of the instance."""
    return {
        **os.environ,
        **dagster,
        **mark(settings.home),
        "DISCOVERY_DAGSTER_API": ports.dagster_address,
        "PYTHONUNBUFFERED": "1",
    }


def code_server_and_app(settings: Settings, ports: Ports) -> tuple[Part, Part, str]:
    """The parts that wait for nobody, and the workspace file that leads Dagster's other parts to the code server."""
    code_port = free_port()
    return _code_server(code_port), _app(ports), _write_workspace(settings, code_port)


def dagster_parts(ports: Ports, workspace: str) -> tuple[Part, Part]:
    """The web server and the daemon, which need the code server."""
    return _webserver(ports, workspace), _daemon(ports, workspace)


def _code_server(port: int) -> Part:
    # Loaded when first asked for: a definition that can't load is reported, with its reason, instead of a dead server.
    command = _python(
        "dagster", "api", "grpc", "-m", DEFINITIONS, "--location-name", DEFINITIONS, "--host", HOST,
        "--port", str(port), "--lazy-load-user-code", "--log-level", "warning",
    )  # fmt: skip
    return Part("code-server", command, partial(listens, HOST, port))


def _webserver(ports: Ports, workspace: str) -> Part:
    command = _python(
        "dagster_webserver", "-w", workspace, "-h", HOST, "-p", str(ports.dagster),
        "--dagster-log-level", "warning",
    )  # fmt: skip
    address = ports.dagster_address
    return Part("dagster", command, partial(dagster_loaded, address), address)


def _daemon(ports: Ports, workspace: str) -> Part:
    works = partial(daemon_works, ports.dagster_address, time.time())
    return Part("daemon", _python(DAEMON, workspace), works)


def _app(ports: Ports) -> Part:
    command = _python(
        "streamlit_app", "--server.address", HOST, "--server.port", str(ports.app),
        "--server.headless", "true", "--server.fileWatcherType", "none", "--browser.gatherUsageStats", "false",
    )  # fmt: skip
    return Part("app", command, partial(serves, f"{ports.app_address}/_stcore/health"), ports.app_address)


def _write_workspace(settings: Settings, code_port: int) -> str:
    path = workspace_file(settings.home)
    server = {"host": HOST, "port": code_port, "location_name": DEFINITIONS}
    path.write_text(json.dumps({"load_from": [{"grpc_server": server}]}), encoding="utf-8")  # JSON is YAML
    return str(path)


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *arguments)
