"""What is really there: the true things of Northwind Bank, before any export has seen them.

Built from story.py and one seeded generator; no export's format or dirt in here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.northwind.story import (
    APPS,
    ENVIRONMENTS,
    ESXI,
    INFRA,
    MSSQL,
    ORACLE,
    PEOPLE,
    PORTS,
    RHEL7,
    SITES,
    WIN11,
    WIN2012,
    App,
)
from benchmarks.northwind.things import Maker, Thing, World

ESX_MEMORY_MIB = 786_432


def build_world(seed: int) -> World:
    """The whole bank, ids T0001... in order of making."""
    make = Maker(random.Random(f"{seed}:world"))
    world = World()
    things: list[Thing] = list(hypervisors(make))
    for app in APPS:
        things.extend(application_servers(make, app))
    things.extend(infrastructure(make))
    things = [place(make, t) for t in things]
    things = twins(make, shared_uuid(renamed(things)))
    things.extend(stale_servers(make, things))
    things.extend(templates(make))
    things.extend(list(database_instances(things)))
    things.extend(devices(make))
    things.extend(applications(make))
    world.things = [replace(t, id=f"T{n:04d}") for n, t in enumerate(things, start=1)]
    return world


def hypervisors(make: Maker) -> Iterator[Thing]:
    for site, (_, _, net) in SITES.items():
        for kind in ("prod", "test"):
            yield Thing(name=f"CL-{site.upper()}-{kind.upper()}", type="cluster", site=site)
        for n in range(1, 7):
            kind = "PROD" if n <= 4 else "TEST"
            yield Thing(
                name=f"{site}-esx-{n:02d}",
                type="hypervisor",
                site=site,
                os=ESXI,
                cpus=96,
                memory_mib=ESX_MEMORY_MIB,
                ip=make.ip(f"10.{net}.1"),
                mac=make.mac("e4:43:4b"),
                serial=make.service_tag(),
                uuid=make.uuid("4c4c4544"),
                manufacturer="Dell Inc.",
                model="PowerEdge R650",
                cluster=f"CL-{site.upper()}-{kind}",
                installed=make.day(2020, 2022),
                environment="production" if kind == "PROD" else "test",
            )


def application_servers(make: Maker, app: App) -> Iterator[Thing]:
    owner = make.rng.choice(PEOPLE)
    for letter in "p" + app.others:
        tiers = app.tiers if letter == "p" else (0, 2, 1)
        for role, count in zip(("web", "app", "db"), tiers, strict=True):
            for n in range(1, count + 1):
                site = ("zrh", "fra")[(n + 1) % 2] if letter == "p" else "fra"
                physical = (
                    letter == "p" and role == "db" and (app.engine == ORACLE or app.code in ("cards", "dms", "print"))
                )
                yield Thing(
                    name=f"{site}{letter}-{app.code}-{role}{n}",
                    type="physical_server" if physical else "virtual_machine",
                    site=site,
                    environment=ENVIRONMENTS[letter],
                    os=make.rng.choice(app.os),
                    owner=owner,
                    apps=(app.name,),
                    role=role,
                    engine=app.engine if role == "db" else "",
                )


def infrastructure(make: Maker) -> Iterator[Thing]:
    for infra in INFRA:
        for n in range(1, infra.count + 1):
            site = ("zrh", "fra")[(n + 1) % 2]
            yield Thing(
                name=f"{site}p-inf-{infra.role}{n}",
                type="physical_server" if infra.physical else "virtual_machine",
                site=site,
                environment="production",
                os=infra.os,
                owner=make.rng.choice(PEOPLE),
                role=infra.role,
            )


def place(make: Maker, thing: Thing) -> Thing:
    """Give a server its size, address, hardware and host; others pass unchanged."""
    if thing.type not in ("virtual_machine", "physical_server"):
        return thing
    rng = make.rng
    third = {"web": 10, "app": 20, "db": 30}.get(thing.role, 5) + (0 if thing.environment == "production" else 100)
    heavy = thing.role == "db"
    sized = replace(
        thing,
        cpus=rng.choice((8, 16) if heavy else (2, 4, 8)),
        memory_mib=1024 * rng.choice((32, 64, 128) if heavy else (8, 16, 24, 32)),
        disks_gib=(
            rng.choice((60, 80, 100)),
            *(rng.choice((100, 200, 500)) for _ in range(rng.randrange(3) + 2 * heavy)),
        ),
        ip=make.ip(f"10.{SITES[thing.site][2]}.{third}"),
        installed=make.day(2015, 2023),
    )
    return virtual(make, sized) if sized.is_virtual else physical(make, sized)


def virtual(make: Maker, thing: Thing) -> Thing:
    production = thing.environment == "production"
    smbios = make.uuid("42")
    host = make.rng.randint(1, 4) if production else make.rng.randint(5, 6)
    return replace(
        thing,
        uuid=smbios,
        instance_uuid=make.uuid("50"),
        serial=vmware_serial(smbios),
        mac=make.mac("00:50:56"),
        manufacturer="VMware, Inc.",
        model="VMware Virtual Platform",
        parent=f"{thing.site}-esx-{host:02d}",
        cluster=f"CL-{thing.site.upper()}-{'PROD' if production else 'TEST'}",
    )


def physical(make: Maker, thing: Thing) -> Thing:
    hp = make.rng.random() < 0.5
    return replace(
        thing,
        cpus=2 * thing.cpus,
        memory_mib=4 * thing.memory_mib,
        uuid=make.uuid(),
        serial=make.service_tag(),
        mac=make.mac("94:40:c9" if hp else "e4:43:4b"),
        manufacturer="HPE" if hp else "Dell Inc.",
        model="ProLiant DL380 Gen10" if hp else "PowerEdge R740",
    )


def vmware_serial(smbios: str) -> str:
    """The serial number a VMware guest reports: its BIOS UUID, spelled byte by byte."""
    digits = smbios.replace("-", "")
    pairs = [digits[i : i + 2] for i in range(0, 32, 2)]
    return f"VMware-{' '.join(pairs[:8])}-{' '.join(pairs[8:])}"


def renamed(things: list[Thing]) -> list[Thing]:
    """Every 28th server was renamed to the present scheme; the CMDB kept the old name."""
    out, seen = [], 0
    for thing in things:
        seen += thing.is_virtual
        old = f"chsrv{1000 + 7 * seen}" if thing.is_virtual and seen % 28 == 0 else ""
        out.append(replace(thing, renamed_from=old))
    return out


def shared_uuid(things: list[Thing]) -> list[Thing]:
    """Two machines were cloned together with their BIOS UUID, and so with their VMware serial."""
    source = next(t for t in things if t.name == "frat-crm-app1")
    return [replace(t, uuid=source.uuid, serial=source.serial) if t.name == "frat-crm-app2" else t for t in things]


def twins(make: Maker, things: list[Thing]) -> list[Thing]:
    """SQL cluster nodes: same hardware and size, neighbouring serials, one floating address on both."""
    out = {t.name: t for t in things}
    for app in APPS:
        nodes = [t for t in things if t.role == "db" and t.environment == "production" and t.apps == (app.name,)]
        if app.engine != MSSQL or len(nodes) < 2:
            continue
        first, vip = nodes[0], make.ip("10.20.30")
        for n, node in enumerate(nodes, start=1):
            out[node.name] = replace(
                node,
                vips=(vip,),
                serial=f"{first.serial[:-1]}{n}",
                manufacturer=first.manufacturer,
                model=first.model,
                cpus=first.cpus,
                memory_mib=first.memory_mib,
                disks_gib=first.disks_gib,
            )
    return list(out.values())


def stale_servers(make: Maker, things: list[Thing]) -> Iterator[Thing]:
    """Decommissioned machines; the first two carry an address that a living server uses today."""
    reused = [t.ip for t in things if t.role == "app" and t.is_virtual][3:5]
    for n in range(1, 13):
        virtual_one = n % 3 > 0
        smbios = make.uuid("42")
        yield Thing(
            name=f"chsrv{400 + 13 * n}",
            type="virtual_machine" if virtual_one else "physical_server",
            stale=True,
            environment="production",
            os=WIN2012 if n % 2 else RHEL7,
            cpus=4,
            memory_mib=8192,
            disks_gib=(80, 100),
            ip=reused[n - 1] if n <= len(reused) else make.ip("10.20.77"),
            mac=make.mac("00:50:56"),
            serial=vmware_serial(smbios) if virtual_one else make.service_tag(),
            uuid=smbios,
            manufacturer="VMware, Inc." if virtual_one else "HPE",
            model="VMware Virtual Platform" if virtual_one else "ProLiant DL360p Gen8",
            installed=make.day(2011, 2014),
            owner=make.rng.choice(PEOPLE),
        )


def templates(make: Maker) -> Iterator[Thing]:
    names = ("tmpl-win2019-2024Q4", "tmpl-win2022-2025Q1", "tmpl-rhel8-gold", "tmpl-ubuntu2204")
    releases = {a.os[0].vcenter.split(" (")[0]: a.os[0] for a in APPS}
    for name, os in zip(names, list(releases.values())[:4], strict=True):
        yield Thing(
            name=name,
            type="virtual_machine",
            is_template=True,
            os=os,
            cpus=2,
            memory_mib=4096,
            disks_gib=(60,),
            uuid=make.uuid("42"),
            instance_uuid=make.uuid("50"),
            parent="zrh-esx-05",
            cluster="CL-ZRH-TEST",
            installed=make.day(2024, 2024),
        )


def database_instances(things: list[Thing]) -> Iterator[Thing]:
    prefix = {MSSQL: "MSSQLSERVER", ORACLE: "", "PostgreSQL": "postgres"}
    for server in things:
        if not server.engine:
            continue
        name = prefix[server.engine] or f"{server.name.split('-')[1]}{server.name[3]}{server.name[-1]}".upper()
        yield replace(
            server,
            name=f"{name}@{server.name}",
            type="database",
            parent=server.name,
            renamed_from="",
            vips=(),
            cpus=0,
            memory_mib=0,
            disks_gib=(),
            serial="",
            uuid="",
            instance_uuid="",
            mac="",
            os=None,
        )


def devices(make: Maker) -> Iterator[Thing]:
    """Everything with a plug that is no server."""
    kinds = (
        ("network_device", "sw", 20, "Cisco", "Catalyst 9300-48T", "9"),
        ("network_device", "rtr", 6, "Cisco", "ISR 4451-X", "9"),
        ("security_device", "fw", 4, "Palo Alto Networks", "PA-3220", "8"),
        ("load_balancer", "lb", 4, "F5 Networks", "BIG-IP i5800", "8"),
        ("storage", "san", 6, "NetApp", "AFF A400", "7"),
        ("printer", "prn", 6, "Lexmark", "MX722ade", "60"),
        ("end_user_device", "ws", 32, "LENOVO", "20XWCTO1WW", "61"),
    )
    for kind, short, count, maker, model, third in kinds:
        for n in range(1, count + 1):
            site = ("zrh", "fra")[n % 2]
            computer = kind == "end_user_device"
            yield Thing(
                name=f"{site}-{short}-{n:02d}",
                type=kind,
                site=site,
                manufacturer=maker,
                model=model,
                ip=make.ip(f"10.{SITES[site][2]}.{third}"),
                mac=make.mac("3c:13:cc"),
                serial=make.service_tag() + f"{n:02d}",
                installed=make.day(2018, 2023),
                owner=make.rng.choice(PEOPLE) if computer else "",
                environment="production" if kind == "load_balancer" else "",
                os=WIN11 if computer else None,
                cpus=8 if computer else 0,
                memory_mib=16384 if computer else 0,
                uuid=make.uuid() if computer else "",
            )


def applications(make: Maker) -> Iterator[Thing]:
    for app in APPS:
        yield Thing(name=app.name, type="application", owner=make.rng.choice(PEOPLE), apps=(app.name,))


def database_port(thing: Thing) -> int:
    return PORTS[thing.engine]
