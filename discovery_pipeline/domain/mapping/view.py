"""One table as the evidence modules see it: headers read, claims of the lexicon, profiles. Computes no evidence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from discovery_pipeline.domain.handoffs import RawTable, TableKind
from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.domain.vocabulary.ends import end_of, read_ends
from discovery_pipeline.domain.vocabulary.headers import Header, read_header, read_headers
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD, Claim, claims_of
from discovery_pipeline.domain.vocabulary.products import Product, by_name
from discovery_pipeline.domain.vocabulary.profile import ColumnProfile, profile_table

# From this strength on, a header alone names its field.
STRONG = 3.2
# Columns that have to share a first word for it to be a prefix, and what leaving it out costs.
_SHARED = 3
_PREFIX_COST = 1.5
_PATH = re.compile(r"^[^\s.]+(?:\.[^\s.]+)+$")


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


def _without_prefix(header: Header, shared: frozenset[str]) -> Header | None:
    """The last step of a dotted path ('nics[0].subnetwork'), or the header without a first word that others share."""
    if _PATH.search(header.raw):
        return read_header(header.raw.rsplit(".", 1)[-1])
    if len(header.words) > 1 and header.words[0].text in shared:
        return replace(header, words=header.words[1:])
    return None


def _shared_prefixes(headers: Sequence[Header]) -> frozenset[str]:
    """First words that head several columns, often only the name of a source table: inventory_os, inventory_ip."""
    first = Counter(header.words[0].text for header in headers if len(header.words) > 1)
    return frozenset(word for word, count in first.items() if count >= _SHARED)


def _claims(record: RecordKind, header: Header, shared: frozenset[str]) -> tuple[Claim, ...]:
    """Claims of the header and, at a price, of the header without the prefix that a table or a path puts before it."""
    claims = claims_of(record, header)
    core = _without_prefix(header, shared)
    if core is None:
        return claims
    after_prefix = tuple(word.text for word in header.words[1:])
    best = {c.field: c for c in claims if not (c.field == NO_FIELD and c.rest == after_prefix)}
    for claim in claims_of(record, core):
        cheaper = replace(claim, weight=claim.weight - _PREFIX_COST)
        if claim.field not in best or cheaper.weight > best[claim.field].weight:
            best[claim.field] = cheaper
    return tuple(sorted(best.values(), key=lambda c: (-c.weight, c.field)))


def view(table: RawTable, kind: TableKind) -> TableView:
    """Read one table. Its frame is scanned once for the profiles."""
    headers = tuple(read_headers(table.info.headers))
    sides = ("",) * len(headers)
    if kind.record != "asset":
        ends = read_ends(headers, kind.record)
        headers, sides = ends.headers, tuple(map(end_of, ends.headers))
    shared = _shared_prefixes(headers)
    claims = tuple(
        claims_of(kind.record, header) if side else _claims(kind.record, header, shared)
        for header, side in zip(headers, sides, strict=True)
    )
    product = by_name(kind.product, table.info.headers)
    return TableView(kind.table_no, kind, product, headers, claims, tuple(profile_table(table)), sides)
