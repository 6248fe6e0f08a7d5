"""What each source holds of the estate: which things it knows, and what it has wrong about them.

A view is a frame of rows with the columns of `things` as this source has them, `written` (the name as it writes it)
and `number` (of the true thing). Keep out: headers, units and formats (cells, layouts).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from benchmarks.estate import text
from benchmarks.estate.noise import Noise, chance, emptied, mistyped, repeated, replaced, shuffled
from benchmarks.estate.population import SERVERS, Estate
from benchmarks.estate.style import Style

JUNK_SERIALS = (
    "To be filled by O.E.M.", "Default string", "System Serial Number", "0123456789", "None", "Not Specified", "N/A",
)  # fmt: skip
JUNK_UUIDS = ("0" * 32, "f" * 32, "03000200040005000006000700080009")
JUNK_MACS = ("000000000000", "020054554e01", "ffffffffffff")
# Guest tools that are missing or asleep tell nothing of the volumes inside.
_ANSWERING = 0.9
_OTHER_SEGMENT = 0.5
# What container runtimes give every machine that they run on.
BRIDGE, BRIDGE_MAC = "172.17.0.1", "0242ac110001"
_PHYSICAL = pl.col("type") == "physical_server"
_ON_VMWARE = (pl.col("type") == "virtual_machine") & ~pl.col("is_cloud")


@dataclass(frozen=True)
class Held:
    """What is drawn once for an estate. own_serials, own_uuid, own_mac: placeholders that only this estate has."""

    estate: Estate
    noise: Noise
    own_serials: tuple[str, ...]
    own_uuid: str
    own_mac: str


def held(estate: Estate, noise: Noise, rng: np.random.Generator) -> Held:
    """The estate with placeholders of its own."""
    style: Style = estate.style
    pool = ("ASSET-UNKNOWN", "N.A. 2019", f"{style.company[:3].upper()}-0000", "MXQ0000000", "see label", "SN tbd")
    own = tuple(pool[i] for i in rng.permutation(len(pool))[:2])
    uuid, mac = (text.hex_strings(rng, 1, n)[0] for n in (32, 6))
    return Held(estate, noise, own, uuid, f"00e04c{mac}")


def _junk(view: pl.DataFrame, h: Held, rng: np.random.Generator) -> pl.DataFrame:
    """Placeholders instead of identifiers, known ones and the estate's own."""
    view = replaced(view, rng, h.noise.junk_serial, "serial", JUNK_SERIALS, _PHYSICAL)
    view = replaced(view, rng, h.noise.own_junk, "serial", h.own_serials, pl.col("type").is_in(SERVERS))
    view = replaced(view, rng, h.noise.junk_uuid, "uuid", (*JUNK_UUIDS, h.own_uuid, h.own_uuid), ~_ON_VMWARE)
    return replaced(view, rng, h.noise.junk_mac, "mac", (*JUNK_MACS, h.own_mac, h.own_mac), pl.lit(value=True))


