"""What an estate must carry for inventory and assessment."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.needed_fields import NEEDED_FACTS, missing_facts
from discovery_pipeline.domain.schema import fields

_ALL = {"os_name", "cpu_cores", "memory_mib", "storage_total_gib", "environment", "technical_owner"}


def test_every_needed_field_is_in_the_schema() -> None:
    assert {name for fact in NEEDED_FACTS for name in fact.fields} <= fields("asset").keys()


@pytest.mark.parametrize(
    ("carried", "missing"),
    [
        pytest.param(_ALL, [], id="one field of each is enough"),
        pytest.param(_ALL - {"cpu_cores"} | {"cpu_count"}, [], id="another field of the same fact"),
        pytest.param(_ALL - {"os_name"}, ["operating system"], id="no system"),
        pytest.param(_ALL - {"technical_owner", "environment"}, ["environment", "application or owner"], id="two"),
        pytest.param(set(), [fact.name for fact in NEEDED_FACTS], id="nothing at all"),
    ],
)
def test_a_fact_is_missing_when_none_of_its_fields_is_carried(carried: set[str], missing: list[str]) -> None:
    assert [fact.name for fact in missing_facts(carried)] == missing
