"""The checks of the mapping phase. Keep out: the rules of the schema (schema_rules.py), running them (run.py)."""

from __future__ import annotations

from typing import get_args

from discovery_pipeline.domain.handoffs import MappingStatus
from discovery_pipeline.quality.checks import Check, at_least, none_of
from discovery_pipeline.quality.rules import Rule
from discovery_pipeline.quality.suites.opinions import MODEL_CHECKS

_MAPPING_PROPOSALS = (
    Check(
        "every_column_profiled", "Each column of each table has a profile.",
        "a defect of the mapping phase", blocking=True, facts=none_of("columns_without_profile"),
    ),
)  # fmt: skip

_MODEL_ANSWERS = (
    Check(
        "answers_were_offered", "Evidence rests on answers that were among those offered, each for its own column.",
        "a defect of the mapping agent", blocking=True,
        columns=(Rule("in_set", "source", choices=("model",)), Rule("not_null", "why")),
        facts=none_of("evidence_without_answer"),
    ),
    *MODEL_CHECKS,
)  # fmt: skip

_COLUMN_MAPPING = (
    Check(
        "mapping_well_formed", "Statuses, confidences and fields are those of the canonical schema.",
        "a defect of the mapping phase", blocking=True,
        columns=(
            Rule("in_set", "status", choices=get_args(MappingStatus)),
            Rule("between", "confidence", low=0, high=1),
            Rule("not_null", "method"),
        ),
        facts=none_of("unknown_fields", "columns_without_decision"),
    ),
    Check(
        "identity_mapped", "Every table has the columns that identify its rows.",
        "map a name or id column of the tables named in the findings",
        facts=none_of("tables_without_identity"),
    ),
    Check(
        "needed_facts_mapped", "What inventory and assessment need of an estate is carried by some column.",
        "deliver an export that has the facts named in the findings, or map the column that is one of them",
        facts=none_of("missing_facts"),
    ),
    # Of exports that are understood most mapped columns are sure. Where fewer than half are, the exports are foreign to
    # what mapping was trained on, and its thresholds with them.
    Check(
        "mostly_accepted", "At least half of the mapped columns are accepted without a person's look.",
        "review the doubtful columns: a correction of one settles its like, in this delivery and the next",
        facts=(at_least("accepted_share", 0.5),),
    ),
    # The threshold keeps the budget over columns as confident as those it was measured on; columns that crowd just
    # above it do not.
    Check(
        "accepted_within_budget", "The mean confidence of accepted mappings keeps the error budget.",
        "look at the least confident accepted columns, or raise DISCOVERY_MAPPING_PRECISION",
        facts=none_of("precision_shortfall"),
    ),
    # Not blocking, identity or not: cleansing leaves such values empty, the run's other columns are right, and a tenant
    # without an inventory is worse off than one with a column missing.
    Check(
        "no_forbidden_pairs", "No column is accepted as a field that its values can't be of.",
        "correct the columns named in the findings (values_contradict)", facts=none_of("forbidden_pairs"),
    ),
    Check(
        "no_conflicting_columns", "Columns of one table that carry one field say the same.",
        "correct the mapping of the column that is something else; until then the more trusted one is believed",
        facts=none_of("conflicting_columns"),
    ),
    # Blocking: what no standing correction taught can't be undone or forgotten, and may be another tenant's.
    Check(
        "patterns_have_provenance", "Every pattern was taught by corrections of this tenant that still stand.",
        "a defect of the pattern store", blocking=True, facts=none_of("patterns_without_provenance"),
    ),
    Check(
        "no_contradicting_strong_patterns", "What was taught about one header in one source and product agrees.",
        "look at the corrections of that header and undo the ones that are wrong, if it is not two things indeed",
        facts=none_of("contradicting_strong_patterns"),
    ),
    # The share is what chance does not explain, so the bound need not grow where decisions are few.
    Check(
        "recalled_patterns_calibrated", "Recalled columns were right about as often as their confidence said.",
        "look at the recalled columns that were corrected: what they were recalled from may no longer hold",
        facts=(Rule("between", "recalled_miscalibration", low=0, high=0.05),),
    ),
)  # fmt: skip

_CANONICAL_RECORDS = (
    Check(
        "rows_conserved", "Renaming columns kept every row that was not set aside.",
        "a defect of the mapping phase", blocking=True, facts=none_of("unaccounted_rows"),
    ),
)  # fmt: skip

SUITES = {
    "mapping_proposals": _MAPPING_PROPOSALS,
    "model_answers": _MODEL_ANSWERS,
    "column_mapping": _COLUMN_MAPPING,
    "canonical_records": _CANONICAL_RECORDS,
}
