"""One table as the evidence modules see it: headers read, claims of the lexicon, profiles. Computes no evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from discovery_pipeline.domain.handoffs import RawTable, TableKind
from discovery_pipeline.domain.mapping.header_claims import header_claims
from discovery_pipeline.domain.vocabulary.end_words import end_of
from discovery_pipeline.domain.vocabulary.ends import read_ends
from discovery_pipeline.domain.vocabulary.headers import Header, read_headers
from discovery_pipeline.domain.vocabulary.lexicon import Claim
from discovery_pipeline.domain.vocabulary.products import Product, by_name
from discovery_pipeline.domain.vocabulary.profile import ColumnProfile, profile_table, profile_tables

# From this strength on, a header alone names its field.
STRONG = 3.2
# Profiles that were already made, by table number.
Profiled = Mapping[int, Sequence[ColumnProfile]]


@dataclass(frozen=True)
class TableView:
    """headers, claims and profiles are by position."""

    table_no: int
    kind: TableKind
    product: Product | None
    headers: tuple[Header, ...]
    claims: tuple[tuple[Claim, ...], ...]
    profiles: tuple[ColumnProfile, ...]
    # The end that a header speaks of: source, destination or "". Always "" in tables of assets.
    sides: tuple[str, ...] = ()

    @cached_property
    def strong(self) -> dict[str, tuple[int, ...]]:
        """Field -> positions whose header alone names it, as its best claim."""
        found: dict[str, list[int]] = {}
        for position, claims in enumerate(self.claims):
            if claims and claims[0].weight >= STRONG:
                found.setdefault(claims[0].field, []).append(position)
        return {field: tuple(positions) for field, positions in found.items()}

    def claim(self, position: int, field: str) -> Claim | None:
        return next((c for c in self.claims[position] if c.field == field), None)

    def with_concepts(self, *concepts: str) -> Iterator[int]:
        """Positions whose header says exactly these words, in any order."""
        wanted = set(concepts)
        return (i for i, header in enumerate(self.headers) if header.words and set(header.concepts) == wanted)

    def distinct_share(self, position: int) -> float:
        """Distinct values per filled cell: 1 when every row has its own."""
        profile = self.profiles[position]
        return profile.distinct / profile.filled if profile.filled else 0.0

    def mentions(self, *concepts: str) -> int:
        """How many headers say one of these words."""
        return sum(1 for header in self.headers if not set(concepts).isdisjoint(header.concepts))


def views(
    tables: Sequence[RawTable], kinds: Sequence[TableKind], profiled: Profiled = MappingProxyType({})
) -> Iterator[TableView]:
    """Read each table that has a kind. The frames of those that aren't in `profiled` are scanned, each once."""
    by_table = {kind.table_no: kind for kind in kinds}
    read = [table for table in tables if table.info.table_no in by_table]
    scanned = [table for table in read if table.info.table_no not in profiled]
    found = {t.info.table_no: profiles for t, profiles in zip(scanned, profile_tables(scanned), strict=True)}
    for table in read:
        number = table.info.table_no
        yield _view(table, by_table[number], found[number] if number in found else profiled[number])


def view(table: RawTable, kind: TableKind) -> TableView:
    """Read one table. Its frame is scanned once for the profiles."""
    return _view(table, kind, profile_table(table))


def _view(table: RawTable, kind: TableKind, profiles: Sequence[ColumnProfile]) -> TableView:
    headers = tuple(read_headers(table.info.headers))
    sides = ("",) * len(headers)
    if kind.record != "asset":
        ends = read_ends(headers, kind.record)
        headers, sides = ends.headers, tuple(map(end_of, ends.headers))
    claims = header_claims(kind.record, headers, sides)
    product = by_name(kind.product, table.info.headers)
    return TableView(kind.table_no, kind, product, headers, claims, tuple(profiles), sides)
