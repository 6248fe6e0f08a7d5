"""Which checks each asset has, and the rules they consist of; column rules derive from the canonical schema.

A check is what a person sees in Dagster's UI; it groups rules on the asset's frame and on facts (one-row numbers such
as `unaccounted_rows`). Keep out: running them (run.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import get_args

from discovery_pipeline.domain.cleansing.plausible import bounds
from discovery_pipeline.domain.handoffs import (
    AssetType,
    Change,
    Disposition,
    EdgeKind,
    MappingStatus,
    Severity,
    Strategy,
)
from discovery_pipeline.domain.names import FQDN
from discovery_pipeline.domain.schema import Field, RecordKind, fields
from discovery_pipeline.quality.rules import Rule

ASSET_ID_PATTERN = r"^a_[a-z2-7]{20}$"
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_HEX = "[0-9a-f]"
# How the clean values of a type, and of some fields, are written.
_WRITTEN = {
    "ip": rf"^(?:(?:{_OCTET}\.){{3}}{_OCTET}|{_HEX}{{0,4}}(?::{_HEX}{{0,4}}){{2,7}})$",
    "mac": rf"^{_HEX}{{2}}(?::{_HEX}{{2}}){{5}}$",
    "fqdn": FQDN,
}
_WRITTEN_FIELDS = {
    "uuid": rf"^{_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}$",
    "contact_email": r"^[^@\s]+@[^@\s]+$",
}
_EARLIEST_YEAR = 1980
_YEARS_AHEAD = 50


@dataclass(frozen=True)
class Check:
    """One named check. blocking: when it fails nothing downstream of the tenant runs and nothing is published.

    columns: rules on the asset's frame. facts: rules on the one-row frame of facts. advice: what to do when it fails.
    """

    name: str
    description: str
    advice: str
    blocking: bool = False
    columns: tuple[Rule, ...] = ()
    facts: tuple[Rule, ...] = ()


def none_of(*facts: str) -> tuple[Rule, ...]:
    """Each of these counts must be zero."""
    return tuple(Rule("between", fact, low=0, high=0) for fact in facts)


def at_least(fact: str, low: float) -> Rule:
    """This count must not be smaller."""
    return Rule("between", fact, low=low)


def field_rules(field: Field) -> Iterable[Rule]:
    """The rules that follow from a field's type, unit and choices."""
    if field.is_list:
        return
    if field.base == "datetime":
        yield Rule("dated", field.name, low=_EARLIEST_YEAR, high=datetime.now(UTC).year + _YEARS_AHEAD)
    elif field.choices:
        yield Rule("in_set", field.name, choices=field.choices)
    elif field.base in ("integer", "number"):
        low, high = bounds(field)
        yield Rule("between", field.name, low=low, high=high)


def format_rules(field: Field) -> Iterable[Rule]:
    """How the values of a field, or the items of its lists, have to be written; nothing for free text."""
    pattern = _WRITTEN_FIELDS.get(field.name) or _WRITTEN.get(field.base)
    if pattern:
        yield Rule("matches", field.name, pattern=pattern, items=field.is_list)


@cache
def schema_formats(record: RecordKind) -> tuple[Rule, ...]:
    """The formats of every field of a record kind."""
    return tuple(rule for field in fields(record).values() for rule in format_rules(field))


@cache
def schema_rules(record: RecordKind) -> tuple[Rule, ...]:
    """The rules of every field of a record kind."""
    return tuple(rule for field in fields(record).values() for rule in field_rules(field))


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
    Check(
        "model_answered", "The configured model answered every question put to it; without one there is none.",
        "discovery health; the ledger (model_calls) says how each call ended. The run goes on without the answers",
        facts=none_of("unanswered_questions"),
    ),
    Check(
        "model_trusted", "The model was right on enough of the control columns for its answers to weigh anything.",
        "set DISCOVERY_MODEL to a more capable model, or unset the endpoint: its answers changed nothing",
        facts=none_of("answers_without_weight"),
    ),
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

