"""What of a table's headers may leave the machine, and the names that its columns hold. Keep out: sending them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import polars as pl

from discovery_pipeline.agents.guard import shown_header, table_cells
from discovery_pipeline.agents.known_names import KnownNames
from discovery_pipeline.agents.pseudonyms import Pseudonyms
from discovery_pipeline.domain.handoffs import ColumnMapping, RawTable, TableKind
from discovery_pipeline.domain.mapping.candidates import Proposals, Show
from discovery_pipeline.domain.mapping.meaning_evidence import plain_words
from discovery_pipeline.domain.mapping.resolve import resolve
from discovery_pipeline.services.agents.known_names import NAMING_FIELDS, names_in


def names_of_columns(tables: Iterable[RawTable], mappings: Sequence[ColumnMapping]) -> KnownNames:
    """The names in columns that are taken for names of something, doubtful ones as well."""
    fields: dict[int, list[tuple[int, str]]] = {}
    for mapping in mappings:
        best = mapping.field or next((field for field, _ in mapping.alternatives), "")
        if best in NAMING_FIELDS:
            fields.setdefault(mapping.table_no, []).append((mapping.position, best))
    return names_in(table.frame.select(_called(fields.get(table.info.table_no, ()))) for table in tables)


def _called(columns: Iterable[tuple[int, str]]) -> Iterator[pl.Expr]:
    for position, name in columns:
        yield pl.col(f"c{position}").alias(f"{name}#{position}")


def headers_shown(tables: Callable[[], Iterable[RawTable]], kinds: Sequence[TableKind]) -> Callable[[Proposals], Show]:
    """How headers of these tables may be shown: without numbers, addresses, cells, and names that stand in the tables.

    The same header is shown alike wherever it stands, so that its vector says the same.
    """

    def shown(proposals: Proposals) -> Show:
        names = names_of_columns(tables(), resolve(proposals, kinds, ()))
        cells = table_cells(proposals.profiles.to_dicts())
        # Headers come as they stand in files, or in plain words.
        cells |= {plain_words(cell) for cell in cells}
        return lambda header: Pseudonyms(names).names(shown_header(header, cells))

    return shown
