"""What answers are as evidence on columns, and what is told of what they changed."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.handoffs import ColumnMapping, MappingStatus, TableInfo
from discovery_pipeline.domain.mapping.model_evidence import Said, changed_by_models, model_evidence
from discovery_pipeline.domain.opinions.advice import advised
from discovery_pipeline.domain.opinions.doubts import NONE, Doubt
from discovery_pipeline.domain.opinions.trust import Answer, trust
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD

OFFERS = ("vlan", "hostname", NONE, "fqdn", "subnet", "rack")


def asked(position: int, expected: str | None = None) -> Doubt:
    return Doubt(f"0/{position}", {}, OFFERS, frozenset({"hostname", "fqdn", NONE}), expected)


CONTROLS = [Answer(asked(i, e), e, "m") for i, e in enumerate(["hostname", NONE] * 12)]


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        pytest.param("hostname", "hostname", id="a field"),
        pytest.param(NONE, NO_FIELD, id="none"),
        pytest.param("vlan", None, id="nothing else speaks for it"),
        pytest.param(None, None, id="not offered"),
    ],
)
def test_a_reliable_models_answer_is_evidence_where_something_else_speaks_for_it(
    chosen: str | None, field: str | None
) -> None:
    answers = [*CONTROLS, Answer(asked(24), chosen, "m")]
    found = model_evidence(advised(answers, trust(answers)))
    assert [(e.table_no, e.position, e.field, e.source) for e in found] == (
        [(0, 24, field, "model")] * (field is not None)
    )
    assert all(1.0 < e.weight <= 2.5 and "12 of 12" in e.why for e in found)


INFO = TableInfo(0, "assets", "cmdb.xlsx", "Servers", (), 3)
SAID = {(0, 0): Said("m", "m chose it")}


def mapped(position: int, field: str | None, status: MappingStatus = "accepted") -> ColumnMapping:
    return ColumnMapping(0, position, "h", field, 0.9, status)


def test_what_changed_names_column_field_model_and_reason() -> None:
    before = [mapped(0, "fqdn", "review"), mapped(1, "hostname"), mapped(2, "rack")]
    after = [mapped(0, "hostname"), mapped(1, None, "unmapped"), mapped(2, "rack")]
    rows = changed_by_models(before, after, SAID, [INFO]).rows()
    assert [row[:6] for row in rows] == [
        ("mapping", "cmdb.xlsx/Servers/0", "field", "fqdn", "hostname", "m"),
        ("mapping", "cmdb.xlsx/Servers/0", "status", "review", "accepted", "m"),
        ("mapping", "cmdb.xlsx/Servers/1", "field", "hostname", None, "m"),
        ("mapping", "cmdb.xlsx/Servers/1", "status", "accepted", "unmapped", "m"),
    ]
    assert rows[0][-1] == "m chose it"
    assert "another column" in rows[2][-1]


def test_nothing_changed_nothing_told() -> None:
    assert changed_by_models([mapped(0, "rack")], [mapped(0, "rack")], SAID, [INFO]).is_empty()
