"""How a view's columns become the cells of an export: a concept of the layouts per entry, with the forms it takes.

Keep out: which headers stand above them (layouts/*.yaml), what a source has wrong (views).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import yaml

from benchmarks.estate import text
from benchmarks.estate.population import SERVERS

Cell = Callable[[str], pl.Expr]


@dataclass(frozen=True)
class Concept:
    """cell: form -> text of the cell. field: canonical, "" = none. column: of the view, whose value is right where the
    truth has the same; "" = right wherever it is filled."""

    cell: Cell
    field: str = ""
    column: str = ""


# Of a language or a tool: classes of asset types; states and environments by canonical value.
WORDINGS: Mapping[str, Mapping[str, Mapping[str, str]]] = yaml.safe_load(
    Path(__file__).with_name("wordings.yaml").read_text("utf-8")
)

# Amounts of the unit in one MiB.
_MEMORY = {"MB": 1.0, "MiB": 1.0, "GB": 1 / 1024, "GiB": 1 / 1024, "KB": 1024.0, "bytes": 1024.0**2}


def _number(amount: pl.Expr, form: str) -> pl.Expr:
    """An amount as text: `text` appends the unit, `comma` is a decimal comma, `grouped` thousands by comma."""
    whole = amount.round(0) == amount
    plain = pl.when(whole).then(amount.cast(pl.Int64).cast(pl.String)).otherwise(amount.round(2).cast(pl.String))
    if "comma" in form:
        return plain.str.replace(".", ",", literal=True)
    if "grouped" in form:
        thousands, rest = (amount // 1000).cast(pl.Int64), (amount % 1000).cast(pl.Int64)
        grouped = pl.format("{},{}", thousands, rest.cast(pl.String).str.zfill(3))
        return pl.when(whole & (amount >= 1000) & (amount < 1_000_000)).then(grouped).otherwise(plain)
    return plain


def unit(form: str) -> str:
    """The unit that a form of an amount is in."""
    return next((word for word in form.split() if word in _MEMORY), "")


def _amount(column: str, mib: float) -> Cell:
    """A size; `mib`: how many MiB one unit of the column is."""

    def cell(form: str) -> pl.Expr:
        written = _number(pl.col(column).cast(pl.Float64) * mib * _MEMORY[unit(form)], form)
        return pl.format("{} {}", written, pl.lit(unit(form))) if "text" in form else written

    return cell


def _plain(column: str) -> Cell:
    return lambda _form: pl.col(column).cast(pl.String)


def _date(column: str) -> Cell:
    return lambda form: pl.col(column).dt.strftime(form)


def _name(column: str) -> Cell:
    def cell(form: str) -> pl.Expr:
        if form == "netbios":
            return pl.col(column).str.to_uppercase().str.slice(0, 15)
        return pl.col(column).str.to_uppercase() if form == "upper" else pl.col(column)

    return cell


def _addresses(form: str) -> pl.Expr:
    """first: the own one. all: with that of the second adapter, of the cluster; v6: and a link-local one."""
    if form == "first" or not form:
        return pl.col("ip")
    separator = {"semicolon": "; ", "blank": " ", "pipe": "|"}.get(form.split()[-1], ", ")
    parts = ["ip", "ip2", "vip", "bridge"]
    every = pl.concat_str([pl.col(p) for p in parts], separator=separator, ignore_nulls=True)
    if "v6" in form:
        every = pl.concat_str(
            [every, pl.concat_str(pl.lit("fe80::"), pl.col("instance_uuid").str.slice(4, 4))], separator=separator
        )
    return pl.when(pl.col("ip").is_not_null()).then(every)


def _mac(form: str) -> pl.Expr:
    written = text.mac_form(pl.col("mac"), form.split()[0] if form else "colons")
    if "all" in form:
        bridge = text.mac_form(pl.col("bridge_mac"), form.split()[0])
        written = pl.when(pl.col("mac").is_not_null()).then(
            pl.concat_str([written, bridge], separator=", ", ignore_nulls=True)
        )
    return written.str.to_uppercase() if "upper" in form else written


def _uuid(column: str) -> Cell:
    def cell(form: str) -> pl.Expr:
        if "swapped" in form:
            return text.swapped(column)
        written = pl.col(column) if "bare" in form else text.dashed(column)
        return written.str.to_uppercase() if "upper" in form else written

    return cell


def _worded(column: str, words: str) -> Cell:
    def cell(form: str) -> pl.Expr:
        return pl.col(column).replace_strict(dict(WORDINGS[form][words]), default=None, return_dtype=pl.String)

    return cell


def _flag(column: str) -> Cell:
    def cell(form: str) -> pl.Expr:
        yes, no = form.split("/")
        return pl.when(column).then(pl.lit(yes)).otherwise(pl.lit(no))

    return cell


def _server_only(cell: Cell) -> Cell:
    return lambda form: pl.when(pl.col("type").is_in([*SERVERS, "hypervisor", "end_user_device"])).then(cell(form))


def _constant(form: str) -> pl.Expr:
    return pl.lit(form)


def _disk_path(_form: str) -> pl.Expr:
    return pl.format("[DS-{}] {}/{}_{}.vmdk", pl.col("number") % 60, "name", "name", "disk")


def _network(_form: str) -> pl.Expr:
    return pl.format("VLAN{}", pl.col("parent").fill_null(0) % 200 + 100)


CONCEPTS: Mapping[str, Concept] = {
    "name": Concept(_name("written"), "hostname", "name"),
    "short": Concept(_name("name"), "hostname", "name"),
    "fqdn": Concept(_server_only(_name("fqdn")), "fqdn", "fqdn"),
    "domain": Concept(_server_only(_plain("domain")), "dns_domain", "domain"),
    "netbios_domain": Concept(_server_only(_plain("netbios")), "dns_domain"),
    "answered": Concept(_plain("answered")),
    "fqdn_answered": Concept(_plain("answered")),
    "os_guess": Concept(_plain("os_guess"), "os_name"),
    "ip": Concept(_addresses, "ip_address", "ip"),
    "mac": Concept(_mac, "mac_address", "mac"),
    "serial": Concept(_plain("serial"), "serial_number"),
    "tag": Concept(_plain("tag"), "serial_number", "tag"),
    "asset_tag": Concept(_plain("asset_tag"), "asset_tag"),
    "uuid": Concept(_uuid("uuid"), "uuid", "uuid"),
    "instance_uuid": Concept(_uuid("instance_uuid"), "uuid"),
    "key": Concept(_plain("key"), "source_id"),
    "moref": Concept(_plain("moref"), "source_id"),
    "resource": Concept(_plain("resource"), "source_id"),
    "instance": Concept(lambda _f: pl.format("i-{}", "instance"), "source_id"),
    "azure_id": Concept(
        lambda _f: pl.format(
            "/subscriptions/{}/resourceGroups/rg-{}/providers/Microsoft.Compute/virtualMachines/{}",
            pl.col("key").str.slice(0, 8),
            "site",
            "name",
        ),
        "source_id",
    ),
    "app_id": Concept(lambda _f: pl.format("APP-{}", "nth"), "source_id"),
    "class": Concept(_worded("type", "classes"), "asset_type"),
    "lifecycle": Concept(_worded("lifecycle", "states"), "lifecycle_status", "lifecycle"),
    "power": Concept(_worded("power", "states"), "power_state", "power"),
    "power_vmware": Concept(_flag("is_on"), "power_state", "power"),
    "environment": Concept(_worded("environment", "environments"), "environment", "environment"),
    "virtual": Concept(_flag("virtual"), "is_virtual", "virtual"),
    "template": Concept(_flag("is_template"), "is_template", "is_template"),
    "os_cmdb": Concept(_server_only(_plain("os_cmdb")), "os_name", "os_cmdb"),
    "os_hypervisor": Concept(_plain("os_hypervisor"), "os_name", "os_hypervisor"),
    "os_agent": Concept(_plain("os_agent"), "os_name", "os_agent"),
    "os_list": Concept(_plain("os_list"), "os_name", "os_list"),
    "os_cloud": Concept(_plain("os_cloud"), "os_name", "os_cloud"),
    "os_version": Concept(_plain("os_version"), "os_version"),
    "cpus": Concept(_server_only(_plain("cpus")), "cpu_count", "cpus"),
    "cores": Concept(_server_only(_plain("cores")), "cpu_cores", "cores"),
    "sockets": Concept(_plain("sockets"), "cpu_sockets", "sockets"),
    "packages": Concept(
        _server_only(lambda _f: pl.col("sockets").fill_null(1).cast(pl.String)), "cpu_count|cpu_sockets"
    ),
    "cores_each": Concept(
        _server_only(lambda _f: (pl.col("cores") // pl.col("sockets").fill_null(1)).cast(pl.String)),
        "cpu_cores|cores_per_socket",
    ),
    "memory": Concept(_server_only(_amount("memory", 1)), "memory_mib", "memory"),
    "storage": Concept(_server_only(_amount("storage", 1024)), "storage_total_gib", "storage"),
    "used": Concept(_server_only(_amount("used", 1024)), "storage_used_gib", "used"),
    "disk_count": Concept(_plain("disks"), "disk_count", "disks"),
    "disk_used": Concept(_amount("each_used", 1024), "storage_used_gib"),
    "snapshot": Concept(lambda _f: pl.format("before change {}", pl.col("number") % 5000)),
    "snapped": Concept(_date("installed")),
    "disk_size": Concept(_amount("disk_gib", 1024), "storage_total_gib"),
    "maker": Concept(_plain("maker"), "manufacturer", "maker"),
    "model": Concept(_plain("model"), "model", "model"),
    "town": Concept(_plain("town"), "location", "town"),
    "datacenter": Concept(lambda _f: pl.format("DC-{}", "town"), "datacenter"),
    "cluster": Concept(lambda _f: pl.format("CL-{}-{}", "site", pl.col("parent") % 40), "cluster"),
    "host_cluster": Concept(lambda _f: pl.format("CL-{}-{}", "site", pl.col("number") % 40), "cluster"),
    "host": Concept(lambda _f: pl.format("{}.{}", "parent_name", "parent_domain"), "hypervisor_host"),
    "region": Concept(lambda _f: pl.format("{}-{}", pl.lit("eu"), "site"), "datacenter"),
    "account": Concept(lambda _f: pl.format("{}", pl.col("person") % 9 + 111_122_220), "cloud_account"),
    "subscription": Concept(lambda _f: pl.format("sub-{}", "department"), "cloud_account"),
    "size": Concept(_plain("model"), "model", "model"),
    "application": Concept(_plain("app_name"), "application_name", "app_name"),
    "application_name": Concept(_plain("name"), "application_name", "name"),
    "role": Concept(lambda _f: pl.when(pl.col("role") != "").then("role"), "application_role"),
    "owner": Concept(_plain("owner"), "business_owner", "owner"),
    "team": Concept(_plain("team"), "technical_owner", "team"),
    "department": Concept(_plain("department"), "department", "department"),
    "cost_center": Concept(_plain("cost_center"), "cost_center", "cost_center"),
    "email": Concept(_plain("email"), "contact_email", "email"),
    "criticality": Concept(lambda _f: pl.col("criticality").str.to_titlecase(), "criticality", "criticality"),
    "installed": Concept(_date("installed"), "install_date", "installed"),
    "seen": Concept(_date("seen"), "last_seen"),
    "booted": Concept(lambda f: pl.when("is_on").then(_date("booted")(f)), "last_boot", "booted"),
    "network": Concept(_network, "vlan"),
    "parent": Concept(_plain("parent")),
    "relation": Concept(_plain("relation")),
    "child": Concept(_plain("child")),
    "needs": Concept(_plain("needs"), "depends_on"),
    "constant": Concept(_constant),
    "disk_label": Concept(lambda _f: pl.format("Hard disk {}", "disk")),
    "disk_path": Concept(_disk_path),
    "nic_label": Concept(lambda _f: pl.format("Network adapter {}", "adapter")),
    "volume": Concept(
        lambda _f: pl.when(pl.col("disk") == 1).then(pl.lit("C:\\")).otherwise(pl.format("D:\\mnt{}", "disk"))
    ),
}
