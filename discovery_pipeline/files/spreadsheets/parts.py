"""What a workbook's file holds beside the sheets' rows: lists of parts, styles. Keep out: cells; writing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from discovery_pipeline.files.spreadsheets.cells import STYLE, Format

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_CODES: dict[Format, str] = {
    "text": "General", "number": "#,##0.0#", "whole": "#,##0", "share": "0%", "money": "#,##0.00",
    "date": "yyyy\\-mm\\-dd", "moment": "yyyy\\-mm\\-dd hh:mm",
}  # fmt: skip
# Numbers below 164 are Excel's own formats.
_FIRST_CODE = 170


def book_parts(sheets: Sequence[tuple[str, str]], title: str, created: date) -> dict[str, str]:
    """Name -> XML of the parts beside the sheets. sheets: (name, the cells that its filter covers, as $A$1:$H$9)."""
    return {
        "[Content_Types].xml": _content_types(len(sheets)),
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
        'Target="docProps/core.xml"/></Relationships>',
        "docProps/core.xml": _properties(title, created),
        "xl/workbook.xml": _book(sheets),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in range(1, len(sheets) + 1)
        )
        + f'<Relationship Id="rId{len(sheets) + 1}" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _styles(),
    }


def _content_types(sheets: int) -> str:
    listed = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_MAIN}.worksheet+xml"/>'
        for n in range(1, sheets + 1)
    )
    office = "application/vnd.openxmlformats-package"
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{office}.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_MAIN}.sheet.main+xml"/>{listed}'
        f'<Override PartName="/xl/styles.xml" ContentType="{_MAIN}.styles+xml"/>'
        f'<Override PartName="/docProps/core.xml" ContentType="{office}.core-properties+xml"/></Types>'
    )


def _properties(title: str, created: date) -> str:
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{escape(title)}</dc:title>'
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{created.isoformat()}T00:00:00Z</dcterms:created>'
        "</cp:coreProperties>"
    )


def _book(sheets: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, (name, _) in enumerate(sheets, start=1)
    )
    filters = "".join(
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{n}" hidden="1">'
        f"{escape(_quoted(name))}!{covered}</definedName>"
        for n, (name, covered) in enumerate(sheets)
    )
    return (
        f'<workbook {NAMESPACE} xmlns:r="{_RELATIONS}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{listed}</sheets><definedNames>{filters}</definedNames></workbook>"
    )


def _styles() -> str:
    """A cell style per format, in the order of STYLE, then the heading's and that of wrapped text."""
    codes = "".join(
        f'<numFmt numFmtId="{_FIRST_CODE + n}" formatCode={quoteattr(_CODES[name])}/>' for name, n in STYLE.items()
    )
    cell = 'fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"'
    plain = "".join(
        f'<xf numFmtId="{0 if name == "text" else _FIRST_CODE + n}" {cell} applyNumberFormat="1">'
        '<alignment vertical="top"/></xf>'
        for name, n in STYLE.items()
    )
    heading = (
        '<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1">'
        '<alignment vertical="center" wrapText="1"/></xf>'
    )
    wrapped = f'<xf numFmtId="0" {cell}><alignment vertical="top" wrapText="1"/></xf>'
    return (
        f'<styleSheet {NAMESPACE}><numFmts count="{len(STYLE)}">{codes}</numFmts>{_FONTS_AND_FILLS}'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(STYLE) + 2}">{plain}{heading}{wrapped}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


# The first two fills are the ones that Excel expects there.
_FONTS_AND_FILLS = (
    '<fonts count="2"><font><sz val="10"/><name val="Arial"/><family val="2"/></font>'
    '<font><b/><sz val="10"/><color rgb="FFFFFFFF"/><name val="Arial"/><family val="2"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FF0B4F6C"/><bgColor indexed="64"/>'
    "</patternFill></fill></fills>"
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
)


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"
