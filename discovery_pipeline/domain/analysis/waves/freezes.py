"""Whom a blackout concerns, and what comes of it. Keep out: which waves it closes (slots.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import polars as pl

from discovery_pipeline.domain.analysis.waves.params import Blackout, WaveParams
from discovery_pipeline.domain.analysis.waves.schedule import Placed
from discovery_pipeline.domain.analysis.waves.slots import Slots
from discovery_pipeline.domain.analysis.waves.told import Row, examples, told
from discovery_pipeline.domain.analysis.waves.traits import Estate
from discovery_pipeline.domain.membership import application_key

_NO_SCOPE: dict[str, tuple[str, ...]] = dict.fromkeys(("departments", "applications", "owners", "environments"), ())


def _keys(values: Sequence[str]) -> pl.Series:
    return (
        pl.DataFrame({"value": list(values)}, schema={"value": pl.String()})
        .select(application_key(pl.col("value")))["value"]
        .drop_nulls()
    )


def _named(estate: Estate, applications: Sequence[str]) -> pl.DataFrame:
    """Column asset_id: assets that serve an application of these names, and the applications themselves."""
    named = estate.names.filter(application_key(pl.col("name")).is_in(_keys(applications).implode()))
    serving = estate.served.join(named.select(application_id="asset_id"), on="application_id", how="semi")
    own = estate.assets.filter(pl.col("classified_type") == "application").select("asset_id")
    return pl.concat([serving.select("asset_id"), own.join(named, on="asset_id", how="semi")]).unique()


def groups_of_applications(estate: Estate, applications: Sequence[str]) -> list[int]:
    """Numbers of the groups that hold an asset of one of these applications, sorted."""
    hit = estate.assets.join(_named(estate, applications), on="asset_id", how="semi")
    return sorted(hit["group"].unique().to_list())


def _concerned(estate: Estate, blackout: Blackout) -> list[int]:
    hit = estate.assets
    if blackout.environments:
        hit = hit.filter(pl.col("environment").is_in(list(blackout.environments)))
    if blackout.departments:
        hit = hit.filter(application_key(pl.col("department")).is_in(_keys(blackout.departments).implode()))
    if blackout.owners:
        owners = _keys(blackout.owners).implode()
        held = [application_key(pl.col(c)).is_in(owners) for c in ("business_owner", "technical_owner")]
        hit = hit.filter(pl.any_horizontal(held))
    if blackout.applications:
        hit = hit.join(_named(estate, blackout.applications), on="asset_id", how="semi")
    return sorted(hit["group"].unique().to_list())


def frozen_by(estate: Estate, blackouts: Sequence[Blackout]) -> dict[int, tuple[int, ...]]:
    """Group -> the numbers of the blackouts that concern some of the estate and hold an asset of it."""
    found: dict[int, list[int]] = {}
    for number, blackout in enumerate(blackouts):
        for group in _concerned(estate, blackout) if blackout.scoped else ():
            found.setdefault(group, []).append(number)
    return {group: tuple(numbers) for group, numbers in found.items()}


def unmatched(estate: Estate, params: WaveParams) -> list[Row]:
    """Rows of `finding`: names in the plan that nothing which moves bears, so that a freeze or pilot does less."""
    rows: list[Row] = []
    for what, names, hits in _wishes(estate, params):
        missing = sorted({name for name in names if not len(hits(name))})
        if missing:
            rows.append(
                told(
                    "warning", "plan_names_nothing",
                    f"{what} names {', '.join(map(repr, missing))}, and nothing that moves is called so",
                    "check the spelling against the inventory (discovery export); other entries hold",
                )
            )  # fmt: skip
    return rows


def _wishes(estate: Estate, params: WaveParams) -> Iterator[tuple[str, Sequence[str], Callable[[str], list[int]]]]:
    """(what, its names, the groups that one name concerns) of every list of names in the plan."""
    yield "pilots", params.pilots.applications, lambda name: groups_of_applications(estate, [name])
    for blackout in params.blackouts:
        for scope in ("departments", "applications", "owners", "environments"):
            names: tuple[str, ...] = getattr(blackout, scope)
            yield (
                f"the {scope} of the blackout {blackout.said}",
                names,
                lambda name, scope=scope, blackout=blackout: _concerned(  # type: ignore[misc]
                    estate, blackout.model_copy(update={**_NO_SCOPE, scope: (name,)})
                ),
            )


def freeze_findings(
    waves: pl.DataFrame, placed: Placed, slots: Slots, frozen: Mapping[int, tuple[int, ...]], params: WaveParams
) -> list[Row]:
    """Rows of `finding`: planned waves inside a freeze, groups that freezes push behind the deadline, waves behind it.

    waves: group, label, wave, size. frozen: of frozen_by.
    """
    rows: list[Row] = []
    said = [blackout.said for blackout in params.blackouts]
    labels = dict(waves.select("group", "label").iter_rows())
    hit = {g: slots.closing(placed.wave[g], numbers) for g, numbers in frozen.items()}
    inside = {g: found for g, found in hit.items() if found}
    if inside:
        broken = said[min(number for found in inside.values() for number in found)]
        rows.append(
            told(
                "warning", "planned_wave_in_blackout",
                f"{len(inside)} move groups are planned for days on which they may not move: "
                f"{examples(pl.Series([labels[g] for g in inside]))} ({broken})",
                "the planned waves were kept; change the wave or the blackout",
            )
        )  # fmt: skip
    pushed = [g for g, found in enumerate(placed.frozen) if found and slots.late(placed.wave[g])]
    if pushed:
        reasons = sorted({said[b] for g in pushed for b in placed.frozen[g]})
        rows.append(
            told(
                "warning", "blackout_leaves_no_room",
                f"{len(pushed)} move groups find no wave before {params.deadline} outside {', '.join(reasons[:3])}",
                "shorten the blackouts, start earlier or move the deadline",
            )
        )  # fmt: skip
    behind = [wave for wave in waves["wave"].unique().sort().to_list() if slots.late(wave)]
    late = waves.filter(pl.col("wave").is_in(behind))
    if len(late):
        rows.append(
            told(
                "warning", "plan_ends_after_deadline",
                f"{late['wave'].n_unique()} waves with {int(late['size'].sum())} assets end after {params.deadline}",
                "raise the capacity, shorten the waves, start earlier or move the deadline",
            )
        )  # fmt: skip
    return rows
