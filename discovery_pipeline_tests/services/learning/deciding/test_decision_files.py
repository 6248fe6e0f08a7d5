"""Decisions of every kind from a spreadsheet: only the columns that its kinds need, clear words for the rest.

Files of mappings alone: services/mapping/test_decision_files.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.services.learning.deciding.decision_files import read_decisions
from discovery_pipeline.services.learning.deciding.decisions import (
    AnyDecision,
    AssetValueDecision,
    EdgeDecision,
    MergeDecision,
    RowValueDecision,
    SplitDecision,
    StrategyDecision,
    TypeDecision,
    ValueDecision,
)
from discovery_pipeline.services.mapping.decisions import BadDecisions, Decision


def read(tmp_path: Path, content: str) -> list[AnyDecision]:
    path = tmp_path / "decisions.csv"
    path.write_text(content)
    return read_decisions(path)


@pytest.mark.parametrize(
    ("content", "decision"),
    [
        pytest.param(
            "kind,field,raw,value\nvalue,environment,Prd,production",
            ValueDecision("environment", "Prd", "production", line=2), id="a spelling",
        ),
        pytest.param(
            "kind,field,raw,value,record,source\nVALUE,action,pass,,connection,fw",
            ValueDecision("action", "pass", None, "connection", "fw", line=2), id="a spelling of nothing in one feed",
        ),
        pytest.param(
            "kind;asset;field;value\nvalue;app01;memory_mib;16 GB",
            AssetValueDecision("app01", "memory_mib", "16 GB", line=2), id="an asset's value",
        ),
        pytest.param(
            "kind,asset,field,value\nvalue,app01,memory_mib,", AssetValueDecision("app01", "memory_mib", None, line=2),
            id="no value of an asset",
        ),
        pytest.param(
            "kind,file,table,row,field,value,source\nvalue,a.csv,a,3,hostname,db9,cmdb",
            RowValueDecision("a.csv", "a", 3, "hostname", "db9", "cmdb", line=2), id="a cell of a row",
        ),
        pytest.param("kind,asset,other\nmerge,a_1,app01", MergeDecision("a_1", "app01", line=2), id="merge"),
        pytest.param(
            "kind,asset,other,value\nmerge,a_1,app01,no", MergeDecision("a_1", "app01", holds=False, line=2),
            id="keep apart",
        ),
        pytest.param(
            "asset,file,table,row,kind,source\napp01,a.csv,a,3,split,cmdb",
            SplitDecision("app01", "a.csv", "a", 3, "cmdb", line=2), id="split",
        ),
        pytest.param(
            "kind,asset,value,reason,overrules\ntype,app01,printer,it prints,12",
            TypeDecision("app01", "printer", reason="it prints", line=2, overrules=12), id="type",
        ),
        pytest.param(
            "kind,asset,other,value\nedge,app01,db01,Yes", EdgeDecision("app01", "db01", holds=True, line=2), id="edge",
        ),
        pytest.param(
            "kind,asset,other,value,field\nedge,app01,db01,no,tier",
            EdgeDecision("app01", "db01", holds=False, edge_kind="tier", line=2), id="no edge of a kind",
        ),
        pytest.param(
            "kind,asset,value\nstrategy,app01,retire", StrategyDecision("app01", "retire", line=2), id="strategy",
        ),
        pytest.param(
            "file,table,position,header,field,overrules\na.csv,a,0,RAM,memory_mib,7",
            Decision("a.csv", "a", 0, "RAM", "memory_mib", line=2, overrules=7), id="a mapping that overrules",
        ),
    ],
)  # fmt: skip
def test_one_decision_of_each_kind(tmp_path: Path, content: str, decision: AnyDecision) -> None:
    assert read(tmp_path, content) == [decision]


def test_kinds_stand_together_in_one_file_in_its_order(tmp_path: Path) -> None:
    head = "kind,file,table,position,header,field,asset,value\n"
    rows = "type,,,,,,app01,printer\n,a.csv,a,0,RAM,memory_mib,,\nstrategy,,,,,,app01,retire\n"
    assert [(type(d), d.line) for d in read(tmp_path, head + rows)] == [
        (TypeDecision, 2), (Decision, 3), (StrategyDecision, 4),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param("kind,asset,other,value\nedge,a,b,maybe", "bad_value", id="neither yes nor no"),
        pytest.param("kind,asset,file,table,row\nsplit,a,a.csv,a,first", "bad_row", id="no row"),
        pytest.param("kind,asset,value,overrules\ntype,a,printer,ann", "bad_overrules", id="no number"),
        pytest.param("kind,field,raw,value,record\nvalue,action,pass,allowed,flow", "unknown_record", id="record kind"),
        pytest.param("kind,asset,other,value\nmerge,a,b,perhaps", "bad_value", id="neither one nor two"),
        pytest.param("kind,file,table,row,field,value\nvalue,a.csv,a,one,os_name,x", "bad_row", id="no row of a cell"),
        pytest.param("kind,file,table,row,field,value\nvalue,,a,1,os_name,x", "no_table", id="a row of no file"),
        pytest.param("kind,field,raw,row,value\nvalue,os_name,w,1,x", "raw_or_asset", id="spelling and row"),
        pytest.param("kind,field,raw,asset,value\nvalue,os_name,w,app01,x", "raw_or_asset", id="spelling and asset"),
        pytest.param("kind,field,raw,value\nvalue,os_name,,x", "raw_or_asset", id="neither spelling nor asset"),
        pytest.param("kind,field,value\nvalue,os_name,x", "raw_or_asset", id="no column for either"),
        pytest.param("kind,field,raw,value\nvalue,os_name,w", "cut_line", id="cut before the value"),
        pytest.param("kind,asset,value\ntype,app01,printer,x", "too_many_cells", id="too many cells"),
    ],
)
def test_a_line_that_decides_nothing_is_told(tmp_path: Path, content: str, code: str) -> None:
    with pytest.raises(BadDecisions) as refused:
        read(tmp_path, content)
    assert [(p.line, p.code) for p in refused.value.problems] == [(2, code)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("kind,asset\nstrategy,a\n", "lacks the column value, which line 2 of kind strategy needs"),
        ("kind,asset,value\ntype,a,printer\nmerge,a,b\n", "lacks the column other, which line 3 of kind merge needs"),
        ("kind,asset,wert\ntype,a,printer\n", "lacks the column value; it has 'wert', which line 2"),
        (
            "kind,asset,value\n,a,printer\ntype,a,printer\n",
            "file, table, position, header, field, which line 2 of kind",
        ),
        ("kind,asset,value\n", "holds no decision"),
    ],
    ids=["one kind", "the second kind", "other columns", "a kind left out", "header only"],
)
def test_a_file_without_the_columns_of_its_kinds_is_told(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read(tmp_path, content)
