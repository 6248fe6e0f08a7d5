"""What a name and a version, in columns of their own, say together of an operating system.

Works on distinct pairs. Keep out: what one string says (parse).
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.systems.parse import parse
from discovery_pipeline.domain.systems.spelling import written

# product, family: of the system; label: its name without a version; release: its version, of a client with its update.
TOLD = {
    "name": pl.String(), "version": pl.String(), "product": pl.String(), "family": pl.String(), "label": pl.String(),
    "release": pl.String(),
}  # fmt: skip
_BOTH = pl.concat_str("name", "version", separator=" ", ignore_nulls=True)
_EXACT = pl.concat_str(pl.col("name").str.replace(" or later$", ""), "version", separator=" ", ignore_nulls=True)


def told(pairs: pl.DataFrame) -> pl.DataFrame:
    """TOLD, a row per distinct pair that names a system.

    pairs: columns name and version. The name decides; the version refines it: "SLES 15" with "SP4" is "15 SP4", with
    "12.5" it stays "15". A version says a system alone only where there is no name.
    """
    stated = pairs.select("name", "version").unique().with_columns(both=_BOTH).drop_nulls("both")
    alone = _parsed(stated.get_column("name"), "name", "own")
    together = _parsed(stated.get_column("both"), "both", "full")
    joined = stated.join(alone, on="name", how="left").join(together, on="both", how="left")
    nameless, vague = pl.col("name").is_null(), pl.col("own_generic").fill_null(value=False)
    same = pl.col("own_product") == pl.col("full_product")
    finer = pl.col("own_release").is_null() | pl.col("full_release").str.starts_with(pl.col("own_release"))
    use_both = nameless | (vague & pl.col("full_product").is_not_null()) | (same & finer)
    parts = [
        pl.when(use_both).then(f"full_{part}").otherwise(f"own_{part}").alias(part)
        for part in ("product", "family", "label", "release")
    ]
    return joined.select("name", "version", *parts).drop_nulls("product").sort("name", "version")


def _parsed(texts: pl.Series, key: str, prefix: str) -> pl.DataFrame:
    release = pl.concat_str(
        "version", pl.when(pl.col("product") == "windows").then("update"), separator=" ", ignore_nulls=True
    )
    return parse(texts).select(
        pl.col("text").alias(key),
        pl.col("product").alias(f"{prefix}_product"),
        pl.col("family").alias(f"{prefix}_family"),
        pl.col("name").alias(f"{prefix}_label"),
        pl.when(pl.col("version").is_not_null()).then(release).alias(f"{prefix}_release"),
        pl.col("generic").alias(f"{prefix}_generic"),
    )


def completions(pairs: pl.DataFrame) -> pl.DataFrame:
    """Columns name, version, full: the names that lack a version which the version column knows for this very system.

    pairs: columns name and version. "Red Hat Enterprise Linux" and "7.9" are "Red Hat Enterprise Linux 7.9"; "Windows"
    and "10.0.17763" may be a server or not and make no row; "Windows 10" and "10.0.22631" are "Windows 11".
    A missing name is taken from a version that names a system.
    """
    stated = pairs.select("name", "version").unique().drop_nulls("version").with_columns(both=_EXACT)
    alone = parse(stated.get_column("name")).select(
        pl.col("text").alias("name"),
        "product",
        "generic",
        "span",
        release="version",
        lacking=pl.col("version").is_null(),
    )
    together = parse(stated.get_column("both")).filter(pl.col("version").is_not_null())
    full = together.select(pl.col("text").alias("both"), other="product", told="version", full=written())
    joined = stated.join(full, on="both", how="inner").join(alone, on="name", how="left")
    same = pl.col("product") == pl.col("other")
    # Windows 11 says of itself that it is 10; its build is not in doubt.
    client = same & (pl.col("product") == "windows") & (pl.col("release") == "10")
    later = client & (pl.col("span").is_not_null() | (pl.col("told") == "11"))
    fits = pl.col("name").is_null() | (pl.col("lacking") & (same | pl.col("generic"))) | later
    kept = joined.filter(fits & pl.col("full").is_not_null() & pl.col("full").ne_missing(pl.col("name")))
    return kept.select("name", "version", "full").sort("name", "version")
