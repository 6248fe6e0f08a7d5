"""Columns and values of assets as people read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from discovery_pipeline.domain.schema import fields
from streamlit_app.widgets import percent

_WORDS = {
    "cpus": "CPUs", "cpu_count": "CPUs", "cpu_cores": "CPU cores", "cpu_sockets": "CPU sockets",
    "cpu_model": "CPU model", "cpu_speed_mhz": "CPU speed MHz", "cpu_utilization_pct": "CPU utilization %",
    "cpu_peak_pct": "CPU peak %", "ip_addresses": "IP addresses", "ip_address": "IP address",
    "mac_address": "MAC address", "os": "OS", "os_name": "OS name", "os_version": "OS version",
    "os_architecture": "OS architecture", "support": "OS support", "fqdn": "FQDN", "uuid": "UUID",
    "dns_domain": "DNS domain", "vlan": "VLAN", "asset_id": "Id", "type_confidence": "Type sure",
    "strategy_confidence": "Strategy sure",
}  # fmt: skip
_UNITS = {"mib": "MiB", "gib": "GiB", "mb": "MB", "mhz": "MHz", "pct": "%", "iops": "IOPS"}
ONLY_WORDS = {
    "disputed": "Sources disagree", "new": "New", "vanished": "Vanished", "no_owner": "Without owner",
    "unsupported": "OS past regular support",
}  # fmt: skip
# Columns whose values are codes of the product; what tenants wrote stays as they wrote it.
CODES = ("type", "strategy", "support")


def in_words(name: str) -> str:
    """The name of a column, field or filter, with its unit as it is written: memory_mib -> Memory MiB."""
    return _WORDS.get(name) or " ".join(_UNITS.get(word, word) for word in name.capitalize().split("_"))


def coded(name: str, value: str) -> str:
    """A value of a column, codes without their underscores."""
    return value.replace("_", " ") if name in CODES else value


def as_text(value: Any) -> str:
    """A value: lists joined, whole numbers without a point, yes or no, a day where the time says nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(map(as_text, value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == datetime.min.time() else f"{value:%Y-%m-%d %H:%M}"
    return f"{value:,.10g}" if isinstance(value, float) else str(value)


def in_unit(name: str, value: Any) -> str:
    """A value of an asset's field, with the field's unit: 524288.0 -> 524,288 MiB; "" for None."""
    unit = fields("asset")[name].unit if name in fields("asset") else None
    text = as_text(value)
    return f"{text} {unit}" if text and unit and not isinstance(value, str) else text


def grouped(name: str, text: str) -> str:
    """The text of a value, thousands set apart where its field has a unit: 524288 -> 524,288."""
    has_unit = name in fields("asset") and fields("asset")[name].unit
    return as_text(float(text)) if has_unit and text.replace(".", "", 1).isdecimal() else text


def surely(words: str, confidence: float | None) -> str:
    """Something with how sure it is; "" where there is nothing."""
    return f"{words}, {percent(confidence)} sure" if words and confidence is not None else words
