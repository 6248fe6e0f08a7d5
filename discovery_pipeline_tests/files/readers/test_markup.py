"""HTML and XML that tools export under the name .xls."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.errors import UnreadableFile
from discovery_pipeline_tests.files.readers.conftest import ReadAll, ReadOne

SPREADSHEET = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="Computers"><Table>
<Row><Cell><Data ss:Type="String">Name</Data></Cell><Cell><Data ss:Type="String">Since</Data></Cell>
 <Cell><Data ss:Type="String">Virtual</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">srv1 &amp; co</Data></Cell>
 <Cell><Data ss:Type="DateTime">2024-01-05T00:00:00.000</Data></Cell>
 <Cell><Data ss:Type="Boolean">1</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">srv2</Data></Cell><Cell ss:Index="3"><Data ss:Type="Boolean">0</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


def test_an_html_table(read_one: ReadOne) -> None:
    text = """<html><head><style>td {x: y}</style></head><body><h1>Report</h1><table border=1>
<tr><th>Name<th>IP<th>Note
<tr><td>srv1</td><td>10.0.0.1</td><td>a &lt; b<br>next</td></tr>
<tr><td> srv2 </td><td></td><td>&nbsp;</td></tr></table></body></html>"""
    seen = read_one(text, "report.xls")
    assert (seen.table.table, seen.headers) == ("report", ["Name", "IP", "Note"])
    assert seen.cells == [["srv1", "10.0.0.1", "a < b\nnext"], ["srv2", None, None]]
    assert seen.lines == [3, 4]


def test_spans_of_cells(read_one: ReadOne) -> None:
    text = (
        "<table><tr><th rowspan=2>Name</th><th colspan=2>Hardware</th></tr><tr><th>CPU</th><th>RAM</th></tr>"
        "<tr><td>srv1</td><td>4</td><td>8</td></tr></table>"
    )
    assert read_one(text, "x.xls").headers == ["Name", "Hardware CPU", "Hardware RAM"]


def test_an_xml_spreadsheet(read_one: ReadOne) -> None:
    seen = read_one(SPREADSHEET, "computers.xls")
    assert (seen.table.table, seen.headers) == ("Computers", ["Name", "Since", "Virtual"])
    assert seen.cells == [["srv1 & co", "2024-01-05", "True"], ["srv2", None, "False"]]


def test_several_tables(read_all: ReadAll) -> None:
    one = "<table><tr><td>{}</td><td>IP</td></tr><tr><td>srv</td><td>10.0.0.1</td></tr></table>"
    text = "<html>" + one.format("Name") + "<table><tr><td>layout</td></tr></table>" + one.format("Host") + "</html>"
    assert [(s.table.table, s.headers[0]) for s in read_all(text, "x.html")] == [("x", "Name"), ("x_2", "Host")]


def test_tabs_under_the_name_xls(read_one: ReadOne) -> None:
    seen = read_one("Name\tIP\r\nsrv1\t10.0.0.1\r\n".encode("utf-16"), "export.xls")
    assert seen.cells == [["srv1", "10.0.0.1"]]


@pytest.mark.parametrize(
    "text", ["<html><body><p>Please log in</p></body></html>", '<?xml version="1.0"?><servers><server/></servers>'],
    ids=["a login page", "other XML"],
)  # fmt: skip
def test_markup_without_a_table_is_refused(read_all: ReadAll, text: str) -> None:
    with pytest.raises(UnreadableFile, match="HTML or XML without a table"):
        read_all(text, "export.csv")
