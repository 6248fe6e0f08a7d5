"""Values of a field as they are compared: which spellings are one value, and which of them says most.

Keep out: which value wins (disputes.py); what a system's name says (domain.systems).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.inventory.matching.identifiers import serial_key, uuid_key
from discovery_pipeline.domain.names import name_key
from discovery_pipeline.domain.systems.parse import parse

_DAY = 86_400_000_000
# 16 GB are 16,384 MiB to one tool and 16,383 to the next that counted the memory it may use.
_ROUNDING = 0.01


@dataclass(frozen=True)
class Kinship:
    """A vague value ("Linux", "Windows Server") agrees with every value of its kin; family: the kin of each value."""

    family: Nodes
    vague: NDArray[np.bool_]


@dataclass(frozen=True)
class Forms:
    """Per value: key, equal for the spellings of one value; exact: how much a spelling says, more is better.

    kinships: how vague values agree with others, the narrow kinship first.
    """

    key: Nodes
    exact: NDArray[np.int8]
    kinships: tuple[Kinship, ...] = ()

    def only(self, kept: NDArray[np.bool_]) -> Forms:
        """Those of some of the values."""
        kinships = (Kinship(kinship.family[kept], kinship.vague[kept]) for kinship in self.kinships)
        return Forms(self.key[kept], self.exact[kept], tuple(kinships))


def forms(field: str, values: pl.Series) -> Forms:
    """The forms of each value; there is no null among them, and figures with a fraction are compared by `near`."""
    if field in _VAGUE:
        return _vague_forms(field, values)
    plain = np.zeros(len(values), dtype=np.int8)
    if values.dtype == pl.String:
        form = _KEYS.get(field)
        keys = pl.coalesce(form(_TEXT), folded(_TEXT)) if form else folded(_TEXT)
        # Lazy, for what a form uses twice is worked out once then.
        return Forms(_codes(values.alias("text").to_frame().lazy().select(keys).collect().to_series()), plain)
    if isinstance(values.dtype, pl.Datetime):
        moments = values.dt.timestamp("us").to_numpy()
        return Forms(moments // _DAY, (moments % _DAY != 0).astype(np.int8))
    return Forms(values.cast(pl.Int64).to_numpy(), plain)


def near(run: Nodes, figures: NDArray[np.float64]) -> Forms:
    """Figures of a run that lie within rounding of their neighbour are one value."""
    order = np.lexsort((figures, run))
    sorted_figures, sorted_run = figures[order], run[order]
    apart = np.abs(np.diff(sorted_figures)) > _ROUNDING * np.abs(sorted_figures[:-1])
    begins = np.concatenate([[False], apart | (np.diff(sorted_run) != 0)])
    key = np.empty(len(run), dtype=np.int64)
    key[order] = np.cumsum(begins)
    return Forms(key, np.zeros(len(run), dtype=np.int8))


def folded(text: pl.Expr) -> pl.Expr:
    """Without regard to case, and to blanks and full stops around it."""
    return text.str.strip_chars(" .").str.to_lowercase()


_TEXT = pl.col("text")
_KEYS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "uuid": uuid_key, "serial_number": serial_key, "hypervisor_host": name_key,
}  # fmt: skip


def _vague_forms(field: str, values: pl.Series) -> Forms:
    """Worked out on the distinct values, of which there are few."""
    known = _VAGUE[field]
    made = known.read(values.unique().sort())
    codes = [pl.col(name).rank("dense").cast(pl.Int64()).alias(name) for name in ("key", *known.kinships)]
    parts = made.select("text", "exact", *codes, *(pl.col(mark) for mark in known.kinships.values()))
    rows = values.alias("text").to_frame().join(parts, on="text", how="left", maintain_order="left")
    kinships = (Kinship(rows[name].to_numpy(), rows[mark].to_numpy()) for name, mark in known.kinships.items())
    return Forms(rows["key"].to_numpy(), rows["exact"].to_numpy(), tuple(kinships))


def _systems(texts: pl.Series) -> pl.DataFrame:
    """Where "RHEL 8" agrees with each 8.x, "2012" with "2012 R2", "RHEL" with each RHEL, "Linux" with each Linux.

    A list of what a machine may run ("2016 or later") is vague too. Editions say more than none.
    """
    read = pl.col("family").is_not_null()
    generic = pl.col("generic").fill_null(value=False)
    vague = pl.col("version").is_null() | pl.col("span").is_not_null()
    exact = read & ~vague
    product, version = pl.col("product"), pl.col("version")
    more = version.str.contains(_MINOR)
    said = [pl.col(name).is_not_null() for name in ("edition", "update")]
    return parse(texts).select(
        "text",
        pl.when(exact).then(pl.concat_str(product, version, separator=_BETWEEN)).otherwise(folded(_TEXT)).alias("key"),
        pl.sum_horizontal(*(mark.cast(pl.Int8) for mark in (*said, exact, exact & more))).cast(pl.Int8).alias("exact"),
        pl.coalesce(pl.concat_str(product, version.str.replace(_MINOR, ""), separator=_BETWEEN), folded(_TEXT))
        .alias("release"),
        (exact & ~more).alias("no_minor"),
        pl.coalesce(pl.concat_str(product, _era(product, version), separator=_BETWEEN), folded(_TEXT)).alias("kin"),
        (read & ~generic & pl.col("span").is_not_null()).alias("no_end"),
        pl.coalesce(product, folded(_TEXT)).alias("product"),
        (read & ~generic & version.is_null()).alias("no_version"),
        pl.coalesce("family", folded(_TEXT)).alias("family"),
        (read & generic).alias("no_product"),
    )  # fmt: skip


def _era(product: pl.Expr, version: pl.Expr) -> pl.Expr:
    """vSphere lists Windows "2016 or later", which no earlier one is; "" where no version, or another product."""
    later = version.str.slice(0, 4) >= _FIRST_OR_LATER
    era = pl.when(later).then(pl.lit("later")).otherwise(pl.lit("earlier"))
    return pl.when((product == "windows_server") & version.is_not_null()).then(era).otherwise(pl.lit(""))


def _versions(texts: pl.Series) -> pl.DataFrame:
    """Where "7" agrees with "7.9", and "7.9.2009" is "7.9" said more exactly."""
    parts = folded(_TEXT).str.split(".")
    return texts.alias("text").to_frame().select(
        "text",
        parts.list.head(2).list.join(".").alias("key"),
        parts.list.len().clip(0, 100).cast(pl.Int8).alias("exact"),
        parts.list.first().alias("release"),
        (parts.list.len() == 1).alias("no_minor"),
    )  # fmt: skip


def _names(texts: pl.Series) -> pl.DataFrame:
    """Where a name that Windows cut to its NetBIOS length agrees with every longer one that begins so."""
    named = texts.alias("text").to_frame().lazy().with_columns(pl.coalesce(name_key(_TEXT), folded(_TEXT)).alias("key"))
    length = pl.col("key").str.len_chars()
    return named.select(
        "text",
        "key",
        (length > _NETBIOS).cast(pl.Int8).alias("exact"),
        pl.col("key").str.slice(0, _NETBIOS).alias("begin"),
        (length == _NETBIOS).alias("may_be_cut"),
    ).collect()


def _domains(texts: pl.Series) -> pl.DataFrame:
    """Where a NetBIOS domain, which has no dot, agrees with every DNS domain and says less."""
    dotted = pl.col("key").str.contains(".", literal=True)
    named = texts.alias("text").to_frame().with_columns(folded(_TEXT).alias("key"))
    return named.select(
        "text", "key", dotted.cast(pl.Int8).alias("exact"), pl.lit("").alias("any"), (~dotted).alias("no_dns")
    )


@dataclass(frozen=True)
class _Vague:
    """read: from distinct texts to text, key, exact and the kinships: column of the family -> column of the mark."""

    read: Callable[[pl.Series], pl.DataFrame]
    kinships: Mapping[str, str]


_BETWEEN = "|"
_FIRST_OR_LATER = "2016"
# vSphere lists 2012 for both; what people call "2012 R2" others often call "2012".
_MINOR = r"(?:\.| SP| R2).*$"
_NETBIOS = 15
_VAGUE = {
    "hostname": _Vague(_names, {"begin": "may_be_cut"}),
    "dns_domain": _Vague(_domains, {"any": "no_dns"}),
    "os_name": _Vague(
        _systems, {"release": "no_minor", "kin": "no_end", "product": "no_version", "family": "no_product"}
    ),
    "os_version": _Vague(_versions, {"release": "no_minor"}),
}


def _codes(texts: pl.Series) -> Nodes:
    return texts.hash().to_numpy().view(np.int64)
