"""Units as headers spell them. Canonical spellings are what mappings carry and cleansing converts from."""

from __future__ import annotations

import re

# spelling in a header (lower case) -> canonical unit.
UNITS: dict[str, str] = {
    "b": "bytes", "byte": "bytes", "bytes": "bytes", "octets": "bytes",
    "k": "KB", "kb": "KB", "kbytes": "KB", "kilobytes": "KB", "ko": "KB", "kib": "KiB", "kio": "KiB",
    "m": "MB", "mb": "MB", "mbyte": "MB", "mbytes": "MB", "megabytes": "MB", "mo": "MB", "mib": "MiB", "mio": "MiB",
    "g": "GB", "gb": "GB", "gbyte": "GB", "gbytes": "GB", "gigabytes": "GB", "gigas": "GB", "go": "GB", "gib": "GiB",
    "gio": "GiB", "gbs": "GB", "mbs": "MB", "tbs": "TB", "t": "TB", "tb": "TB", "tbytes": "TB", "terabytes": "TB",
    "to": "TB", "tib": "TiB", "tio": "TiB",
    "pb": "PB", "pib": "PiB", "hz": "Hz", "khz": "kHz", "mhz": "MHz", "ghz": "GHz",
    "percent": "percent", "pct": "percent",
    "kbps": "KB/s", "mbps": "MB/s", "gbps": "GB/s", "bps": "bytes/s",
}  # fmt: skip
# Short spellings are words or articles elsewhere: they are units in brackets only.
_BRACKETED_ONLY = frozenset({"b", "k", "m", "g", "t", "ko", "mo", "go", "to", "mio", "gio", "kio", "tio"})
# In a French table the octets are units without brackets too ("RAM Go", "Disque en To").
_BARE: dict[str, frozenset[str]] = {"fr": frozenset({"ko", "mo", "go", "to", "kio", "mio", "gio", "tio"})}
_RATE = re.compile(
    r"(?i)(?<![a-z])([kmg]?)(i?)(b|bit|bits|bytes?|octets?)[\s_]*(?:/|(?<![a-z])per(?![a-z]))[\s_]*"
    r"s(?:ec(?:onds?)?)?(?![a-z])"
)
# A capital B says bytes where a small one is left to the table of words.
_BYTES = re.compile(r"(?<![A-Za-z])([kKmMgG]?)(i?)(B)ps(?![a-z])")
_BITS = re.compile(r"\b([kmgKMG])(?:bps|b/s|bit/s|bits/s)")
_BRACKETS = re.compile(r"[(\[（【]([^)\]）】]*)[)\]）】]")
_CURRENCY = re.compile(r"[$€£¥]|EUR|USD|GBP")
# Canonical spellings of amounts of data, and of amounts per second.
SIZES = frozenset({"bytes", "KB", "KiB", "MB", "MiB", "GB", "GiB", "TB", "TiB", "PB", "PiB"})
RATES = frozenset({"bytes/s", "KB/s", "KiB/s", "MB/s", "MiB/s", "GB/s", "bit/s", "Kbit/s", "Mbit/s", "Gbit/s"})
# Unit that a canonical field stores -> units that its cells may come in.
_CONVERTIBLE: dict[str, frozenset[str]] = {
    "MiB": SIZES, "GiB": SIZES, "bytes": SIZES, "MHz": frozenset({"Hz", "kHz", "MHz", "GHz"}),
    "percent": frozenset({"percent"}), "MB/s": RATES | SIZES,
}  # fmt: skip
_PREFIX = {"": "", "k": "K", "m": "M", "g": "G"}


def is_convertible(unit: str, stored: str | None) -> bool:
    """Whether cells of a unit can become the unit that a field stores. Rates may be named by their amount alone."""
    return unit in _CONVERTIBLE.get(stored or "", frozenset())


def rate_unit(header: str) -> tuple[str | None, str]:
    """(unit of a data rate named in the header or None, the header without it). Mbps and Mb/s are bits: 'Mbit/s'."""
    match = _RATE.search(header) or _BYTES.search(header) or _BITS.search(header)
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
        if _CURRENCY.search(match[1]):  # "($/mo)" is per month.
            continue
        words = re.findall(r"[a-z%]+", match[1].lower())
        found = [UNITS["percent" if w == "%" else w] for w in words if w == "%" or w in UNITS]
        extra = [w for w in words if w != "%" and w not in UNITS and w not in ("in", "en", "unit", "units")]
        # "k€" counts money, not bytes.
        if found and not extra and found[0] != "percent":
            return found[0], header[: match.start()] + " " + header[match.end() :]
    return None, header


def word_unit(word: str, language: str = "en") -> str | None:
    """The unit that a bare header word is in a table's language, or None."""
    if word in _BRACKETED_ONLY and word not in _BARE.get(language, ()):
        return None
    return UNITS.get(word)
