"""Mapping: labelled layouts that the vocabulary was not written on, as tenants of a few dozen exports each.

The packaged column model was trained on these layouts too, so the accuracy before is that of known products; what is
measured is the gain on the columns that it still leaves in doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from benchmarks.agents.oracle import Oracle, scripted
from benchmarks.agents.worlds import After, World
from benchmarks.mapping.layouts import UNTUNED, Layout, load, sample, tables
from discovery_pipeline.agents.choosing import ask_about
from discovery_pipeline.agents.known_names import KnownNames
from discovery_pipeline.agents.mapping import MAPPING, described
from discovery_pipeline.domain.handoffs import ColumnMapping
from discovery_pipeline.domain.mapping.candidates import propose
from discovery_pipeline.domain.mapping.doubts import column_doubts, place_of
from discovery_pipeline.domain.mapping.evidence import evidence_frame
from discovery_pipeline.domain.mapping.model_evidence import model_evidence
from discovery_pipeline.domain.mapping.resolve import ResolveParams, resolve
from discovery_pipeline.domain.opinions.advice import advised
from discovery_pipeline.domain.opinions.doubts import NONE, Doubt
from discovery_pipeline.domain.validation.intake import inspect

_PARAMS = ResolveParams(0.98)


def column_world(layouts: Sequence[Layout]) -> World:
    """One tenant with these exports."""
    raw = tables(layouts)
    kinds = inspect(raw).kinds
    proposals = propose(raw, kinds)
    before = resolve(proposals, kinds, (), _PARAMS)
    found = column_doubts(before, kinds, proposals.profiles)
    right = _right(layouts, before)

    def truth(doubt: Doubt) -> Sequence[str]:
        table_no, position = place_of(doubt)
        return layouts[table_no].columns[position].gold or (NONE,)

    def ask(oracle: Oracle) -> After:
        desk = scripted(oracle, truth)
        context = described([*found.doubts, *found.controls])
        opinion = ask_about(desk, desk.agent(MAPPING), found.doubts, found.controls, KnownNames(), context)
        evidence = evidence_frame(model_evidence(advised(opinion.answers, opinion.trust)))
        told = replace(proposals, evidence=pl.concat([proposals.evidence, evidence]))
        after = _right(layouts, resolve(told, kinds, (), _PARAMS))
        return After(len(after), len(right - after), opinion.trust.earned, desk.cost)

    return World("mapping", len(before), len(right), len(found.doubts), ask)


def column_worlds(tenants: int, each: int) -> list[World]:
    """So many tenants of so many exports, evenly spread over the layouts."""
    chosen = sample([layout for layout in load() if layout.part == UNTUNED], tenants * each)
    return [column_world(chosen[number::tenants]) for number in range(tenants)]


def clean_file() -> World:
    """The first labelled export that leaves no column in doubt."""
    worlds = (column_world([layout]) for layout in load() if layout.part == UNTUNED)
    return next(world for world in worlds if not world.doubts)


def _right(layouts: Sequence[Layout], mappings: Sequence[ColumnMapping]) -> set[tuple[int, int]]:
    """Places of the columns whose field is right."""
    return {(m.table_no, m.position) for m in mappings if layouts[m.table_no].columns[m.position].is_right(m.field)}
