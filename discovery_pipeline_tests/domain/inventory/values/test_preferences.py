"""The order of sources that a tenant writes down, read and written."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.inventory.values.precedence import preferred_for, rank_among
from discovery_pipeline.domain.inventory.values.preferences import parse_preferences, preferences_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("default", {}, id="nothing preferred"),
        pytest.param(" \n", {}, id="nothing written"),
        pytest.param("os_name=agent>cmdb", {"os_name": ("agent", "cmdb")}, id="a field"),
        pytest.param("ownership = list", {"ownership": ("list",)}, id="a group"),
        pytest.param(
            "os_name=vc 1>agent;\n\n rack=cmdb ; ", {"os_name": ("vc 1", "agent"), "rack": ("cmdb",)}, id="two"
        ),
    ],
)  # fmt: skip
def test_what_is_written_is_read(text: str, expected: dict[str, tuple[str, ...]]) -> None:
    found = parse_preferences(text, {"vc 1"})
    assert found == expected
    assert parse_preferences(preferences_text(found)) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("os_name", "can't read 'os_name'", id="no source"),
        pytest.param("os_name=agent>", "can't read", id="an empty source"),
        pytest.param("osname=agent", "there is no field 'osname'", id="unknown field"),
        pytest.param("os_name=agnet", "there is no source 'agnet'", id="unknown source"),
        pytest.param("os_name=agent>agent", "'agent' is named twice", id="source twice"),
        pytest.param("rack=cmdb; rack=list", "'rack' is named twice", id="field twice"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_preferences(text, ())


def test_a_field_goes_before_its_group_and_a_name_before_its_kind() -> None:
    preferences = parse_preferences("ownership=cmdb; rack=list>cmdb")
    assert preferred_for("rack", preferences) == ("list", "cmdb")
    assert preferred_for("environment", preferences) == ("cmdb",)
    assert preferred_for("os_name", preferences) == ()
    assert [rank_among(("snow", "cmdb"), name, "cmdb") for name in ("snow", "other")] == [0, 1]
    assert rank_among(("snow", "cmdb"), "sheet", "list") == 2
