"""What the outcome of cleansing a table follows from, as one text: equal keys, equal outcomes.

Keep out: where the rows and the code come from, and what is done with an outcome that is there already.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from discovery_pipeline.domain.cleansing.row_corrections import row_rules
from discovery_pipeline.domain.cleansing.value_rules import concerning
from discovery_pipeline.domain.handoffs import CanonicalTable, document
from discovery_pipeline.domain.learning.rules import Rules, ValueRule

# Confidence and status of a binding order the bindings and mark fields for review; no cell follows from them.
_NOT_READ = ("confidence", "status")
_NOTHING_LEARNED = Rules()


def cleansing_key(table: CanonicalTable, rows: Mapping[str, str], code: str, rules: Rules = _NOTHING_LEARNED) -> str:
    """The key of a table's clean rows, of what cleansing counted and found in them, and of the rows it set aside.

    rows: what identifies the table's canonical cells, by name. code: what identifies the code that cleanses. Of the
    rules, those that concern the table: with none, the key is that of a table without rules.
    """
    bindings = [{k: v for k, v in document(b).items() if k not in _NOT_READ} for b in table.bindings]
    said = concerning(rules.values, table.kind.record, table.info.source, {b.field for b in table.bindings})
    said += row_rules(rules.values, table)
    reads = [rows, code, document(table.info), document(table.kind), bindings, *map(_said, said)]
    return hashlib.sha256(json.dumps(reads, sort_keys=True).encode()).hexdigest()


def _said(rule: ValueRule) -> list[Any]:
    """What is read of a rule; a finding names its corrections and their author. Whether a model's word counts as much
    as before is no matter to the cells: it is told from the published rules."""
    said = [rule.field, rule.raw, rule.value, list(rule.told.corrections), rule.told.author]
    return [*said, list(rule.cells)] if rule.cells else said
