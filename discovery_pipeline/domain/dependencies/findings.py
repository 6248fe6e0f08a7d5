"""Findings of the dependencies phase: what could not be used, and why, with a few examples each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from discovery_pipeline.domain.dependencies.described.text import TextOutcome
from discovery_pipeline.domain.dependencies.edges.decided import is_denied
from discovery_pipeline.domain.dependencies.observed.traffic import ObservedOutcome
from discovery_pipeline.domain.dependencies.params import DependencyParams
from discovery_pipeline.domain.dependencies.stated.relations import StatedOutcome
from discovery_pipeline.domain.handoffs import finding, findings_frame
from discovery_pipeline.domain.learning.rules import EdgeRule

Finding = dict[str, Any]


def _examples(values: pl.Series, params: DependencyParams) -> str:
    shown = ", ".join(repr(v) if v is not None else "(empty)" for v in values.head(params.max_examples))
    more = len(values) - params.max_examples
    return f"{shown} and {more} more" if more > 0 else shown


def _stated(outcome: StatedOutcome, meant: pl.Series, params: DependencyParams) -> list[Finding]:
    rows: list[Finding] = []
    if len(outcome.unknown_words):
        words = _examples(outcome.unknown_words["relationship_type"], params)
        rows.append(
            finding(
                "dependencies", "warning", "relationship_wording_unknown",
                f"{outcome.unknown_words['records'].sum()} relationship rows use words that give no direction: {words}",
                "taken in the stated order as leads; tell us what the words mean or rename them in the export",
            )
        )  # fmt: skip
    unresolved = outcome.unresolved.filter(~pl.col("name").is_in(meant.implode()))
    if len(unresolved):
        rows.append(
            finding(
                "dependencies", "warning", "relationship_end_unknown",
                f"{len(unresolved)} names in relationships belong to no asset: "
                f"{_examples(unresolved['name'], params)}",
                "add the export that describes them, or correct the names",
            )
        )  # fmt: skip
    return rows


def _observed(outcome: ObservedOutcome, params: DependencyParams) -> list[Finding]:
    rows: list[Finding] = []
    if len(outcome.conflicts):
        hosts = outcome.conflicts["host"].unique().sort()
        rows.append(
            finding(
                "dependencies", "info", "endpoint_name_and_address_differ",
                f"{len(outcome.conflicts)} ends of connections carry one asset's name and another's address: "
                f"{_examples(hosts, params)}",
                "the name was believed; check for re-used addresses",
            )
        )  # fmt: skip
    if len(outcome.ambiguous):
        rows.append(
            finding(
                "dependencies", "warning", "address_ambiguous",
                f"{len(outcome.ambiguous)} addresses or names in connections are held by several assets: "
                f"{_examples(outcome.ambiguous['address'], params)}",
                "their edges stay leads below 0.5; connection exports with host names decide them",
            )
        )  # fmt: skip
    if outcome.foreign_clients:
        rows.append(
            finding(
                "dependencies", "info", "client_unknown",
                f"rows of connections that come from addresses of no asset: {outcome.foreign_clients:,}",
                "they make no edge; add the export that describes those clients if they matter",
            )
        )  # fmt: skip
    return rows


def _text(outcome: TextOutcome, meant: pl.Series, params: DependencyParams) -> list[Finding]:
    unresolved = outcome.unresolved.filter(~pl.col("name").is_in(meant.implode()))
    if not len(unresolved):
        return []
    return [
        finding(
            "dependencies", "info", "depends_on_unknown",
            f"{len(unresolved)} names in depends-on texts belong to no asset: "
            f"{_examples(unresolved['name'], params)}",
            "add the export that describes them, or correct the names",
        )
    ]  # fmt: skip


def _meant(meant: pl.Series, params: DependencyParams) -> list[Finding]:
    if meant.is_empty():
        return []
    return [
        finding(
            "dependencies", "info", "names_read_by_model",
            f"{len(meant)} names belong to no asset and were taken as a model advised: {_examples(meant, params)}",
            "decide about their edges, or correct the names; explain names the model",
        )
    ]  # fmt: skip


def _opposed(edges: pl.DataFrame) -> pl.DataFrame:
    """Pairs with an edge each way of one kind, none denied, where at least one way is only said and not observed."""
    said = ~pl.col("evidence").list.eval(pl.element().str.starts_with("observed:")).list.any()
    directional = pl.col("kind").is_in(["tier", "application", "hosting"])
    directed = edges.filter(directional, ~is_denied()).with_columns(said=said)
    back = directed.select(from_asset="to_asset", to_asset="from_asset", kind="kind", back_said="said")
    both = directed.join(back, on=["from_asset", "to_asset", "kind"])
    return both.filter(pl.col("from_asset") < pl.col("to_asset"), pl.col("said") | pl.col("back_said"))


def _contradictions(edges: pl.DataFrame, names: pl.DataFrame, params: DependencyParams) -> list[Finding]:
    opposed = _opposed(edges)
    if not len(opposed):
        return []
    named = opposed.join(names.rename({"asset_id": "from_asset", "name": "a"}), on="from_asset", how="left").join(
        names.rename({"asset_id": "to_asset", "name": "b"}), on="to_asset", how="left"
    )
    pairs = named.select(pair=pl.format("{} and {}", "a", "b"))["pair"].sort()
    return [
        finding(
            "dependencies", "warning", "direction_contradicted",
            f"{len(opposed)} pairs depend on each other both ways by different evidence: {_examples(pairs, params)}",
            "both edges are kept; correct the one that is stated wrongly",
        )
    ]  # fmt: skip


def _without_target(rules: Sequence[EdgeRule], params: DependencyParams) -> list[Finding]:
    if not rules:
        return []
    told = pl.Series([f"{rule.told}: {rule.from_asset} -> {rule.to_asset}" for rule in rules])
    return [
        finding(
            "dependencies", "warning", "correction_without_target",
            f"{len(rules)} decisions about dependencies are not about two assets of the inventory: "
            f"{_examples(told, params)}",
            "undo them, or decide again about the assets that are there now",
        )
    ]  # fmt: skip


def dependency_findings(
    stated: StatedOutcome,
    observed: ObservedOutcome,
    text: TextOutcome,
    meant: pl.Series,
    edges: pl.DataFrame,
    without_target: Sequence[EdgeRule],
    names: pl.DataFrame,
    params: DependencyParams,
) -> pl.DataFrame:
    """FINDINGS of the phase. meant: names whose asset a model chose. without_target: rules that found no pair.

    names: asset_id, name (for people).
    """
    rows = [
        *_stated(stated, meant, params),
        *_observed(observed, params),
        *_text(text, meant, params),
        *_meant(meant, params),
        *_contradictions(edges, names, params),
        *_without_target(without_target, params),
    ]
    return findings_frame(rows)
