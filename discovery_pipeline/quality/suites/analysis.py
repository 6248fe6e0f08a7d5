"""The checks of the analysis phase. Keep out: the rules of the schema (schema_rules.py), running them (run.py)."""

from __future__ import annotations

from typing import get_args

from discovery_pipeline.domain.handoffs import Strategy
from discovery_pipeline.quality.checks import Check, none_of
from discovery_pipeline.quality.rules import Rule
from discovery_pipeline.quality.suites.opinions import MODEL_CHECKS

_ANALYSIS = (
    Check(
        "every_asset_assessed", "Each asset of the inventory has exactly one strategy with reasons.",
        "a defect of the analysis phase", blocking=True,
        columns=(
            Rule("unique", "asset_id"),
            Rule("not_null", "strategy"),
            Rule("in_set", "strategy", choices=get_args(Strategy)),
            Rule("between", "readiness", low=0, high=100),
            Rule("between", "confidence", low=0, high=1),
            Rule("between", "wave", low=1),
        ),
        facts=none_of("assets_without_assessment", "assessments_without_reason", "assessments_without_facts"),
    ),
    Check(
        "groups_hold", "Each asset that moves is in one group, for a reason; no group is larger than the plan allows.",
        "a defect of the move groups", blocking=True,
        facts=none_of("assets_in_two_groups", "groups_over_the_limit", "members_without_reason"),
    ),
    Check(
        "waves_hold", "Each group has a wave, waves follow each other, and every need that they cut is told.",
        "a defect of the wave plan", blocking=True,
        facts=none_of(
            "groups_without_wave", "waves_that_count_otherwise", "waves_out_of_order", "needs_across_waves_untold"
        ),
    ),
    Check(
        "costs_have_range_and_date", "No price without its date and range, no machine smaller than what is needed.",
        "a defect of sizing, or a price catalogue that is wrong (discovery data list)", blocking=True,
        facts=none_of(
            "prices_without_date", "prices_below_zero", "totals_outside_their_range", "machines_smaller_than_needed",
            "sizings_without_reason",
        ),
    ),
    *MODEL_CHECKS,
)  # fmt: skip

_DISCOVERY_REPORT = (
    Check(
        "report_offline", "The report loads nothing from a network.",
        "a defect of the report template", facts=none_of("external_references"),
    ),
    Check(
        "report_runs_nothing", "The report holds no script and no handler of events.",
        "a defect of the report: a text of the data became markup", facts=none_of("scripts"), blocking=True,
    ),
    Check(
        "report_complete", "The page has each of its sections; what was not made is told in its section.",
        "a defect of the report's templates", facts=none_of("sections_missing"),
    ),
    Check(
        "report_fits_a_mail", "The page has less than a million bytes, however large the estate is.",
        "a list of the page has no bound: show fewer rows, the workbook has all",
        facts=(Rule("between", "page_bytes", low=1, high=1_000_000),),
    ),
)  # fmt: skip

SUITES = {"analysis": _ANALYSIS, "discovery_report": _DISCOVERY_REPORT}
