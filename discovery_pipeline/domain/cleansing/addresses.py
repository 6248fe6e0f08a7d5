"""Rules for network and hardware addresses: one address per text; lists are split before."""

from __future__ import annotations

import socket
from functools import cache

import polars as pl

from discovery_pipeline.domain.cleansing.rules import TEXT, Rule, Stage, Trouble, each, nulled, replaced

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
IPV4 = rf"^(?:{_OCTET}\.){{3}}{_OCTET}$"
_DOTTED = r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}"
MAC = r"^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$"

_NOT_AN_ADDRESS = Trouble(
    "unparsable_value", "warning", "something that is no address; left out",
    "correct them in the source, or map the column to another field",
)  # fmt: skip
_BAD_OCTET = Trouble(
    "impossible_value",
    "warning",
    "an IPv4 address with a part above 255; left out",
    "correct them in the source",
)


def _v6(text: str) -> str | None:
    """The canonical text of an IPv6 address (of an IPv4 one that it maps), or the text itself when it is none."""
    try:
        packed = socket.inet_pton(socket.AF_INET6, text)
    except (OSError, ValueError):
        return text
    if packed[:12] == b"\x00" * 10 + b"\xff\xff":
        return socket.inet_ntop(socket.AF_INET, packed[12:])
    return socket.inet_ntop(socket.AF_INET6, packed)


def _if_v6(text: str) -> str | None:
    try:
        socket.inet_pton(socket.AF_INET6, text)
    except (OSError, ValueError):
        return None
    return text


_NOTATION = Stage(
    ~TEXT.str.contains(IPV4),
    (
        replaced("ip_trailing_mark", r"^([0-9A-Fa-f:.]*[0-9A-Fa-f])[.*?]+$", "${1}"),
        Rule(
            "ip_prefix_stripped",
            TEXT.str.contains(r"^[0-9A-Fa-f:.]+/(?:\d{1,3}|255\.[\d.]+)$"),
            TEXT.str.replace("/.*$", ""),
        ),
        replaced("ip_port_stripped", rf"^({_DOTTED}):(?:\d{{1,5}}|\*)$", "${1}"),
        replaced("ip_port_stripped", r"^\[([0-9A-Fa-f:.]+)(?:%\w+)?\](?::\d{1,5})?$", "${1}"),
        replaced("ip_zone_stripped", r"^([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*|\d+\.\d+\.\d+\.\d+)%[\w.-]+$", "${1}"),
        replaced("ip_leading_zeros", r"(^|\.)0+(\d)", "${1}${2}"),
        Rule("ipv6_canonical", TEXT.str.contains(":") & TEXT.str.contains(r"^[0-9A-Fa-f:.]+$"), each(_v6)),
    ),
)
_NETWORK = Trouble(
    "network_not_address", "info", "a network or a range, not the address of a machine; left out",
    "map the column to subnet if it holds networks",
)  # fmt: skip
_NOT_OWN = Stage(
    ~TEXT.str.contains(IPV4),
    (
        # Most of the IPv6 addresses that inventories hold: out before anything looks at how they are written.
        nulled(
            "ip_link_local_dropped", TEXT.str.contains(r"(?i)^fe[89ab][0-9a-f]:[0-9a-f:]*(?:%[\w.-]+)?(?:/\d{1,3})?$")
        ),
        nulled("ip_range_dropped", TEXT.str.contains(rf"^{_DOTTED}\s*-\s*(?:{_DOTTED}|\d{{1,3}})$"), _NETWORK),
        nulled("ip_network_dropped", TEXT.str.contains(r"^\d+\.\d+\.\d+\.0/(?:[89]|1\d|2[0-4])$"), _NETWORK),
    ),
)
_ANY = Rule("ip_any_address", TEXT.str.contains(r"^(?:\*|\*:\*|::|\[::\]|any|\*:\d+)$"), pl.lit("0.0.0.0"))  # noqa: S104
_FIRST = replaced("ip_first_of_list", r"^([0-9A-Fa-f.:]+)\s*[,;|\s]\s*[0-9A-Fa-f.:]+.*$", "${1}")
_VALID = Stage(
    ~TEXT.str.contains(IPV4),
    (
        nulled("ip_octet_out_of_range", TEXT.str.contains(rf"^{_DOTTED}$"), _BAD_OCTET),
        nulled("not_an_address", each(_if_v6).is_null() & TEXT.is_not_null(), _NOT_AN_ADDRESS),
    ),
)
# Addresses that every machine has, or none: they identify nothing.
_SPECIAL = Stage(
    TEXT.str.contains(r"^(?:0|127|169\.254|22[4-9]|23\d|255)\.|^(?:::|fe[89ab]|ff)|^169\.254"),
    (
        nulled("ip_unspecified_dropped", TEXT.str.contains(r"^(?:0\.|::$)")),
        nulled("ip_loopback_dropped", TEXT.str.contains(r"^(?:127\.|::1$)")),
        nulled("ip_link_local_dropped", TEXT.str.contains(r"^(?:169\.254\.|fe[89ab][0-9a-f]:)")),
        nulled("ip_broadcast_dropped", TEXT == "255.255.255.255"),
        nulled("ip_netmask_dropped", TEXT.str.contains(r"^255\.")),
        nulled("ip_multicast_dropped", TEXT.str.contains(r"^(?:22[4-9]|23\d)\.|^ff[0-9a-f]{2}:")),
    ),
)


