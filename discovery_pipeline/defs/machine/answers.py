"""Whether a part does its work: what it answers when asked. Each returns "" when well, else what is missing.

Keep out: starting and waiting (supervisor).
"""

import socket
from collections.abc import Callable
from contextlib import closing
from typing import Any

import httpx

from discovery_pipeline.domain.errors import DiscoveryError
from discovery_pipeline.services.dagster_api.client import DagsterApi

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
        # A proxy of the environment leads away from this machine.
        status = httpx.get(url, timeout=TIMEOUT_S, trust_env=False).status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"{url}: {error}"
    return "" if status == 200 else f"{url}: HTTP {status}"


def dagster_loaded(address: str) -> str:
    """Dagster's web server answers and has loaded the code location. Raises DiscoveryError when that can't load."""
    missing = serves(f"{address}/server_info")
    if missing:
        return missing
    try:
        entries = _query(address, LOCATIONS)["workspaceOrError"].get("locationEntries", [])
    except (DiscoveryError, KeyError) as error:
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
    except (DiscoveryError, KeyError) as error:
        return f"{address}/graphql: {error}"
    silent = [s["daemonType"] for s in statuses if s["required"] and (s["lastHeartbeatTime"] or 0) < since]
    return f"no sign of {', '.join(silent)}" if silent else ""


def _query(address: str, document: str) -> Any:
    """The data of a GraphQL answer. Raises Unreachable, PermanentError."""
    with closing(DagsterApi(address)) as api:
        return api.query(document, timeout_s=TIMEOUT_S)


def _last_line(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"
