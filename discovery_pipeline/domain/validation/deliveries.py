"""What several tables of a delivery show together: one table twice, a list shorter than its details, a missing footer.

Keep out: what one table shows alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import RawTable, TableInfo, TableKind, finding
from discovery_pipeline.domain.vocabulary.headers import Header
from discovery_pipeline.domain.vocabulary.lexicon import claims_of
from discovery_pipeline.domain.vocabulary.shapes import is_placeholder

# Fewer rows are alike by chance.
_LEAST_ROWS = 2
# Details of so many machines, and of this share of those they name, that stand in no list.
_MISSING, _MISSING_SHARE = 5, 0.05
_KEYS = ("hostname", "fqdn", "uuid", "source_id")
_CLEAR = 3.4
_SAMPLES = 3


@dataclass(frozen=True)
class Delivered:
    """A table with what is known of it. dropped: its SET_ASIDE rows."""

    table: RawTable
    kind: TableKind
    headers: tuple[Header, ...]
    dropped: pl.DataFrame

    @property
    def info(self) -> TableInfo:
        return self.table.info

    @property
    def layout(self) -> tuple[str, ...]:
        """The headers, however they are spaced and spelt."""
        return tuple(" ".join(header.split()).casefold() for header in self.info.headers)


def delivery_findings(delivered: Sequence[Delivered]) -> Iterator[dict[str, Any]]:
    """All findings that need more than one table, by table."""
    alike = [group for group in _grouped(delivered) if len(group) > 1]
    for group in alike:
        yield from _twice(group)
        yield from _without_footer(group)
    for detail in delivered:
        if detail.kind.grain == "detail" and detail.kind.product is not None:
            yield from _unlisted(detail, [each for each in delivered if _lists(each, detail.kind.product)])


def _grouped(delivered: Iterable[Delivered]) -> list[list[Delivered]]:
    groups: dict[tuple[str, ...], list[Delivered]] = {}
    for each in delivered:
        groups.setdefault(each.layout, []).append(each)
    return list(groups.values())


def _twice(group: Sequence[Delivered]) -> Iterator[dict[str, Any]]:
    """Tables that hold the same rows, in whatever order."""
    counts = [each.info.rows for each in group]
    candidates = [each for each in group if each.info.rows >= _LEAST_ROWS and counts.count(each.info.rows) > 1]
    contents = {each.info.table_no: _content(each.table) for each in candidates}
    told = set[int]()
    for first, again in combinations(candidates, 2):
        same = contents[first.info.table_no] == contents[again.info.table_no]
        if same and again.info.table_no not in told:
            told.add(again.info.table_no)
            yield finding(
                "validation", "warning", "table_delivered_twice",
                f"the same {again.info.rows:,} rows as table '{first.info.table}' of {first.info.file}",
                "withdraw one of them; each machine counts once, whether or not", again.info,
            )  # fmt: skip


def _content(table: RawTable) -> int:
    """A number that tables with the same cells share."""
    cells = [pl.col(f"c{i}").fill_null("") for i in range(len(table.info.headers))]
    row = pl.concat_str(cells, separator="\x1f").hash()
    return int(table.frame.select(row.sum()).collect(engine="streaming").item())


def _without_footer(group: Sequence[Delivered]) -> Iterator[dict[str, Any]]:
    """One table lacks the total that all others of its layout have."""
    bare = [each for each in group if "footer_total" not in each.dropped["reason"]]
    if len(bare) == 1 and len(group) > 2:
        others = len(group) - 1
        yield finding(
            "validation", "info", "footer_missing",
            f"it ends without the total that {others} tables with the same columns have below their last row",
            "the export may have been cut off: compare with the row count in the source", bare[0].info,
        )  # fmt: skip


def _lists(each: Delivered, product: str) -> bool:
    return each.kind.product == product and (each.kind.record, each.kind.grain) == ("asset", "asset")


def _unlisted(detail: Delivered, lists: Sequence[Delivered]) -> Iterator[dict[str, Any]]:
    """Machines that a tool's details name and none of its lists holds."""
    keys = [(each, key) for each in lists if (key := _shared_key(each, detail))]
    if not keys:
        return
    listed = pl.concat([_values(each.table, key[0]) for each, key in keys]).unique()
    position = keys[0][1][1]
    named = _values(detail.table, position)
    missing = named.filter(~named.is_in(listed.implode())).sort()
    if len(missing) >= max(_MISSING, _MISSING_SHARE * len(named)):
        shown = ", ".join(f"'{value[:40]}'" for value in missing.head(_SAMPLES))
        tables = ", ".join(f"'{each.info.table}'" for each, _ in keys)
        counts = f"{len(missing):,} of {len(named):,} machines are not among the {len(listed):,}"
        yield finding(
            "validation", "warning", "details_without_assets", f"{counts} in {tables}, such as {shown}",
            "the list may have been cut off or filtered: export both again, at the same time", detail.info,
            position=position,
        )  # fmt: skip


def _shared_key(one: Delivered, other: Delivered) -> tuple[int, int] | None:
    """Positions, in the one and the other, of the column by which both name a machine under the same header."""
    for position, header in enumerate(one.headers):
        claims = claims_of("asset", header)
        named = claims and claims[0].field in _KEYS and claims[0].weight >= _CLEAR
        if named and one.layout[position] in other.layout:
            return position, other.layout.index(one.layout[position])
    return None


def _values(table: RawTable, position: int) -> pl.Series:
    cell = pl.col(f"c{position}").str.strip_chars().str.to_lowercase().alias("value")
    kept = table.frame.select(cell).filter((pl.col("value") != "") & ~is_placeholder(pl.col("value"))).unique()
    return kept.collect(engine="streaming")["value"]
