"""Memberships: which asset serves which application, concluded from what is known of the others.

Names and stated hosting are taken as known. Every other server is judged by its name, its traffic and its owners,
weighed as they prove right on the known servers (each left out in turn); what is sure enough helps to judge the rest,
for a few rounds. A server that the evidence doesn't decide is left alone: a wrong member ties two applications
together. Keep out: single bases (votes.py, wordings.py), and servers of applications that nothing names (proposed.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from discovery_pipeline.domain.dependencies.applications.model import Floats, candidates, fitted, scored
from discovery_pipeline.domain.dependencies.applications.params import MembershipParams
from discovery_pipeline.domain.dependencies.applications.proposed import proposed_memberships
from discovery_pipeline.domain.dependencies.applications.reasons import inferred_reasons, known_reasons
from discovery_pipeline.domain.dependencies.applications.subjects import Subjects, subjects
from discovery_pipeline.domain.dependencies.applications.traits import TRAITS, name_traits, owner_traits, telling
from discovery_pipeline.domain.dependencies.applications.votes import VOTES, traffic_votes, trait_votes, without_silent
from discovery_pipeline.domain.dependencies.applications.wordings import worded
from discovery_pipeline.domain.handoffs import MEMBERSHIPS

_DEFAULTS = MembershipParams()
_LABELS = ["s", "a", "sure"]


@dataclass(frozen=True)
class _Seen:
    """What is seen of the servers, whatever is known: traits of names and owners, and wordings as VOTES."""

    names: pl.DataFrame
    owners: pl.DataFrame
    wordings: pl.DataFrame
    links: pl.DataFrame
    servers: int


def _seen(of: Subjects, params: MembershipParams) -> _Seen:
    names = name_traits(of.servers) if len(of.servers) else pl.DataFrame(schema=TRAITS)
    found = worded(of.servers, of.applications, names, of.known, params)
    votes = found.with_columns(share=pl.lit(1.0), behind=pl.lit(0, pl.Int64), others=pl.lit(0, pl.Int64))
    return _Seen(telling(names), telling(owner_traits(of.servers)), votes.select(*VOTES), of.links, len(of.servers))


def _votes(seen: _Seen, labels: pl.DataFrame, asked: pl.DataFrame, params: MembershipParams) -> dict[str, pl.DataFrame]:
    """Per basis its VOTES about the asked servers, each judged without itself."""
    coverage = max(labels["s"].n_unique(), 1) / max(seen.servers, 1)
    naming = trait_votes(seen.names, labels, asked, coverage, params)
    told = naming.filter(pl.col("share") >= params.clear).select("s")
    return {
        "naming": without_silent(naming, seen.names, labels, coverage, params),
        "traffic": traffic_votes(seen.links, labels, asked, coverage, params),
        "ownership": trait_votes(seen.owners, labels, asked, coverage, params),
        # Where names tell clearly by who else bears them they aren't asked twice.
        "wording": seen.wordings.join(asked, on="s", how="semi").join(told, on="s", how="anti"),
    }


def _learnt(seen: _Seen, labels: pl.DataFrame, params: MembershipParams) -> tuple[Floats, float]:
    """(the estate's weights; how often names are right: the share of clear predictions that agree with them).

    Of more known servers than params.training every n-th is asked.
    """
    known = labels.select("s").unique().sort("s")
    asked = known.gather_every(max(1, -(-len(known) // params.training)))
    pairs = candidates(_votes(seen, labels, asked, params), params)
    truth = pairs.join(labels.with_columns(right=pl.lit(value=True)), on=["s", "a"], how="left", maintain_order="left")
    right = truth["right"].fill_null(value=False)
    weights = fitted(pairs, right, params)
    clear = scored(pairs, weights).with_columns(right=right).filter(pl.col("p") >= params.accept)
    agree = int(clear["right"].sum())
    named = (agree + params.named * params.named_tries) / (len(clear) + params.named_tries)
    return weights, named


def _concluded(
    of: Subjects, seen: _Seen, weights: Floats, params: MembershipParams
) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """(candidates of the unknown servers with p and main, the VOTES behind them) after params.rounds of conclusions."""
    known = of.known.select(_LABELS)
    open_ones = of.loose().join(known, on="s", how="anti").join(of.shared, on="s", how="anti")
    labels = known
    votes = _votes(seen, labels, open_ones, params)
    found = scored(candidates(votes, params), weights)
    for _ in range(params.rounds):
        sure = found.filter(pl.col("p") >= params.accept)
        concluded = sure.select("s", "a", sure=(100 * pl.col("p")).round().cast(pl.Int64))
        grown = pl.concat([known, concluded])
        if grown.equals(labels):
            break
        labels = grown
        votes = _votes(seen, labels, open_ones, params)
        found = scored(candidates(votes, params), weights)
    return found, votes


def _known_confidence(
    of: Subjects, seen: _Seen, weights: Floats, named: float, params: MembershipParams
) -> pl.DataFrame:
    """KNOWN plus confidence and heard: the logit of what its name, traffic and owners say (null: nothing).

    A name is right as often as the estate's clear evidence agrees with names; what else is seen of the server moves
    that by half its weight, because both may go back to one source.
    """
    labels = of.known.select(_LABELS)
    pairs = scored(candidates(_votes(seen, labels, labels.select("s").unique(), params), params), weights)
    p = pl.col("p").clip(0.02, 0.98)
    heard = pairs.select("s", "a", heard=(p / (1 - p)).log())
    joined = of.known.join(heard, on=["s", "a"], how="left", maintain_order="left")
    base = float(np.log(named / (1 - named)))
    confident = 1 / (1 + (-(base + 0.5 * pl.col("heard").fill_null(0.0))).exp())
    stated = pl.col("sure") / 100
    by_name = pl.when(pl.col("basis") == "named").then(confident).otherwise(stated)
    return joined.with_columns(confidence=pl.max_horizontal(by_name, pl.lit(params.believed)).round(4))


def infer_memberships(
    inventory: pl.DataFrame, edges: pl.DataFrame, params: MembershipParams = _DEFAULTS
) -> pl.DataFrame:
    """MEMBERSHIPS, one row per asset and application, sorted; at or above params.believed believed, others leads.

    inventory: INVENTORY. edges: DEPENDENCIES before those between applications are derived. Rows of proposed
    applications (ids `p_...`) follow from servers that nothing else claims.
    """
    of = subjects(inventory, edges, params)
    seen = _seen(of, params)
    weights, named = _learnt(seen, of.known.select(_LABELS), params)
    found, votes = _concluded(of, seen, weights, params)
    told = found.filter(pl.col("p") >= params.lead)
    inferred = inferred_reasons(told, votes, of.applications)
    known = known_reasons(_known_confidence(of, seen, weights, named, params))
    rows = pl.concat([known, inferred])
    claimed = rows.filter(pl.col("confidence") >= params.believed).select("s", "a")
    proposed = proposed_memberships(of, seen.names, claimed, params)
    named_rows = rows.join(of.applications.select("a", "application_id"), on="a").join(
        of.servers.select("s", "asset_id"), on="s"
    )
    whole = pl.concat([named_rows.select(*MEMBERSHIPS), proposed.select(*MEMBERSHIPS)])
    return whole.sort("asset_id", "application_id")
