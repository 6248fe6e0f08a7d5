"""The identifiers of records in comparable form, by kind: one row per record and value.

Keep out: which values are junk (guards.py) and what agreement is worth (pair_weights.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
_HEX_32 = "^([0-9a-f]{32})$"
# What makers put before the 16 bytes of a uuid ("VMware-", "GoogleCloud-"), or slips of the pen make of it.
_UUID_AFTER_LETTERS = "^[a-z]{3,12}[0-9a-fo]{32}$"
# The bytes of the first three groups of a uuid.
_GROUPS = "^(..)(..)(..)(..)(..)(..)(..)(..)"
_PLAIN_NAME = "^[a-z0-9_-]+$"
_PLAIN_FQDN = r"^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+\.[a-z]{2,24}$"
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


@dataclass(frozen=True)
class _Form:
    """How a kind is read from fields: `form` of the fields, then one step after the other.

    plain: pattern of the first field's values that take the short way `as_plain`. Steps stand apart because an
    expression that uses its input twice computes it twice.
    """

    kind: Kind
    need: tuple[str, ...]
    form: Callable[..., pl.Expr]
    plain: str | None = None
    as_plain: Callable[..., pl.Expr] | None = None
    steps: tuple[Callable[[pl.Expr], pl.Expr], ...] = ()

    def read(self, numbered: pl.LazyFrame) -> pl.LazyFrame:
        first = self.need[0]
        given = numbered.select("node", "table_no", *self.need).drop_nulls(first)
        if isinstance(given.collect_schema()[first], pl.List):
            given = given.explode(first, empty_as_null=False, keep_nulls=False)
        parts = [(given, self.form)]
        if self.plain and self.as_plain:
            is_plain = pl.col(first).str.contains(self.plain)
            parts = [(given.filter(is_plain), self.as_plain), (given.filter(~is_plain), self.form)]
        formed = [part.select("node", "table_no", form(*map(pl.col, self.need)).alias("value")) for part, form in parts]
        found = pl.concat(formed)
        for step in self.steps:
            found = found.with_columns(step(pl.col("value")).alias("value"))
        return found.drop_nulls("value")


def _forms_of(kind: Kind, numbered: pl.LazyFrame, available: set[str]) -> list[pl.LazyFrame]:
    return [form.read(numbered) for form in _FORMS if form.kind == kind and available >= set(form.need)]


def _distinct(parts: list[pl.LazyFrame]) -> pl.LazyFrame:
    return pl.concat([pl.LazyFrame(schema=VALUES), *parts]).unique()


def uuid_key(text: pl.Expr) -> pl.Expr:
    """32 hex digits, the lesser of both byte orders: SMBIOS readers disagree on the order of the first three groups."""
    return _lesser_order(_hex_digits(text))


def _hex_digits(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase().str.replace_all("-", "", literal=True).str.replace_all("[^0-9a-f]", "")


def _lesser_order(digits: pl.Expr) -> pl.Expr:
    swapped = digits.str.replace(_GROUPS, "${4}${3}${2}${1}${6}${5}${8}${7}")
    return pl.when(digits.str.contains(_HEX_32)).then(pl.when(swapped < digits).then(swapped).otherwise(digits))


def _letters_and_digits(serial: pl.Expr) -> pl.Expr:
    """In lower case. Blanks and hyphens go first, for they are most of what goes and quickly found."""
    text = serial.str.to_lowercase().str.replace_all(" ", "", literal=True).str.replace_all("-", "", literal=True)
    return text.str.replace_all(r"[^\p{L}\p{N}]", "")


def _without_maker(bare: pl.Expr) -> pl.Expr:
    """Of a uuid after letters only the uuid."""
    return pl.when(bare.str.contains(_UUID_AFTER_LETTERS)).then(bare.str.tail(32)).otherwise(bare)


def _zero_for_o(bare: pl.Expr) -> pl.Expr:
    return bare.str.replace_all("o", "0", literal=True)


def _hardware_serial(bare: pl.Expr) -> pl.Expr:
    return pl.when(~bare.str.contains("^[0-9a-fo]{32}$") & (bare.str.len_chars() >= 4)).then(bare)


def serial_key(serial: pl.Expr) -> pl.Expr:
    """Letters and digits of a serial, lower case; null where it is a uuid in disguise or too short to tell."""
    return _hardware_serial(_without_maker(_letters_and_digits(serial)))


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


def _as_it_is(text: pl.Expr) -> pl.Expr:
    return text


def _first_label(name: pl.Expr) -> pl.Expr:
    return name.str.splitn(".", 2).struct.field("field_0")


def _nothing(text: pl.Expr) -> pl.Expr:
    return pl.when(text.is_null()).then(text)


def _joined_plain(hostname: pl.Expr, domain: pl.Expr) -> pl.Expr:
    suffix = domain.str.strip_chars(" .").str.to_lowercase()
    return pl.when(suffix.str.contains(".", literal=True)).then(hostname + "." + suffix)


_FORMS = (
    _Form("uuid", ("uuid",), _hex_digits, steps=(_lesser_order,)),
    # Virtual machines carry their uuid as serial: "VMware-42 1c ...", "GoogleCloud-...", the plain uuid on AWS. Whoever
    # copies one by hand writes the letter o for a zero.
    _Form("uuid", ("serial_number",), _letters_and_digits, steps=(_without_maker, _zero_for_o, _lesser_order)),
    _Form("source_id", ("source_id", "scope"), source_key),
    _Form("serial", ("serial_number",), _letters_and_digits, steps=(_without_maker, _hardware_serial)),
    _Form("mac", ("mac_address",), mac_key),
    _Form("fqdn", ("fqdn",), fqdn_key, _PLAIN_FQDN, _as_it_is),
    _Form("fqdn", ("hostname",), fqdn_key, _PLAIN_NAME, _nothing),
    _Form("fqdn", ("hostname", "dns_domain"), joined_fqdn_key, _PLAIN_NAME, _joined_plain),
    _Form("tag", ("asset_tag",), tag_key),
    _Form("name", ("hostname",), name_key, _PLAIN_NAME, _as_it_is),
    _Form("name", ("fqdn",), name_key, _PLAIN_FQDN, _first_label),
    _Form("ip", ("ip_address",), address_key),
)
