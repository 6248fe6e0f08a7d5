"""Dependencies: what relies on what, by which evidence."""

from collections.abc import Sequence

import dagster as dg
import polars as pl

from discovery_pipeline.agents.choosing import Opinion, ask_about
from discovery_pipeline.agents.dependencies import DEPENDENCIES as DEPENDENCIES_AGENT
from discovery_pipeline.defs.metadata import summary_table, top_counts
from discovery_pipeline.defs.model_metadata import opinion_facts, opinions_metadata, stage_opinions
from discovery_pipeline.defs.phase import output, phase_asset
from discovery_pipeline.defs.resources import TenantStores
from discovery_pipeline.defs.tables import load_clean, load_infos, row_keys
from discovery_pipeline.domain.dependencies.graph import Gathered, conclude, gather
from discovery_pipeline.domain.dependencies.meant.advised import MEANT_NAMES, edge_changes, meant_names
from discovery_pipeline.domain.dependencies.meant.doubts import loose_names
from discovery_pipeline.domain.dependencies.noticed import noticed
from discovery_pipeline.domain.handoffs import DEPENDENCIES, CleanTable, named
from discovery_pipeline.domain.opinions.advice import advised
from discovery_pipeline.quality.plan_facts import graph_facts
from discovery_pipeline.services.dependencies.numbering import numbered_edges


@phase_asset("dependencies", "inventory", "clean_records", schema=DEPENDENCIES)
def dependencies(
    context: dg.AssetExecutionContext, stores: dg.ResourceParam[TenantStores]
) -> dg.MaterializeResult[None]:
    """Edges from dependent to provider, from stated relations, observed connections, hosting columns and text.

    Grain: one row per (from, to, kind), with its evidence and confidence; below 0.5 it is a lead.
    """
    with output(context, stores) as out:
        tables = load_clean(stores.frames)
        estate = stores.frames.scan("inventory", "inventory").collect()
        taught = stores.taught("dependencies")
        gathered = gather(estate, tables)
        opinion, meant = _second_opinion(stores, gathered)
        outcome = conclude(gathered, taught.rules, meant)
        edges, changes = outcome.dependencies, edge_changes(outcome.dependencies, meant)
        if stores.desk.is_open:
            out.share(noticed(edges, estate))
        if len(meant):
            out.staged.write(MEANT_NAMES, meant)
        stage_opinions(out.staged, [opinion], changes)
        out.staged.write("dependencies", edges)
        out.staged.write("memberships", outcome.memberships)
        for part, frame in numbered_edges(estate.lazy(), edges.lazy(), outcome.memberships.lazy()).items():
            out.staged.write(part, frame)
        out.staged.write("quarantine", named(outcome.set_aside, load_infos(stores.frames)))
        out.staged.write("findings", outcome.findings)
        links = [table for table in tables if table.kind.record != "asset"]
        rows_in = row_keys(links).select(pl.len()).collect().item()
        return out.finish(
            rows_in=rows_in,
            rows_out=len(edges),
            frame=edges,
            facts={
                **graph_facts(edges, outcome.memberships, estate),
                "strays": _strays(outcome.set_aside, links),
                **opinion_facts(opinion),
            },
            metadata={
                "kinds": top_counts(edges, "kind"),
                "believed": edges.filter(pl.col("confidence") >= 0.5).height,
                "memberships": top_counts(outcome.memberships, "basis"),
                "findings": top_counts(outcome.findings, "code"),
                "summary": summary_table(outcome.summary),
                **opinions_metadata(stores.desk, opinion, changed=len(changes)),
            },
            document={"summary": outcome.summary, "corrections": taught.corrections},
        )


def _second_opinion(stores: TenantStores, gathered: Gathered) -> tuple[Opinion, pl.DataFrame]:
    """(what a model says of names that nothing answers to, MEANT); nothing where none can be asked."""
    if not stores.desk.is_open or gathered.loose.is_empty():
        return Opinion(DEPENDENCIES_AGENT.name), meant_names(())
    names = loose_names(gathered.loose, gathered.observed.evidence, gathered.inventory)
    doubts, controls = names.doubts, names.controls(DEPENDENCIES_AGENT.params)
    opinion = ask_about(stores.desk, DEPENDENCIES_AGENT, doubts, controls, stores.known_names)
    return opinion, meant_names(advised(opinion.answers, opinion.trust))


def _strays(set_aside: pl.DataFrame, links: Sequence[CleanTable]) -> int:
    """Rows set aside that are no record of a relationship or connection table, or are set aside twice."""
    keys = set_aside.select("table_no", "row")
    unknown = keys.join(row_keys(links).collect(), on=["table_no", "row"], how="anti") if len(keys) else keys
    return len(unknown) + len(keys) - keys.n_unique()