_INVENTORY = (
    Check(
        "rows_conserved", "Every clean asset record stands in exactly one asset's lineage or in quarantine.",
        "a defect of the inventory phase", blocking=True,
        facts=none_of("unaccounted_rows", "rows_counted_twice", "lineage_without_asset"),
    ),
    Check(
        "one_id_per_asset", "asset_id is present, well formed and unique.",
        "a defect of the inventory phase", blocking=True,
        columns=(
            Rule("not_null", "asset_id"),
            Rule("unique", "asset_id"),
            Rule("matches", "asset_id", pattern=ASSET_ID_PATTERN),
        ),
    ),
    Check(
        "classified", "Every asset has a type of the contract with a confidence.",
        "a defect of the classification", blocking=True,
        columns=(
            Rule("not_null", "classified_type"),
            Rule("in_set", "classified_type", choices=get_args(AssetType)),
            Rule("between", "type_confidence", low=0, high=1),
        ),
    ),
    Check(
        "types_of_schema", "Every canonical field is there and has its type.",
        "a defect of the inventory phase", blocking=True, facts=none_of("columns_of_other_types"),
    ),
    Check(
        "values_plausible", "Enumerations, numbers, percentages and dates lie in the schema's ranges.",
        "see the failing rules: a merge chose an implausible value", columns=schema_rules("asset"),
    ),
    Check(
        "values_well_formed", "Addresses, ids and names are written in the one form that the schema knows.",
        "see the failing rules: a column is probably mapped to a field that it isn't", columns=schema_formats("asset"),
    ),
    # Where sources disagree in every fourth comparison they speak of different things: units, meaning or age differ.
    Check(
        "sources_mostly_agree", "Of no field does more than a quarter of what sources say differ from what was chosen.",
        "look at the conflict rates: a source is out of date, or a column is mapped to the wrong field",
        facts=(Rule("between", "highest_conflict_rate", low=0, high=0.25),),
    ),
    Check(
        "no_source_stands_alone", "No table differs from the others about a field on every fourth asset or more.",
        "see the findings (source_disagrees): it is out of date, or a column of it is mapped to the wrong field",
        facts=none_of("disagreeing_tables"),
    ),
    Check(
        "few_repeats", "At most a fifth of the records repeat another one exactly.",
        "look whether a file, a sheet or a page of the export was delivered twice",
        facts=(Rule("between", "repeated_share", low=0, high=0.2),),
    ),
)  # fmt: skip

_INVENTORY_CHANGES = (
    Check(
        "changes_well_formed", "Every change is of an asset, of a kind of the contract, and told once.",
        "a defect of the inventory phase", blocking=True,
        columns=(
            Rule("not_null", "asset_id"),
            Rule("matches", "asset_id", pattern=ASSET_ID_PATTERN),
            Rule("not_null", "change"),
            Rule("in_set", "change", choices=get_args(Change)),
        ),
        facts=none_of("changes_told_twice"),
    ),
    Check(
        "changes_add_up", "What was there, and what was added, returned and vanished since, is what is there now.",
        "a defect of the inventory phase", blocking=True, facts=none_of("unexplained_assets"),
    ),
    # A delivery that forgot a file looks like a disaster in the data centre.
    Check(
        "few_vanished", "At most 30 % of the assets are no longer there.",
        "look whether the delivery is whole: a file, a sheet or a site may be missing",
        facts=(Rule("between", "vanished_share", low=0, high=0.3),),
    ),
    Check(
        "no_wholesale_change", "No field changed for more than half of the assets.",
        "look at the field that changed most: its unit, its mapping or its source is another one now",
        facts=(Rule("between", "widest_change_share", low=0, high=0.5),),
    ),
)  # fmt: skip

_DEPENDENCIES = (
    Check(
        "edges_have_evidence", "Every edge has a kind of the contract, evidence and a confidence.",
        "a defect of the dependencies phase", blocking=True,
        columns=(
            Rule("not_null", "from_asset"),
            Rule("in_set", "kind", choices=get_args(EdgeKind)),
            Rule("between", "confidence", low=0, high=1),
        ),
        facts=none_of("edges_without_evidence"),
    ),
    Check(
        "ends_exist", "Both ends of every internal edge stand in the inventory.",
        "a defect of the dependencies phase", blocking=True, facts=none_of("dangling_ends"),
    ),
    Check(
        "rows_conserved", "Rows set aside here are relationship or connection records, each once.",
        "a defect of the dependencies phase", blocking=True, facts=none_of("strays"),
    ),
)  # fmt: skip

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
        facts=none_of("assets_without_assessment", "assessments_without_reason"),
    ),
)  # fmt: skip

_DISCOVERY_REPORT = (
    Check(
        "report_offline", "The report loads nothing from a network.",
        "a defect of the report template", facts=none_of("external_references"),
    ),
)  # fmt: skip

_SUITES = {
    "raw_export": _RAW_EXPORT,
    "export_findings": _EXPORT_FINDINGS,
    "mapping_proposals": _MAPPING_PROPOSALS,
    "model_answers": _MODEL_ANSWERS,
    "column_mapping": _COLUMN_MAPPING,
    "canonical_records": _CANONICAL_RECORDS,
    "clean_records": _CLEAN_RECORDS,
    "quarantined_records": _QUARANTINED_RECORDS,
    "inventory": _INVENTORY,
    "inventory_changes": _INVENTORY_CHANGES,
    "dependencies": _DEPENDENCIES,
    "analysis": _ANALYSIS,
    "discovery_report": _DISCOVERY_REPORT,
}


def suites() -> dict[str, tuple[Check, ...]]:
    """Asset name -> its checks, in the order in which the UI shows them."""
    return _SUITES
