"""The true calls of a world: who needs whom, on which port, how often. All numbers are rows of the estate's things.

Keep out: what collectors see of them (records), what people write of them (statements).
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from benchmarks.dependencies.world.population import World
from benchmarks.dependencies.world.portfolio import Application

# target -1: an address outside (address). kinds: the contract's kinds that are right, the likeliest first, joined by
# "|". rate: connections a day. process: of the listener. needed: the dependent really needs it, so that it is an edge.
CALLS: dict[str, pl.DataType] = {
    "source": pl.Int64(), "target": pl.Int64(), "address": pl.String(), "port": pl.Int64(), "protocol": pl.String(),
    "kinds": pl.String(), "rate": pl.Float64(), "process": pl.String(), "what": pl.String(),
}  # fmt: skip
Servers = Mapping[tuple[int, str], Mapping[str, list[int]]]
_NEEDS = 1.6
# Share of the applications that need it.
_HUBS = {"login": 0.4, "bus": 0.25}
_CARRIED_OVER = ((0.8, "service"), (0.1, "database"), (0.06, "transfer"), (0.04, "files"))


@dataclass
class Calls:
    """Calls as they are found, and the needs between applications (pairs of their rows)."""

    rng: np.random.Generator
    rows: list[tuple[int, int, str, int, str, str, float, str, str]] = field(default_factory=list)
    needs: set[tuple[int, int]] = field(default_factory=set)
    uses: set[tuple[int, int]] = field(default_factory=set)

    def add(self, source: int, target: int, port: int, kinds: str, what: str, rate: float = 40.0, **more: Any) -> None:
        drawn = float(rate * np.exp(1.4 * self.rng.standard_normal()))
        process, protocol, address = more.get("process", ""), more.get("protocol", "tcp"), more.get("address", "")
        if source != target:
            self.rows.append((source, target, address, port, protocol, kinds, drawn, process, what))

    def frame(self) -> pl.DataFrame:
        """CALLS, one row per source, target and port."""
        frame = pl.DataFrame(self.rows, schema=CALLS, orient="row")
        return frame.unique(["source", "target", "address", "port", "protocol"], keep="first", maintain_order=True)


def calls(world: World, rng: np.random.Generator) -> Calls:
    """Everything that talks for a reason."""
    found = Calls(rng)
    servers = _servers(world)
    for (app, environment), tiers in servers.items():
        _inside(found, world.applications[app], tiers)
        _balanced(found, world, world.applications[app], tiers, environment)
    _shared_databases(found, world, servers)
    _between(found, world, servers)
    _outside(found, servers)
    _services(found, world)
    _devices(found, world, servers)
    return found


def _servers(world: World) -> Servers:
    """Living servers by application, environment and tier; those that serve two are in both."""
    found: dict[tuple[int, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    living = world.living().filter(pl.col("app").is_not_null()).select("number", "app", "also", "environment", "role")
    for number, app, also, environment, role in living.iter_rows():
        found[app, environment][role].append(number)
        if also is not None:
            found[also, environment][role].append(number)
    return {key: found[key] for key in sorted(found)}


def _some(rng: np.random.Generator, of: list[int], most: int) -> list[int]:
    return [int(n) for n in rng.permutation(of)[:most]]


def _inside(found: Calls, application: Application, tiers: Mapping[str, list[int]]) -> None:
    """web -> app -> database, cache, queue; batch -> application and database; partners of a cluster to each other."""
    path = {"web": ("app",), "app": ("db", "cache", "queue"), "batch": ("db", "app"), "queue": ()}
    for client, providers in path.items():
        wanted = providers if client != "web" or tiers.get("app") else ("db",)
        for source in tiers.get(client, ()):
            for provider in wanted:
                port, process = application.listens[provider]
                for target in _some(found.rng, list(tiers.get(provider, ())), 3 if client == "web" else 2):
                    rate = 1.0 if client == "batch" else 40.0
                    found.add(source, target, port, "tier", "inside", rate, process=process)
    for tier, port in (("db", 5022), ("app", 7800), ("queue", 25672)):
        members = list(tiers.get(tier, ()))
        if len(members) > 1 and found.rng.random() < 0.35:
            for a, b in itertools.pairwise(members[:4]):
                found.add(a, b, port, "tier", "cluster", 20.0)
                found.add(b, a, port, "tier", "cluster", 20.0)


def _balanced(
    found: Calls, world: World, application: Application, tiers: Mapping[str, list[int]], environment: str
) -> None:
    """A load balancer in front of two web servers or more: it calls them."""
    balancers = world.estate.of("load_balancer")["number"].to_list()
    web = tiers.get("web", ())
    if len(web) > 1 and balancers and environment == "production" and found.rng.random() < 0.3:
        balancer = balancers[found.rng.integers(len(balancers))]
        port, process = application.listens["web"]
        for target in web:
            found.add(balancer, target, port, "tier|infrastructure|management|access", "balancer", 300.0,
                      process=process)  # fmt: skip


def _shared_databases(found: Calls, world: World, servers: Servers) -> None:
    """Applications without a database server of their own use one of three that another application has."""
    offering = [key for key, tiers in servers.items() if tiers.get("db") and key[1] == "production"]
    if not offering:
        return
    pool = [offering[i] for i in found.rng.permutation(len(offering))[: max(3, len(offering) // 12)]]
    for (app, _environment), tiers in servers.items():
        if not world.applications[app].shares_database or tiers.get("db"):
            continue
        owner, where = pool[found.rng.integers(len(pool))]
        target = servers[owner, where]["db"][0]
        port, process = world.applications[owner].listens["db"]
        for source in tiers.get("app", ()) or tiers.get("web", ()):
            found.add(source, target, port, "tier", "shared database", process=process)
            found.uses.add((app, target))


def _between(found: Calls, world: World, servers: Servers) -> None:
    """Each application needs some others, popular ones more often; login and bus are needed by many."""
    apps = sorted(world.applications)
    popular = 1 / (1 + found.rng.permutation(len(apps)))
    popular /= popular.sum()
    hubs = {app: _HUBS[a.hub] for app, a in sorted(world.applications.items()) if a.hub}
    for app in apps:
        application = world.applications[app]
        picked = set(found.rng.choice(apps, found.rng.poisson(_NEEDS), p=popular).tolist())
        picked |= {hub for hub, share in hubs.items() if found.rng.random() < share}
        if application.hub == "bus":
            picked |= set(found.rng.choice(apps, len(apps) // 7).tolist())
        for other in sorted(picked - {app}):
            _carry(found, world, servers, app, int(other))


def _carry(found: Calls, world: World, servers: Servers, app: int, other: int) -> None:
    """The need of one application for another, and the calls between their servers that it consists of."""
    clients, providers = servers.get((app, "production")), servers.get((other, "production"))
    if not clients or not providers:
        return
    how = str(found.rng.choice([h for _, h in _CARRIED_OVER], p=[s for s, _ in _CARRIED_OVER]))
    to = "db" if how == "database" and providers.get("db") else "app" if providers.get("app") else "web"
    to = "queue" if world.applications[other].hub == "bus" and providers.get("queue") else to
    to = "web" if world.applications[other].hub == "login" and providers.get("web") else to
    sources = list(clients.get("app", ()) or clients.get("web", ()) or clients.get("batch", ()))
    targets = list(providers.get(to, ()) or providers.get("db", ()))
    if not sources or not targets:
        return
    port, process = world.applications[other].listens.get(to, (8443, "java"))
    port = {"transfer": 22, "files": 445}.get(how, port)
    rate = 1.5 if how in ("transfer", "files") else 15.0
    kinds = "tier|management|infrastructure" if how in ("transfer", "files") else "tier"
    for source in _some(found.rng, sources, 3):
        for target in _some(found.rng, targets, 2):
            found.add(source, target, port, kinds, "between", rate, process=process)
    found.needs.add((app, other))
    if found.rng.random() < 0.3 and (tests := servers.get((app, "test"))) and (others := servers.get((other, "test"))):
        for source in _some(found.rng, list(tests.get("app", ())), 1):
            for target in _some(found.rng, list(others.get(to, ())), 1):
                found.add(source, target, port, kinds, "between", rate / 4, process=process)


def _outside(found: Calls, servers: Servers) -> None:
    """Partners and services on the internet."""
    for (_app, environment), tiers in servers.items():
        if environment == "production" and found.rng.random() < 0.18 and tiers.get("app"):
            address = f"{found.rng.choice(['198.51.100', '203.0.113', '192.0.2'])}.{found.rng.integers(1, 250)}"
            for source in tiers["app"][:2]:
                found.add(source, -1, 443, "external", "partner", 10.0, address=address)


def _services(found: Calls, world: World) -> None:
    """What nearly every server uses, or is used by, and ties nothing together."""
    living = world.living()
    numbers = living["number"].to_numpy()
    for role, service in world.services.items():
        hosts = living.filter(service=role)["number"].to_list()
        if not hosts:
            continue
        clients = numbers[found.rng.random(len(numbers)) < float(str(service["share"]))]
        ports, udp = _listed(service["ports"]), set(_listed(service.get("udp", ())))
        for client in (int(n) for n in clients):
            for port in _some(found.rng, ports, min(len(ports), 3 if role != "scn" else 8)):
                host = int(found.rng.choice(hosts))
                source, target = (client, host) if service["side"] == "client" else (host, client)
                kinds = (
                    "infrastructure|management" if service["kind"] == "infrastructure" else "management|infrastructure"
                )
                found.add(source, target, port, kinds, f"service:{role}", float(str(service["rate"])),
                          protocol="udp" if port in udp else "tcp")  # fmt: skip
    hypervisors = world.estate.of("hypervisor")["number"].to_list()
    for a, b in itertools.pairwise(hypervisors):
        found.add(a, b, 8000, "management|infrastructure|tier|hosting", "vmotion", 5.0)


def _listed(value: object) -> list[int]:
    return [int(v) for v in value] if isinstance(value, Iterable) else []


def _devices(found: Calls, world: World, servers: Servers) -> None:
    """Desktops use a few applications' web servers."""
    fronts = [(app, tiers["web"]) for (app, e), tiers in servers.items() if tiers.get("web") and e == "production"]
    if not fronts:
        return
    for device in world.estate.of("end_user_device")["number"].to_list():
        for at in found.rng.integers(0, len(fronts), 3):
            app, web = fronts[at]
            port, process = world.applications[app].listens["web"]
            found.add(int(device), int(found.rng.choice(web)), port, "access", "user", 12.0, process=process)
