"""Analysis: what to do with each asset, in which wave, and the report that says so."""

import io
from typing import Any

import dagster as dg
import polars as pl

from discovery_pipeline.defs.metadata import markdown, summary_table, top_counts
from discovery_pipeline.defs.model_metadata import opinion_facts, opinions_metadata, stage_opinions
from discovery_pipeline.defs.phase import output, phase_asset
from discovery_pipeline.defs.resources import TenantStores
from discovery_pipeline.domain.analysis.assess import AnalysisOutcome, assess
from discovery_pipeline.domain.analysis.data_day import data_date
from discovery_pipeline.domain.handoffs import ANALYSIS
from discovery_pipeline.files.report.facts import page_facts
from discovery_pipeline.files.reports import render_html, write_workbook
from discovery_pipeline.quality.plan_facts import assessment_facts, cost_facts, wave_facts
from discovery_pipeline.services.agents.assessment import worded
from discovery_pipeline.services.agents.opinions import had_doubts
from discovery_pipeline.services.analysis_basis import analysis_basis
from discovery_pipeline.services.assessment_views.published import view_parts
from discovery_pipeline.services.inventory.grid import PART as GRID_PART
from discovery_pipeline.services.inventory.grid import conflicts_of, grid
from discovery_pipeline.services.open_points import left_open
from discovery_pipeline.services.report import report_data
from discovery_pipeline.services.run_frames import run_frames

PARTS = (
    "analysis", "applications", "move_groups", "group_members", "waves", "cut_edges", "structure", "sizing", "findings",
)  # fmt: skip


@phase_asset("analysis", "inventory", "dependencies", schema=ANALYSIS)
def analysis(context: dg.AssetExecutionContext, stores: dg.ResourceParam[TenantStores]) -> dg.MaterializeResult[None]:
    """Readiness, migration strategy (6R) with its reasons, move groups and waves.

    Grain: one row per asset of the inventory. One that has vanished has a strategy, to be confirmed or overruled, but
    no wave and no size, and is counted apart.
    """
    with output(context, stores) as out:
        scan = stores.frames.scan
        estate, edges, memberships = (
            scan(asset, part).collect()
            for asset, part in (
                ("inventory", "inventory"), ("dependencies", "dependencies"), ("dependencies", "memberships")
            )
        )  # fmt: skip
        taught = stores.taught("analysis")
        basis = analysis_basis(stores.database, stores.tenant, stores.settings.frames_location)
        day = data_date(estate, basis.dates)
        run = run_frames(stores.frames)
        left = left_open(run)
        outcome = assess(
            estate, edges, day, basis.params, taught.rules, basis.dates, memberships, catalogue=basis.prices, left=left
        )
        told = worded(
            stores.desk, outcome, lambda: stores.known_names, in_doubt=stores.desk.is_open and had_doubts(run)
        )
        parts = {part: getattr(outcome, part) for part in PARTS}
        for part, frame in {**parts, "questions": told.questions, "narratives": told.narratives}.items():
            out.staged.write(part, frame)
        for part, frame in view_parts(estate, outcome, day, basis.dates).items():
            out.staged.write(part, frame)
        out.staged.write(GRID_PART, grid(estate, conflicts_of(run), outcome.analysis, day, basis.dates))
        stage_opinions(out.staged, told.opinions, told.advised)
        return out.finish(
            rows_in=len(estate),
            rows_out=len(outcome.analysis),
            frame=outcome.analysis,
            facts={
                **assessment_facts(outcome.analysis, estate),
                **cost_facts(outcome.sizing),
                **opinion_facts(*told.consulted),
                **wave_facts(parts, edges, basis.params.believed, basis.params.groups.group_size),
            },
            metadata={
                **_shown(outcome),
                **opinions_metadata(stores.desk, *told.consulted, changed=len(told.advised)),
            },
            document={"summary": outcome.summary, "corrections": taught.corrections, **basis.document},
        )


def _shown(outcome: AnalysisOutcome) -> dict[str, Any]:
    return {
        "strategies": top_counts(outcome.analysis, "strategy"),
        "waves": top_counts(outcome.analysis.filter(pl.col("wave").is_not_null()), "wave"),
        "applications": len(outcome.applications),
        "move_groups": len(outcome.move_groups),
        "single_points_of_failure": outcome.structure.filter("single_point_of_failure").height,
        "needs_across_waves": len(outcome.cut_edges),
        "questions": top_counts(outcome.questions, "topic"),
        "monthly_cost": markdown(_costs(outcome.sizing)),
        "findings": top_counts(outcome.findings, "code"),
    }


def _costs(sizing: pl.DataFrame) -> pl.DataFrame:
    """Per provider: machines priced, and what they cost a month in the base of the catalogue, with the prices' day."""
    priced = sizing.drop_nulls("total_on_demand").sort("asset_id", "provider")
    amounts = pl.col("total_on_demand", "total_reserved", "total_low", "total_high").sum().round(0)
    return (
        priced.group_by("provider", "currency")
        .agg(pl.len().alias("machines"), amounts, pl.col("price_date").min())
        .sort("provider", "currency")
    )


@phase_asset("analysis", "analysis", "dependencies", "inventory", "quarantined_records", kinds=("html", "excel"))
def discovery_report(
    context: dg.AssetExecutionContext, stores: dg.ResourceParam[TenantStores]
) -> dg.MaterializeResult[None]:
    """The assessment for people: one HTML page and one workbook, both complete without a network.

    Grain: one report per tenant.
    """
    with output(context, stores) as out:
        report = report_data(run_frames(stores.frames))
        page, workbook = render_html(report), io.BytesIO()
        write_workbook(report, workbook)
        out.staged.write_bytes("report.html", page.encode())
        out.staged.write_bytes("report.xlsx", workbook.getvalue())
        return out.finish(
            rows_in=len(report.analysis),
            rows_out=len(report.analysis),
            facts=page_facts(page),
            metadata={
                "page_bytes": len(page.encode()),
                "workbook_bytes": workbook.tell(),
                "summary": summary_table(report.analysis_summary),
            },
        )
