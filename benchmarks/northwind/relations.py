"""The CMDB's relationship table (cmdb_rel_ci), exported with column names."""

from __future__ import annotations

import random
from dataclasses import replace

from benchmarks.northwind.edges import Edges
from benchmarks.northwind.exports import Export, Row, Table, delimited
from benchmarks.northwind.story import APPS
from benchmarks.northwind.things import Thing, World

HEADERS: tuple[tuple[str, str], ...] = (
    ("sys_id", ""),
    ("parent", "parent"),
    ("parent.sys_class_name", ""),
    ("type", "relationship_type"),
    ("child", "child"),
    ("child.sys_class_name", ""),
    ("connection_strength", ""),
    ("percent_outage", ""),
    ("sys_updated_on", ""),
)
CLASSES = {
    "application": "Business Application",
    "database": "Database Instance",
    "virtual_machine": "Server",
    "physical_server": "Server",
    "hypervisor": "ESX Server",
    "storage": "Storage Device",
    "cluster": "Cluster",
    "load_balancer": "F5 BIG-IP",
}


def relation(parent: str, parent_class: str, kind: str, child: str, child_class: str, rng: random.Random) -> Row:
    updated = (
        f"2025-{rng.randint(1, 6):02d}-{rng.randint(1, 28):02d} 02:{rng.randrange(60):02d}:{rng.randrange(60):02d}"
    )
    key = f"{rng.getrandbits(128):032x}"
    strength = rng.choice(("always", "", "sometimes"))
    row = (key, parent, parent_class, kind, child, child_class, strength, rng.choice(("0", "100")), updated)
    return Row(row, outcome="relationship")


def between(parent: Thing, kind: str, child: Thing, rng: random.Random) -> Row:
    """Names as the CMDB has them, so renamed machines stand here under the old one."""
    names = [t.renamed_from or t.name for t in (parent, child)]
    return relation(names[0], CLASSES[parent.type], kind, names[1], CLASSES[child.type], rng)


def hosting(world: World, rng: random.Random, edges: Edges) -> list[Row]:
    by_name = {t.name: t for t in world.things}
    rows = []
    for database in world.of("database"):
        server = by_name[database.parent]
        rows.append(between(database, "Runs on::Runs", server, rng))
        edges.add(database.id, server.id, "hosting")
    vms = [t for t in world.of("virtual_machine") if t.parent and not t.is_template]
    return rows + [between(vm, "Virtualized by::Virtualizes", by_name[vm.parent], rng) for vm in vms[::2]]


def applications(world: World, rng: random.Random, edges: Edges) -> list[Row]:
    """Application to application is a dependency; application to its servers is membership."""
    names = {a.code: a.name for a in APPS}
    rows = []
    for app in APPS:
        thing = world.named(app.name)
        for needed in app.needs:
            rows.append(between(thing, "Depends on::Used by", world.named(names[needed]), rng))
            edges.add(thing.id, world.named(names[needed]).id, "application")
        for server in (t for t in world.servers() if app.name in t.apps and t.environment == "production"):
            rows.append(between(thing, "Runs on::Runs", server, rng))
            edges.add(thing.id, server.id, "hosting", required=False)
    return rows


def shared(world: World, rng: random.Random, edges: Edges) -> list[Row]:
    """Storage behind hypervisors (the words turn the direction round) and load balancers before web servers."""
    rows = []
    arrays, balancers = world.of("storage"), world.of("load_balancer")
    for n, host in enumerate(world.of("hypervisor")):
        array = next(a for a in arrays[n % 3 :] if a.site == host.site)
        rows.append(between(array, "Provides storage for::Stored on", host, rng))
        edges.add(host.id, array.id, "infrastructure")
    for n, server in enumerate(world.role("web")):
        if server.environment == "production":
            balancer = next(b for b in balancers[n % 2 :] if b.site == server.site)
            rows.append(between(balancer, "Depends on::Used by", server, rng))
            edges.add(balancer.id, server.id, "tier")
    return rows


def noise(world: World, rng: random.Random) -> list[Row]:
    """Rooms, machines nobody knows any more, blank ends."""
    servers = world.servers()
    rows = [
        relation(s.name, "Server", "Located in::Houses", "Zurich DC1 Room 2", "Computer Room", rng)
        for s in servers[:12]
    ]
    rows += [relation(f"chold{n:03d}", "Server", "Depends on::Used by", "legacy-nas", "Server", rng) for n in range(6)]
    rows += [relation("", "", "Depends on::Used by", servers[n].name, "Server", rng) for n in (3, 30)]
    return rows


def relationship_export(world: World, seed: int, edges: Edges) -> Export:
    rng = random.Random(f"{seed}:relations")
    rows = [
        *hosting(world, rng, edges),
        *applications(world, rng, edges),
        *shared(world, rng, edges),
        *noise(world, rng),
    ]
    rng.shuffle(rows)
    rows.insert(90, replace(rows[30], note="exact repeat"))
    table = Table("cmdb_rel_ci_2025-06-30", HEADERS, rows)
    return Export("cmdb_rel_ci_2025-06-30.csv", delimited(table).encode("utf-8"), (table,))
