"""docs/plan.md says all that a plan may say, and its example is one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from discovery_pipeline.domain.analysis.params import AnalysisParams, read_params
from discovery_pipeline.domain.analysis.waves.params import Blackout, PilotParams

_DOCUMENT = Path(__file__).parents[3] / "docs" / "plan.md"
_PARTS: dict[str, type[BaseModel]] = {
    "At the top": AnalysisParams,
    **{
        f"`{name}`": type(getattr(AnalysisParams(), name))
        for name in AnalysisParams.model_fields
        if isinstance(getattr(AnalysisParams(), name), BaseModel)
    },
    "`pilots`": PilotParams,
    "`blackouts`": Blackout,
}


def _sections() -> dict[str, str]:
    parts = re.split(r"^##+ ", _DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {part.split("\n", 1)[0]: part for part in parts}


def _section(name: str) -> str:
    return next(text for title, text in _sections().items() if title.startswith(name))


def test_the_example_is_a_plan_that_differs_from_the_defaults() -> None:
    example = re.search(r"```yaml\n(.*?)```", _section("An example"), flags=re.DOTALL)
    assert example is not None
    params = read_params(example[1])
    assert (params.waves.soak_waves, len(params.waves.blackouts), params.groups.group_size) == (1, 3, 40)
    assert read_params(params.text) == params


@pytest.mark.parametrize("part", list(_PARTS))
def test_every_entry_stands_in_the_section_of_its_part_and_none_other(part: str) -> None:
    fields = {field.alias or name for name, field in _PARTS[part].model_fields.items()}
    entries = {field for field in fields if not (part == "At the top" and f"`{field}`" in _PARTS)}
    rows = re.findall(r"^\| (`[^|]*`) \|", _section(part), flags=re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`([^`]+)`", row)} == entries


@pytest.mark.parametrize("part", [name for name in _PARTS if name != "`blackouts`"])
def test_the_numbers_given_as_defaults_are_the_defaults(part: str) -> None:
    rows = re.findall(r"^\| `([^|`]*)` \| ([\d.]+) \|", _section(part), flags=re.MULTILINE)
    assert rows
    for name, default in rows:
        assert float(default) == float(_PARTS[part].model_fields[name].default), name
