"""What one answer changed counts once, and stands until somebody overrules any of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from discovery_pipeline.domain.opinions.verdicts import Change, Verdict
from discovery_pipeline.domain.opinions.worth import worth

NOW = datetime(2026, 11, 1, tzinfo=UTC)
FIELD, STATUS, OTHER = (
    Change("r", "mapping", subject, field, "fqdn", "hostname", "m", 0.9, NOW)
    for subject, field in (("a.csv/t/0", "field"), ("a.csv/t/0", "status"), ("a.csv/t/1", "field"))
)


@pytest.mark.parametrize(
    ("said", "changes", "kept", "overruled"),
    [
        pytest.param(("undecided", "undecided", "undecided"), 2, 0, 0, id="nobody decided"),
        pytest.param(("kept", "undecided", "undecided"), 2, 1, 0, id="kept"),
        pytest.param(("overruled", "kept", "kept"), 2, 1, 1, id="one of its two overruled"),
    ],
)
def test_a_field_and_its_status_are_one_change(
    said: tuple[Verdict, ...], changes: int, kept: int, overruled: int
) -> None:
    [found] = worth([], [FIELD, STATUS, OTHER], said, {("mapping", "m"): 0.5})
    assert (found.changes, found.kept, found.overruled) == (changes, kept, overruled)
    assert found.usd_per_accepted == round(0.5 / (changes - overruled), 6)
