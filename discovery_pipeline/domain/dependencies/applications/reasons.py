"""Memberships in words: why an asset is taken for a part of an application. Keep out: confidence."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.dependencies.applications.params import BASES
from discovery_pipeline.domain.dependencies.applications.votes import HOSTED

_ROWS = ("s", "a", "basis", "confidence", "reasons")
# Evidence this clear (in logits) is told as bearing out or speaking against a name.
_CLEAR = 1.0


def _count(number: str, word: str) -> pl.Expr:
    plural = pl.when(pl.col(number) == 1).then(pl.lit(word)).otherwise(pl.lit(word + "s"))
    return pl.format("{} {}", pl.col(number), plural)


def _others(action: str) -> pl.Expr:
    some = pl.format(", while {} of others {}", pl.col("others"), pl.lit(action))
    return pl.when(pl.col("others") > 0).then(some).otherwise(pl.lit(""))


def _text(basis: str) -> pl.Expr:
    """What the votes of a basis say. Columns: VOTES and name."""
    name = pl.col("name")
    if basis == "naming":
        part = pl.col("by").str.replace(r"^\d+-\d+:", "")
        return pl.format("its name has '{}' as {} of {} do{}", part, _count("behind", "server"), name, _others("do"))
    if basis == "traffic":
        talk = pl.when(pl.col("by") == HOSTED).then(pl.lit("it runs with or talks with")).otherwise(
            pl.lit("it talks with")
        )  # fmt: skip
        rest = pl.when(pl.col("others") > 0).then(pl.format("{} of others", "others")).otherwise(pl.lit("no others"))
        return pl.format("{} {} of {} and {}", talk, _count("behind", "server"), name, rest)
    if basis == "ownership":
        kind, value = pl.col("by").str.extract(r"^(\w+)=", 1), pl.col("by").str.replace(r"^\w+=", "")
        words = kind.str.replace_all("_", " ")
        return pl.format(
            "its {} is '{}' as that of {} of {}{}", words, value, _count("behind", "server"), name, _others("have it")
        )
    return pl.format("'{}' in its name or description is short for {} alone", "by", name)


def _told(found: pl.DataFrame, basis: str, votes: pl.DataFrame, applications: pl.DataFrame) -> pl.DataFrame:
    """s, a, by, basis, order, weight, text: what a basis says of the candidates, for or against them."""
    said = votes.join(applications.select("a", "name"), on="a").select("s", "a", "by", text=_text(basis))
    joined = found.join(said, on=["s", "a"], how="left")
    against = (
        pl.when(pl.col("text").is_not_null())
        .then(pl.format("only weakly: {}", "text"))
        .otherwise(pl.lit(f"its {basis} speaks for another application"))
    )
    spoken = joined.filter(pl.col("text").is_not_null() | (pl.col(basis) < 0))
    return spoken.select(
        "s", "a", "by", basis=pl.lit(basis), order=(pl.col("main") != basis).cast(pl.Int64), weight=-pl.col(basis),
        text=pl.when(pl.col(basis) >= 0).then("text").otherwise(against),
    )  # fmt: skip


def inferred_reasons(found: pl.DataFrame, votes: dict[str, pl.DataFrame], applications: pl.DataFrame) -> pl.DataFrame:
    """s, a, basis, confidence, reasons of scored candidates; the basis that says most comes first.

    A basis that speaks for another application is told as well.
    """
    texts = [_told(found, basis, votes[basis], applications) for basis in BASES]
    ordered = pl.concat(texts).drop_nulls("text").sort("s", "a", "order", "weight", "basis")
    told = ordered.group_by("s", "a", maintain_order=True).agg(
        reasons="text", hosted=((pl.col("basis") == "traffic") & (pl.col("by") == HOSTED)).any()
    )
    joined = found.join(told, on=["s", "a"], how="left", maintain_order="left")
    main = (
        pl.when((pl.col("main") == "traffic") & pl.col("hosted"))
        .then(pl.lit("hosting"))
        .otherwise(pl.col("main").replace({"wording": "naming"}))
    )
    return joined.select("s", "a", basis=main, confidence="p", reasons="reasons").select(*_ROWS)


def known_reasons(known: pl.DataFrame) -> pl.DataFrame:
    """s, a, basis, confidence, reasons of what is named or stated. known: with confidence and heard."""
    said = pl.when(pl.col("basis") == "named").then(pl.lit("its own row names the application")).otherwise(
        pl.lit("a source states that the application runs on it")
    )  # fmt: skip
    heard = (
        pl.when(pl.col("heard") >= _CLEAR)
        .then(pl.lit("its name, traffic or owners bear it out"))
        .when(pl.col("heard") <= -_CLEAR)
        .then(pl.lit("its name, traffic or owners speak for another application"))
    )
    return known.with_columns(reasons=pl.concat_list(said, heard).list.drop_nulls()).select(*_ROWS)
