"""How every phase's asset is declared and how its result is checked, published and shown.

An asset stages its parts, hands its frame and facts to the quality suite, and publishes only when no blocking check
failed. Keep out: what a phase computes (domain) and which checks it has (quality.suites).
"""

import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import dagster as dg
import polars as pl

from discovery_pipeline.defs.failures import as_dagster, unexpected
from discovery_pipeline.defs.metadata import definition_metadata, distinct_shapes, markdown
from discovery_pipeline.defs.partitions import tenants
from discovery_pipeline.defs.pausing import begin, stop_where_asked
from discovery_pipeline.defs.progress import AssetRecord
from discovery_pipeline.defs.resources import TenantStores
from discovery_pipeline.domain.errors import BlockingCheckFailed, DiscoveryError, OutdatedInput
from discovery_pipeline.domain.handoffs import FrameSchema, Phase
from discovery_pipeline.domain.insights.insight import Insight
from discovery_pipeline.files.frames import MissingFrame, StagedFrame
from discovery_pipeline.quality.checks import Check
from discovery_pipeline.quality.run import CheckOutcome, QualityReport, run_checks
from discovery_pipeline.quality.suites import suites
from discovery_pipeline.services.agents.opinions import record_opinions
from discovery_pipeline.services.quality.record import record_quality
from discovery_pipeline.services.run_frames import ASSETS, RunFrames, newest_frames, outdated_among, run_frames

OWNERS = ["team:discovery"]


