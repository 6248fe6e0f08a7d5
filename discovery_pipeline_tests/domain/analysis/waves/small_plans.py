"""How the tests plan small estates: facts of a few columns, groups as they are told, edges as they are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from discovery_pipeline.domain.analysis.params import AnalysisParams
from discovery_pipeline.domain.analysis.waves.given import WaveInput
from discovery_pipeline.domain.analysis.waves.plan import WavePlan, plan_waves
from discovery_pipeline.domain.handoffs import DEPENDENCIES, MOVE_GROUPS

FACTS = {
    "asset_id": pl.String(), "classified_type": pl.String(), "hostname": pl.String(),
    "application_name": pl.List(pl.String()), "environment": pl.String(), "criticality": pl.String(),
    "planned_wave": pl.String(), "department": pl.String(), "business_owner": pl.String(),
    "technical_owner": pl.String(), "os_platform": pl.String(), "os_support": pl.String(), "runs_os": pl.Boolean(),
    "vanished": pl.Boolean(), "storage_used_gib": pl.Float64(), "storage_total_gib": pl.Float64(),
}  # fmt: skip
Asset = dict[str, Any]
Edge = tuple[str, str] | tuple[str, str, dict[str, Any]]


def machine(asset_id: str, environment: str | None = "production", **more: Any) -> Asset:
    """A living Linux machine."""
    plain = {"classified_type": "virtual_machine", "hostname": asset_id, "os_platform": "linux", "runs_os": True}
    return {"asset_id": asset_id, "environment": environment, "vanished": False, **plain, **more}


def software(asset_id: str, name: str, **more: Any) -> Asset:
    """An application."""
    plain = {"classified_type": "application", "application_name": [name], "runs_os": False, "vanished": False}
    return {"asset_id": asset_id, **plain, **more}


def needs(*ties: Edge) -> pl.DataFrame:
    """DEPENDENCIES: believed tier edges that were seen, unless told otherwise."""
    rows = []
    for tie in ties:
        more: dict[str, Any] = tie[2] if len(tie) > 2 else {}  # type: ignore[misc]
        rows.append(
            {
                "from_asset": tie[0], "to_asset": tie[1], "kind": "tier", "evidence": ["observed:1"],
                "confidence": 0.9, "observations": 5, **more,
            }
        )  # fmt: skip
    return pl.DataFrame(rows, schema=DEPENDENCIES)


def planned(
    assets: Sequence[Asset],
    ties: Sequence[Edge] = (),
    groups: Mapping[str, Sequence[str]] | None = None,
    serves: Sequence[tuple[str, str]] = (),
    strategies: Mapping[str, str] | None = None,
    **waves: Any,
) -> WavePlan:
    """The plan of an estate, told as `given` takes it. waves: WaveParams."""
    return plan_waves(given(assets, ties, groups, serves, strategies), AnalysisParams.model_validate({"waves": waves}))


def given(
    assets: Sequence[Asset],
    ties: Sequence[Edge] = (),
    groups: Mapping[str, Sequence[str]] | None = None,
    serves: Sequence[tuple[str, str]] = (),
    strategies: Mapping[str, str] | None = None,
) -> WaveInput:
    """An estate; every asset that is in no group and moves is a group of its own, called like it.

    serves: (asset, application). strategies: rehost unless told otherwise.
    """
    frame = pl.DataFrame(list(assets), schema=FACTS)
    fates = {asset["asset_id"]: (strategies or {}).get(asset["asset_id"], "rehost") for asset in assets}
    held = {member for members in (groups or {}).values() for member in members}
    moving = [a for a in fates if fates[a] not in ("retain", "retire", "not_applicable") and a not in held]
    listed = {**{name: sorted(members) for name, members in (groups or {}).items()}, **{a: [a] for a in moving}}
    move_groups = pl.DataFrame(
        [{"group_id": name, "members": members} for name, members in listed.items()],
        schema={name: MOVE_GROUPS[name] for name in ("group_id", "members")},
    )
    decisions = pl.DataFrame(
        {"asset_id": list(fates), "strategy": list(fates.values())},
        schema={"asset_id": pl.String(), "strategy": pl.String()},
    )
    members = pl.DataFrame(list(serves), schema={"asset_id": pl.String(), "application_id": pl.String()}, orient="row")
    readiness = frame.select("asset_id", readiness=pl.lit(100.0))
    named = frame.filter(pl.col("classified_type") == "application").select(
        application_id="asset_id", name=pl.col("application_name").list.first()
    )
    return WaveInput(move_groups, frame, decisions, needs(*ties), members, readiness, named)


def waves_of(plan: WavePlan) -> dict[str, int]:
    """asset -> wave."""
    placed = plan.groups.select("wave", "members").explode("members", empty_as_null=False)
    return dict(placed.select("members", "wave").iter_rows())


def reasons_of(plan: WavePlan, *groups: str) -> list[list[str]]:
    """wave_reasons of groups by their id."""
    told = dict(plan.groups.select("group_id", "wave_reasons").iter_rows())
    return [told[group] for group in groups]


def codes(plan: WavePlan) -> list[str]:
    """The codes of a plan's findings."""
    return [found["code"] for found in plan.findings]
