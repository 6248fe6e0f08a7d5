"""The choice of a field for every column, with what the tenant learned: what runs, previews and what-ifs share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from discovery_pipeline.domain.handoffs import ColumnMapping, TableInfo
from discovery_pipeline.domain.learning.corrections import Correction
from discovery_pipeline.domain.mapping.recall.learned import Learned
from discovery_pipeline.domain.mapping.resolve import ResolveParams, resolve
from discovery_pipeline.services.learning.tracker import LookedAt, looked_at


@dataclass(frozen=True)
class Choice:
    """mappings: one per column, by table and position. looked_at: what people made of earlier choices."""

    mappings: tuple[ColumnMapping, ...]
    looked_at: LookedAt


def choose(known: Learned, log: Iterable[Correction], infos: Sequence[TableInfo], params: ResolveParams) -> Choice:
    """Resolve what is known; then accept from the confidence that people's decisions about its like call for.

    log: the tenant's corrections. Raises MappingConflict when two decisions recalled claim one column.
    """
    mappings = resolve(known.proposals, known.kinds, known.overrides, params)
    seen = looked_at(log, infos, lambda: mappings)
    accept_for = seen.accept_for(params.precision, infos)
    if accept_for:
        mappings = resolve(known.proposals, known.kinds, known.overrides, replace(params, accept_for=accept_for))
    return Choice(tuple(mappings), seen)
