"""From value rules to the corrections of a table's columns: which concern it, and how the schema reads their values.

Keep out: how cells take them (corrected).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

import polars as pl

from discovery_pipeline.domain.cleansing.columns import plan_value
from discovery_pipeline.domain.cleansing.corrected import SAID, Corrections, spelling
from discovery_pipeline.domain.cleansing.rules import TEXT, Rule, Trouble, nothing_recorded, run, values_frame
from discovery_pipeline.domain.learning.rules import ValueRule
from discovery_pipeline.domain.opinions.advice import Advice
from discovery_pipeline.domain.schema import Field, RecordKind

# Fields whose corrections are kept instead of read anew for each table.
_FIELDS = 256
_EXAMPLES = 5


def concerning(
    rules: Sequence[ValueRule], record: RecordKind, source: str, fields: Collection[str]
) -> tuple[ValueRule, ...]:
    """The rules for these fields of a table, the one that holds last: its source's own after general ones, newer after
    older. source: the feed that the table is from. Those about single rows are row_corrections'.
    """
    general = (r for r in rules if not r.cells)
    concerned = (r for r in general if r.record == record and r.source in (None, source) and r.field in fields)
    return tuple(sorted(concerned, key=lambda rule: (rule.source is not None, rule.told.newest)))


def corrections(field: Field, said: Sequence[ValueRule]) -> Corrections | None:
    """The corrections of a column bound to this field; None where nothing is said of it. said: see `concerning`."""
    own = tuple(rule for rule in said if rule.field == field.name)
    return _corrections(field, own) if own else None


@lru_cache(_FIELDS)
def _corrections(field: Field, own: tuple[ValueRule, ...]) -> Corrections:
    rules = pl.DataFrame(
        [(rule.raw, rule.value, str(rule.told), isinstance(rule.told, Advice)) for rule in own],
        schema={"raw": pl.String, "value": pl.String, "told": pl.String, "by_model": pl.Boolean},
        orient="row",
    )
    keys = spellings(field, rules.get_column("raw")).to_frame("key")
    values = read_values(field, rules.get_column("value"))
    said = pl.concat([keys, values, rules.select("told", "by_model")], how="horizontal", strict=True)
    holding = said.drop_nulls("key").unique("key", keep="last", maintain_order=True).select(*SAID)
    return Corrections.of(holding, _trouble(holding.filter(~pl.col("held")).get_column("told").to_list()))


def spellings(field: Field, raw: pl.Series) -> pl.Series:
    """How each raw cell of the field is compared with others; null where nothing is left of it."""
    return run(values_frame(raw), plan_value(field).tidy, nothing_recorded).select(spelling(TEXT)).to_series()


def read_values(field: Field, values: pl.Series) -> pl.DataFrame:
    """Columns value (canonical text) and held, a row per value; null is held.

    What raises a finding when a source writes it is nothing that the field can take.
    """
    troubled = [pl.Series([], dtype=pl.UInt32)]

    def record(rule: Rule, changed: pl.DataFrame) -> None:
        if rule.trouble is not None:
            troubled.append(changed.get_column("cell"))

    texts = plan_value(field).clean(values_frame(values), record).get_column("text")
    sound = ~pl.int_range(len(values), dtype=pl.UInt32, eager=True).is_in(pl.concat(troubled).implode())
    return pl.DataFrame({"value": texts, "held": values.is_null() | (texts.is_not_null() & sound)})


def _trouble(refused: Sequence[str]) -> Trouble:
    shown = "; ".join(refused[:_EXAMPLES]) + (f" and {len(refused) - _EXAMPLES} more" * (len(refused) > _EXAMPLES))
    return Trouble(
        "correction_refused", "warning", f"corrected to what the field cannot take, so read as they are: {shown}",
        "undo the correction, or correct to a value as the schema writes it",
    )  # fmt: skip
