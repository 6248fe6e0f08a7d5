"""Units as headers spell them. Canonical spellings are what mappings carry and cleansing converts from."""

from __future__ import annotations

import re

# spelling in a header (lower case) -> canonical unit.
UNITS: dict[str, str] = {
    "b": "bytes", "byte": "bytes", "bytes": "bytes", "octets": "bytes",
    "k": "KB", "kb": "KB", "kbytes": "KB", "kilobytes": "KB", "ko": "KB", "kib": "KiB", "kio": "KiB",
    "m": "MB", "mb": "MB", "mbyte": "MB", "mbytes": "MB", "megabytes": "MB", "mo": "MB", "mib": "MiB", "mio": "MiB",
    "g": "GB", "gb": "GB", "gbyte": "GB", "gbytes": "GB", "gigabytes": "GB", "gigas": "GB", "go": "GB", "gib": "GiB",
    "gio": "GiB", "t": "TB", "tb": "TB", "tbytes": "TB", "terabytes": "TB", "to": "TB", "tib": "TiB", "tio": "TiB",
    "pb": "PB", "pib": "PiB", "hz": "Hz", "khz": "kHz", "mhz": "MHz", "ghz": "GHz",
    "percent": "percent", "pct": "percent",
    "kbps": "KB/s", "mbps": "MB/s", "gbps": "GB/s", "bps": "bytes/s",
}  # fmt: skip
# Short spellings are words or articles elsewhere: they are units in brackets only.
_BRACKETED_ONLY = frozenset({"b", "k", "m", "g", "t", "ko", "mo", "go", "to", "mio", "gio", "kio", "tio"})
_RATE = re.compile(r"(?i)\b([kmg]?)(i?)(b|bit|bits|bytes?|octets?)\s*(?:/|\bper\b)\s*s(?:ec(?:onds?)?)?\b")
_BITS = re.compile(r"\b([kmgKMG])(?:bps|b/s|bit/s|bits/s)")
_BRACKETS = re.compile(r"[(\[（【]([^)\]）】]*)[)\]）】]")
# "k€" are thousands, no kilobytes.
_MONEY = re.compile(r"[€$£¥]")
_SIZES = frozenset({"bytes", "KB", "KiB", "MB", "MiB", "GB", "GiB", "TB", "TiB", "PB", "PiB"})
_RATES = frozenset({"bytes/s", "KB/s", "KiB/s", "MB/s", "MiB/s", "GB/s", "bit/s", "Kbit/s", "Mbit/s", "Gbit/s"})
# Unit that a canonical field stores -> units that its cells may come in.
_CONVERTIBLE: dict[str, frozenset[str]] = {
    "MiB": _SIZES, "GiB": _SIZES, "bytes": _SIZES, "MHz": frozenset({"Hz", "kHz", "MHz", "GHz"}),
    "percent": frozenset({"percent"}), "MB/s": _RATES | _SIZES,
}  # fmt: skip
_PREFIX = {"": "", "k": "K", "m": "M", "g": "G"}


def is_convertible(unit: str, stored: str | None) -> bool:
    """Whether cells of a unit can become the unit that a field stores. Rates may be named by their amount alone."""
    return unit in _CONVERTIBLE.get(stored or "", frozenset())


def rate_unit(header: str) -> tuple[str | None, str]:
    """(unit of a data rate named in the header or None, the header without it). Mbps and Mb/s are bits: 'Mbit/s'."""
    match = _RATE.search(header) or _BITS.search(header)
    if match is None:
        return None, header
    rest = header[: match.start()] + " throughput " + header[match.end() :]
    prefix = _PREFIX[match[1].lower()]
    if match.re is _BITS or "bit" in match[3].lower() or (match[3] == "b" and prefix):
        return f"{prefix}bit/s", rest
    binary = "i" if match[2] else ""
    return (f"{prefix}{binary}B/s" if prefix else "bytes/s"), rest


def bracketed_unit(header: str) -> tuple[str | None, str]:
    """(unit standing in brackets or None, the header without that bracket): 'RAM (in MB)' -> 'MB', 'RAM '."""
    for match in _BRACKETS.finditer(header):
        if _MONEY.search(match[1]):
            continue
        words = re.findall(r"[a-z%]+", match[1].lower())
        found = [UNITS["percent" if w == "%" else w] for w in words if w == "%" or w in UNITS]
        extra = [w for w in words if w != "%" and w not in UNITS and w not in ("in", "en", "unit", "units")]
        if found and not extra and found[0] != "percent":
            return found[0], header[: match.start()] + " " + header[match.end() :]
    return None, header


def word_unit(word: str) -> str | None:
    """The unit that a bare header word is, or None."""
    return None if word in _BRACKETED_ONLY else UNITS.get(word)
