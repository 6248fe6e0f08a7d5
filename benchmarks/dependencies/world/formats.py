"""How tools write connections: the cells of an export from RECORDS, by formats.yaml. Keep out: what was seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl
import yaml


@dataclass(frozen=True)
class Column:
    """header, what stands in its cells, and the canonical field it is ("" = none)."""

    header: str
    concept: str
    form: str
    field: str


@dataclass(frozen=True)
class Format:
    """See formats.yaml. days: that its records span."""

    id: str
    file: str
    grain: str
    view: str
    tells: Sequence[str]
    days: float
    columns: Sequence[Column]
    delimiter: str = ","

    @property
    def has_source_port(self) -> bool:
        return any(column.concept in ("sport", "src_pair") for column in self.columns)


@cache
def formats() -> list[Format]:
    """Every format."""
    entries = yaml.safe_load(Path(__file__).with_name("formats.yaml").read_text("utf-8"))
    return [
        Format(**{**entry, "columns": tuple(_column(h, t) for h, t in entry["columns"].items())}) for entry in entries
    ]


def _column(header: str, text: str) -> Column:
    told, _, field = text.partition(" > ")
    concept, _, form = told.partition(" ")
    return Column(header, concept, form, field)


_STATES: Mapping[str, Mapping[str, str]] = {
    "windows": {"ok": "Established", "silent": "SynSent", "listen": "Listen", "nobody": "Established",
                "denied": "SynSent"},
    "ss": {"ok": "ESTAB", "silent": "SYN-SENT", "listen": "LISTEN", "nobody": "ESTAB", "denied": "SYN-SENT"},
    "netstat": {"ok": "ESTABLISHED", "silent": "SYN_SENT", "listen": "LISTENING", "nobody": "ESTABLISHED",
                "denied": "SYN_SENT"},
    "zeek": {"ok": "SF", "silent": "S0", "nobody": "SF", "denied": "REJ"},
    "guardicore": {"ok": "SUCCESSFUL", "silent": "FAILED", "nobody": "SUCCESSFUL", "denied": "FAILED"},
}  # fmt: skip
_NUMBERS = {"tcp": "6", "udp": "17"}
_PANOS = {443: "ssl", 80: "web-browsing", 1433: "mssql-db", 1521: "oracle", 53: "dns", 389: "ldap", 445: "ms-ds-smb",
          22: "ssh", 3389: "ms-rdp", 3306: "mysql", 5432: "postgres", 123: "ntp-base"}  # fmt: skip


def _time(column: str, form: str) -> pl.Expr:
    at = pl.col(column)
    if form.startswith("epoch"):
        seconds = at.dt.epoch("ms" if form == "epoch_ms" else "s").cast(pl.String)
        return seconds + form.removeprefix("epoch_ms").removeprefix("epoch")
    return at.dt.strftime(form)


def _name(side: str, form: str) -> pl.Expr:
    """The host's name where the tool knows it (column `<side>_named`)."""
    short, fqdn = pl.col(f"{side}_short"), pl.col(f"{side}_fqdn")
    written = {"upper": short.str.to_uppercase(), "fqdn": fqdn, "json": pl.format('["{}"]', fqdn)}.get(form, short)
    return pl.when(f"{side}_named").then(written)


def _protocol(form: str) -> pl.Expr:
    name = pl.col("protocol")
    if form == "number":
        return name.replace(_NUMBERS)
    return {"TCP": name.str.to_uppercase(), "Tcp": name.str.to_titlecase()}.get(form, name)


def _action(form: str) -> pl.Expr:
    yes, no = form.split("/")
    return pl.when(pl.col("verdict") == "denied").then(pl.lit(no)).otherwise(pl.lit(yes))


def _flags(_form: str) -> pl.Expr:
    tried = pl.when(pl.col("verdict") == "silent").then(pl.lit("....S.")).otherwise(pl.lit("...AP.SF"))
    return pl.when(pl.col("protocol") == "udp").then(pl.lit("......")).otherwise(tried)


def _process(form: str) -> pl.Expr:
    """server: the listener's. client: a caller's. local: of the host that was asked, whichever end it is."""
    listener = pl.when(pl.col("process") != "").then("process")
    caller = pl.when(pl.col("call") >= 0).then(pl.lit("java"))
    listening = (pl.col("verdict") == "listen") | ~pl.col("client")
    return {"server": listener, "client": caller}.get(form, pl.when(listening).then(listener).otherwise(caller))


def _panos(_form: str) -> pl.Expr:
    known = pl.col("dport").replace_strict(_PANOS, default="unknown-tcp", return_dtype=pl.String)
    return pl.when(pl.col("verdict") == "silent").then(pl.lit("incomplete")).otherwise(known)


def _count(form: str) -> pl.Expr:
    plain = pl.col("count").cast(pl.String)
    if form != "grouped":
        return plain
    tail = (pl.col("count") % 1000).cast(pl.String).str.zfill(3)
    return pl.when(pl.col("count") >= 1000).then(pl.format("{},{}", pl.col("count") // 1000, tail)).otherwise(plain)


def _text(column: str) -> Callable[[str], pl.Expr]:
    return lambda _form: pl.col(column).cast(pl.String)


CONCEPTS: Mapping[str, Callable[[str], pl.Expr]] = {
    "src_ip": _text("src_ip"), "dst_ip": _text("dst_ip"), "sport": _text("sport"), "dport": _text("dport"),
    "src_pair": lambda _f: pl.format("{}:{}", "src_ip", "sport"),
    "dst_pair": lambda _f: pl.format("{}:{}", "dst_ip", "dport"),
    "src_name": lambda f: _name("src", f), "dst_name": lambda f: _name("dst", f),
    "proto": _protocol, "bytes": _text("bytes"), "packets": _text("packets"), "count": _count,
    "bytes_out": lambda _f: (pl.col("bytes") // 4).cast(pl.String),
    "start": lambda f: _time("start", f), "end": lambda f: _time("end", f),
    "duration": lambda _f: pl.format("{}.000", (pl.col("end") - pl.col("start")).dt.total_seconds()),
    "state": lambda f: pl.col("verdict").replace_strict(dict(_STATES[f]), default="", return_dtype=pl.String),
    "action": _action, "flags": _flags, "process": _process, "panos_application": _panos,
    "constant": lambda f: pl.lit(f), "pid": lambda _f: (pl.col("sport") % 9000 + 300).cast(pl.String),
    "interface": lambda _f: pl.format("eni-{}", pl.col("source").cast(pl.String).str.zfill(17)),
}  # fmt: skip


def cells(written: Format, records: pl.DataFrame) -> pl.DataFrame:
    """The export. records: RECORDS plus src_short, src_fqdn, src_named and the same of dst."""
    return records.select(CONCEPTS[c.concept](c.form).alias(c.header) for c in written.columns)
