"""Structural findings of a table: what a person should know before trusting it, with place, severity and advice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import Severity, TableInfo, TableKind, finding
from discovery_pipeline.domain.validation.shifted import Shift
from discovery_pipeline.domain.validation.truncated import Sign
from discovery_pipeline.domain.vocabulary.headers import Header
from discovery_pipeline.domain.vocabulary.lexicon import claims_of
from discovery_pipeline.domain.vocabulary.profile import ColumnProfile

# Findings of one kind and table beyond these are counted, not listed: a table of 10,000 blank headers is one problem.
_LISTED = 20
_KEYS = {
    "asset": ("hostname", "fqdn", "source_id", "uuid", "serial_number", "asset_tag", "ip_address", "mac_address",
              "application_name", "hypervisor_host", "cluster"),
    "relationship": ("parent", "child"),
    "connection": ("source_ip", "source_host", "destination_ip", "destination_host"),
}  # fmt: skip
# Columns named as proof of a shift.
_PROOFS = 4
# Rows named as examples of a finding.
_PLACES = 5


def counted(number: int, what: str) -> str:
    """1 row, 2,000 rows."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def places(rows: pl.DataFrame) -> str:
    """Where the first of these rows (row, line) stand, as people look for them."""
    column = "line" if rows["line"].null_count() == 0 else "row"
    shown = ", ".join(map(str, rows[column].head(_PLACES)))
    more = f" and {len(rows) - _PLACES:,} more" if len(rows) > _PLACES else ""
    return f"{column}{'' if len(rows) == 1 else 's'} {shown}{more}"


@dataclass(frozen=True)
class TableSample:
    """A table as far as findings need it. profiles: of a spread of rows; filled: non-empty cells over all rows."""

    info: TableInfo
    headers: tuple[Header, ...]
    profiles: tuple[ColumnProfile, ...]
    filled: tuple[int, ...]


def structural_findings(
    sample: TableSample,
    kind: TableKind,
    shift: Shift | None,
    dropped: pl.DataFrame,
    repeats: pl.DataFrame,
    signs: Iterable[Sign],
) -> Iterator[dict[str, Any]]:
    """All structural findings of one table.

    dropped: its SET_ASIDE rows. repeats: row, line of exact repeats. signs: that it was cut off.
    """
    yield from _headers(sample)
    yield from _columns(sample)
    yield from _dropped(sample, dropped)
    yield from _repeated(sample, repeats)
    yield from (_said(sample, sign) for sign in signs)
    yield from _shifted(sample, shift)
    yield from _meaning(sample, kind)


def _say(sample: TableSample, severity: Severity, code: str, detail: str, advice: str, **place: int) -> dict[str, Any]:
    return finding("validation", severity, code, detail, advice, sample.info, **place)


def _listed(
    sample: TableSample, positions: list[int], severity: Severity, code: str, what: str, advice: str
) -> Iterator[dict[str, Any]]:
    for position in positions[:_LISTED]:
        header = sample.info.headers[position].strip()[:80]
        named = f"column {position} ('{header}')" if header else f"column {position}"
        yield _say(sample, severity, code, f"{named} {what}", advice, position=position)
    if len(positions) > _LISTED:
        more = len(positions) - _LISTED
        yield _say(sample, severity, code, f"{more} more columns: {what}", advice)


def _headers(sample: TableSample) -> Iterator[dict[str, Any]]:
    names = [" ".join(h.split()).casefold() for h in sample.info.headers]
    blank = [i for i, name in enumerate(names) if not name and sample.filled[i]]
    yield from _listed(sample, blank, "warning", "blank_header", "holds values but has no header",
                       "name the column in the source; it is mapped by its values only")  # fmt: skip
    first = {name: i for i, name in reversed(list(enumerate(names)))}
    repeated = [i for i, name in enumerate(names) if name and first[name] != i]
    yield from _listed(sample, repeated, "warning", "repeated_header", "repeats the header of an earlier column",
                       "give each column its own header; both are mapped, the earlier one is trusted more")  # fmt: skip


def _columns(sample: TableSample) -> Iterator[dict[str, Any]]:
    rows = sample.info.rows
    vacant = [i for i, n in enumerate(sample.filled) if n == 0 and rows and sample.info.headers[i].strip()]
    yield from _listed(
        sample, vacant, "info", "empty_column", "holds no value in any row", "leave it out of the export"
    )
    constant = [
        p.position for p in sample.profiles if p.rows >= 20 and p.distinct == 1 and sample.filled[p.position] == rows
    ]
    yield from _listed(sample, constant, "info", "constant_column", "holds the same value in every row",
                       "nothing to do; it tells the rows apart in no way")  # fmt: skip


def _dropped(sample: TableSample, dropped: pl.DataFrame) -> Iterator[dict[str, Any]]:
    for (reason,), gone in dropped.sort("reason", "row").group_by("reason", maintain_order=True):
        said = f"{counted(len(gone), 'row')} dropped: {reason}, {places(gone)}"
        yield _say(sample, "info", f"dropped_{reason}", said, "see the quarantine for each row", row=gone["row"][0])


def _repeated(sample: TableSample, repeats: pl.DataFrame) -> Iterator[dict[str, Any]]:
    if len(repeats):
        said = f"{counted(len(repeats), 'row')} the same in every cell as an earlier one, {places(repeats)}"
        yield _say(sample, "info", "exact_repeats", said,
                   "nothing to do; each counts with the row it repeats, once", row=repeats["row"][0])  # fmt: skip


def _said(sample: TableSample, sign: Sign) -> dict[str, Any]:
    place = {"row": sign.row, "position": sign.position}
    return finding("validation", sign.severity, sign.code, sign.detail, sign.advice, sample.info, **place)


def _shifted(sample: TableSample, shift: Shift | None) -> Iterator[dict[str, Any]]:
    """Values that stand beside their headers, with the headers that show it."""
    if shift is None:
        return
    headers = [h.strip()[:80] for h in sample.info.headers]
    told = ", ".join(f"those of '{headers[p]}' under '{headers[p + shift.offset]}'" for p in shift.columns[:_PROOFS])
    columns = "one column" if abs(shift.offset) == 1 else f"{abs(shift.offset)} columns"
    way = "right" if shift.offset > 0 else "left"
    yield _say(sample, "error", "shifted_columns",
               f"at the latest from column {shift.columns[0]} on values stand {columns} to the {way} of their "
               f"headers: {told}",
               "the header and the rows don't have the same columns: export again or mend the header; until then "
               f"columns from {shift.start} on wait for a person's look", position=shift.columns[0])  # fmt: skip


def _meaning(sample: TableSample, kind: TableKind) -> Iterator[dict[str, Any]]:
    """A table without any identifying column can't become records of the inventory."""
    claimed = {c.field for h in sample.headers for c in claims_of(kind.record, h)[:1] if c.weight >= 2.0}
    shaped = any(p.share("ip", "mac", "uuid", "fqdn") >= 0.5 for p in sample.profiles)
    if not claimed & set(_KEYS[kind.record]) and not shaped:
        yield _say(sample, "warning", "no_identity", "no column identifies what a row is about",
                   "if it is no inventory (notes, legend, cover), leave it out; else map its name column")  # fmt: skip
    elif kind.grain == "detail":
        yield _say(sample, "info", "detail_table", f"its rows are details of assets ({kind.why[-1]})",
                   "nothing to do; they attach to the asset that carries their id or name")  # fmt: skip
