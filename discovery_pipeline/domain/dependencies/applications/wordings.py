"""Applications' names in what their servers are called and described as. Keep out: what other servers are called."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.application_names import application_key
from discovery_pipeline.domain.dependencies.applications.params import MembershipParams

_TEXTS = ("description", "application_role", "tags")
_LEAST_FORM, _LEAST_PIECE, _LEAST_MENTION, _MOST_WORDS = 3, 4, 4, 4
_LEAST_RIGHT = 0.5
# by: the form of the name that was met.
WORDED = {"s": pl.UInt32(), "a": pl.UInt32(), "by": pl.String()}


def forms(applications: pl.DataFrame) -> pl.DataFrame:
    """Columns form, a: how an application's name is shortened, where only one application's is shortened to it.

    The name as one word, its initials, each of its words, the beginnings of its first word alone or before those of the
    second, as written or without the vowels (Forecast Engine: fore, foen, frc, frce).
    """
    words = pl.col("name").str.to_lowercase().str.extract_all(r"[\p{L}\p{N}]+")
    named = applications.select("a", key=application_key(pl.col("name")), words=words).drop_nulls("key")
    several = named.filter(pl.col("words").list.len() > 1)
    initials = pl.col("words").list.eval(pl.element().str.slice(0, 1)).list.join("")
    first, second = pl.col("words").list.get(0, null_on_oob=True), pl.col("words").list.get(1, null_on_oob=True)
    parts = [
        named.select("a", form="key"),
        several.select("a", form=initials),
        several.select("a", form="words").explode("form", empty_as_null=False),
        *(named.select("a", form=pl.col("key").str.slice(0, length)) for length in (3, 4, 5)),
        *_beginnings(named, first, second),
        *_beginnings(named, _skeleton(first), _skeleton(second)),
    ]
    lettered = pl.concat(parts).filter(
        pl.col("form").str.len_chars() >= _LEAST_FORM, pl.col("form").str.contains(r"\p{L}")
    )
    distinct = lettered.unique()
    # A whole name is its application's, whatever else would be shortened to it.
    whole = named.select("a", form="key").unique("form", keep="none")
    single = distinct.unique("form", keep="none").join(whole, on="form", how="anti")
    return pl.concat([whole, single.select("a", "form")]).sort("form")


def _skeleton(word: pl.Expr) -> pl.Expr:
    """A word's first letter and its consonants."""
    return word.str.slice(0, 1) + word.str.slice(1).str.replace_all("[aeiouyäöüéèáíóú]", "")


def _beginnings(named: pl.DataFrame, first: pl.Expr, second: pl.Expr) -> list[pl.DataFrame]:
    return [
        named.select("a", form=first.str.slice(0, head) + second.str.slice(0, tail).fill_null(""))
        for head in (1, 2, 3, 4)
        for tail in (0, 1, 2, 3)
    ]


def named_in_names(traits: pl.DataFrame, offered: pl.DataFrame, servers: int, params: MembershipParams) -> pl.DataFrame:
    """WORDED by host names. traits: TRAITS of names. offered: forms. servers: how many there are."""
    rare = max(params.few, int(params.often * servers))
    length = pl.col("text").str.len_chars()
    texts = traits.filter((pl.col("kind") == "name") | (length >= _LEAST_PIECE)).select("s", form="text").unique()
    found = texts.join(offered, on="form").filter(pl.col("s").len().over("form") <= rare)
    return found.select("s", "a", by="form")


def named_in_texts(servers: pl.DataFrame, applications: pl.DataFrame) -> pl.DataFrame:
    """WORDED by descriptions, roles and tags: an application's whole name in so many words."""
    names = applications.select("a", form=application_key(pl.col("name"))).unique("form", keep="none")
    long = names.filter(pl.col("form").str.len_chars() >= _LEAST_MENTION)
    parts = []
    for column in _TEXTS:
        texts = servers.select(text=column).drop_nulls().unique()
        words = texts.with_columns(words=pl.col("text").str.to_lowercase().str.extract_all(r"[\p{L}\p{N}+#]+"))
        for count in range(1, _MOST_WORDS + 1):
            runs = words.filter(pl.col("words").list.len() >= count).explode("words", empty_as_null=False)
            after = [pl.col("words").shift(-n).over("text") for n in range(count)]
            met = runs.select("text", form=pl.concat_str(after)).drop_nulls().unique().join(long, on="form")
            parts.append(servers.select("s", text=column).join(met, on="text").select("s", "a", by="form"))
    return pl.concat(parts).unique()


def _contradicted(found: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """by, a: forms that known servers bear of which most serve another application. found: WORDED. known: s, a."""
    bearing = found.join(known.select("s").unique(), on="s", how="semi")
    right = known.select("s", "a", right=pl.lit(1, pl.Int64)).unique()
    judged = bearing.join(right, on=["s", "a"], how="left")
    counted = judged.group_by("by", "a").agg(share=pl.col("right").fill_null(0).mean())
    return counted.filter(pl.col("share") < _LEAST_RIGHT).select("by", "a")


def worded(
    servers: pl.DataFrame,
    applications: pl.DataFrame,
    traits: pl.DataFrame,
    known: pl.DataFrame,
    params: MembershipParams,
) -> pl.DataFrame:
    """WORDED, one row per server and application, sorted; where a server's name fits several, none of them.

    known: s, a. A form that the known servers contradict (a site's code that looks like one) is none.
    """
    offered = named_in_names(traits, forms(applications), len(servers), params)
    in_names = offered.join(_contradicted(offered, known), on=["by", "a"], how="anti")
    longest = in_names.sort(["s", "a", pl.col("by").str.len_chars(), "by"], descending=[False, False, True, False])
    single = longest.unique(["s", "a"], keep="first", maintain_order=True).filter(pl.len().over("s") == 1)
    both = pl.concat([single, named_in_texts(servers, applications)])
    return both.sort("s", "a", "by").unique(["s", "a"], keep="first", maintain_order=True)
