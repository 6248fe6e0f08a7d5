"""What a proposal changes in the columns and things that it names, told at once: no run, no other column. Stores
nothing."""

from __future__ import annotations

from dataclasses import dataclass

from discovery_pipeline.domain.learning.corrections import Correction, standing
from discovery_pipeline.domain.mapping.places import place_of
from discovery_pipeline.services.learning.deciding.words import about, in_words
from discovery_pipeline.services.learning.preview.named_tables import ColumnEffect, tables_under
from discovery_pipeline.services.learning.preview.proposed import Outlook, Proposed, outlook
from discovery_pipeline.services.learning.preview.scratch_run import finished_run
from discovery_pipeline.services.workspace import Workspace


@dataclass(frozen=True)
class ThingEffect:
    """An asset, row or edge that is named, in words. before: None where nothing is known of it; after: None where
    nobody would have decided about it any more."""

    kind: str
    about: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class AtOnce:
    """What is named."""

    columns: tuple[ColumnEffect, ...]
    things: tuple[ThingEffect, ...]


def at_once(workspace: Workspace, tenant: str, proposed: Proposed) -> AtOnce:
    """The effect on what is named. Raises UsageError where no run was finished yet, or a correction is not there."""
    run = finished_run(workspace, tenant)
    ahead = outlook(workspace.database, tenant, proposed)
    named = _named(ahead)
    values = [c for c in named if c.what.kind == "value" and "raw" in c.what.target]
    places = {place_of(c.what.target) for c in named if c.what.kind == "mapping"}
    tables = list(tables_under(run, ahead, places, every=bool(values)))
    columns = [table.effect(position) for table in tables for position in table.named]
    columns += [effect for table in tables for effect in table.reworded(values) if effect.changed]
    holds = standing(ahead.log)
    things = [_thing(c, holds.get(c.what.target_key)) for c in named if c.what.kind != "mapping" and c not in values]
    return AtOnce(tuple(columns), tuple(things))


def _named(ahead: Outlook) -> list[Correction]:
    """One correction for each thing that is named, the newest."""
    known = {correction.number for correction in ahead.before}
    added = [c for c in ahead.log if c.number not in known and c.what.action != "undone"]
    return list({c.what.target_key: c for c in (*ahead.concerned, *added)}.values())


def _thing(named: Correction, stands: Correction | None) -> ThingEffect:
    what = named.what
    was = in_words(what, what.was) if what.was else None
    if stands is None or stands.number != named.number:
        was = in_words(what, what.said)
    return ThingEffect(what.kind, about(what), was, in_words(stands.what, stands.what.said) if stands else None)