def _old(view: pl.DataFrame, h: Held, rng: np.random.Generator) -> pl.DataFrame:
    """Values from before an upgrade."""
    n, noise = view.height, h.noise
    earlier = pl.Series(rng.choice(["development", "test"], n))
    stale_system = chance(rng, n, noise.old_system)
    names = ("os_cmdb", "os_list")
    return view.with_columns(
        pl.when(chance(rng, n, noise.old_memory)).then(pl.col("memory") // 2).otherwise("memory").alias("memory"),
        pl.when(chance(rng, n, noise.old_environment) & pl.col("environment").is_not_null())
        .then(earlier).otherwise("environment").alias("environment"),
        *(pl.when(stale_system & pl.col("system").is_in([0, 2])).then(pl.lit(old)).otherwise(name).alias(name)
          for name, old in zip(names, ("Windows 2008 R2 Standard", "W2008R2"), strict=True)),
    )  # fmt: skip


def _names(view: pl.DataFrame, h: Held, rng: np.random.Generator, name: str = "name") -> pl.DataFrame:
    """Column `written`: the name in capitals here, with its domain there."""
    n, noise = view.height, h.noise
    device = ~pl.col("type").is_in(["application", "database"])
    plain = pl.when(device & chance(rng, n, noise.upper_case)).then(pl.col(name).str.to_uppercase()).otherwise(name)
    return view.with_columns(
        pl.when(device & chance(rng, n, noise.fqdn_as_name)).then(pl.format("{}.{}", name, "domain"))
        .when(device & chance(rng, n, noise.domain_host)).then(pl.format("{}\\{}", "netbios", plain))
        .otherwise(plain).alias("written")
    )  # fmt: skip


def _serials(things: pl.DataFrame) -> pl.DataFrame:
    """Column serial: as software reads it."""
    guest = (
        pl.when(_ON_VMWARE).then(text.vmware_serial("uuid")).when(pl.col("cloud") == "AWS").then(text.dashed("uuid"))
    )
    azure = pl.format("0000-0000-{}", text.joined("-", *(pl.col("tag").str.slice(2 * i, 2) for i in range(4))))
    return things.with_columns(
        guest.when(pl.col("cloud") == "Azure").then(azure).otherwise("reported_tag").alias("serial")
    )


def _shared_first(view: pl.DataFrame, h: Held, rng: np.random.Generator) -> pl.DataFrame:
    """The address of the cluster where the node's own should stand."""
    hit = chance(rng, view.height, h.noise.shared_first) & view["vip"].is_not_null()
    return view.with_columns(pl.when(hit).then("vip").otherwise("ip").alias("ip"))


def _leased(view: pl.DataFrame, h: Held, rng: np.random.Generator) -> pl.DataFrame:
    """Desktops with the address that another one has today."""
    desktops = view.filter(pl.col("type") == "end_user_device")["ip"]
    if desktops.is_empty():
        return view
    another = desktops.gather(rng.integers(0, desktops.len(), view.height))
    hit = chance(rng, view.height, h.noise.leased) & (view["type"] == "end_user_device")
    return view.with_columns(pl.when(hit).then(another).otherwise("ip").alias("ip"))


def _mangled(view: pl.DataFrame, h: Held, rng: np.random.Generator) -> pl.DataFrame:
    """Serial numbers of digits alone as a spreadsheet stores them."""
    hit = chance(rng, view.height, h.noise.mangled) & view["serial"].str.contains(r"^\d+$").fill_null(value=False)
    short = pl.col("serial").str.strip_chars_start("0")
    return view.with_columns(pl.when(hit).then(short).otherwise("serial").alias("serial"))


def _shown(things: pl.DataFrame) -> pl.DataFrame:
    """Things under the names that they have in the hypervisor's inventory."""
    return things.with_columns(name="shown", written="shown")


def _bridged(view: pl.DataFrame, h: Held, rng: np.random.Generator) -> pl.DataFrame:
    """Columns bridge and bridge_mac: what a container runtime adds to the addresses of a machine."""
    hit = chance(rng, view.height, h.noise.bridge) & ~view["os_name"].str.contains("Windows")
    return view.with_columns(bridge=pl.when(hit).then(pl.lit(BRIDGE)), bridge_mac=pl.when(hit).then(pl.lit(BRIDGE_MAC)))


def _obsolete(view: pl.DataFrame, h: Held, rng: np.random.Generator) -> pl.DataFrame:
    """What an agent's database still holds of machines that were set up anew: another key, an old address."""
    again = view.filter(chance(rng, view.height, h.noise.obsolete) & (view["story"] == ""))
    return again.with_columns(seen=pl.col("seen") - pl.duration(days=200), resource=pl.col("resource") + 1, ip="old_ip")


def cmdb(h: Held, rng: np.random.Generator) -> pl.DataFrame:
    """Nearly everything, kept by hand: old names and addresses, retired machines, second entries."""
    things = _serials(h.estate.things).filter(~pl.col("is_template") & (pl.col("type") != "application"))
    known = things.filter(chance(rng, things.height, h.noise.in_cmdb) | things["stale"])
    known = known.with_columns(ip="former_ip", name="former_name").with_columns(
        fqdn=pl.format("{}.{}", pl.col("name").str.to_lowercase(), "domain")
    )
    known = mistyped(_old(_junk(known, h, rng), h, rng), rng, h.noise.mistyped, "serial")
    known = emptied(known, rng, h.noise.missing, ["ip", "serial", "mac", "fqdn"])
    known = emptied(known, rng, h.noise.missing, ["environment", "owner", "memory", "os_cmdb", "town"])
    known = emptied(_leased(_shared_first(known, h, rng), h, rng), rng, h.noise.no_status, ["lifecycle"])
    again = known.filter(
        chance(rng, known.height, h.noise.second_entry) & known["type"].is_in(SERVERS) & (known["story"] == "")
    )
    again = again.with_columns(
        pl.col("key").str.reverse(),
        pl.lit(None, pl.Int64).alias("memory"),
        pl.lit(None, pl.String).alias("environment"),
    )
    return shuffled(repeated(_names(pl.concat([known, again]), h, rng), rng, h.noise.repeat), rng)


def hypervisor_vms(h: Held, rng: np.random.Generator) -> pl.DataFrame:
    """Every VM of the hypervisor, templates and machines that were switched off for good included."""
    things = h.estate.things
    vms = things.filter(_ON_VMWARE & (~pl.col("stale") | pl.col("lingering")))
    return shuffled(emptied(_shown(vms), rng, h.noise.missing, ["ip", "fqdn", "os_hypervisor"]), rng)


def hosts(h: Held, rng: np.random.Generator) -> pl.DataFrame:
    """The hypervisors themselves."""
    known = _serials(h.estate.of("hypervisor")).with_columns(written="fqdn")
    return shuffled(known, rng)


def has_second_adapter() -> pl.Expr:
    return _ON_VMWARE & pl.col("ip2").is_not_null()


def second_mac() -> pl.Expr:
    """12 hex digits: of the adapter that has the second address."""
    return pl.lit("0050569") + pl.col("mac").str.slice(7)


def disks(h: Held, _rng: np.random.Generator) -> pl.DataFrame:
    """A row per virtual disk."""
    vms = h.estate.things.filter(_ON_VMWARE & (~pl.col("stale") | pl.col("lingering")))
    each = _shown(vms).with_columns(disk=pl.int_ranges(1, pl.col("disks") + 1))
    return each.explode("disk", empty_as_null=False).with_columns(each_used=pl.col("disk_gib") * pl.col("used_share"))


def partitions(h: Held, rng: np.random.Generator) -> pl.DataFrame:
    """A row per volume of the machines whose guest tools answer; a disk has one."""
    each = disks(h, rng)
    answering = h.estate.things.filter(chance(rng, h.estate.things.height, _ANSWERING) & (pl.col("power") == "on"))
    return each.join(answering.select("number"), on="number", how="semi", maintain_order="left")


def snapshots(h: Held, rng: np.random.Generator) -> pl.DataFrame:
    """A row per snapshot that somebody forgot."""
    vms = _shown(h.estate.things.filter(_ON_VMWARE & ~pl.col("stale")))
    return vms.filter(chance(rng, vms.height, h.noise.snapshot))


def adapters(h: Held, _rng: np.random.Generator) -> pl.DataFrame:
    """A row per network adapter; the second has the second address."""
    vms = _shown(h.estate.living().filter(_ON_VMWARE)).with_columns(adapter=pl.lit(1))
    second = vms.filter(has_second_adapter()).with_columns(ip="ip2", mac=second_mac(), adapter=pl.lit(2))
    return pl.concat([vms, second]).sort("number", "adapter")


def agent(h: Held, rng: np.random.Generator) -> pl.DataFrame:
    """What runs an agent: servers and desktops in use, as the machine itself reports them."""
    kinds = [*SERVERS, "end_user_device"]
    things = _serials(h.estate.things).filter(pl.col("type").is_in(kinds) & ~pl.col("stale") & ~pl.col("is_template"))
    seen = _junk(things.filter(chance(rng, things.height, h.noise.in_agent)), h, rng)
    seen = emptied(seen, rng, h.noise.missing, ["ip", "uuid", "mac", "serial"])
    seen = pl.concat([_bridged(seen, h, rng), _obsolete(seen, h, rng)])
    return shuffled(repeated(_names(seen, h, rng), rng, h.noise.repeat), rng)


def sheet(h: Held, rng: np.random.Generator) -> pl.DataFrame:
    """A spreadsheet that application teams keep of their servers."""
    things = _serials(h.estate.things)
    living = things.filter(pl.col("type").is_in(SERVERS) & ~pl.col("stale") & ~pl.col("is_template"))
    listed = _old(living.filter(chance(rng, living.height, h.noise.in_sheet)), h, rng)
    listed = _mangled(mistyped(listed, rng, h.noise.mistyped, "serial"), h, rng)
    listed = emptied(_shared_first(listed, h, rng), rng, h.noise.missing, ["ip", "serial", "fqdn"])
    listed = emptied(listed, rng, h.noise.missing, ["environment", "owner", "memory", "os_list"])
    # A name that two machines have is written with its domain, or nobody in the team could use the list.
    listed = _names(listed, h, rng)
    shared = pl.col("story") == "colliding"
    return shuffled(listed.with_columns(pl.when(shared).then("fqdn").otherwise("written").alias("written")), rng)


def cloud(h: Held, rng: np.random.Generator) -> pl.DataFrame:
    """Machines of the clouds, as their consoles list them."""
    things = h.estate.things.filter(pl.col("is_cloud") & pl.col("type").is_in(SERVERS) & ~pl.col("stale"))
    known = things.filter(chance(rng, things.height, h.noise.in_cloud))
    return shuffled(emptied(known.with_columns(written="name"), rng, h.noise.missing, ["ip"]), rng)


def scan(h: Held, rng: np.random.Generator) -> pl.DataFrame:
    """What answers in the network, by address; some of it has no name, and a scanner sees few MAC addresses."""
    answering = ~pl.col("type").is_in(["application", "database"]) & (pl.col("power") == "on")
    things = h.estate.things.filter(answering & pl.col("ip").is_not_null())
    seen = things.filter(chance(rng, things.height, h.noise.in_scan))
    nameless = chance(rng, seen.height, h.noise.nameless) & (seen["story"] == "") & (seen["type"] != "cluster")
    unseen = chance(rng, seen.height, _OTHER_SEGMENT)
    windows = pl.when(pl.col("os_name").str.contains("Windows")).then(pl.lit("Windows"))
    answered = seen.with_columns(
        answered=pl.when(~nameless).then("fqdn"),
        mac=pl.when(~unseen).then("mac"),
        os_guess=windows.when(pl.col("os_name").is_not_null()).then(pl.lit("Linux")),
    )
    return shuffled(answered, rng)


def applications(h: Held, _rng: np.random.Generator) -> pl.DataFrame:
    """A row per application."""
    return h.estate.of("application").with_columns(written="name")


VIEWS: Mapping[str, Callable[[Held, np.random.Generator], pl.DataFrame]] = {
    "cmdb": cmdb, "vms": hypervisor_vms, "hosts": hosts, "disks": disks, "adapters": adapters, "agent": agent,
    "partitions": partitions, "snapshots": snapshots, "sheet": sheet, "cloud": cloud, "scan": scan,
    "applications": applications,
}  # fmt: skip
