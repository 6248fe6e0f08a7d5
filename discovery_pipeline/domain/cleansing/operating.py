"""Rules for operating systems: their names as people write them, versions without the name, processors by one word.

Keep out: telling systems apart (domain.systems).
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import polars as pl

from discovery_pipeline.domain.cleansing.derived import Derived
from discovery_pipeline.domain.cleansing.rules import SEPARATOR, TEXT, Rule, Stage, nulled, replaced
from discovery_pipeline.domain.systems.pairs import completions
from discovery_pipeline.domain.systems.spelling import architecture, spelt, version_named


def _through(function: Callable[[pl.Series], pl.Series]) -> pl.Expr:
    return TEXT.map_batches(function, return_dtype=pl.String, is_elementwise=True)


NAME = (Stage(TEXT.str.contains(r"\p{L}|^20(?:08|12)"), (Rule("os_name_spelling", pl.lit(True), _through(spelt)),)),)
_PLAIN_VERSION = r"^\d+(?:\.\d+)*$"
_NO_PACK = r"(?i)^(?:no|sin|kein|ohne|sans|aucun) service pack(?: install\w*)?$|^s(?:p|ervice pack) ?0$"
VERSION = (
    Stage(
        ~TEXT.str.contains(_PLAIN_VERSION),
        (
            nulled(
                "os_version_no_service_pack",
                TEXT.str.contains(_NO_PACK),
            ),
            replaced("os_version_word_dropped", r"(?i)^(?:version|ver\.?|release|rel\.?|v\.?)\s*(\d)", "${1}"),
            replaced("os_version_build_repeated", r"(?i)^(\d+\.\d+\.\d{4,5}(?:\.\d+)?) (?:n/a )?build \d+$", "${1}"),
            replaced("os_version_build_joined", r"(?i)^(\d+\.\d+) ?\((?:build )?(\d{4,5})\)$", "${1}.${2}"),
            replaced("os_version_codename_dropped", r"^(\d[\d.]*)(?: LTS)?(?: ?\([A-Za-z][A-Za-z ]+\))?$", "${1}"),
            replaced("os_version_service_pack", r"(?i)\bservice pack ?(\d)", "SP${1}"),
        ),
    ),
)  # fmt: skip
_WORD = architecture(TEXT)
ARCHITECTURE = (Stage(pl.lit(True), (Rule("os_architecture_spelling", _WORD.is_not_null(), _WORD),)),)


def derivations(frame: pl.LazyFrame, columns: Collection[str]) -> list[Derived]:
    """System names with the version that another column knows, and versions without the name of the system.

    frame: the clean columns; each distinct pair of name and version is looked at once.
    """
    if "os_version" not in columns:
        return []
    name = pl.col("os_name") if "os_name" in columns else pl.lit(None, pl.String)
    version = pl.col("os_version")
    stated = frame.select(name=name, version=version).unique().collect(engine="streaming")
    full = completions(stated)
    short = stated.select("version").unique().drop_nulls().with_columns(short=pl.col("version"))
    short = short.with_columns(pl.col("short").map_batches(version_named, return_dtype=pl.String))
    short = short.filter(pl.col("short") != pl.col("version"))
    completed = _pair(name, version).replace_strict(
        full.select(_pair(pl.col("name"), pl.col("version"))).to_series(), full.get_column("full"), default=None,
        return_dtype=pl.String,
    )  # fmt: skip
    bare = version.replace_strict(
        short.get_column("version"), short.get_column("short"), default=None, return_dtype=pl.String
    )
    return [
        Derived("os_name_with_version", "os_version", "os_name", completed.is_not_null(), pl.coalesce(completed, name)),
        Derived("os_version_without_name", "os_version", "os_version", bare.is_not_null(), pl.coalesce(bare, version)),
    ]


def _pair(name: pl.Expr, version: pl.Expr) -> pl.Expr:
    return pl.concat_str(name.fill_null(""), version.fill_null(""), separator=SEPARATOR)
