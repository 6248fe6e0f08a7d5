"""Analysis: what to do with each asset, in which wave, and the report that says so."""

import io

import dagster as dg
import polars as pl

from discovery_pipeline.defs.metadata import summary_table, top_counts
from discovery_pipeline.defs.phase import output, phase_asset
from discovery_pipeline.defs.resources import TenantStores
from discovery_pipeline.domain.analysis.assess import assess, data_date
from discovery_pipeline.domain.handoffs import ANALYSIS
from discovery_pipeline.files.report.facts import page_facts
from discovery_pipeline.files.reports import render_html, write_workbook
from discovery_pipeline.services.report import report_data
from discovery_pipeline.services.run_frames import run_frames
from discovery_pipeline.services.tenant_settings import PLAN, analysis_params, tenant_setting


@phase_asset("analysis", "inventory", "dependencies", schema=ANALYSIS)
def analysis(context: dg.AssetExecutionContext, stores: dg.ResourceParam[TenantStores]) -> dg.MaterializeResult[None]:
    """Readiness, migration strategy (6R) with its reasons, move groups and waves.

    Grain: one row per asset of the inventory that has not vanished.
    """
    with output(context, stores) as out:
        estate = stores.frames.scan("inventory", "inventory").collect()
        edges = stores.frames.scan("dependencies", "dependencies").collect()
        taught = stores.taught("analysis")
        params = analysis_params(stores.database, stores.tenant)
        outcome = assess(estate, edges, as_of=data_date(estate), params=params, rules=taught.rules)
        for part in ("analysis", "applications", "move_groups", "findings"):
            out.staged.write(part, getattr(outcome, part))
        return out.finish(
            rows_in=len(estate),
            rows_out=len(outcome.analysis),
            frame=outcome.analysis,
            facts={
                "assets_without_assessment": estate.join(outcome.analysis, on="asset_id", how="anti").height,
                "assessments_without_reason": outcome.analysis.filter(pl.col("reasons").list.len() == 0).height,
            },
            metadata={
                "strategies": top_counts(outcome.analysis, "strategy"),
                "waves": top_counts(outcome.analysis.filter(pl.col("wave").is_not_null()), "wave"),
                "applications": len(outcome.applications),
                "move_groups": len(outcome.move_groups),
            },
            document={
                "summary": outcome.summary,
                "corrections": taught.corrections,
                PLAN: tenant_setting(stores.database, stores.tenant, PLAN),
            },
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
