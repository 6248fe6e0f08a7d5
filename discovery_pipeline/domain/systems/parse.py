"""Strings that name operating systems, taken apart: family, product, version, edition, word size.

Works on distinct strings. Keep out: what follows from a system (lifecycle, types), and how its name is written
(spelling).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import polars as pl

from discovery_pipeline.domain.systems.catalog import Product, catalog

# text: the string. product: id in the catalogue; name: as people write it, without the version. version: "2012 R2",
# "7.9", "12 SP5". edition, update: "Standard", "SP1". span: "or later", or "one of" where the version lists several;
# null where it is exact. bits: word size, null where nothing says it. generic: no more than a family is said. plain:
# nothing but that stands there. Everything but text and bits is null where no system is named, or two are.
SYSTEM = {
    "text": pl.String(), "family": pl.String(), "product": pl.String(), "name": pl.String(), "version": pl.String(),
    "edition": pl.String(), "update": pl.String(), "span": pl.String(), "bits": pl.Int8(), "generic": pl.Boolean(),
    "plain": pl.Boolean(),
}  # fmt: skip
# Longer texts are descriptions: a system named in one need not be the machine's own.
_LONGEST = 120
_TEXT, _OPEN, _FOLDED, _KERNEL = pl.col("text"), pl.col("open"), pl.col("folded"), pl.col("kernel")

_MARKS = r"®|™|\((?:r|tm)\)|\[tm\]"
_PRETTY = r"prettyname='([^']*)'"
_URL = r"https?://[\w.]+/"
# "5.14.0-362.18.1.el9_3.x86_64", "kernel 5.10.213": a kernel's number says nothing, its suffix names the release.
_KERNEL_NUMBER = r"\d+\.\d+\.\d+ ?-+ ?\d[\w.+~-]*|kernel[ :]+\d[\w.+~-]*|\buname: ?[\w.-]+"
_RELEASE_OF_KERNEL = r"\.el(\d+)(?:_(\d+))?|amzn(20\d\d|2)\b"
_BITS_64 = r"64[ -]?(?:bits?|位|ビット)|\bx(?:86[-_])?64|\bamd64|\baarch64|\barm64|64 ?bits|\bppc64|_64guest|64guest"
_BITS_32 = r"32[ -]?(?:bits?|位|ビット)|\bi[3-6]86\b|\bx86\b|\bwin32\b"
_PROCESSOR = (
    r"\b(?:64|32) ?(?:bits?\b|位|ビット)|\bx86 ?(?:64)?\b|\bx64\b|\bamd64\b|\baarch64\b|\barm64\b|\bia64\b|"
    r"\bppc64(?:le)?\b|\bi[3-6]86\b"
)
_LATER = (
    r"\bor (?:later|above|newer|higher)\b|\bou version ult[eé]rieure|\boder h[oö]her|\boder neuer|\d\+(?:$| )|"
    # The kernel of Windows 10 and of 11 calls itself 10.0.
    r"\bnt workstation 10\.0$"
)
# What may stand beside a family's word without saying more: "Other Linux", "GNU/Linux".
_PLAIN = (
    r"\b(?:other|autre|generic|gnu|microsoft|operating|system|os|based|family|linux|windows|unix|win|or|later|ou|"
    r"version|ult[eé]rieure|\d\.x)\b|[ ./]+"
)
_SEVERAL = r"^\d+(?:\.\d+)?(?:/\d+(?:\.\d+)?)+$"
# A Windows and another system in one cell: "Windows 2019 / RHEL 7".
_WINDOWS = r"\bwindows (?:server|20|10|11)"
_OTHERS = r"\bred ?hat|\brhel|\bcent ?os|\bubuntu|\bdebian|\bsuse|\bsles|\boracle linux"


def parse(texts: pl.Series) -> pl.DataFrame:
    """SYSTEM, a row per distinct filled text, sorted by it."""
    distinct = texts.drop_nulls().unique().sort().cast(pl.String()).to_frame("text")
    folded = distinct.with_columns(_unwrapped().alias("open")).with_columns(
        _OPEN.str.extract(_RELEASE_OF_KERNEL, 0).alias("kernel"),
        _folded(_OPEN.str.replace_all(_KERNEL_NUMBER, " ")).alias("folded"),
        _bits(_OPEN).alias("bits"),
    )
    index = pl.when((_OPEN.str.len_chars() <= _LONGEST) & ~_names_two()).then(_first_product())
    found = folded.with_columns(index.alias("index"))
    parts = [_read(group, catalog().products[number]) for (number,), group in _by_product(found)]
    unread = found.filter(pl.col("index").is_null()).select(_blank(name, dtype) for name, dtype in SYSTEM.items())
    return pl.concat([*parts, unread]).sort("text")


def _by_product(found: pl.DataFrame) -> Iterable[tuple[tuple[Any, ...], pl.DataFrame]]:
    known = found.drop_nulls("index")
    return known.group_by(["index"], maintain_order=True)


def _blank(name: str, dtype: pl.DataType) -> pl.Expr:
    return pl.col(name) if name in ("text", "bits") else pl.lit(None, dtype).alias(name)


def _unwrapped() -> pl.Expr:
    """The lower-case text without marks, addresses and attribute names around the system's name."""
    lower = _TEXT.str.to_lowercase().str.replace_all(_MARKS, "").str.replace_all(_URL, " ")
    pretty = pl.coalesce(lower.str.extract(_PRETTY, 1), lower)
    guest = pretty.str.extract(r"^([a-z][a-z0-9]*?)_?(?:64)?guest$", 1)
    named = guest.replace_strict(catalog().guests, default=guest, return_dtype=pl.String).str.to_lowercase()
    return pl.when(guest.is_null()).then(pretty).otherwise(named)


