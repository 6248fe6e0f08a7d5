"""Tables in the form in which they are known again: of a run that maps them, and of the mapping that was published."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import polars as pl

from discovery_pipeline.domain.handoffs import ColumnMapping, TableInfo, TableKind
from discovery_pipeline.domain.mapping.candidates import Proposals
from discovery_pipeline.domain.mapping.evidence import profile_of
from discovery_pipeline.domain.mapping.recall.layouts import KnownColumn, KnownTable, Looks, looks_of
from discovery_pipeline.domain.mapping.resolve import resolve
from discovery_pipeline.services.delivery.source_names import series_of, table_series_of
from discovery_pipeline.services.mapping.published import PublishedMapping
from discovery_pipeline.services.run_frames import RunFrames


def known_tables(published: PublishedMapping, numbers: Collection[int]) -> list[KnownTable]:
    """These tables of the published mapping, with what their columns would be taken for if nothing were learned."""
    infos = [info for number, info in published.tables.items() if number in numbers]
    kinds = [kind for number, kind in published.run.kinds_found().items() if number in numbers]
    proposals = gathered_of(published.run, numbers)
    return list(with_choices(seen_tables(infos, kinds, proposals.profiles), resolve(proposals, kinds)).values())


def with_choices(tables: Mapping[int, KnownTable], mappings: Iterable[ColumnMapping]) -> dict[int, KnownTable]:
    """The tables, each column with the field that a run with nothing learned takes it for."""
    chosen = {(mapping.table_no, mapping.position): mapping.field or "" for mapping in mappings}
    return {
        number: replace(
            table,
            columns=tuple(replace(c, taken_for=chosen.get((number, no))) for no, c in enumerate(table.columns)),
        )
        for number, table in tables.items()
    }


def gathered_of(run: RunFrames, numbers: Collection[int]) -> Proposals:
    """Profiles and evidence that the run has of these tables, the model's answers among it."""
    of_tables = pl.col("table_no").is_in(list(numbers))
    evidence = [
        run.scan(asset, "evidence").filter(of_tables).collect() for asset in ("mapping_proposals", "model_answers")
    ]
    return Proposals(run.scan("mapping_proposals", "profiles").filter(of_tables).collect(), pl.concat(evidence))


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
