"""The payments and channels team's own workbook: a server list people edit by hand, and their application portfolio.

Titles above the header, a header on two lines, totals below, sizes in GB, free text everywhere, an empty sheet behind.
"""

from __future__ import annotations

import random
from datetime import date

from benchmarks.northwind.edges import Edges
from benchmarks.northwind.exports import Column, Export, Row, Table, blank, cells, headers, later
from benchmarks.northwind.story import APPS, DOMAIN, PEOPLE, App
from benchmarks.northwind.things import Thing, World
from benchmarks.northwind.workbooks import Sheet, workbook

TEAM = (
    "Payments Hub",
    "SWIFT Gateway",
    "Card Management",
    "E-Banking",
    "Mobile Banking API",
    "Fraud Screening",
    "Customer 360",
)
SHORT = {"production": ("PRD", "Prod", "PROD"), "test": ("TST", "Test"), "development": ("DEV", "Dev")}
SPELLED_OUT = {ord("ü"): "ue", ord("ö"): "oe", ord("ß"): "ss", ord(" "): "."}
UPPER = ("Server", "", "", "", "Sizing", "", "", "Application", "", "Ownership", "", "", "Notes", "", "")


def written_name(thing: Thing, rng: random.Random) -> str:
    """As people type it: upper case, with domain, with a stray blank."""
    return rng.choice((thing.name, thing.name, thing.name.upper(), thing.fqdn, f" {thing.name} "))


def ram(thing: Thing, rng: random.Random) -> str:
    """GB, sometimes with the unit; now and then what was ordered and not what was delivered."""
    gb = thing.memory_mib // 1024
    return rng.choice((str(gb), str(gb), f"{gb} GB")) if rng.random() > 0.08 else str(gb * 2)


def email(person: str) -> str:
    plain = person.lower().translate(SPELLED_OUT)
    return f"{plain}@{DOMAIN}"


def owner(thing: Thing, rng: random.Random) -> str:
    """The team's view; one name in eight differs from the CMDB's."""
    return rng.choice(PEOPLE) if rng.random() < 0.12 else blank(rng, thing.owner, 0.08, "TBD", "?", "left the bank")


SERVERS = (
    Column("Name", "hostname", written_name),
    Column("Env.", "environment", lambda t, r: r.choice(SHORT[t.environment])),
    Column("O/S", "os_name", lambda t, r: blank(r, t.os.sheet if t.os else "", 0.06, "n/a", "old")),
    Column("IP address", "ip_address", lambda t, r: " / ".join((blank(r, t.ip, 0.1, "", "tbc"), *t.vips)).strip(" /")),
    Column("vCPU", "cpu_count", lambda t, _r: str(t.cpus)),
    Column("RAM (GB)", "memory_mib", ram),
    Column("Disk (GB)", "storage_total_gib", lambda t, r: blank(r, str(sum(t.disks_gib)), 0.15, "", "see vCenter")),
    Column("Application", "application_name", lambda t, _r: " / ".join(t.apps)),
    Column("Role", "application_role", lambda t, _r: {"web": "Web", "app": "App server", "db": "Database"}[t.role]),
    Column("Business owner", "business_owner", owner),
    Column("Contact", "contact_email|business_owner", lambda t, r: blank(r, email(t.owner), 0.3)),
    Column(
        "Support", "technical_owner", lambda t, r: r.choice(("Wintel", "Wintel Ops")) if t.is_windows else "Unix Ops"
    ),
    Column("Depends on", "depends_on", lambda _t, _r: ""),
    Column(
        "In use since",
        "install_date",
        lambda t, r: f"{t.installed:%d/%m/%Y}" if r.random() < 0.6 else f"{t.installed:%m/%Y}",
    ),
    Column(
        "Remarks",
        "description",
        lambda _t, r: blank(r, "", 0.3, "license per core", "patch Sundays only", "certificate expires 11/25!"),
    ),
)


