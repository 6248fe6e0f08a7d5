"""What a table must carry for its records to be told apart."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.identity_fields import NEEDED, tells_records_apart
from discovery_pipeline.domain.schema import RECORD_KINDS, RecordKind, fields


@pytest.mark.parametrize("record", RECORD_KINDS)
def test_every_needed_field_is_in_the_schema(record: RecordKind) -> None:
    assert {name for group in NEEDED[record] for name in group} <= fields(record).keys()


@pytest.mark.parametrize(
    ("record", "carried", "enough"),
    [
        pytest.param("asset", {"ip_address", "memory_mib"}, True, id="an-address-names-an-asset"),
        pytest.param("asset", {"memory_mib", "os_name"}, False, id="facts-name-nothing"),
        pytest.param("relationship", {"parent", "child"}, True, id="both-ends"),
        pytest.param("relationship", {"parent", "relationship_type"}, False, id="no-child"),
        pytest.param("connection", {"source_ip", "destination_host"}, True, id="address-to-name"),
        pytest.param("connection", {"source_ip", "source_host"}, False, id="one-side-twice"),
    ],
)
def test_one_of_each_group_is_needed(record: RecordKind, carried: set[str], enough: bool) -> None:
    assert tells_records_apart(record, carried) is enough
