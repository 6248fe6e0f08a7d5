"""What is true of an estate, in the canonical schema's words, and which of it the exports tell.

Keep out: how near anybody comes to it (the scorer).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from benchmarks.estate import text
from benchmarks.estate.cells import CONCEPTS
from benchmarks.estate.layouts import Layout
from benchmarks.estate.views import has_second_adapter, second_mac

_HARDWARE = ("physical_server", "hypervisor", "network_device", "security_device", "load_balancer", "storage")
# Spellings of an operating system that tell no version, or one that may be another.
_VAGUE = "or later|^Ubuntu Linux \\(|Windows Server 2012 \\("


def things(population: pl.DataFrame) -> pl.DataFrame:
    """The population with the true `serial`: of hardware alone, for what a guest reports is made from its UUID."""
    hardware = pl.col("type").is_in(_HARDWARE) & (pl.col("tag") == pl.col("reported_tag"))
    return population.with_columns(serial=pl.when(hardware).then("tag"))


def assets(population: pl.DataFrame) -> pl.DataFrame:
    """A row per thing: true_id, name, type, story, shown (its name in the hypervisor), successor (true_id or ""), vip
    (of its cluster), canonical fields.

    All text; "" = no value, lists joined by ";".
    """
    ids = population["true_id"]
    successor = ids.gather(population["successor"].clip(0))
    return (
        things(population)
        .select(
            "true_id",
            "name",
            "type",
            "story",
            "shown",
            successor=pl.when(pl.col("successor") >= 0).then(successor).otherwise(pl.lit("")),
            hostname="name",
            fqdn="fqdn",
            dns_domain="domain",
            # What a retired machine had may be another's today: no answer is wrong.
            ip_address=pl.when(~pl.col("stale")).then(pl.concat_str(["ip", "ip2"], separator=";", ignore_nulls=True)),
            vip="vip",
            mac_address=pl.concat_str(
                text.mac_form(pl.col("mac"), "colons"),
                pl.when(has_second_adapter()).then(text.mac_form(second_mac(), "colons")),
                separator=";",
                ignore_nulls=True,
            ),
            serial_number="serial",
            uuid=text.dashed("uuid"),
            asset_tag="asset_tag",
            lifecycle_status="lifecycle",
            power_state="power",
            environment="environment",
            is_virtual=pl.col("virtual").cast(pl.String),
            is_template=pl.col("is_template").cast(pl.String),
            os_name="os_name",
            cpu_count=pl.col("cpus").cast(pl.String),
            cpu_cores=pl.col("cores").cast(pl.String),
            cpu_sockets=pl.col("sockets").cast(pl.String),
            memory_mib=pl.col("memory").cast(pl.String),
            storage_total_gib=pl.col("storage").cast(pl.String),
            storage_used_gib=pl.col("used").cast(pl.String),
            disk_count=pl.col("disks").cast(pl.String),
            manufacturer="maker",
            model="model",
            location="town",
            application_name=pl.when(pl.col("type") == "application").then("name").otherwise("app_name"),
            business_owner="owner",
            technical_owner="team",
            department="department",
            cost_center="cost_center",
            contact_email="email",
            criticality="criticality",
            install_date=pl.col("installed").dt.strftime("%Y-%m-%d"),
            last_boot=pl.when("is_on").then(pl.col("booted").dt.strftime("%Y-%m-%d")),
        )
        .with_columns(pl.all().fill_null(""))
    )


def told(layout: Layout, view: pl.DataFrame, cells: pl.DataFrame, population: pl.DataFrame) -> dict[str, np.ndarray]:
    """Per canonical field: the numbers of the things about which this export says what is true."""
    true = population[view["number"]]
    found: dict[str, np.ndarray] = {}
    for column in layout.columns:
        name = CONCEPTS[column.concept].column
        if not name or column.field != CONCEPTS[column.concept].field:
            continue
        right = (view[name] == true[name]) & cells[column.header].is_not_null()
        if column.field == "os_name":
            right &= ~cells[column.header].str.contains(_VAGUE)
        numbers = view["number"].filter(right.fill_null(value=False)).to_numpy()
        found[column.field] = np.union1d(found[column.field], numbers) if column.field in found else numbers
    return found


def footer(layout: Layout, file: str, rows: int) -> pl.DataFrame:
    """The record of the line below the last of `rows` rows: no thing's, to be dropped."""
    place = {"file": file, "table": layout.file, "row": rows, "outcome": "dropped", "true_id": ""}
    return pl.DataFrame(place, schema_overrides={"row": pl.Int64})


def mappings(layout: Layout, file: str) -> pl.DataFrame:
    """file, table, position, header, field ("" = unmapped), unit ("" = none) of each column."""
    return pl.DataFrame(
        [(file, layout.file, i, c.header, c.field, c.unit) for i, c in enumerate(layout.columns)],
        schema={"file": pl.String, "table": pl.String, "position": pl.Int64, "header": pl.String, "field": pl.String,
                "unit": pl.String},
        orient="row",
    )  # fmt: skip
