"""Signs that an export was cut off: row counts at which tools stop, a last row that breaks off, names that end early.

Signs, not proof: each says what it rests on. Keep out: signs that only several tables show (deliveries).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.handoffs import RawTable, Severity
from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.domain.vocabulary.headers import Header
from discovery_pipeline.domain.vocabulary.lexicon import claims_of
from discovery_pipeline.domain.vocabulary.profile import ColumnProfile

# Row counts at which exporters stop without a word, with what is known to stop there.
_CAPS = {
    1_000: "answers of Active Directory and Azure", 2_000: "reports of Salesforce", 5_000: "lists of SharePoint",
    10_000: "ServiceNow, Elasticsearch", 25_000: "a round number", 32_000: "ServiceNow's Excel export",
    50_000: "Splunk", 65_535: "Excel 97-2003", 65_536: "Excel 97-2003", 100_000: "a round number",
    250_000: "a round number", 500_000: "a round number", 1_000_000: "a round number", 1_048_575: "Excel",
    1_048_576: "Excel",
}  # fmt: skip
_SURE_CAPS = frozenset({10_000, 32_000, 65_535, 65_536, 1_048_575, 1_048_576})
_CUT_ADVICE = "compare with the row count in the source, export in parts if it is higher"
# A column is always filled from this share of a sample on; so many of these a row that broke off leaves empty.
_ALWAYS = 0.98
_MISSING_CELLS = 2
_LEAST_ROWS = 20
# Names that begin with so many letters, in order, and all before the middle of the alphabet.
_LEAST_NAMES = 200
_LEAST_INITIALS = 6
_LATE = "n"


@dataclass(frozen=True)
class Sign:
    """What a finding of an export that was cut off says. row, position: where it shows, None for the table."""

    severity: Severity
    code: str
    detail: str
    advice: str
    row: int | None = None
    position: int | None = None


def signs_of_truncation(
    table: RawTable,
    headers: Sequence[Header],
    profiles: Sequence[ColumnProfile],
    record: RecordKind,
    dropped: pl.DataFrame,
) -> Iterator[Sign]:
    """All signs of one table. dropped: its SET_ASIDE rows; headers and profiles by position."""
    rows = table.info.rows
    cap = next((count for count in (rows, rows - len(dropped)) if count in _CAPS), None)
    if cap is not None:
        severity: Severity = "warning" if cap in _SURE_CAPS else "info"
        detail = f"exactly {cap:,} rows, a limit at which exports are cut off ({_CAPS[cap]})"
        yield Sign(severity, "truncated_export", detail, _CUT_ADVICE)
    if rows >= _LEAST_ROWS:
        yield from _broken_off(table, profiles, dropped)
    if rows >= _LEAST_NAMES and record == "asset":
        yield from _ends_early(table, headers)


def _broken_off(table: RawTable, profiles: Sequence[ColumnProfile], dropped: pl.DataFrame) -> Iterator[Sign]:
    """The last row lacks its end: columns that are always filled are empty from some cell on."""
    always = [p.position for p in profiles if p.rows and p.filled >= min(_ALWAYS * p.rows, p.rows - 1)]
    last = table.frame.tail(1).collect()
    if last.is_empty() or last["row"][0] in dropped["row"] or len(always) <= _MISSING_CELLS:
        return
    filled = [p for p in range(len(profiles)) if (last[f"c{p}"][0] or "").strip()]
    end = max(filled, default=-1)
    missing = [p for p in always if p > end]
    if not filled or len(missing) < _MISSING_CELLS or any(p not in filled for p in always if p <= end):
        return
    names = [name.strip()[:80] for name in table.info.headers]
    said = f"the last row ends in column {end} ('{names[end]}') with {_half(table, end, last)}"
    yield Sign(
        "warning", "last_row_breaks_off",
        f"{said}; {len(missing)} columns that every other row fills are empty, '{names[missing[0]]}' first",
        "the file was cut off while it was written or copied: get it again", int(last["row"][0]), end,
    )  # fmt: skip


def _half(table: RawTable, position: int, last: pl.DataFrame) -> str:
    """The last value, and the value of the column that it begins like."""
    value = str(last[f"c{position}"][0]).strip()
    cell = pl.col(f"c{position}")
    longer = table.frame.filter(cell.str.starts_with(value) & (cell != value)).select(cell).head(1).collect()
    return f"'{value[:60]}'" + (f", where others have '{longer.item()[:60]}'" if len(longer) else "")


def _ends_early(table: RawTable, headers: Sequence[Header]) -> Iterator[Sign]:
    """Names in the order of the alphabet that end in its first half, though they use every letter up to there."""
    position = next((p for p, header in enumerate(headers) if _names(header)), None)
    if position is None:
        return
    name = pl.col(f"c{position}").str.strip_chars().str.to_lowercase()
    names = table.frame.select(name.alias("name")).drop_nulls().collect(engine="streaming")["name"]
    if len(names) < _LEAST_NAMES or not names.is_sorted() or names.n_unique() < _LEAST_NAMES:
        return
    initials = [letter for letter in names.str.slice(0, 1).unique(maintain_order=True) if letter.isalpha()]
    if len(initials) >= _LEAST_INITIALS and initials[0] == "a" and initials[-1] < _LATE:
        header = table.info.headers[position].strip()[:80]
        detail = (
            f"sorted by '{header}', the names begin with {len(initials)} letters from a to {initials[-1]} and no later"
            f" one; the last is '{names[-1][:60]}'"
        )
        yield Sign("info", "names_end_early", detail, _CUT_ADVICE, None, position)


def _names(header: Header) -> bool:
    claims = claims_of("asset", header)
    return bool(claims) and claims[0].field in ("hostname", "application_name")
