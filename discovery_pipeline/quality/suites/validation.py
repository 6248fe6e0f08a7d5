"""The checks of the validation phase. Keep out: the rules of the schema (schema_rules.py), running them (run.py)."""

from __future__ import annotations

from typing import get_args

from discovery_pipeline.domain.handoffs import Severity
from discovery_pipeline.quality.checks import Check, at_least, none_of
from discovery_pipeline.quality.rules import Rule


def _finding_rules() -> tuple[Rule, ...]:
    return (
        Rule("not_null", "code"),
        Rule("in_set", "severity", choices=get_args(Severity)),
        Rule("not_null", "advice"),
    )


_RAW_EXPORT = (
    Check(
        "something_to_read", "At least one table with a row was read.",
        "look at the findings of raw_export and ingest a readable export", blocking=True,
        facts=(at_least("tables", 1), at_least("rows", 1)),
    ),
    Check(
        "reading_conserves_rows", "Each row that a reader met is in a table or in quarantine.",
        "a defect of a reader: report the file's shape", blocking=True, facts=none_of("unaccounted_rows"),
    ),
    Check(
        "all_files_readable", "Every file that counts could be read.",
        "export the file again or withdraw it", facts=none_of("unreadable_files"),
    ),
)  # fmt: skip

_EXPORT_FINDINGS = (
    Check(
        "inventory_present", "At least one table holds assets.",
        "ingest an inventory export: relationships and connections alone name no assets", blocking=True,
        facts=(at_least("asset_tables", 1),),
    ),
    Check(
        "findings_actionable", "Every finding has a code, a known severity and advice.",
        "a defect of the validation phase", columns=_finding_rules(),
    ),
)  # fmt: skip

SUITES = {"raw_export": _RAW_EXPORT, "export_findings": _EXPORT_FINDINGS}
