"""Which generation the next inventory is, and the earlier inventories that it is compared with.

Keep out: the rule that decides it (domain/inventory/identities/generations.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.inventory.change_counts import ChangeCounts, count_changes
from discovery_pipeline.domain.inventory.changes import Before, find_changes
from discovery_pipeline.domain.inventory.identities.generations import Generation, Plan, Published, plan
from discovery_pipeline.domain.inventory.values.precedence import Preferences
from discovery_pipeline.domain.inventory.values.preferences import preferences_text
from discovery_pipeline.domain.learning.corrections import Correction, not_undone
from discovery_pipeline.domain.learning.kinds import FIRST_ASSET
from discovery_pipeline.domain.learning.rules import Rules, SameRule, TypeRule
from discovery_pipeline.domain.opinions.advice import Advice
from discovery_pipeline.files.frames import MissingFrame, TenantFrames
from discovery_pipeline.services.cleansed_tables import VALUE_RULES
from discovery_pipeline.services.run_frames import AFTER
from discovery_pipeline.services.tenant_settings import preferences
from discovery_pipeline.store.corrections import corrections
from discovery_pipeline.store.identities import load_generations
from discovery_pipeline.store.session import Database

_MADE_FROM = ["table_no", "position", "field", "unit", "transform"]


def next_generation(database: Database, frames: TenantFrames, rules: Rules) -> Plan:
    """What the tenant's next inventory is, over the files, the mapping and the values as published.

    rules: its own. A model's advice among them counts like a correction: an inventory that rests on it is gone from
    without it, so that a later run without the model has the ids of one that never had it.
    """
    values = (
        frames.scan("clean_records", VALUE_RULES).collect() if VALUE_RULES in frames.parts("clean_records") else None
    )
    mapping = frames.scan("column_mapping", "mapping").collect()
    standing = numbers_that_stand(corrections(database, frames.tenant)) | marks_of_advice(rules)
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
    """The assets that were there before this generation, as far as their frames still are."""
    same = generation.missing is None and generation.delivery == generation.baseline
    known = _scan(frames, compared_with(frames, generation) if same else generation.delivery)
    delivery = _held(known)
    if generation.missing is None:
        return Before(delivery, known)
    gone = _scan(frames, generation.missing)
    # What has only an address is recognised by it in another reading of the same files: nothing can have moved since.
    readings = [_held(_scan(frames, version)) for version in (generation.missing, generation.baseline)]
    there = [reading for reading in readings if reading is not None]
    return Before(delivery, gone.filter("vanished") if gone is not None else None, pl.concat(there) if there else None)


def _held(inventory: pl.LazyFrame | None) -> pl.DataFrame | None:
    """asset_id and vanished of an inventory."""
    return None if inventory is None else inventory.select("asset_id", "vanished").collect()


def compared_with(frames: TenantFrames, generation: Generation) -> str | None:
    """The version of the inventory that this generation's is compared with; None where there is none.

    Called before it is published: where its baseline was dropped since, what readers see now takes its place.
    """
    if generation.baseline is None or _scan(frames, generation.baseline) is not None:
        return generation.baseline
    return frames.version("inventory")


def changes_of(frames: TenantFrames) -> ChangedInventory:
    """The changes of the published inventory since the one it is compared with."""
    inventory = frames.scan("inventory", "inventory").collect()
    compared = _scan(frames, frames.meta("inventory").get("compared"))
    baseline = compared.collect() if compared is not None else None
    merged = frames.scan("inventory", "merged").collect()
    changes = find_changes(inventory, baseline, merged)
    return ChangedInventory(changes, count_changes(changes, inventory, baseline))


@dataclass(frozen=True)
class ChangedInventory:
    """changes: CHANGES. counts: what they add up to."""

    changes: pl.DataFrame
    counts: ChangeCounts


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


def marks_of_advice(rules: Rules) -> frozenset[int]:
    """A number below 0, where corrections have theirs above, that stands for all of a model's advice; none without."""
    decided: list[SameRule | TypeRule] = [*rules.same, *rules.types]
    advice = [rule for rule in decided if isinstance(rule.told, Advice)]
    if not advice:
        return frozenset()
    return frozenset({-1 - int.from_bytes(hashlib.sha256(repr(advice).encode()).digest()[:7])})


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
