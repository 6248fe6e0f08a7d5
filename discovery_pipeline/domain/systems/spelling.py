"""How systems are written for people: "Windows Server 2016 Standard", "Red Hat Enterprise Linux 7.9".

Keep out: telling a system from a string (parse).
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.systems.catalog import catalog
from discovery_pipeline.domain.systems.parse import parse

# The firmware of an appliance is known by its whole string.
_FIRMWARE = ("network", "storage")


def spelt(texts: pl.Series) -> pl.Series:
    """Each text as people write the system that it names; texts that name none, or hardly, stay as they are."""
    systems = parse(texts)
    names = systems.select(pl.col("text").alias("raw"), written().alias("name")).drop_nulls("name")
    return texts.replace(names.get_column("raw"), names.get_column("name"))


def exact(texts: pl.Series) -> pl.Series:
    """Each text that names a system and its version; null for the others and for lists of versions."""
    systems = parse(texts).filter(pl.col("version").is_not_null() & pl.col("span").is_null())["text"]
    return texts.replace_strict(systems, systems, default=None, return_dtype=pl.String)


def written() -> pl.Expr:
    """A row of SYSTEM as people write it; null where it names no system."""
    parts = [pl.col("name"), pl.col("version"), pl.col("edition"), pl.col("update")]
    later = pl.when(pl.col("span") == "or later").then(pl.lit("or later"))
    full = pl.concat_str([*parts, later], separator=" ", ignore_nulls=True)
    return pl.when(~_is_firmware() & (~pl.col("generic") | pl.col("plain"))).then(full)


def _is_firmware() -> pl.Expr:
    return pl.col("family").is_in(_FIRMWARE)


def version_named(texts: pl.Series) -> pl.Series:
    """The version in each text that names a system and its version; others stay as they are.

    Windows and ESXi are known more exactly by the build beside it: "10.0.14393", "7.0.3 build-21930508".
    """
    systems = parse(texts).filter(pl.col("version").is_not_null() & pl.col("span").is_null() & ~_is_firmware())
    text = pl.col("text")
    build = text.str.extract(r"(?i)build[- ]?(\d{5,})", 1)
    version = (
        pl.when(pl.col("family") == "windows").then(pl.coalesce(text.str.extract(r"(\d+\.\d\.\d{4,5})", 1), "version"))
        .when(build.is_not_null() & (pl.col("product") == "esxi")).then(pl.format("{} build-{}", "version", build))
        .otherwise(_dotted())
    )  # fmt: skip
    named = systems.select("text", version.alias("version"))
    return texts.replace(named.get_column("text"), named.get_column("version"))


def reported(names: pl.Series) -> pl.DataFrame:
    """Columns name and version: what machines report as their version, for each name that says it exactly.

    "Windows Server 2019" reports 10.0.17763; a client's name says no build, "or later" no version at all.
    """
    systems = parse(names).filter(pl.col("version").is_not_null() & pl.col("span").is_null() & ~_is_firmware())
    builds = next(product.builds for product in catalog().products if product.id == "windows_server")
    server = pl.col("version").replace_strict(builds, default=None, return_dtype=pl.String)
    other = pl.when(pl.col("family") != "windows").then(_dotted())
    version = pl.when(pl.col("product") == "windows_server").then(server).otherwise(other)
    return systems.select(pl.col("text").alias("name"), version.alias("version")).drop_nulls("version")


def _dotted() -> pl.Expr:
    """SUSE's machines report a service pack as a minor version."""
    version = pl.col("version")
    return pl.when(pl.col("product") == "sles").then(version.str.replace(" SP", ".", literal=True)).otherwise(version)


def architecture(text: pl.Expr) -> pl.Expr:
    """A processor or word size as it is written ("x86_64", "64-bit"); null where the word is not known."""
    key = text.str.to_lowercase().str.replace_all(r"[\s_\-()\[\],;/]+", " ").str.strip_chars(" ")
    return key.replace_strict(catalog().architectures, default=None, return_dtype=pl.String)
