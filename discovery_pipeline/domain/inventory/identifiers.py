"""The identifiers of records in comparable form, by kind: one row per record and value.

Keep out: which values are junk (guards.py) and what agreement is worth (params.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import polars as pl

from discovery_pipeline.domain.inventory.tables import Infos, text_of_table
from discovery_pipeline.domain.names import is_qualified, name_key

# By strength, the strongest first.
Kind = Literal["uuid", "source_id", "serial", "mac", "fqdn", "tag", "name", "ip"]
KINDS: tuple[Kind, ...] = get_args(Kind)

Identifiers = dict[Kind, pl.DataFrame]
# One kind's frame: node is the position of the record (later of its entry) in its frame.
VALUES = {"node": pl.UInt32(), "table_no": pl.UInt32(), "value": pl.String()}

# Ids that no two systems give out alike: cloud resources and 128-bit keys. Everything else counts up per system.
_GLOBAL_ID = r"^(arn:|/subscriptions/|i-[0-9a-f]{8,17}$|[0-9a-f]{32}$|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-)"
_HEX_32 = "^[0-9a-f]{32}$"
SCOPE_END = "\x1f"


def identifiers_of(records: pl.DataFrame, tables: Infos) -> Identifiers:
    """Every identifier of every record, as VALUES per kind, distinct, in no particular order.

    An id of a source counts within its file only ("source<US>file<US>id"), unless it is unique the world over.
    """
    scopes = {no: f"{info.source}{SCOPE_END}{info.file}{SCOPE_END}" for no, info in tables.items()}
    numbered = records.lazy().with_row_index("node").with_columns(text_of_table(scopes).alias("scope"))
    available = {*records.columns, "scope"}
    distinct = pl.collect_all([_distinct(_forms_of(kind, numbered, available)) for kind in KINDS])
    return dict(zip(KINDS, distinct, strict=True))


def _forms_of(kind: Kind, numbered: pl.LazyFrame, available: set[str]) -> list[pl.LazyFrame]:
    return [_read(numbered, need, form) for k, need, form in _FORMS if k == kind and available >= set(need)]


def _read(numbered: pl.LazyFrame, need: tuple[str, ...], form: Callable[..., pl.Expr]) -> pl.LazyFrame:
    given = numbered.select("node", "table_no", *need).drop_nulls(need[0])
    if isinstance(given.collect_schema()[need[0]], pl.List):
        given = given.explode(need[0], empty_as_null=False, keep_nulls=False)
    return given.select("node", "table_no", form(*map(pl.col, need)).alias("value")).drop_nulls("value")


def _distinct(parts: list[pl.LazyFrame]) -> pl.LazyFrame:
    return pl.concat([pl.LazyFrame(schema=VALUES), *parts]).unique()


def uuid_key(text: pl.Expr) -> pl.Expr:
    """32 hex digits, the lesser of both byte orders: SMBIOS readers disagree on the order of the first three groups."""
    digits = text.str.to_lowercase().str.replace_all("[^0-9a-f]", "")
    swapped = _reversed_bytes(digits, 0, 4) + _reversed_bytes(digits, 4, 2) + _reversed_bytes(digits, 6, 2)
    swapped = swapped + digits.str.slice(16)
    return pl.when(digits.str.contains(_HEX_32)).then(pl.when(swapped < digits).then(swapped).otherwise(digits))


def _reversed_bytes(digits: pl.Expr, first: int, count: int) -> pl.Expr:
    return pl.concat_str([digits.str.slice(2 * b, 2) for b in range(first + count - 1, first - 1, -1)])


def _bare_serial(serial: pl.Expr) -> pl.Expr:
    text = serial.str.to_lowercase().str.replace(r"^(vmware|googlecloud)[ -]*", "")
    return text.str.replace_all(r"[^\p{L}\p{N}]", "")


def uuid_in_serial(serial: pl.Expr) -> pl.Expr:
    """Virtual machines carry their uuid as serial: "VMware-42 1c ...", "GoogleCloud-...", the plain uuid on AWS."""
    bare = _bare_serial(serial)
    return uuid_key(pl.when(bare.str.contains(_HEX_32)).then(bare))


def serial_key(serial: pl.Expr) -> pl.Expr:
    """Letters and digits of a serial, lower case; null where it is a uuid in disguise or too short to tell."""
    bare = _bare_serial(serial)
    return pl.when(~bare.str.contains(_HEX_32) & (bare.str.len_chars() >= 4)).then(bare)


def source_key(source_id: pl.Expr, scope: pl.Expr) -> pl.Expr:
    """The id within its file, or alone where it is unique the world over."""
    text = source_id.str.strip_chars().str.to_lowercase()
    return pl.when(text.str.contains(_GLOBAL_ID)).then(text).when(text != "").then(scope + text)


def mac_key(mac: pl.Expr) -> pl.Expr:
    """12 hex digits."""
    digits = mac.str.to_lowercase().str.replace_all("[^0-9a-f]", "")
    return pl.when(digits.str.len_chars() == 12).then(digits)


def fqdn_key(name: pl.Expr) -> pl.Expr:
    """A qualified name in lower case without the final dot; null where there is no domain."""
    text = name.str.strip_chars(" .").str.to_lowercase()
    return pl.when(is_qualified(text)).then(text)


def joined_fqdn_key(hostname: pl.Expr, domain: pl.Expr) -> pl.Expr:
    """Host name and DNS domain put together; a NetBIOS domain or workgroup (no dot) says too little."""
    suffix = domain.str.strip_chars(" .").str.to_lowercase()
    return pl.when(suffix.str.contains(r"\.") & ~is_qualified(hostname)).then(name_key(hostname) + "." + suffix)


def tag_key(tag: pl.Expr) -> pl.Expr:
    """Letters and digits of an inventory tag, lower case."""
    bare = tag.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]", "")
    return pl.when(bare.str.len_chars() >= 3).then(bare)


def address_key(address: pl.Expr) -> pl.Expr:
    """The address in lower case without a prefix length."""
    return address.str.to_lowercase().str.replace(r"/\d+$", "").str.strip_chars()


_FORMS: tuple[tuple[Kind, tuple[str, ...], Callable[..., pl.Expr]], ...] = (
    ("uuid", ("uuid",), uuid_key),
    ("uuid", ("serial_number",), uuid_in_serial),
    ("source_id", ("source_id", "scope"), source_key),
    ("serial", ("serial_number",), serial_key),
    ("mac", ("mac_address",), mac_key),
    ("fqdn", ("fqdn",), fqdn_key),
    ("fqdn", ("hostname",), fqdn_key),
    ("fqdn", ("hostname", "dns_domain"), joined_fqdn_key),
    ("tag", ("asset_tag",), tag_key),
    ("name", ("hostname",), name_key),
    ("name", ("fqdn",), name_key),
    ("ip", ("ip_address",), address_key),
)
