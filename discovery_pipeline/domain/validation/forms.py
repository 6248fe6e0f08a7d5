"""How the cells of a column are written, learned from the column itself: a few words, or a few masks of signs.

By its form a cell shows that it belongs to another column. Keep out: what a column means (mapping).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.vocabulary.shapes import is_placeholder

# Cells whose letters and digits alternate at will are one sign; their order is that of trying.
_WHOLE = {
    "<uuid>": r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    "<mac>": r"[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5}",
    "<hex>": r"[0-9a-f]{32}",
    "<mail>": r"[^@\s]+@[^@\s]+\.\w+",
}
_LETTERS, _DIGITS = r"\p{L}+", r"[0-9]+"
# A form holds for nearly all cells; fewer cells than this show none.
_NEARLY_ALL = 0.95
_LEAST_CELLS = 10
# What stands in fewer cells may have slipped there.
_OFTEN = 0.02
_MOST_MASKS = 8
_MOST_WORDS = 30
_WORDS_SHARE = 0.25
# Masks that cells of many columns have, and what only free texts have.
_VAGUE = ("a", "a a", "a, a")
_SENTENCE = "a a a"


@dataclass(frozen=True)
class Form:
    """words: all that stand in the column, or empty. pattern: what its cells match; None where they are free text.
    nothing: the placeholders that stand in it.

    precise: a cell that is written otherwise is not of this column. indented: whether some cells begin with a blank, as
    the rest of a text does behind a separator. separated: share of the filled cells in which the table's delimiter
    stands.
    """

    words: frozenset[str]
    pattern: str | None
    nothing: frozenset[str]
    precise: bool
    indented: bool
    separated: float

    @property
    def is_free(self) -> bool:
        return not self.words and self.pattern is None

    def fits(self, cell: pl.Expr) -> pl.Expr:
        """1 where a cell is written so, -1 where it isn't, 0 where it is empty or the column is free."""
        bare = cell.str.strip_chars()
        says = bare.is_not_null() & (bare != "") & ~is_placeholder(bare)
        written = pl.lit(0) if self.is_free else pl.when(self._holds(bare)).then(1).otherwise(-1)
        rest = pl.lit(False) if self.indented else cell.str.starts_with(" ")
        return pl.when(says).then(pl.when(rest).then(-1).otherwise(written)).otherwise(0).cast(pl.Int8)

    def _holds(self, bare: pl.Expr) -> pl.Expr:
        return bare.is_in(self.words) if self.words else bare.str.contains(self.pattern or "")

    def seems_wrong(self, cell: pl.Expr) -> pl.Expr:
        """Whether `fits` may say -1 of a cell, at a tenth of its cost."""
        return ~(self._holds(cell) | cell.is_in(self.nothing)).fill_null(True)


def learn_forms(sample: pl.DataFrame, columns: Sequence[str], delimiter: str) -> list[Form]:
    """The form of each of these columns in a sample of a table's rows."""
    return [_form(sample[column], delimiter) for column in columns]


def _form(cells: pl.Series, delimiter: str) -> Form:
    bare = cells.str.strip_chars().to_frame("cell").filter(pl.col("cell") != "")
    known = bare.with_columns(is_placeholder(pl.col("cell")).alias("nothing"))
    counted = known.filter(~pl.col("nothing"))["cell"].value_counts(sort=True, name="n")
    words, pattern, precise = _written(counted)
    separated = int(bare["cell"].str.contains(delimiter, literal=True).sum())
    return Form(
        words,
        pattern,
        frozenset(known.filter("nothing")["cell"]),
        precise,
        indented=bool(cells.str.starts_with(" ").any()),
        separated=separated / max(len(bare), 1),
    )


def _written(counted: pl.DataFrame) -> tuple[frozenset[str], str | None, bool]:
    """words, pattern and precise of the values (cell, n)."""
    total = int(counted["n"].sum())
    if total < _LEAST_CELLS:
        return frozenset(), None, False
    often = (pl.col("n") > 1) & (pl.col("n") >= _OFTEN * total)
    words = counted.filter(often)
    if len(words) <= min(_MOST_WORDS, _WORDS_SHARE * total) and words["n"].sum() >= _NEARLY_ALL * total:
        return frozenset(words["cell"]), None, True
    masks = counted.group_by(mask(pl.col("cell")).alias("mask")).agg(pl.col("n").sum())
    common = masks.filter(often).sort(["n", "mask"], descending=[True, False]).head(_MOST_MASKS)
    if common["n"].sum() < _NEARLY_ALL * total or common["mask"].str.contains(_SENTENCE, literal=True).any():
        return frozenset(), None, False
    pattern = "^(?:" + "|".join(map(_regex, common["mask"])) + ")$"
    return frozenset(), pattern, not common["mask"].is_in(_VAGUE).any()


def mask(cell: pl.Expr) -> pl.Expr:
    """The signs of a cell: letters as a, digits as 9, the rest as it is; "srv-01" -> "a-9"."""
    signs = cell.str.replace_all(_DIGITS, "9").str.replace_all(_LETTERS, "a")
    whole = pl.lit(None, pl.String)
    for name, pattern in reversed(_WHOLE.items()):
        whole = pl.when(cell.str.contains(f"^{pattern}$")).then(pl.lit(name)).otherwise(whole)
    return pl.coalesce(whole, signs)


def _regex(signs: str) -> str:
    if signs in _WHOLE:
        return _WHOLE[signs]
    parts = {"a": _LETTERS, "9": _DIGITS}
    return "".join(parts.get(sign) or re.escape(sign) for sign in signs)
