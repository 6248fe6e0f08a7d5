"""Which generation the next inventory is, and the earlier inventories that it is compared with.

Keep out: the rule that decides it (domain/inventory/generations.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.inventory.changes import Before
from discovery_pipeline.domain.inventory.generations import Generation, Plan, Published, plan
from discovery_pipeline.domain.inventory.precedence import Preferences
from discovery_pipeline.domain.inventory.preferences import preferences_text
from discovery_pipeline.domain.learning.corrections import Correction, not_undone
from discovery_pipeline.domain.learning.kinds import FIRST_ASSET
from discovery_pipeline.domain.learning.rules import Rules
from discovery_pipeline.files.frames import MissingFrame, TenantFrames
from discovery_pipeline.services.cleansed_tables import VALUE_RULES
from discovery_pipeline.services.run_frames import AFTER
from discovery_pipeline.services.tenant_settings import preferences
from discovery_pipeline.store.corrections import corrections
from discovery_pipeline.store.identities import load_generations
from discovery_pipeline.store.session import Database

_MADE_FROM = ["table_no", "position", "field", "unit", "transform"]


def next_generation(database: Database, frames: TenantFrames, rules: Rules) -> Plan:
    """What the tenant's next inventory is, over the files, the mapping and the values as published. rules: its own."""
    values = (
        frames.scan("clean_records", VALUE_RULES).collect() if VALUE_RULES in frames.parts("clean_records") else None
    )
    mapping = frames.scan("column_mapping", "mapping").collect()
    standing = numbers_that_stand(corrections(database, frames.tenant))
    preferred = preferences(database, frames.tenant)
    return generation_over(database, frames, MadeFrom(mapping, values, rules, standing, preferred))


@dataclass(frozen=True)
class MadeFrom:
    """What an inventory is made from beside the files. mapping: MAPPING in use. values: the value rules' frame, None
    without any. rules: its own. standing: `numbers_that_stand`. preferred: the sources that the tenant wants believed.
    """

    mapping: pl.DataFrame
    values: pl.DataFrame | None
    rules: Rules
    standing: frozenset[int]
    preferred: Preferences


def generation_over(database: Database, frames: TenantFrames, made_from: MadeFrom) -> Plan:
    """What the tenant's next inventory is, over the files as published and this."""
    files = frames.meta("raw_export")["fingerprint"]
    known = load_generations(database, frames.tenant)
    return plan(known, _published(frames), files, _input_fingerprint(files, made_from), made_from.standing)


def before(frames: TenantFrames, generation: Generation) -> Before:
    """The inventories that this generation is compared with, as far as they are still there."""
    last = _read(frames, generation.baseline)
    if last is None and generation.baseline is not None:
        last = _read(frames, frames.version("inventory"))
    if generation.missing is None:
        same = generation.delivery == generation.baseline
        delivery = last if same else _read(frames, generation.delivery)
        return Before(last, delivery, delivery)
    # Of these a run needs little, and an estate of a million assets is held in memory once.
    known, gone = _scan(frames, generation.delivery), _scan(frames, generation.missing)
    return Before(
        last,
        known.select("asset_id").collect() if known is not None else None,
        gone.filter("vanished").collect() if gone is not None else None,
    )


def _input_fingerprint(files: str, made_from: MadeFrom) -> str:
    """One hash of what an inventory is made from: the files that count, the mapping in use, what people decided, whom
    they believe."""
    mapping = made_from.mapping.select(_MADE_FROM).write_csv()
    values = made_from.values.write_json() if made_from.values is not None else ""
    parts = (files, mapping, values, repr(made_from.rules), preferences_text(made_from.preferred))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def numbers_that_stand(log: Iterable[Correction]) -> frozenset[int]:
    """The numbers of the corrections that nobody took back, of the kinds that an inventory can rest on."""
    return frozenset(each.number for each in not_undone(log) if FIRST_ASSET[each.what.kind] not in AFTER)


def _published(frames: TenantFrames) -> Published | None:
    version = frames.version("inventory")
    if version is None:
        return None
    meta = frames.meta("inventory", version)
    baseline = meta.get("baseline")
    made = Generation(
        number=meta.get("generation", 0),
        files=meta.get("files", ""),
        input=meta.get("fingerprint", ""),
        corrections=frozenset(),
        baseline=baseline,
        delivery=meta.get("delivery", baseline),
        missing=meta.get("missing"),
    )
    return Published(version, made)


def _scan(frames: TenantFrames, version: str | None) -> pl.LazyFrame | None:
    """A version's inventory; None where there is none, or it was dropped since."""
    if version is None:
        return None
    try:
        return frames.scan("inventory", "inventory", version)
    except MissingFrame:
        return None


def _read(frames: TenantFrames, version: str | None) -> pl.DataFrame | None:
    found = _scan(frames, version)
    return found.collect() if found is not None else None