def _folded(text: pl.Expr) -> pl.Expr:
    blanks = text.str.replace_all(r"[^\p{L}\p{N}./]+", " ").str.replace_all(_PROCESSOR, " ")
    return blanks.str.replace_all(" +", " ").str.strip_chars(" ")


def _bits(text: pl.Expr) -> pl.Expr:
    guest_64 = _TEXT.str.to_lowercase().str.contains(r"64guest$")
    wide = text.str.contains(_BITS_64) | guest_64
    return pl.when(wide).then(64).when(text.str.contains(_BITS_32)).then(32).cast(pl.Int8)


def _names_two() -> pl.Expr:
    return _FOLDED.str.contains(_WINDOWS) & _FOLDED.str.contains(_OTHERS)


@cache
def _first_product() -> pl.Expr:
    tests = enumerate(catalog().products)
    return pl.coalesce([pl.when(_FOLDED.str.contains(p.match)).then(pl.lit(number, pl.Int16())) for number, p in tests])


def _read(group: pl.DataFrame, product: Product) -> pl.DataFrame:
    """SYSTEM of texts that name this product."""
    version = pl.coalesce(
        *(_version(product, pattern) for pattern in product.version),
        _of_kernel(product),
        _code(product),
        pl.lit(None, pl.String),
    )
    later = _FOLDED.str.contains(_LATER)
    return group.with_columns(version.alias("version")).select(
        "text",
        pl.lit(product.family).alias("family"),
        pl.lit(product.id).alias("product"),
        pl.lit(product.name).alias("name"),
        "version",
        _editions(product.family).alias("edition"),
        _update(product).alias("update"),
        pl.when(pl.col("version").is_null()).then(None).when(later).then(pl.lit("or later"))
        .when(pl.col("version").str.contains(_SEVERAL)).then(pl.lit("one of")).alias("span"),
        "bits",
        pl.lit(product.generic).alias("generic"),
        ((_FOLDED.str.replace_all(_PLAIN, "") == "") & ~_OPEN.str.contains(_KERNEL_NUMBER)).alias("plain"),
    )  # fmt: skip


def _version(product: Product, pattern: str) -> pl.Expr:
    """What the pattern finds, as the catalogue writes it; null where it finds nothing that says a version."""
    groups = pattern.count("(") - pattern.count("(?") - pattern.count(r"\(")
    first, *rest = (_group(pattern, number) for number in range(1, groups + 1))
    joined = pl.concat_str([first, *rest], separator=product.join, ignore_nulls=True)
    known = pl.concat_str(
        [first.replace_strict(product.versions, default=first, return_dtype=pl.String), *rest],
        separator=product.join,
        ignore_nulls=True,
    )
    listed = joined.replace_strict(product.versions, default=None, return_dtype=pl.String)
    if product.unknown:
        known = pl.when(known.str.contains(r"^20\d\d") | ~known.str.contains(product.unknown)).then(known)
    said = pl.coalesce(listed, known)
    return pl.when(first.is_not_null()).then(said.str.replace(" r2$", " R2"))


def _group(pattern: str, number: int) -> pl.Expr:
    found = _FOLDED.str.extract(pattern, number)
    return pl.when(found != "").then(found)


def _of_kernel(product: Product) -> pl.Expr:
    """Red Hat and those who build from its sources write the release into the kernel's name."""
    if product.id == "amazon_linux":
        return _KERNEL.str.extract(r"amzn(\d+)", 1)
    if product.id not in ("rhel", "centos", "oracle_linux", "alma", "rocky", "centos_stream"):
        return pl.lit(None, pl.String)
    release = [_KERNEL.str.extract(_RELEASE_OF_KERNEL, number) for number in (1, 2)]
    return pl.when(release[0].is_not_null()).then(pl.concat_str(release, separator=".", ignore_nulls=True))


def _code(product: Product) -> pl.Expr:
    words = [pl.when(_FOLDED.str.contains(rf"\b{word}\b")).then(pl.lit(v)) for word, v in product.codes.items()]
    return pl.coalesce([*words, pl.lit(None, pl.String)])


def _editions(family: str) -> pl.Expr:
    words = [
        pl.when(_FOLDED.str.contains(find)).then(pl.lit(word)) for find, word in catalog().editions.get(family, ())
    ]
    joined = pl.concat_str([*words, pl.lit(None, pl.String)], separator=" ", ignore_nulls=True)
    return pl.when(joined != "").then(joined)


def _update(product: Product) -> pl.Expr:
    found = pl.coalesce([*(_FOLDED.str.extract(p, 1) for p in product.update), pl.lit(None, pl.String)])
    upper = found.replace(product.updates).str.to_uppercase()
    return pl.when(upper.str.len_chars() == 1).then(pl.lit("SP") + upper).otherwise(upper)
