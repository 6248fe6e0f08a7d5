"""Rules for operating systems: their names as people write them, versions without the name, processors by one word.

Keep out: telling systems apart (domain.systems).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import polars as pl

from discovery_pipeline.domain.cleansing.derived import Derived
from discovery_pipeline.domain.cleansing.rules import SEPARATOR, TEXT, Rule, Stage, nulled, replaced
from discovery_pipeline.domain.systems.pairs import completions
from discovery_pipeline.domain.systems.spelling import architecture, exact, reported, spelt, version_named


def _through(function: Callable[[pl.Series], pl.Series]) -> pl.Expr:
    return TEXT.map_batches(function, return_dtype=pl.String, is_elementwise=True)


_NONE_OF_THE_LIST = (
    r"(?i)^(?:others?|sonstiges?|anderes?|autre|otro|altro)(?: (?:os|operating system))?(?: ?\(?(?:32|64)[- ]?bit\)?)?$"
)
NAME = (
    Stage(
        TEXT.str.contains(r"\p{L}|^20(?:08|12)"),
        (
            nulled("os_name_none_of_the_list", TEXT.str.contains(_NONE_OF_THE_LIST)),
            Rule("os_name_spelling", pl.lit(True), _through(spelt)),
        ),
    ),
)
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


def most_telling(names: Sequence[pl.Expr]) -> pl.Expr:
    """Of the columns that name a row's system the first that says its version, else the first that says anything."""
    exactly = [name.map_batches(exact, return_dtype=pl.String, is_elementwise=True) for name in names]
    return pl.coalesce(*exactly, *names)


def derivations(frame: pl.LazyFrame, columns: Collection[str]) -> list[Derived]:
    """System names with the version that another column knows; versions without the name, or taken from it.

    frame: the clean columns; each distinct pair of name and version is looked at once.
    """
    if not {"os_name", "os_version"} & set(columns):
        return []
    source = "os_name" if "os_name" in columns else "os_version"
    name, version = (pl.col(c) if c in columns else pl.lit(None, pl.String) for c in ("os_name", "os_version"))
    stated = frame.select(name=name, version=version).unique().collect(engine="streaming")
    full = completions(stated)
    texts = stated.get_column("version").drop_nulls().unique().sort()
    completed = _looked_up(_pair(name, version), full.select(_pair(pl.col("name"), pl.col("version"))), full["full"])
    bare = _looked_up(version, texts.to_frame(), version_named(texts))
    bare = pl.when(bare != version).then(bare)
    said = reported(stated.get_column("name"))
    filled = pl.when(version.is_null()).then(_looked_up(name, said.select("name"), said["version"]))
    own = pl.coalesce(bare, version, filled)
    return [
        Derived("os_name_with_version", "os_version", "os_name", completed.is_not_null(), pl.coalesce(completed, name)),
        Derived("os_version_without_name", "os_version", "os_version", bare.is_not_null(), own),
        Derived("os_version_from_name", source, "os_version", filled.is_not_null(), own),
    ]


def _looked_up(key: pl.Expr, known: pl.DataFrame, values: pl.Series) -> pl.Expr:
    return key.replace_strict(known.to_series(), values, default=None, return_dtype=pl.String)


def _pair(name: pl.Expr, version: pl.Expr) -> pl.Expr:
    return pl.concat_str(name.fill_null(""), version.fill_null(""), separator=SEPARATOR)
