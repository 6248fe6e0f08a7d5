"""Applications' members and move groups beside the truth. Keep out: edges (judge), confidence (trust)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.dependencies.judge import BELIEVED, Judged


def adjusted_rand(truth: NDArray[np.int64], found: NDArray[np.int64]) -> float:
    """Adjusted Rand index of two labellings (Hubert and Arabie 1985); 1 for equal ones, about 0 by chance."""
    table = Counter(zip(truth.tolist(), found.tolist(), strict=True))
    pairs = sum(n * (n - 1) // 2 for n in table.values())
    of_truth = sum(n * (n - 1) // 2 for n in Counter(truth.tolist()).values())
    of_found = sum(n * (n - 1) // 2 for n in Counter(found.tolist()).values())
    everything = len(truth) * (len(truth) - 1) / 2
    chance = of_truth * of_found / everything if everything else 0.0
    most = (of_truth + of_found) / 2
    return 1.0 if most == chance else (pairs - chance) / (most - chance)


@dataclass(frozen=True)
class Applications:
    """ari: over servers that have a true application. assigned: of these, the share that some application holds; right:
    of the assigned, those with one of their own. merged: applications that hold two servers and more of each of several
    true ones. shared: servers of shared services in an application of the business."""

    ari: float
    servers: int
    assigned: float
    right: float
    merged: int
    shared: int


def applications(judged: Judged) -> Applications:
    """The applications found beside the true ones."""
    held = _held(judged)
    true = judged.labels.members.filter(
        (pl.col("applications").list.len() > 0) & ~pl.col("stale")
    ).join(judged.labels.base.assets.filter(pl.col("type") != "database"), on="true_id", how="semi")  # fmt: skip
    true = true.join(judged.ids, on="true_id", how="semi")
    services = judged.labels.members.filter(pl.col("service") != "")
    business = pl.col("means").is_in(judged.labels.members["applications"].explode(empty_as_null=False).implode())
    shared = held.join(services, on="true_id", how="semi").filter(business)["true_id"].n_unique()
    labels, merged = _labelled(true, held)
    assigned = labels.filter(pl.col("found").is_not_null())
    right = assigned.filter(pl.col("means").is_in(pl.col("applications")))
    alone = labels.with_columns(pl.coalesce("found", "true_id").alias("found"))
    of_assigned = right.height / max(assigned.height, 1)
    share = assigned.height / max(labels.height, 1)
    return Applications(
        adjusted_rand(_codes(alone["true"]), _codes(alone["found"])), labels.height, share, of_assigned, merged, shared
    )


def _codes(labels: pl.Series) -> NDArray[np.int64]:
    return labels.rank("dense").to_numpy().astype(np.int64)


def _held(judged: Judged) -> pl.DataFrame:
    """true_id, found (application_id), means (the true application of that name): of every believed member."""
    listed = judged.made.graph.memberships.filter(pl.col("confidence") >= BELIEVED)
    means = judged.ids.select(application_id="asset_id", means="true_id")
    held = listed.join(judged.ids, on="asset_id").join(means, on="application_id", how="left")
    return held.select("true_id", "means", found="application_id").unique().sort("true_id", "found")


def _labelled(true: pl.DataFrame, held: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """true_id, applications, true (the label counted), found, means; and how many applications hold several."""
    beside = true.select("true_id", "applications", users="users").join(held, on="true_id", how="left")
    single = beside.filter(pl.col("applications").list.len() == 1, pl.col("users").list.len() == 0)
    single = single.with_columns(only=pl.col("applications").list.first()).drop_nulls("found")
    votes = single.group_by("found", "only").len().sort("len", "only", descending=[True, False])
    merged = votes.filter(pl.col("len") >= 2).group_by("found").len().filter(pl.col("len") >= 2).height
    most = votes.unique("found", keep="first", maintain_order=True).select("found", most="only")
    ranked = beside.join(most, on="found", how="left").with_columns(
        may=pl.concat_list("applications", "users"), means=pl.coalesce("means", "most")
    )
    ranked = ranked.with_columns(
        hit=pl.col("most").is_in(pl.col("may")).fill_null(value=False), first=pl.col("applications").list.first(),
        own=(pl.col("most") == pl.col("applications").list.first()).fill_null(value=False),
    )  # fmt: skip
    best = ranked.sort("true_id", "own", "hit", "found", descending=[False, True, True, False]).unique(
        "true_id", keep="first", maintain_order=True
    )
    chosen = best.with_columns(true=pl.when("hit").then("most").otherwise("first"), applications="may")
    return chosen.select("true_id", "applications", "true", "found", "means"), merged


@dataclass(frozen=True)
class Groups:
    """groups, largest: counts. cut: share of the confidence of believed needs whose ends are in different groups."""

    groups: int
    largest: int
    cut: float


def groups(judged: Judged) -> Groups:
    """The move groups as they stand."""
    made = judged.made.analysis.move_groups
    of = dict(
        made.select("group_id", "members")
        .explode("members", empty_as_null=False)
        .select("members", "group_id")
        .iter_rows()
    )
    needs = judged.made.graph.dependencies.filter(
        pl.col("kind").is_in(["tier", "application", "hosting"]), pl.col("confidence") >= BELIEVED
    )
    ends = needs.select("confidence", *(pl.col(c).replace_strict(of, default=None) for c in ("from_asset", "to_asset")))
    both = ends.drop_nulls()
    weights = both["confidence"].to_numpy()
    cut = float(weights[(both["from_asset"] != both["to_asset"]).to_numpy()].sum())
    sizes = made["members"].list.len().to_numpy()
    return Groups(made.height, int(sizes.max(initial=0)), cut / max(float(weights.sum()), 1e-9))


def alike(one: pl.DataFrame, other: pl.DataFrame) -> float:
    """Adjusted Rand index of two lists of move groups over the assets in both."""
    frames: list[Any] = [
        frame.select("group_id", "members").explode("members", empty_as_null=False).unique("members", keep="first")
        for frame in (one, other)
    ]
    both = frames[0].join(frames[1], on="members").sort("members")
    return adjusted_rand(_codes(both["group_id"]), _codes(both["group_id_right"]))
