"""The checks of the inventory phase. Keep out: the rules of the schema (schema_rules.py), running them (run.py)."""

from __future__ import annotations

from typing import get_args

from discovery_pipeline.domain.handoffs import AssetType, Change
from discovery_pipeline.quality.checks import Check, none_of
from discovery_pipeline.quality.rules import Rule
from discovery_pipeline.quality.schema_rules import schema_formats, schema_rules
from discovery_pipeline.quality.suites.opinions import MODEL_CHECKS

ASSET_ID_PATTERN = r"^a_[a-z2-7]{20}$"

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
    *MODEL_CHECKS,
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

SUITES = {"inventory": _INVENTORY, "inventory_changes": _INVENTORY_CHANGES}
