"""What tools tell is typed and bounded, and no name or cell gets through, whatever stores or models put in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from discovery_pipeline.agents.known_names import KnownNames
from discovery_pipeline.agents.pseudonyms import Pseudonyms
from discovery_pipeline.agents.tools import (
    MOST_ROWS,
    TOOLS,
    DecidedArguments,
    DecidedRow,
    MatchArguments,
    Neighbours,
    NeighboursArguments,
    ProfileArguments,
    matched,
    use,
)
from discovery_pipeline.domain.errors import UsageError

ASSET = "a_" + "b" * 20


def profile(position: int, header: str, *samples: str) -> dict[str, Any]:
    return {
        "table_no": 1, "position": position, "header": header, "rows": 10, "filled": 8, "distinct": 4, "middle": None,
        "shapes": [{"shape": "word", "share": 1.0}], "samples": list(samples),
    }  # fmt: skip


class Known:
    """A tenant's stores, in a test's memory."""

    def decided(self, asked: DecidedArguments) -> Sequence[DecidedRow]:
        return [DecidedRow(field=asked.field, choice="staging", times=n + 1, by=1) for n in range(MOST_ROWS + 5)]

    def profile(self, asked: ProfileArguments) -> Sequence[Mapping[str, Any]]:
        return [profile(0, "Name", "crm-db-01"), profile(1, "Notes of crm-db-01", "call J. Doe 0171 5551234")]

    def neighbours(self, asked: NeighboursArguments) -> Sequence[Neighbours]:
        return [Neighbours(direction="uses", kind="tier", asset_type="database", count=2)]


HIDDEN = Pseudonyms(KnownNames({"host": frozenset({"crm-db-01"})}))


def told(tool: str, **arguments: Any) -> list[dict[str, Any]]:
    return use(Known(), tool, arguments, HIDDEN)


def test_each_tool_tells_its_rows() -> None:
    assert told("decided", kind="value", field="environment")[0] == {
        "field": "environment", "choice": "staging", "times": 1, "by": 1,
    }  # fmt: skip
    assert told("neighbours", asset_id=ASSET) == [
        {"direction": "uses", "kind": "tier", "asset_type": "database", "count": 2}
    ]
    assert told("match", header="Host Name", values=["srv01"])[0]["fields"][0] == "hostname"
    assert [row["statistics"]["filled"] for row in told("profile", table_no=1, position=0)] == ["80%"]
    assert told("profile", table_no=1, position=7) == []


def test_rows_are_bounded() -> None:
    assert len(told("decided", kind="type")) == MOST_ROWS


def test_no_name_and_no_cell_is_told() -> None:
    shown = str([told("profile", table_no=1, position=at) for at in (0, 1)])
    assert not any(text in shown for text in ("crm-db-01", "Doe", "5551234"))
    assert "xxx" in shown


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("shell", {}),
        ("decided", {"kind": "edge"}),
        ("decided", {"kind": "value", "field": "x'; DROP TABLE patterns; --"}),
        ("decided", {"kind": "value", "tenant": "other"}),
        ("neighbours", {"asset_id": "crm-db-01"}),
        ("neighbours", {}),
        ("profile", {"table_no": -1, "position": 0}),
        ("profile", {"table_no": float("nan"), "position": 0}),
        ("profile", {"table_no": 2**128, "position": 0}),
        ("profile", {"table_no": 1, "position": 2**31}),
        ("decided", {"kind": "mapping", "header": "a\x00b"}),
        ("match", {"values": ["\x1b[2J"]}),
        ("match", {"header": "x" * 10_000}),
        ("match", {"values": ["x"] * 1_000}),
    ],
)
def test_other_arguments_are_refused(tool: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        use(Known(), tool, arguments, HIDDEN)
    assert "crm-db-01" not in str(caught.value)


def test_the_matcher_reads_headers_and_shapes() -> None:
    found = matched(MatchArguments(header="Memory (MB)", values=("8192", "", "16 GB")))
    assert found.fields[0] == "memory_mib"
    assert (found.units[0], found.shapes) == ("MiB", ("9999", "99 XX"))
    assert matched(MatchArguments(header="Lorem")).fields == ()


def test_every_tool_has_its_arguments_told() -> None:
    assert all(arguments.__doc__ for arguments in TOOLS.values())
