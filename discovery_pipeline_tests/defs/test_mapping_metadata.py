"""What Dagster's UI shows of a mapping."""

from __future__ import annotations

from discovery_pipeline.defs.mapping_metadata import SHOWN, doubtful_columns, mapping_metadata
from discovery_pipeline.domain.handoffs import ColumnMapping, TableKind, mapping_frame
from discovery_pipeline.domain.mapping.candidates import propose
from discovery_pipeline_tests.domain.tables import raw_table

_WHY = ("+5.5 lexicon: header means 'os'", "+1.4 values: 100% os", "+0.2 context: beside others")
_MAPPINGS = [
    ColumnMapping(0, 0, "OS", "os_name", 0.99, "accepted", why=_WHY, alternatives=(("os_version", 0.01),)),
    ColumnMapping(0, 1, "Host", "hypervisor_host", 0.71, "review", method="examples"),
    ColumnMapping(0, 2, "Zorg", None, 0.9, "unmapped", method="prior"),
]


def _rows(shown: object) -> list[list[str]]:
    """The cells of a Markdown table, its header first."""
    lines = str(getattr(shown, "md_str", "")).splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in [lines[0], *lines[2:]]]


def test_doubtful_columns_come_first_with_reasons_and_runner_up() -> None:
    header, *rows = _rows(mapping_metadata(mapping_frame(_MAPPINGS))["mapping"])

    assert header == [
        "table_no", "position", "header", "field", "confidence", "status", "method", "why", "runner-up",
    ]  # fmt: skip
    assert [row[2] for row in rows] == ["Host", "OS", "Zorg"]
    assert rows[1][3:] == [
        "os_name", "0.99", "accepted", "lexicon", "; ".join(_WHY[:2]), "os_version 0.01",
    ]  # fmt: skip


def test_counts_and_a_histogram_of_what_is_mapped() -> None:
    shown = mapping_metadata(mapping_frame(_MAPPINGS))

    assert _rows(shown["confidence"]) == [
        ["confidence", "columns", "accepted"],
        ["0.7-0.8", "1", "0"],
        ["0.9-1.0", "1", "1"],
    ]
    assert [row[0] for row in _rows(shown["status"])[1:]] == ["accepted", "review", "unmapped"]
    assert [row[0] for row in _rows(shown["method"])[1:]] == ["examples", "lexicon", "prior"]


def test_ten_thousand_columns_are_bounded() -> None:
    wide = mapping_frame([ColumnMapping(0, i, f"h{i}", None, 0.5, "unmapped") for i in range(10_000)])

    assert len(_rows(mapping_metadata(wide)["mapping"])) == SHOWN + 1


def test_candidates_of_columns_in_doubt() -> None:
    table = raw_table({"IP Address": [f"10.0.{i}.7" for i in range(8)], "Host": [f"esx-{i:02d}" for i in range(8)]})
    kind = TableKind(0, "asset", "asset", None, 0.9)
    _, *rows = _rows(doubtful_columns(propose([table], [kind])))

    assert [row[2] for row in rows] == ["Host"]
    assert {"hypervisor_host", "hostname"} <= {candidate.split()[0] for candidate in rows[0][3].split("; ")}


def test_nothing_in_doubt_is_an_empty_table() -> None:
    assert len(_rows(doubtful_columns(propose([], [])))) == 1
