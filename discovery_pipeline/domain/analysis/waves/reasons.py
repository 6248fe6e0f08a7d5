"""Why each group moves in its wave, in sentences. Keep out: the plan itself."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from discovery_pipeline.domain.analysis.waves.knots import Constraints
from discovery_pipeline.domain.analysis.waves.order import CRITICALITIES, ENVIRONMENTS, phases
from discovery_pipeline.domain.analysis.waves.params import WaveParams
from discovery_pipeline.domain.analysis.waves.schedule import Placed
from discovery_pipeline.domain.analysis.waves.traits import Estate

_NONE = pl.lit(None, dtype=pl.String)


def phase_names(params: WaveParams) -> dict[int, str]:
    """Phase -> its environments as people read them ("sandbox, development, test, qa")."""
    by_phase: dict[int, list[str]] = {}
    for name in sorted(ENVIRONMENTS, key=list(ENVIRONMENTS).index):
        by_phase.setdefault(phases(params)[name], []).append(name)
    return {number: ", ".join(names) for number, names in by_phase.items()}


def _sources(groups: pl.DataFrame, placed: Placed, order: Constraints, names: pl.DataFrame) -> pl.DataFrame:
    """Columns by, by_label, by_wave, by_application: the groups and gates that others waited for."""
    own = groups.select(by="group", by_label="label").with_columns(
        by_wave=pl.Series(placed.wave, dtype=pl.Int64), by_application=_NONE
    )
    opened = pl.DataFrame(
        {"by": list(placed.gate), "by_wave": list(placed.gate.values())},
        schema={"by": pl.Int64(), "by_wave": pl.Int64()},
    )
    named = order.gates.join(names, left_on="application_id", right_on="asset_id", how="left")
    gates = named.select(by="node", by_application=pl.col("name").fill_null("its application"))
    return pl.concat(
        [own, gates.join(opened, on="by").select("by", _NONE.alias("by_label"), "by_wave", "by_application")]
    )


def _waited(params: WaveParams) -> pl.Expr:
    """What it had to wait for: a need, or earlier environments of its application; null where nothing."""
    soak = f", and {params.soak_waves} more to test" if params.soak_waves else ""
    need = pl.format("it needs {}, which moves in wave {}", "by_label", "by_wave")
    return pl.coalesce(
        pl.format("the earlier environments of {} move until wave {}" + soak, "by_application", "by_wave"), need
    )


def _main(params: WaveParams, pilots_named: bool) -> pl.Expr:
    """The sentence that says what decided."""
    pilot = "pilot: named as one" if pilots_named else "pilot: little at stake, it waits for nothing and has few ties"
    full = (
        pl.when(pl.col("wave") - pl.col("since") > 1)
        .then(pl.format("waves {} to {} are full", "since", pl.col("wave") - 1))
        .otherwise(pl.format("wave {} is full", "since"))
    )
    told = {
        "planned": pl.format("wave {} is planned for it", "wave"),
        "circle": pl.format("wave {} is planned for what it moves together with", "wave"),
        "pilot": pl.lit(pilot),
        "after": pl.format("wave {}: {}", "wave", _waited(params)),
        "phase": pl.format("wave {} is the first after all earlier environments", "wave"),
        "room": pl.format("wave {} is the first with room: {}", "wave", full),
        "freeze": pl.format("wave {} is the first with room outside {}", "wave", "freeze"),
        "first": pl.format("wave {}: it waits for nothing", "wave"),
    }
    return pl.coalesce([pl.when(pl.col("why") == why).then(text) for why, text in told.items()])


def _also(params: WaveParams) -> list[pl.Expr]:
    """What else bound it: what it would have waited for anyway, and the environments that it counts to."""
    free = ~pl.col("why").is_in(["planned", "circle", "pilot"])
    phase = pl.col("phase").replace_strict(phase_names(params), default=None, return_dtype=pl.String)
    return [
        pl.when(free & (pl.col("why") != "after") & (pl.col("by_wave") > 1)).then(_waited(params)),
        pl.when(free & pl.col("inferred")).then(pl.format("no environment is known: it goes with {}", phase)),
    ]


def _rank() -> pl.Expr:
    words = {rank: word for word, rank in CRITICALITIES.items()}
    named = pl.col("rank").replace_strict(words, return_dtype=pl.String)
    late = pl.when(pl.col("rank") >= CRITICALITIES["high"]).then(
        pl.format("criticality {}: behind the less critical of its environment", named)
    )
    return pl.when(~pl.col("why").is_in(["planned", "circle", "pilot"])).then(late)


def _together(groups: pl.DataFrame, order: Constraints) -> pl.DataFrame:
    """Columns group, together: the others of a circle that moves at once."""
    knots = pl.DataFrame({"group": groups["group"], "label": groups["label"], "knot": order.knot[: len(groups)]})
    shared = knots.filter(pl.len().over("knot") > 1).sort("knot", "group")
    named = shared.group_by("knot", maintain_order=True).agg(first=pl.col("label").head(4), of=pl.len())
    sentence = pl.format(
        "a circle of needs keeps {} groups together: {}",
        "of",
        pl.col("first").list.unique(maintain_order=True).list.join(", "),
    )
    return shared.join(named.select("knot", together=sentence), on="knot").select("group", "together")


def _loosened(groups: pl.DataFrame, order: Constraints) -> pl.DataFrame:
    """Columns group, loosened: needs of the group that set no order, and why."""
    named = order.loosened.join(groups.select(provider="group", label="label"), on="provider").sort(
        "dependent", "label"
    )
    counted = named.group_by("dependent", "why", maintain_order=True).agg(
        pl.len(), pl.col("label").unique().sort().head(3).str.join(", ")
    )
    why = {"environment": "their environment moves later", "circle": "the weakest of a circle"}
    sentence = pl.format(
        "needs that set no order ({}): {}", pl.col("why").replace_strict(why, return_dtype=pl.String), "label"
    )
    told = counted.with_columns(loosened=sentence).sort("dependent", "why")
    return told.group_by(group="dependent", maintain_order=True).agg(pl.col("loosened").str.join("; "))


def group_reasons(
    estate: Estate, placed: Placed, order: Constraints, blackouts: Sequence[str], params: WaveParams, pilots_named: bool
) -> pl.Series:
    """wave_reasons per group, by its number; the first says what decided. blackouts: as people read them."""
    groups = estate.groups
    frame = groups.with_columns(
        wave=pl.Series(placed.wave, dtype=pl.Int64),
        why=pl.Series(placed.why, dtype=pl.String),
        by=pl.Series(placed.by, dtype=pl.Int64),
        since=pl.Series(placed.since, dtype=pl.Int64),
        freeze=pl.Series([", ".join(blackouts[b] for b in found) for found in placed.frozen], dtype=pl.String),
    )
    joined = (
        frame.join(_sources(groups, placed, order, estate.names), on="by", how="left", maintain_order="left")
        .join(_together(groups, order), on="group", how="left", maintain_order="left")
        .join(_loosened(groups, order), on="group", how="left", maintain_order="left")
    )
    parts = [_main(params, pilots_named), *_also(params), _rank(), pl.col("together"), pl.col("loosened")]
    return joined.select(reasons=pl.concat_list(parts).list.drop_nulls())["reasons"]
