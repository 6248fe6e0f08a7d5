"""Whether a part does its work: what it answers when asked. Each returns "" when well, else what is missing.

Keep out: starting and waiting (supervisor).
"""

import json
import socket
import urllib.request
from collections.abc import Callable
from typing import Any

from discovery_pipeline.domain.errors import DiscoveryError

TIMEOUT_S = 5.0
LOCATIONS = """{ workspaceOrError { ... on Workspace { locationEntries {
  loadStatus locationOrLoadError { __typename ... on PythonError { message } } } } } }"""
DAEMONS = "{ instance { daemonHealth { allDaemonStatuses { daemonType required lastHeartbeatTime } } } }"

Ask = Callable[[], str]


def listens(host: str, port: int) -> str:
    """A server accepts connections."""
    try:
        socket.create_connection((host, port), timeout=TIMEOUT_S).close()
    except OSError as error:
        return str(error)
    return ""


def serves(url: str) -> str:
    """An address answers with HTTP 200."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:  # noqa: S310 - our own http address
            return "" if answer.status == 200 else f"HTTP {answer.status}"
    except (OSError, ValueError) as error:
        return f"{url}: {error}"


def dagster_loaded(address: str) -> str:
    """Dagster's web server answers and has loaded the code location. Raises DiscoveryError when that can't load."""
    missing = serves(f"{address}/server_info")
    if missing:
        return missing
    try:
        entries = _query(address, LOCATIONS)["workspaceOrError"].get("locationEntries", [])
    except (OSError, ValueError, KeyError) as error:
        return f"{address}/graphql: {error}"
    for entry in entries:
        loaded = entry["locationOrLoadError"] or {}
        if loaded.get("__typename") == "PythonError":
            raise DiscoveryError(
                f"the definitions don't load: {_last_line(loaded['message'])}", where="Dagster", advice="dg check defs"
            )
        if entry["loadStatus"] != "LOADED" or not loaded:
            return "the code location is loading"
    return "" if entries else "no code location yet"


def daemon_works(address: str, since: float) -> str:
    """Every daemon that the instance needs has given a sign of life since then (seconds since 1970)."""
    try:
        statuses = _query(address, DAEMONS)["instance"]["daemonHealth"]["allDaemonStatuses"]
    except (OSError, ValueError, KeyError) as error:
        return f"{address}/graphql: {error}"
    silent = [s["daemonType"] for s in statuses if s["required"] and (s["lastHeartbeatTime"] or 0) < since]
    return f"no sign of {', '.join(silent)}" if silent else ""


def _query(address: str, document: str) -> Any:
    """The data of a GraphQL answer. Raises OSError, ValueError, KeyError."""
    request = urllib.request.Request(  # noqa: S310 - our own http address
        f"{address}/graphql", json.dumps({"query": document}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
        return json.load(answer)["data"]


def _last_line(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"
