"""What a true thing is, the collection of them, and the maker that hands out addresses and hardware."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta

from benchmarks.northwind.story import DOMAIN, App, Os

TODAY = date(2025, 6, 30)


@dataclass(frozen=True, kw_only=True)
class Thing:
    """One real thing. Sizes in MiB and GiB; ip and vips are its own and its shared cluster addresses.

    renamed_from: the name some source still carries. stale: only the CMDB remembers it. parent: the host it runs on.
    """

    id: str = ""
    name: str
    type: str
    site: str = "zrh"
    environment: str = ""
    os: Os | None = None
    cpus: int = 0
    memory_mib: int = 0
    disks_gib: tuple[int, ...] = ()
    ip: str = ""
    vips: tuple[str, ...] = ()
    mac: str = ""
    serial: str = ""
    uuid: str = ""
    instance_uuid: str = ""
    manufacturer: str = ""
    model: str = ""
    owner: str = ""
    apps: tuple[str, ...] = ()
    role: str = ""
    parent: str = ""
    cluster: str = ""
    installed: date = TODAY
    renamed_from: str = ""
    stale: bool = False
    is_template: bool = False
    engine: str = ""

    @property
    def fqdn(self) -> str:
        return f"{self.name}.{DOMAIN}"

    @property
    def is_virtual(self) -> bool:
        return self.type == "virtual_machine"

    @property
    def is_windows(self) -> bool:
        return self.os is not None and self.os.family == "windows"


@dataclass
class World:
    """All things, in a fixed order; names are unique."""

    things: list[Thing] = field(default_factory=list)

    def of(self, *types: str) -> list[Thing]:
        return [t for t in self.things if t.type in types]

    def named(self, name: str) -> Thing:
        return next(t for t in self.things if t.name == name)

    def servers(self) -> list[Thing]:
        """Servers in use: virtual and physical, no templates, nothing stale."""
        return [t for t in self.of("virtual_machine", "physical_server") if not (t.stale or t.is_template)]

    def role(self, role: str) -> list[Thing]:
        return [t for t in self.servers() if t.role == role]

    def serving(self, app: App, role: str, environment: str = "production") -> list[Thing]:
        """The servers of one application's tier in one environment."""
        return [t for t in self.servers() if app.name in t.apps and t.role == role and t.environment == environment]


@dataclass
class Maker:
    """Hands out addresses, ids and hardware so that nothing is given twice."""

    rng: random.Random
    hosts: dict[str, int] = field(default_factory=dict)

    def ip(self, net: str) -> str:
        self.hosts[net] = self.hosts.get(net, 9) + 1
        return f"{net}.{self.hosts[net]}"

    def hex(self, digits: int) -> str:
        return f"{self.rng.getrandbits(4 * digits):0{digits}x}"

    def uuid(self, prefix: str = "") -> str:
        return str(uuid.UUID(prefix + self.hex(32 - len(prefix))))

    def mac(self, vendor: str) -> str:
        tail = self.hex(6)
        return ":".join((vendor, tail[:2], tail[2:4], tail[4:])).lower()

    def service_tag(self) -> str:
        return "".join(self.rng.choice("BCDFGHJKLMNPQRSTVWXZ0123456789") for _ in range(7))

    def day(self, first: int, last: int) -> date:
        return date(first, 1, 1) + timedelta(days=self.rng.randrange(365 * (last - first + 1)))
