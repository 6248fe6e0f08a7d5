"""Ports that stand behind an address in one cell, as netstat and ss write them ("10.1.2.3:443").

Keep out: what becomes of the address itself (addresses).
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from discovery_pipeline.domain.handoffs import CanonicalTable, ColumnBinding

# Address column -> the port that belongs to it.
_PORTS = {"source_ip": "source_port", "destination_ip": "destination_port"}
_SOCKET = r"^\s*(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9A-Fa-f:.]+(?:%\w+)?\]|\*):(\d{1,5})\s*$"


def with_socket_ports(table: CanonicalTable) -> CanonicalTable:
    """The table with a port column of its own for each address column whose cells hold ports, where it has none."""
    bound = {binding.field: binding for binding in reversed(table.bindings)}
    wanted = {p: bound[a] for a, p in _PORTS.items() if a in bound and p not in bound}
    if not wanted:
        return table
    ports = {port: pl.col(source.column).str.extract(_SOCKET, 1) for port, source in wanted.items()}
    held = table.frame.select(pl.col(b.column).str.contains(_SOCKET).any().alias(p) for p, b in wanted.items())
    found = [port for port, some in held.collect(engine="streaming").row(0, named=True).items() if some]
    added = tuple(_binding(port, wanted[port]) for port in found)
    frame = table.frame.with_columns(ports[port].alias(port) for port in found)
    return replace(table, frame=frame, bindings=(*table.bindings, *added)) if found else table


def _binding(port: str, source: ColumnBinding) -> ColumnBinding:
    return replace(source, column=port, field=port, unit=None, transform=None)
