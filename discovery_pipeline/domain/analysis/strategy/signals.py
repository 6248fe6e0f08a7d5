"""What texts of the data say for the strategy: planned treatments, products sold as services, signals of descriptions.

Works on distinct texts. Keep out: the words themselves (words.yaml), what follows from them (strategy.yaml).
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.strategy.rulebook import strategy_words


def planned_strategy(column: str = "planned_strategy") -> pl.Expr:
    """The strategy that a planned treatment names as a whole, or else by its first word; null where it names none."""
    words = {word: strategy for strategy, listed in strategy_words()["planned"].items() for word in listed}
    lower = pl.col(column).str.to_lowercase()
    whole = [
        lower.str.replace_all(other, "").replace_strict(words, default=None, return_dtype=pl.String)
        for other in (r"[^\p{L}\p{N}]+", r"[^\p{L}]+")
    ]
    first = lower.str.extract(r"^\W*(\p{L}+(?:-\p{L}+)?)", 1).str.replace("-", "")
    return pl.coalesce(*whole, first.replace_strict(words, default=None, return_dtype=pl.String))


def with_signals(facts: pl.DataFrame) -> pl.DataFrame:
    """facts plus packaged and one column per signal: what was found, or null.

    facts: columns application_name, software, application_role, description, tags.
    """
    served = pl.concat_str(
        pl.col("application_name").list.join(" ", ignore_nulls=True), "software", "application_role",
        separator=" ", ignore_nulls=True,
    )  # fmt: skip
    said = pl.concat_str("description", "tags", "application_role", "software", separator=" | ", ignore_nulls=True)
    texts = facts.with_columns(_served=served.str.to_lowercase(), _said=said.str.to_lowercase())
    named = _found(texts.get_column("_served"), strategy_words()["packaged"], "packaged")
    signals = _matched(texts.get_column("_said"), strategy_words()["signals"])
    joined = texts.join(named, left_on="_served", right_on="text", how="left", maintain_order="left")
    return joined.join(signals, left_on="_said", right_on="text", how="left", maintain_order="left").drop(
        "_served", "_said"
    )


def _hits(texts: pl.Series, patterns: dict[str, str]) -> pl.DataFrame:
    """Column text: the distinct texts in which any of the patterns is found, by one pass over them."""
    anything = "|".join(f"(?:{pattern})" for pattern in patterns.values())
    return pl.DataFrame({"text": texts}).filter(pl.col("text").str.len_bytes() > 1).unique().filter(
        pl.col("text").str.contains(anything)
    ).sort("text")  # fmt: skip


def _found(texts: pl.Series, patterns: dict[str, str], name: str) -> pl.DataFrame:
    """Columns text, {name}: the name of the first pattern that is found."""
    hits = [pl.when(pl.col("text").str.contains(pattern)).then(pl.lit(label)) for label, pattern in patterns.items()]
    return _hits(texts, patterns).with_columns(pl.coalesce(hits).alias(name))


def _matched(texts: pl.Series, patterns: dict[str, str]) -> pl.DataFrame:
    """Column text, and per pattern the words that it matched."""
    return _hits(texts, patterns).with_columns(
        pl.col("text").str.extract(f"({pattern})").alias(name) for name, pattern in patterns.items()
    )
