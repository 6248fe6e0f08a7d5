"""What rests on a field."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.identity_fields import NEEDED
from discovery_pipeline.domain.needed_fields import NEEDED_FACTS
from discovery_pipeline.domain.schema import RECORD_KINDS, RecordKind, fields
from discovery_pipeline.services.mapping.field_uses import heaviest_use


@pytest.mark.parametrize("record", RECORD_KINDS)
def test_nothing_weighs_more_than_what_tells_records_apart(record: RecordKind) -> None:
    weights = {field: heaviest_use(record, field).criticality for field in fields(record)}
    identifying = {field for group in NEEDED[record] for field in group}
    assert {field for field, weight in weights.items() if weight == max(weights.values())} == identifying
    assert min(weights.values()) > 0


def test_what_the_assessment_needs_weighs_more_than_what_is_only_told() -> None:
    told = heaviest_use("asset", "rack").criticality
    assert all(heaviest_use("asset", field).criticality > told for fact in NEEDED_FACTS for field in fact.fields)


@pytest.mark.parametrize(
    ("record", "field", "words"),
    [
        pytest.param("asset", "hostname", "decides which asset is which", id="identity"),
        pytest.param("connection", "source_ip", "decides who talks to whom", id="end"),
        pytest.param("connection", "state", "is evidence of a dependency", id="observed"),
        pytest.param("relationship", "child", "decides what depends on what", id="relation"),
        pytest.param("asset", "memory_mib", "gives the memory: without it no server can be sized", id="need"),
        pytest.param("asset", "manufacturer", "tells what kind of asset it is", id="kind"),
        pytest.param("asset", "cpu_peak_pct", "goes into sizes and prices", id="size"),
        pytest.param("asset", "power_state", "is read by the rules of readiness and strategy", id="rule"),
        pytest.param("asset", "rack", "is told of the asset, and no rule names it", id="told"),
    ],
)
def test_the_use_is_told(record: RecordKind, field: str, words: str) -> None:
    assert heaviest_use(record, field).words.startswith(words)


def test_a_field_of_another_kind_is_refused() -> None:
    with pytest.raises(KeyError, match="source_ip"):
        heaviest_use("asset", "source_ip")
