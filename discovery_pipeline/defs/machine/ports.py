"""Whether an address is free, and who has it."""

import socket
from contextlib import suppress

import psutil  # type: ignore[import-untyped]

from discovery_pipeline.domain.errors import ConfigurationError

HOST = "127.0.0.1"


def refuse_taken(port: int, option: str) -> None:
    """Raises ConfigurationError when somebody listens on the port. option: the one that chooses another."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ConfigurationError(
                f"can't be listened on: {error.strerror}{_listener(port)}",
                where=f"{HOST}:{port}",
                advice=f"end what listens there, or choose another port with {option}",
            ) from None


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _listener(port: int) -> str:
    """The process that listens there, in words; nothing where the system doesn't tell."""
    with suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                return f" by {psutil.Process(connection.pid).name()}, process {connection.pid}"
    return ""
