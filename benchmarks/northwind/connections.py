"""A week of connections as an agent fleet and two firewalls reported them, merged into one delimited file.

Application traffic drowns in directory, time, backup, monitoring and scanner traffic; some records are listening
sockets, refused or unanswered attempts, answers seen from the server's side, loopback or multicast.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from benchmarks.northwind.edges import Edges
from benchmarks.northwind.exports import Export, Row, Table, clock, delimited
from benchmarks.northwind.story import APPS, App
from benchmarks.northwind.things import Thing, World
from benchmarks.northwind.world import database_port

HEADERS: tuple[tuple[str, str], ...] = (
    ("Collected At", "observed_at"),
    ("Source Host", "source_host"),
    ("Source IP", "source_ip"),
    ("Source Port", "source_port"),
    ("Source Process", "source_process"),
    ("Destination Host", "destination_host"),
    ("Destination IP", "destination_ip"),
    ("Destination Port", "destination_port"),
    ("Protocol", "protocol"),
    ("State", "state"),
    ("Firewall Action", "action"),
    ("Sessions", "connection_count"),
    ("Bytes", "bytes"),
)
PROCESSES = {
    1433: "sqlservr.exe",
    1521: "tnslsnr",
    5432: "postgres",
    8443: "java",
    443: "nginx",
    53: "dns.exe",
    389: "lsass.exe",
}
PARTNERS = {"swift": "203.0.113.40", "cards": "198.51.100.17", "mkt": "203.0.113.90", "fraud": "198.51.100.62"}


@dataclass(frozen=True)
class End:
    """One side of a connection; name is what the collector put in the host column."""

    ip: str
    name: str = ""


@dataclass(frozen=True)
class Flow:
    source: End
    target: End
    port: int
    protocol: str = "tcp"
    state: str = "ESTABLISHED"
    action: str = "ALLOW"
    client: str = ""
    seen: int = 1


def end(thing: Thing, rng: random.Random) -> End:
    """Short name, FQDN in capitals, or nothing where reverse lookup failed."""
    return End(thing.ip, rng.choice((thing.name, thing.name, thing.fqdn, thing.name.upper(), "")))


def application_flows(world: World, rng: random.Random, edges: Edges) -> Iterator[Flow]:
    """web -> app -> database inside an application, app -> app between them, app -> partner outside."""
    names = {a.code: a for a in APPS}
    for app in APPS:
        for environment in ("production", "test", "development"):
            web, mid, db = (world.serving(app, role, environment) for role in ("web", "app", "db"))
            for source, targets, port in ((web, mid or db, 8443), (mid, db, 0)):
                for client in source:
                    for server in targets:
                        edges.add(client.id, server.id, "tier")
                        real = database_port(server) if server.engine else port
                        yield Flow(end(client, rng), end(server, rng), real, client="java", seen=rng.randint(3, 6))
            if environment == "production":
                yield from calls(world, app, [names[n] for n in app.needs], rng, edges)


def calls(world: World, app: App, needed: list[App], rng: random.Random, edges: Edges) -> Iterator[Flow]:
    clients = world.serving(app, "app") or world.serving(app, "web")
    for other in needed:
        servers = world.serving(other, "app")
        edges.add(world.named(app.name).id, world.named(other.name).id, "application")
        for client in clients[:2]:
            server = rng.choice(servers)
            edges.add(client.id, server.id, "tier")
            yield Flow(end(client, rng), end(server, rng), 8443, client="java", seen=rng.randint(2, 5))
    if app.code in PARTNERS:
        for client in clients:
            edges.add(client.id, "", "external", address=PARTNERS[app.code])
            yield Flow(end(client, rng), End(PARTNERS[app.code]), 443, client="java", seen=3)


def shared_flows(world: World, rng: random.Random, edges: Edges) -> Iterator[Flow]:
    """What every server does: look up names, log on, ask the time, send logs, be backed up, be watched."""
    controllers, clocks, backup, logs = (world.role(r) for r in ("dc", "ntp", "bck", "log"))
    monitor = world.role("mon")[0]
    for server in world.servers():
        if server.role not in ("dc", "mon"):
            controller = rng.choice(controllers)
            edges.add(server.id, controller.id, "infrastructure")
            yield Flow(
                end(server, rng),
                end(controller, rng),
                53,
                "udp",
                "",
                client="svchost.exe" if server.is_windows else "systemd-resolve",
                seen=2,
            )
            if server.is_windows:
                yield Flow(end(server, rng), end(controller, rng), rng.choice((389, 88, 445)), client="lsass.exe")
        if server.role in ("web", "app", "db"):
            for provider, port, protocol, share in ((rng.choice(clocks), 123, "udp", 0.5), (logs[0], 514, "udp", 0.5)):
                if rng.random() < share:
                    edges.add(server.id, provider.id, "management" if port == 514 else "infrastructure")
                    yield Flow(end(server, rng), end(provider, rng), port, protocol, "")
            media = rng.choice(backup)
            edges.add(server.id, media.id, "management")
            yield Flow(end(server, rng), end(media, rng), 1556, client="nbpxyhelper", seen=2)
        if server is not monitor:
            edges.add(monitor.id, server.id, "management")
            yield Flow(end(monitor, rng), end(server, rng), 10050, client="zabbix_server", seen=2)


def people_flows(world: World, rng: random.Random, edges: Edges) -> Iterator[Flow]:
    """Desktops to file servers and portals, administrators through jump hosts, one scanner to everything in reach."""
    files, portals = world.role("file"), [s for s in world.role("web") if "HR Portal" in s.apps or "Intranet" in s.apps]
    for desk in world.of("end_user_device"):
        for server, port in ((rng.choice(files), 445), (rng.choice(portals), 443)):
            edges.add(desk.id, server.id, "access")
            yield Flow(end(desk, rng), end(server, rng), port, client="chrome.exe" if port == 443 else "System", seen=2)
    jump, scanner, servers = world.role("jmp"), world.role("scan")[0], world.servers()
    for server in rng.sample([s for s in servers if s.role in ("app", "db")], 30):
        host = rng.choice(jump)
        edges.add(host.id, server.id, "management")
        yield Flow(end(host, rng), end(server, rng), 3389 if server.is_windows else 22, client="mstsc.exe")
    for server in [s for s in servers if s.site == scanner.site and s is not scanner][:40]:
        edges.add(scanner.id, server.id, "management")
        for port in rng.sample((21, 22, 23, 80, 135, 443, 445, 3306, 3389, 5900, 8080), 5):
            yield Flow(end(scanner, rng), end(server, rng), port, client="nessusd")


def noise_flows(world: World, rng: random.Random) -> Iterator[Flow]:
    """Records from which nothing follows."""
    servers = [s for s in world.servers() if s.role in ("web", "app", "db")]
    for server in servers:
        if server.engine:
            yield Flow(End(server.ip, server.name), End("0.0.0.0"), database_port(server), state="LISTEN", action="")
    for server in rng.sample(servers, 40):
        yield Flow(End("127.0.0.1", server.name), End("127.0.0.1", server.name), 9000, client="java")
        yield Flow(End(server.ip, server.name), End("224.0.0.251"), 5353, "udp", "", client="avahi-daemon")
    for client, server in zip(rng.sample(servers, 60), rng.sample(servers, 60), strict=True):
        verdict = rng.choice((("", "DENY"), ("", "DROP"), ("SYN_SENT", "")))
        port = rng.choice((22, 445, 1433, 3389))
        yield Flow(
            end(client, rng), end(server, rng), port, state=verdict[0], action=verdict[1], seen=rng.randint(1, 3)
        )
    for n in range(40):
        target = rng.choice(servers)
        yield Flow(End(f"192.0.2.{10 + n}"), end(target, rng), rng.choice((22, 23, 3389)), state="", action="DENY")
    for n in range(12):
        yield Flow(End(f"10.99.3.{20 + n}"), end(rng.choice(servers), rng), 443)


def observations(flow: Flow, rng: random.Random) -> Iterator[Row]:
    """Each time a connection was seen; database servers now and then report it from their own side."""
    for _ in range(flow.seen):
        turned = flow.port in (1433, 1521, 5432) and flow.state == "ESTABLISHED" and rng.random() < 0.15
        ephemeral = "" if flow.state == "LISTEN" else str(rng.randint(49152, 65535))
        client, server = (
            (flow.source.name, flow.source.ip, ephemeral),
            (flow.target.name, flow.target.ip, str(flow.port)),
        )
        process = flow.client
        if flow.state == "LISTEN":
            client, server = (flow.source.name, flow.source.ip, str(flow.port)), ("", flow.target.ip, "0")
        if turned:
            client, server, process = server, client, PROCESSES[flow.port]
        when = f"2025-06-{rng.randint(21, 27):02d}T{clock(rng)}Z"
        sessions, volume = str(rng.randint(1, 400)), str(rng.randint(200, 9_000_000))
        ends = (client[0], client[1], client[2], process, *server)
        yield Row((when, *ends, flow.protocol, flow.state, flow.action, sessions, volume), outcome="connection")


def connection_export(world: World, seed: int, edges: Edges) -> Export:
    """About 3,000 rows in time order, three exact repeats and two broken lines among them."""
    rng = random.Random(f"{seed}:connections")
    flows = [
        *application_flows(world, rng, edges),
        *shared_flows(world, rng, edges),
        *people_flows(world, rng, edges),
        *noise_flows(world, rng),
    ]
    rows = sorted((row for flow in flows for row in observations(flow, rng)), key=lambda r: str(r.cells))
    for n in (100, 900, 1700):
        rows.insert(n + 5, replace(rows[n], note="exact repeat"))
    for n in (500, 1500):
        rows.insert(n, Row((*rows[n].cells, "??", ""), outcome="quarantined", note="more cells than columns"))
    table = Table("connections_2025w26", HEADERS, rows)
    return Export("connections_2025w26.csv", delimited(table).encode("utf-8"), (table,))
