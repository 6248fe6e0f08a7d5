"""What several tables of a delivery show together."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest

from discovery_pipeline.domain.handoffs import RawTable
from discovery_pipeline.domain.validation.intake import inspect
from discovery_pipeline_tests.domain.tables import raw_table

_VMS = [f"vm-{i:03d}" for i in range(40)]


def _servers(names: Sequence[str | None], table_no: int, headers: tuple[str, str] = ("Name", "OS")) -> RawTable:
    columns = [
        (headers[0], names),
        (headers[1], [None if (name or "").startswith("Total") else "Debian 12" for name in names]),
    ]
    return raw_table(columns, table_no, f"t{table_no}")


def _info(names: Sequence[str], table_no: int = 0) -> RawTable:
    """A list of machines as RVTools writes it."""
    columns: dict[str, Sequence[str]] = {
        "VM": names, "Powerstate": ["poweredOn"] * len(names), "Template": ["False"] * len(names),
        "SRM Placeholder": ["False"] * len(names), "VI SDK Server": ["vc1"] * len(names),
        "DNS Name": [f"{name}.corp.example" for name in names], "CPUs": ["2"] * len(names),
        "Memory": ["4096"] * len(names), "VM UUID": [f"4202f5e2-7d4a-4d6c-9a51-{i:012d}" for i in range(len(names))],
    }  # fmt: skip
    return raw_table(columns, table_no, "vInfo")


def _disks(names: Sequence[str]) -> RawTable:
    columns: dict[str, Sequence[str]] = {
        "VM": names, "Powerstate": ["poweredOn"] * len(names), "Template": ["False"] * len(names),
        "Disk": ["Hard disk 1"] * len(names), "Disk Key": ["2000"] * len(names), "Capacity MiB": ["40960"] * len(names),
        "VI SDK Server": ["vc1"] * len(names), "VI SDK UUID": ["u1"] * len(names),
    }  # fmt: skip
    return raw_table(columns, 1, "vDisk")


def _told(tables: Sequence[RawTable], code: str) -> pl.DataFrame:
    return inspect(tables).findings.filter(pl.col("code") == code)


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(_servers(_VMS, 1), id="as it was"),
        pytest.param(_servers(_VMS[::-1], 1), id="in another order"),
        pytest.param(_servers(_VMS, 1, ("NAME", " os ")), id="headers spelt otherwise"),
    ],
)
def test_a_table_delivered_twice(again: RawTable) -> None:
    (found,) = _told([_servers(_VMS, 0), again], "table_delivered_twice").rows(named=True)

    assert found["table"] == "t1"
    assert "the same 40 rows as table 't0'" in found["detail"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(_servers([*_VMS[:-1], "vm-999"], 1), id="one name differs"),
        pytest.param(_servers(_VMS[:-1], 1), id="a row fewer"),
        pytest.param(_servers([*_VMS[:-1], _VMS[0]], 1), id="a row twice"),
        pytest.param(_servers(_VMS, 1, ("Name", "System")), id="another header"),
    ],
)
def test_tables_that_differ(other: RawTable) -> None:
    assert _told([_servers(_VMS, 0), other], "table_delivered_twice").is_empty()


def test_details_of_machines_that_the_list_lacks() -> None:
    found = _told([_info(_VMS[:25]), _disks(_VMS)], "details_without_assets")

    assert found["table"].to_list() == ["vDisk"]
    assert "15 of 40 machines are not among the 25 in 'vInfo'" in found["detail"][0]
    assert "'vm-025'" in found["detail"][0]


@pytest.mark.parametrize(
    "tables",
    [
        pytest.param([_info(_VMS), _disks(_VMS[:20])], id="machines without details"),
        pytest.param([_info(_VMS), _disks([name.upper() for name in _VMS])], id="names in capitals"),
        pytest.param([_info(_VMS[:-2]), _disks(_VMS)], id="a few made in between"),
        pytest.param([_servers(_VMS[:20], 0), _disks(_VMS)], id="another tool's list"),
        pytest.param([_info(_VMS[:20]), _disks(_VMS), _info(_VMS[20:], 2)], id="two lists"),
    ],
)
def test_lists_that_are_whole(tables: list[RawTable]) -> None:
    assert _told(tables, "details_without_assets").is_empty()


def test_the_one_table_without_the_footer_of_its_siblings() -> None:
    footed = [_servers([*(f"{site}-{i}" for i in range(12)), "Total: 12"], n) for n, site in enumerate(("fra", "zrh"))]
    bare = _servers([f"muc-{i}" for i in range(12)], 2)

    assert _told([*footed, bare], "footer_missing")["table"].to_list() == ["t2"]
    assert _told([footed[0], bare], "footer_missing").is_empty()
