"""Tables in the form in which they are known again: of a run that maps them, and of the mapping that was published."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from discovery_pipeline.domain.handoffs import TableInfo, TableKind
from discovery_pipeline.domain.mapping.evidence import profile_of
from discovery_pipeline.domain.mapping.recall.layouts import KnownColumn, KnownTable, Looks, looks_of
from discovery_pipeline.services.delivery.source_names import series_of, table_series_of
from discovery_pipeline.services.mapping.published import PublishedMapping


def known_tables(published: PublishedMapping, numbers: Collection[int]) -> list[KnownTable]:
    """These tables of the published mapping."""
    profiles = published.run.scan("mapping_proposals", "profiles").filter(pl.col("table_no").is_in(list(numbers)))
    infos = [info for number, info in published.tables.items() if number in numbers]
    return list(seen_tables(infos, list(published.kinds.values()), profiles.collect()).values())


def seen_tables(
    infos: Sequence[TableInfo], kinds: Sequence[TableKind], profiles: pl.DataFrame
) -> dict[int, KnownTable]:
    """The tables of which there are profiles (PROFILES), by number."""
    looks = {(row["table_no"], row["position"]): looks_of(profile_of(row)) for row in profiles.iter_rows(named=True)}
    by_number = {kind.table_no: kind for kind in kinds}
    return {i.table_no: _known(i, by_number[i.table_no], looks) for i in infos if i.table_no in by_number}


def _known(info: TableInfo, kind: TableKind, looks: Mapping[tuple[int, int], Looks]) -> KnownTable:
    columns = (KnownColumn(header, looks.get((info.table_no, no), {})) for no, header in enumerate(info.headers))
    series, table = series_of(info.file), table_series_of(info.file, info.table)
    return KnownTable(info.source, series, table, kind.record, kind.product, tuple(columns))