def phase_asset(
    phase: Phase,
    *deps: str,
    schema: FrameSchema | None = None,
    kinds: Collection[str] = ("polars", "parquet"),
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Declare an asset of a phase: partitioned by tenant, with its quality checks.

    schema: that of its main part.
    """

    def declare(body: Callable[..., Any]) -> dg.AssetsDefinition:
        name = body.__name__
        # Dagster takes a return annotation beside check_specs for the type of the asset's value, and refuses it.
        body.__annotations__.pop("return")
        return dg.asset(
            deps=list(deps),
            partitions_def=tenants,
            group_name=phase,
            kinds=set(kinds),
            owners=OWNERS,
            metadata=definition_metadata(schema),
            check_specs=_check_specs(name),
            tags={"phase": phase},
        )(body)

    return declare


def _check_specs(asset: str) -> list[dg.AssetCheckSpec]:
    with warnings.catch_warnings():
        # Without partitions_def a check records no partition and tenants overwrite each other's status: the preview
        # parameter is right, dagster is pinned, and only this warning is silenced.
        warnings.filterwarnings("ignore", "Specifying a partitions_def on an AssetCheckSpec", dg.PreviewWarning)
        return [_check_spec(asset, check) for check in suites()[asset]]


def _check_spec(asset: str, check: Check) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        check.name,
        asset=asset,
        description=f"{check.description} When it fails: {check.advice}.",
        blocking=check.blocking,
        partitions_def=tenants,
    )


@dataclass
class Output:
    """An asset's result on its way out: staged parts, then checks, then publication.

    inputs: the versions of the assets that this one is made from, kept in its document so that readers of the frames
    never mix an inventory with parts of another run.
    """

    staged: StagedFrame
    asset: str
    stores: TenantStores
    record: AssetRecord
    inputs: dict[str, str | None]

    def finish(
        self,
        *,
        rows_in: int,
        rows_out: int,
        facts: Mapping[str, float],
        frame: pl.LazyFrame | pl.DataFrame | None = None,
        metadata: Mapping[str, Any] | None = None,
        document: Mapping[str, Any] | None = None,
        keep: Collection[str] = (),
        reason: str = "",
    ) -> dg.MaterializeResult[None]:
        """Run the checks; publish unless a blocking one failed.

        document: published with the frame. keep: older versions that stay readable. reason: what a person should know
        when a blocking check fails.
        """
        self.record.rows_in, self.record.rows_out = rows_in, rows_out
        self.record.findings = self._severities()
        report = run_checks(self.asset, frame, facts, self.stores.validator)
        self.record.checked(report)
        blocked = report.blocking_failures
        if blocked:
            self.stores.progress.errors[self.asset] = _blocked(self.asset, self.stores.tenant, blocked, reason)
        else:
            checks = [_shown_check(outcome) for outcome in report.outcomes]
            self.staged.set_meta({**(document or {}), "inputs": self.inputs, "checks": checks})
            answers, advised = self._told("answers"), self._told("advised")
            self.stores.board.conclude(advised)
            record_opinions(self.stores.database, self.stores.tenant, self.stores.run_id, answers, advised)
            self.staged.publish(keep={*keep, *self._in_use()})
        self._keep_outcomes(report, facts)
        counts = {"rows_in": rows_in, "dagster/row_count": rows_out, "published": not blocked}
        if dropped := self.stores.board.dropped:
            counts["insights_dropped"] = dropped
        return dg.MaterializeResult(
            metadata={**counts, **(metadata or {})},
            check_results=[_check_result(self.asset, outcome) for outcome in report.outcomes],
        )

    def _keep_outcomes(self, report: QualityReport, facts: Mapping[str, float]) -> None:
        """The verdicts for the tenant's own history; after publication, so that it never tells of frames not there."""
        stores = self.stores
        phase, version = self.record.phase, self.staged.version
        record_quality(stores.database, stores.tenant, stores.run_id, phase, self.asset, version, report, facts)

    def share(self, insights: Sequence[Insight]) -> None:
        """Tell agents of this run and of later phases; kept when the result is published."""
        self.stores.board.share(insights)

    def _told(self, part: Literal["answers", "advised"]) -> pl.DataFrame | None:
        """What models answered, or changed in this result; None where nobody was asked."""
        try:
            return self.staged.scan(part).collect()
        except MissingFrame:
            return None

    def _severities(self) -> dict[str, int]:
        """The staged findings by severity; an asset without that part has none."""
        try:
            severities = self.staged.scan("findings").select("severity")
        except MissingFrame:
            return {}
        return dict(severities.collect().group_by("severity").len().iter_rows())

    def _in_use(self) -> set[str]:
        """The version that the published inventory rests on, however many stopped runs came since."""
        version = run_frames(self.stores.frames).versions.get(self.asset)
        return {version} if version else set()


@contextmanager
def output(context: dg.AssetExecutionContext, stores: TenantStores) -> Iterator[Output]:
    """Stage an asset's next version, time it, and turn errors into what Dagster understands."""
    asset = context.asset_key.to_user_string()
    phase: Phase = context.assets_def.group_names_by_key[context.asset_key]
    try:
        if stores.run_id != context.run.run_id:
            begin(context, stores)
            # Known from here on: a begin that a store cut short is tried again with its step.
            stores.run_id = context.run.run_id
        stop_where_asked(context, stores, phase)
        with stores.progress.asset(phase, asset) as record, stores.frames.stage(asset) as staged:
            newest = newest_frames(stores.frames)
            inputs = _inputs(context, stores, newest)
            stores.board.begin(asset, staged.version, _before(asset, newest))
            yield Output(staged, asset, stores, record, inputs)
    except DiscoveryError as error:
        raise as_dagster(error) from error
    except Exception as error:
        raise unexpected(error) from None


def _before(asset: str, newest: RunFrames) -> dict[str, str]:
    """The versions of all assets that come before this one: whose insights are heard."""
    return {name: newest.versions[name] for name in ASSETS[: ASSETS.index(asset)] if name in newest.versions}


def _inputs(context: dg.AssetExecutionContext, stores: TenantStores, newest: RunFrames) -> dict[str, str | None]:
    """The versions of the asset's inputs. Raises OutdatedInput when one no longer fits its own."""
    names = sorted(key.to_user_string() for key in context.assets_def.dependency_keys)
    outdated = outdated_among(newest, names)
    if outdated:
        raise OutdatedInput(
            f"{', '.join(sorted(outdated))} was made from an older version of its own input",
            where=f"{stores.tenant}/{context.asset_key.to_user_string()}",
            advice="run the job, or materialise the outdated assets first",
        )
    return {name: newest.versions.get(name) for name in names}


def _blocked(asset: str, tenant: str, outcomes: list[CheckOutcome], reason: str) -> BlockingCheckFailed:
    names = ", ".join(o.check.name for o in outcomes)
    return BlockingCheckFailed(
        f"blocking check failed: {names}. {outcomes[0].check.description} {reason}".strip(),
        where=f"{tenant}/{asset}",
        advice=outcomes[0].check.advice,
    )


def _shown_check(outcome: CheckOutcome) -> dict[str, Any]:
    """A check as the report tells it."""
    return {"check": outcome.check.name, "passed": outcome.passed, "detail": outcome.check.description}


def _check_result(asset: str, outcome: CheckOutcome) -> dg.AssetCheckResult:
    severity = dg.AssetCheckSeverity.ERROR if outcome.check.blocking else dg.AssetCheckSeverity.WARN
    failing = [rule for rule in outcome.rules if not rule.passed]
    table = pl.DataFrame(
        [(r.rule, r.violations, distinct_shapes(r.samples)) for r in failing],
        schema={"rule": pl.String, "cells": pl.Int64, "sample shapes": pl.List(pl.String)},
        orient="row",
    )
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=outcome.check.name,
        passed=outcome.passed,
        severity=severity,
        metadata={
            "violations": sum(rule.violations for rule in failing),
            **({"advice": outcome.check.advice, "failing": markdown(table)} if failing else {}),
        },
    )
