"""What people made of mappings: the decisions that the confidence tracker counts, from the log and a run's choices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from discovery_pipeline.domain.handoffs import ColumnMapping, TableInfo
from discovery_pipeline.domain.learning.checks import learning_facts
from discovery_pipeline.domain.learning.corrections import Correction, not_undone
from discovery_pipeline.domain.learning.trend import trends
from discovery_pipeline.domain.learning.trust import Decision
from discovery_pipeline.domain.mapping.acceptance import AcceptFor, thresholds, tracker
from discovery_pipeline.domain.mapping.places import place_of
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.services.delivery.source_names import series_of, table_series_of
from discovery_pipeline.services.learning.lessons import newest_snapshot
from discovery_pipeline.services.mapping.published import table_places
from discovery_pipeline.store.patterns import current_patterns
from discovery_pipeline.store.session import Database

# Where the document of column_mapping has them.
TRACK_RECORDS = "track_records"

_Table = tuple[str, str, str]


@dataclass(frozen=True)
class LookedAt:
    """decisions: of columns, as they were before anybody had decided about them."""

    decisions: tuple[Decision, ...]

    def accept_for(self, precision: float, infos: Sequence[TableInfo]) -> AcceptFor | None:
        """From which confidence mappings of these tables are accepted; None = from the global one."""
        return thresholds(self.decisions, precision, {info.table_no: info.source for info in infos})


NOBODY_LOOKED = LookedAt(())


def looked_at(
    log: Iterable[Correction], infos: Sequence[TableInfo], chosen: Callable[[], Sequence[ColumnMapping]]
) -> LookedAt:
    """What people decided, and what they left alone in tables of which they decided something.

    chosen: the mappings of a run before thresholds moved any of them; asked only where something was decided.
    """
    first: dict[str, Correction] = {}
    for correction in not_undone(log):
        if correction.what.kind == "mapping":
            first.setdefault(correction.what.target_key, correction)
    if not first:
        return NOBODY_LOOKED
    decided = tuple(_decision(correction) for correction in first.values() if "confidence" in correction.what.was)
    return LookedAt((*decided, *_left_alone(list(first.values()), infos, chosen())))


@dataclass(frozen=True)
class TrackRecord:
    """How the mappings of one method did, or of one agent. decisions: of people. right: share of right ones among those
    that the global threshold accepts, low and high its 90 % interval. trend, p_value, change: domain/learning/trend.
    """

    method: str
    decisions: int
    right: float
    low: float
    high: float
    trend: str
    p_value: float | None
    change: float


def track_records(seen: LookedAt, precision: float) -> tuple[TrackRecord, ...]:
    """The record of every method that people decided about, by name. precision: the error budget."""
    known, moves = tracker(seen.decisions, precision), trends(seen.decisions)
    found = []
    for (method,), trend in moves.items():
        of = known.of(str(method))
        low, high = of.interval
        mean, low, high = (round(figure, 4) for figure in (of.mean, low, high))
        change = round(trend.change, 4)
        found.append(TrackRecord(str(method), trend.decisions, mean, low, high, trend.direction, trend.p_value, change))
    return tuple(found)


def published_track_records(frames: TenantFrames) -> tuple[TrackRecord, ...]:
    """Those that the newest mapping was made with; none before there is one."""
    known = frames.meta("column_mapping") if frames.has("column_mapping") else {}
    return tuple(TrackRecord(**record) for record in known.get(TRACK_RECORDS, ()))


def _decision(correction: Correction) -> Decision:
    what, was = correction.what, correction.what.was
    return Decision(
        was.get("method") or "prior", was.get("field"), what.target["source"], was["confidence"] or 0.0,
        was.get("status") or "unmapped", what.action == "accepted", correction.number, correction.made_at,
    )  # fmt: skip


def _left_alone(
    first: Sequence[Correction], infos: Sequence[TableInfo], mappings: Iterable[ColumnMapping]
) -> list[Decision]:
    """Accepted mappings that stand beside a column somebody decided about: they were seen, and nothing was said."""
    newest: dict[_Table, Correction] = {}
    for correction in first:
        target = correction.what.target
        newest[target["source"], target["series"], target["table"]] = correction
    tables = {info.table_no: info for info in infos}
    places = {info.table_no: table_places(info) for info in infos}
    named = {place_of(correction.what.target) for correction in first}
    found = []
    for mapping in mappings:
        info = tables[mapping.table_no]
        seen = newest.get((info.source, series_of(info.file), table_series_of(info.file, info.table)))
        if seen is None or mapping.status != "accepted" or mapping.method == "pattern":
            continue
        if places[mapping.table_no][mapping.position] not in named:
            found.append(_seen(mapping, info.source, seen))
    return found


def _seen(mapping: ColumnMapping, source: str, newest: Correction) -> Decision:
    return Decision(
        mapping.method, mapping.field, source, mapping.confidence, mapping.status, True, newest.number, newest.made_at,
        left_alone=True,
    )  # fmt: skip


def facts_of_learning(database: Database, tenant: str, log: Sequence[Correction], seen: LookedAt) -> dict[str, float]:
    """What the quality suite is told of a tenant's patterns. log: the tenant's corrections."""
    patterns = current_patterns(database, tenant) if log else ()
    today = newest_snapshot(database, tenant) if patterns else None
    return learning_facts(patterns, {c.number for c in not_undone(log)}, seen.decisions, today)
