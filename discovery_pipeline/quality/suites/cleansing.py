"""The checks of the cleansing phase. Keep out: the rules of the schema (schema_rules.py), running them (run.py)."""

from __future__ import annotations

from typing import get_args

from discovery_pipeline.domain.handoffs import Disposition
from discovery_pipeline.quality.checks import Check, none_of
from discovery_pipeline.quality.rules import Rule
from discovery_pipeline.quality.schema_rules import schema_formats, schema_rules
from discovery_pipeline.quality.suites.opinions import MODEL_CHECKS

_CLEAN_RECORDS = (
    Check(
        "rows_conserved", "Every input row is a clean record or in quarantine, exactly once.",
        "a defect of the cleansing phase", blocking=True,
        facts=none_of("unaccounted_rows", "rows_counted_twice"),
    ),
    Check(
        "types_of_schema", "Every column of a canonical field has the field's type.",
        "a defect of the cleansing phase", blocking=True, facts=none_of("columns_of_other_types"),
    ),
    Check(
        "values_plausible", "Enumerations, numbers, percentages and dates lie in the schema's ranges.",
        "see the failing rules: a unit or a mapping is probably wrong", columns=schema_rules("asset"),
    ),
    Check(
        "values_well_formed", "Addresses, ids and names are written in the one form that the schema knows.",
        "see the failing rules: a column is probably mapped to a field that it isn't", columns=schema_formats("asset"),
    ),
    *MODEL_CHECKS,
)  # fmt: skip

_QUARANTINED_RECORDS = (
    Check(
        "reasons_given", "Every row set aside has a reason and a disposition.",
        "a defect of the phase that set it aside",
        columns=(Rule("not_null", "reason"), Rule("in_set", "disposition", choices=get_args(Disposition))),
    ),
    Check(
        "quarantine_small", "At most a twentieth of the rows is quarantined.",
        "look at the reasons: an export may be cut, shifted or mapped wrongly",
        facts=(Rule("between", "quarantined_share", low=0, high=0.05),),
    ),
)  # fmt: skip

SUITES = {"clean_records": _CLEAN_RECORDS, "quarantined_records": _QUARANTINED_RECORDS}