@cache
def ip_stages(own: bool) -> tuple[Stage, ...]:
    """Stages for IP addresses. own: of an asset itself; the ends of an observed connection keep special addresses."""
    if own:
        return (_NOT_OWN, _NOTATION, _VALID, _SPECIAL)
    return (Stage(_NOTATION.needed, (_ANY, _FIRST, *_NOTATION.rules)), _VALID)


_HEX = TEXT.str.to_lowercase().str.replace_all("[^0-9a-f]", "")
_PAIRS = r"^(..)(..)(..)(..)(..)(..)$"
_SHORT = r"(?i)^[0-9a-f]{1,2}(?:[:-][0-9a-f]{1,2}){5}$"
_PADDED = TEXT.str.replace_all("-", ":").str.split(":").list.eval(pl.element().str.zfill(2)).list.join("")

MAC_STAGES = (
    Stage(
        ~TEXT.str.contains(MAC),
        (
            Rule(
                "mac_normalise",
                TEXT.str.contains(r"^[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}$"),
                TEXT.str.to_lowercase().str.replace_all("-", ":", literal=True),
            ),
            replaced("mac_label_stripped", r"(?i)^(?:[a-z][\w ]*[=]\s*|mac:?\s*)([0-9a-f]{2}.*)$", "${1}"),
            Rule(
                "mac_normalise",
                TEXT.str.contains(_SHORT),
                _PADDED.str.to_lowercase().str.replace(_PAIRS, "$1:$2:$3:$4:$5:$6"),
            ),
            # A spreadsheet takes a bare address for a number and drops the zeros in front of it.
            Rule(
                "mac_leading_zeros",
                TEXT.str.contains(r"^[0-9A-Fa-f]{10,11}$"),
                TEXT.str.to_lowercase().str.zfill(12).str.replace(_PAIRS, "$1:$2:$3:$4:$5:$6"),
            ),
            Rule(
                "mac_normalise",
                TEXT.str.contains(r"(?i)^(?:0x)?[0-9a-f](?:[ .:_-]?[0-9a-f]){11}$"),
                _HEX.str.slice(-12).str.replace(_PAIRS, "$1:$2:$3:$4:$5:$6"),
            ),
            nulled("not_an_address", ~TEXT.str.contains(MAC), _NOT_AN_ADDRESS),
        ),
    ),
    Stage(
        TEXT.str.contains(r"^(?:00:00:00|ff:ff:ff|01:|33:33)"),
        (
            nulled("mac_empty_dropped", TEXT.str.contains(r"^(?:00(?::00){5}|ff(?::ff){5})$")),
            # Of groups that listen to IPv4, IPv6, bridges and Cisco's protocols; no interface has them.
            nulled("mac_multicast_dropped", TEXT.str.contains(r"^(?:01:00:5e|33:33|01:80:c2|01:00:0c):")),
        ),
    ),
)
