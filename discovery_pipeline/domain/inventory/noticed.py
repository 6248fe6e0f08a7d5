"""What the inventory tells others: how host names are built, and which of their parts tell site or environment.

Read from a spread of the assets, so that it costs milliseconds at any size. A part of names is told by what it agrees
with, never by its text: names of applications and people stand in names. Keep out: who hears it.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from discovery_pipeline.domain.insights.contents import Meaning, NameScheme, Part, SiteCodes, ValueCodes
from discovery_pipeline.domain.insights.insight import About, Insight, observed
from discovery_pipeline.domain.names import name_key
from discovery_pipeline.domain.opinions.doubts import NONE
from discovery_pipeline.domain.schema import fields

# Assets looked at, the least that say anything, and how many forms of names are told.
_LOOKED_AT = 20_000
_LEAST = 20
_FORMS = 2
# A form of so many names is a scheme; a part agrees with a column in so many of the names that have both, and guessing
# the commonest value would be right in no more than the other share.
_SCHEME = 0.15
_AGREES = 0.9
_GUESSED = 0.8
_MOST_CODES = 40
# Rows that a code stands in at least before its meaning is told or asked.
_SEEN = 3
_MOST_TOLD = 8
_MOST_ASKED = 3
_NAMES = About("asset", "hostname")
_PIECE = r"\p{L}+|\d+"
# Codes of environments are told where their first letter is that of what they mean, so that they are nobody's name for
# something; asked about are single letters.
_CODE = r"^[a-z]{1,2}$"


def noticed(inventory: pl.DataFrame) -> list[Insight]:
    """The insights of an inventory. inventory: INVENTORY."""
    return [insight for form, rows in _forms(inventory) for insight in _of_form(form, rows)]


def _forms(inventory: pl.DataFrame) -> Iterator[tuple[float, pl.DataFrame]]:
    """The commonest ways in which names are built: the share of names, and those names with `pieces`."""
    step = max(1, len(inventory) // _LOOKED_AT)
    looked = inventory.lazy().select("hostname", "environment", "location").gather_every(step)
    named = looked.with_columns(key=name_key(pl.col("hostname"))).filter(pl.col("key").str.contains(r"\p{L}"))
    split = named.with_columns(
        pieces=pl.col("key").str.extract_all(_PIECE),
        form=pl.col("key").str.replace_all(r"\p{L}+", "a").str.replace_all(r"\d+", "#"),
    ).collect()
    counted = split.group_by("form").len().sort("len", "form", descending=[True, False])
    for form, count in counted.head(_FORMS).iter_rows():
        if count >= max(_LEAST, _SCHEME * len(split)):
            yield count / len(split), split.filter(form=form)


def _of_form(share: float, rows: pl.DataFrame) -> list[Insight]:
    pieces = rows["pieces"].list.len().max()
    count = min(6, int(pieces)) if isinstance(pieces, int) else 0
    told, parts = list[Insight](), list[Part]()
    for at in range(count):
        part, insights = _part(rows.with_columns(piece=pl.col("pieces").list.get(at, null_on_oob=True)), at)
        parts.append(part)
        told += insights
    if all(part in ("other", "number") for part in parts):
        return []
    return [
        observed("inventory", NameScheme(parts=tuple(parts), share=round(share, 2)), _NAMES, round(share, 2)),
        *told,
    ]


def _part(rows: pl.DataFrame, at: int) -> tuple[Part, list[Insight]]:
    if rows["piece"].drop_nulls().str.contains(r"^\d+$").all():
        return "number", []
    right = _agreement(rows, "environment")
    if right is not None:
        return "environment", _environment_codes(rows, right)
    right = _agreement(rows, "location")
    if right is not None:
        content = SiteCodes(part=at + 1, codes=rows["piece"].n_unique(), share=right)
        return "site", [observed("inventory", content, _NAMES, right)]
    return "other", []


def _agreement(rows: pl.DataFrame, column: str) -> float | None:
    """In what share of names the piece's commonest value is the asset's own; None where that says nothing."""
    both = rows.select("piece", column).drop_nulls()
    codes = both["piece"].n_unique()
    if len(both) < _LEAST or not 2 <= codes <= _MOST_CODES or len(both) < _SEEN * codes:
        return None
    guessed = float(both[column].value_counts()["count"].sort(descending=True)[0])
    # Each piece's commonest value is right once by itself: those are no agreement.
    right = both.group_by("piece", column).len().group_by("piece").agg(pl.col("len").max() - 1)["len"].sum()
    share = float(right) / (len(both) - codes)
    return round(share, 2) if share >= _AGREES and guessed <= _GUESSED * len(both) else None


def _environment_codes(rows: pl.DataFrame, right: float) -> list[Insight]:
    """What the codes mean, and a question about each that stands in names of assets without an environment only."""
    known = pl.col("environment").drop_nulls()
    codes = rows.filter(pl.col("piece").str.contains(_CODE)).group_by("piece")
    counted = codes.agg(n=pl.len(), known=known.len(), meaning=known.mode().sort().first()).filter(pl.col("n") >= _SEEN)
    seen = counted.sort("n", "piece", descending=[True, False]).select("piece", "known", "meaning").rows()
    read = [(code, meaning) for code, _, meaning in seen if meaning is not None and meaning.startswith(code[0])]
    told = [observed("inventory", ValueCodes(codes=dict(read[:_MOST_TOLD])), _NAMES, right)] if read else []
    open_codes = [code for code, known, _ in seen if not known and len(code) == 1][:_MOST_ASKED]
    offers = (*fields("asset")["environment"].choices, NONE)
    about = About("asset", "environment")
    return [*told, *(Insight("inventory phase", "question", Meaning(code=c, offers=offers), about) for c in open_codes)]