def depends_on(world: World, thing: Thing, app: App, rng: random.Random, edges: Edges) -> str:
    """Free text naming the next tier's servers, noted as the edges it states."""
    following = {"web": "app", "app": "db"}.get(thing.role)
    targets = world.serving(app, following, thing.environment) if following else []
    for target in targets:
        edges.add(thing.id, target.id, "tier")
    names = [target.name for target in targets]
    if not names:
        return blank(rng, "", 0.3, "n/a", "-")
    return rng.choice((", ", "; ", " + ", "\n")).join(names)


def server_table(world: World, rng: random.Random, edges: Edges) -> Table:
    table = Table("Server list", headers(SERVERS))
    for app in (a for a in APPS if a.name in TEAM):
        for thing in (t for t in world.servers() if app.name in t.apps):
            row = cells(SERVERS, thing, rng)
            row["Depends on"] = depends_on(world, thing, app, rng, edges)
            values: list[str | int | date] = list(row.values())
            if rng.random() < 0.5 and "/" in row["In use since"] and len(row["In use since"]) == 10:
                values[13] = thing.installed
            table.rows.append(
                Row(tuple(int(v) if isinstance(v, str) and v.isdigit() else v for v in values), true_id=thing.id)
            )
    count = len(table.rows)
    memory = sum(t.memory_mib // 1024 for t in world.servers() if t.apps and t.apps[0] in TEAM)
    table.rows.append(Row(("Total", "", "", "", "", memory), outcome="dropped", note="totals"))
    table.rows.append(Row((f"Servers in scope: {count}",), outcome="dropped", note="footer"))
    return table


PORTFOLIO: tuple[tuple[str, str], ...] = (
    ("App ID", "source_id"),
    ("Application Name", "application_name|hostname"),
    ("Business Owner", "business_owner"),
    ("IT Owner", "technical_owner"),
    ("Owner E-mail", "contact_email"),
    ("Department", "department"),
    ("Database", "database_engine"),
    ("Tier", "criticality"),
    ("RTO", "disaster_recovery"),
    ("Data class.", "data_classification"),
    ("Regulatory", "compliance_scope"),
    ("Environments", "environment"),
    ("Interfaces to", "depends_on"),
    ("6R (proposal)", "planned_strategy"),
    ("Wave", "planned_wave"),
    ("Last reviewed", "last_seen"),
)


def portfolio_row(world: World, number: int, app: App, rng: random.Random, edges: Edges) -> Row:
    thing = world.named(app.name)
    names = {a.code: a.name for a in APPS}
    for needed in app.needs:
        edges.add(thing.id, world.named(names[needed]).id, "application")
    row = (
        f"APP-{number:03d}",
        app.name,
        thing.owner,
        f"Team {app.department}",
        email(thing.owner),
        app.department,
        app.engine,
        app.criticality,
        f"{(2, 8, 24, 72)[app.criticality - 1]}h",
        rng.choice(("Confidential", "Restricted (PII)", "Internal")),
        "PCI DSS" if app.code in ("cards", "pay", "atm") else blank(rng, "GDPR", 0.3, "none"),
        "/".join(("Prod", *(e for e, letter in (("Test", "t"), ("Dev", "d")) if letter in app.others))),
        ", ".join(names[n] for n in app.needs),
        app.strategy,
        f"W{app.criticality}" if rng.random() < 0.5 else "",
        later(rng, date(2025, 1, 6), 120),
    )
    return Row(row, true_id=thing.id)


def team_workbook(world: World, seed: int, edges: Edges) -> Export:
    rng = random.Random(f"{seed}:team")
    servers = server_table(world, rng, edges)
    portfolio = Table("Applications", PORTFOLIO)
    listed = [a for a in APPS if a.listed]
    portfolio.rows = [portfolio_row(world, 10 + 3 * n, a, rng, edges) for n, a in enumerate(listed)]
    above = (
        ("Payments & Channels - server and application inventory",),
        ("as of June 2025, maintained by hand", "", "CONFIDENTIAL"),
        (),
    )
    sheets = [
        Sheet(servers, above, UPPER, gaps=frozenset((19, len(servers.rows) - 3))),
        Sheet(portfolio, (("Application portfolio 2025",),)),
    ]
    return Export("Payments_server_inventory_v7_FINAL.xlsx", workbook(sheets, ("Sheet3",)), (servers, portfolio))
