"""Cells whose meaning was said, by a person or by a model: they take the value said, no rule of the field reads them.

Keep out: which corrections concern a column, and whether its field can take their values (value_rules).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.cleansing.rules import TEXT, Record, Rule, Trouble
from discovery_pipeline.domain.names import clean_text

# key: how cells are spelt, distinct; value: the canonical text that they mean, null = nothing; held: whether the field
# can take it; told: who said so; by_model: whether that is a model.
SAID = {
    "key": pl.String(), "value": pl.String(), "held": pl.Boolean(), "told": pl.String(), "by_model": pl.Boolean(),
}  # fmt: skip
_CORRECTED = Rule("corrected", pl.col("held") & ~pl.col("by_model"), pl.col("value"))
# The finding says that no rule knows these words and who told their meaning: people may see it otherwise.
_ADVISED = Rule(
    "advised", pl.col("held") & pl.col("by_model"), pl.col("value"),
    Trouble(
        "read_by_model", "info", "words that no rule knows; read as a model advised, mostly right on known ones",
        "say what they mean in a value correction where the model is wrong; explain names the model",
    ),
)  # fmt: skip


def spelling(text: pl.Expr) -> pl.Expr:
    """How cells are compared with corrections: lower-case, each run of blanks (no-break ones too) as one.

    Marks count, unlike between words of the vocabulary: "-1" is not "1", and "C++" not "C".
    """
    return clean_text(text).str.to_lowercase()


@dataclass(frozen=True, eq=False)
class Corrections:
    """What the spellings of a column were said to mean: SAID. refused: the rule for values the field cannot take."""

    said: pl.DataFrame
    refused: Rule

    @classmethod
    def of(cls, said: pl.DataFrame, trouble: Trouble) -> Corrections:
        """Corrections that raise `trouble` for cells whose value the field cannot take, and leave these as they are."""
        return cls(said, Rule("correction_refused", ~pl.col("held"), TEXT, trouble))

    def needed(self, fired: Collection[Rule]) -> Corrections | None:
        """Itself where some cell was corrected."""
        return self if _CORRECTED in fired or _ADVISED in fired else None

    @property
    def sound(self) -> Corrections:
        """Those whose value the field can take."""
        return Corrections(self.said.filter("held"), self.refused)

    def read(
        self, frame: pl.DataFrame, reading: Callable[[pl.DataFrame], pl.DataFrame], record: Record
    ) -> pl.DataFrame:
        """The frame with what was said in `text`, and what `reading` makes of the other rows; rows and order stay.

        Every cell met is recorded, one that means what it says too: the field would perhaps have read it otherwise.
        """
        known = frame.with_columns(key=spelling(TEXT)).join(self.said, on="key", how="left", maintain_order="left")
        for rule in (self.refused, _CORRECTED, _ADVISED):
            met = known.filter(rule.matches).with_columns(after=rule.result)
            if not met.is_empty():
                record(rule, met)
        held = known.get_column("held").fill_null(False)
        if not held.any():
            return reading(frame)
        told = known.filter(held).with_columns(text="value").select(frame.columns)
        order = pl.concat([held.arg_true(), (~held).arg_true()]).arg_sort()
        return pl.concat([told, reading(frame.filter(~held))])[order]
