"""What a person has to know of a wave plan: what it could not keep. Keep out: the sentences of single groups."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from discovery_pipeline.domain.analysis.waves.freezes import freeze_findings
from discovery_pipeline.domain.analysis.waves.knots import Constraints
from discovery_pipeline.domain.analysis.waves.loads import LOADS
from discovery_pipeline.domain.analysis.waves.order import CRITICALITIES
from discovery_pipeline.domain.analysis.waves.params import WaveParams
from discovery_pipeline.domain.analysis.waves.rows import Planned
from discovery_pipeline.domain.analysis.waves.schedule import Placed
from discovery_pipeline.domain.analysis.waves.slots import Slots
from discovery_pipeline.domain.analysis.waves.told import Row, examples, told
from discovery_pipeline.domain.handoffs import Severity

_SHOWN = 5
# Of fewer groups that the plan may place none goes ahead of the others.
_SEVERAL = 5


def _waves(plan: Planned, placed: Placed) -> pl.DataFrame:
    return plan.groups.select(
        "group",
        "label",
        "wave",
        "planned",
        "phase",
        "rank",
        *LOADS,
        planned_there=pl.Series(placed.why, dtype=pl.String) == "planned",
    )


def _against_needs(waves: pl.DataFrame, plan: Planned) -> list[Row]:
    """Needs between groups whose provider moves later because of a planned wave."""
    ends = waves.select("group", "wave", "planned_there")
    joined = plan.needs.join(ends.select(pl.all().name.prefix("d_")), left_on="dependent", right_on="d_group").join(
        ends.select(pl.all().name.prefix("p_")), left_on="provider", right_on="p_group"
    )
    late = joined.filter(pl.col("p_wave") > pl.col("d_wave"), pl.col("d_planned_there") | pl.col("p_planned_there"))
    if not len(late):
        return []
    return [
        told(
            "warning", "planned_waves_against_dependencies",
            f"{len(late)} dependencies between move groups have their provider in a later wave",
            "the planned waves of the data were kept; check their order",
        )
    ]  # fmt: skip


def steps_broken(waves: pl.DataFrame, steps: pl.DataFrame, soak: int) -> pl.DataFrame:
    """Columns application_id, phase, first, earlier: phases of which something moves before all of the phase before has
    moved and been tested. waves: group, wave, planned_there. steps: of phase_steps.
    """
    placed = steps.join(waves.select("group", "wave", "planned_there"), on="group")
    phases = placed.group_by("application_id", "phase").agg(
        first=pl.col("wave").min(), last=pl.col("wave").max(), planned=pl.col("planned_there").any()
    )
    before = phases.sort("application_id", "phase").with_columns(
        earlier=pl.col("last").shift(1).over("application_id"), said=pl.col("planned").shift(1).over("application_id")
    )
    return before.filter(pl.col("first") < pl.col("earlier") + 1 + soak)


def _against_steps(waves: pl.DataFrame, steps: pl.DataFrame, soak: int) -> list[Row]:
    """Applications whose production moves, by a planned wave, before its earlier environments have."""
    broken = steps_broken(waves, steps, soak)
    if not len(broken):
        return []
    return [
        told(
            "warning", "later_environment_moves_first",
            f"{broken['application_id'].n_unique()} applications move an environment before an earlier one has "
            "moved and been tested",
            "planned waves or pilots ask for it; test before production where you can",
        )
    ]  # fmt: skip


def _retired(plan: Planned, names: pl.DataFrame) -> list[Row]:
    rows: list[Row] = []
    for crossing, severity, code, said, advice in _FATES:
        hit = plan.cuts.filter(pl.col("crossing") == crossing)
        if len(hit):
            shown = hit.join(names, left_on="to_asset", right_on="asset_id")["name"]
            needing = hit["from_asset"].n_unique()
            detail = f"{hit['to_asset'].n_unique()} {said}, by {needing} others: {examples(shown)}"
            rows.append(told(severity, code, detail, advice))
    return rows


_FATES: tuple[tuple[str, Severity, str, str, str], ...] = (
    (
        "provider_retired", "warning", "retired_provider_needed", "of the assets to be retired are still needed",
        "move what needs them first, or keep them; see the cut edges",
    ),
    (
        "provider_stays", "info", "retained_provider_needed", "of the assets that stay are needed by what moves",
        "plan the line between the sites for good, or move them, too; see the cut edges",
    ),
)  # fmt: skip


def _capacity(waves: pl.DataFrame, plan: Planned) -> list[Row]:
    over = pl.any_horizontal([pl.col(name) > bound + 1e-9 for name, bound in zip(LOADS, plan.bounds, strict=True)])
    rows: list[Row] = []
    large = waves.filter(over)
    if len(large):
        rows.append(
            told(
                "warning", "group_over_capacity",
                f"{len(large)} move groups are larger than a wave may be: {examples(large['label'])}",
                "each has a wave of its own; raise the capacity of waves or lower the size of groups",
            )
        )  # fmt: skip
    loads = (
        waves.sort("wave", "group")
        .group_by("wave", maintain_order=True)
        .agg(pl.col(*LOADS).sum(), groups=pl.len(), planned_there=pl.col("planned_there").any())
    )
    full = loads.filter(over, pl.col("groups") > 1, "planned_there")
    if len(full):
        numbers = ", ".join(map(str, full["wave"].sort().head(_SHOWN)))
        rows.append(
            told(
                "warning", "planned_wave_over_capacity",
                f"{len(full)} waves hold more than the plan's capacity because the data plans so: {numbers}",
                f"spread them, or raise the capacity (now {int(plan.bounds[0])} assets)",
            )
        )  # fmt: skip
    return rows


def _pilots(waves: pl.DataFrame, plan: Planned, last_phase: int) -> list[Row]:
    risky = waves.filter(
        pl.col("wave").is_in(sorted(plan.pilots)),
        pl.col("rank") >= CRITICALITIES["critical"],
        pl.col("production") > 0,
        pl.col("phase") == last_phase,
    )
    if not len(risky):
        return []
    return [
        told(
            "warning", "critical_production_in_pilot",
            f"{len(risky)} move groups with critical production stand in a pilot wave: {examples(risky['label'])}",
            "pilot with what may fail",
        )
    ]  # fmt: skip


def _without_pilots(waves: pl.DataFrame, plan: Planned, params: WaveParams) -> list[Row]:
    """Why no wave is a pilot where the estate is large enough for one."""
    wanted = min(params.pilots.waves, params.pilots.share * float(waves["size"].sum()))
    if wanted < 1 or plan.pilots or waves["planned"].null_count() < _SEVERAL:
        return []
    if (waves["planned"] <= params.pilots.waves).any():
        why = "what is planned for its first waves leaves no room for one"
        advice = "plan the first waves smaller, or from a later number on"
    else:
        why = "no group is small, uncritical and free of ties enough to learn from"
        advice = "name applications to pilot with (plan: waves.pilots.applications)"
    return [told("info", "no_pilot_wave", f"no wave is a pilot: {why}", advice)]


def _circles(order: Constraints) -> list[Row]:
    cut = order.loosened.filter(pl.col("why") == "circle")
    if not len(cut):
        return []
    return [
        told(
            "info", "circles_of_needs_cut",
            f"circles of needs too large for one wave were cut at {len(cut)} needs between move groups, the weakest",
            "see the cut edges; raise the capacity to move a circle at once",
        )
    ]  # fmt: skip


def wave_findings(
    plan: Planned,
    steps: pl.DataFrame,
    order: Constraints,
    placed: Placed,
    slots: Slots,
    frozen: Mapping[int, tuple[int, ...]],
    params: WaveParams,
    names: pl.DataFrame,
) -> list[Row]:
    """Rows of `finding`, in a fixed order; none where the plan keeps all it was asked."""
    waves = _waves(plan, placed)
    last = max((len(params.environments) - 1, *waves["phase"].to_list()), default=0)
    return [
        *_against_needs(waves, plan),
        *_against_steps(waves, steps, params.soak_waves),
        *_retired(plan, names),
        *_capacity(waves, plan),
        *_pilots(waves, plan, last),
        *_without_pilots(waves, plan, params),
        *freeze_findings(waves, placed, slots, frozen, params),
        *_circles(order),
    ]
