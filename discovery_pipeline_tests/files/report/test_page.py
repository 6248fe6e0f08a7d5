"""The page: complete, offline, escaped, the same for the same data, and telling of what it doesn't have."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import polars as pl
import pytest

from discovery_pipeline.domain.handoffs import FINDINGS
from discovery_pipeline.files.report.page import SECTIONS
from discovery_pipeline.files.reports import ReportData, render_html
from discovery_pipeline_tests.domain.estate import inventory
from discovery_pipeline_tests.files.report.reports import bare_report, planned_report, report_on, small_report

_VOID = {"meta", "br"}


@pytest.fixture(scope="module")
def report() -> ReportData:
    return small_report()


@pytest.fixture(scope="module")
def planned() -> ReportData:
    return planned_report()


class _Tags(HTMLParser):
    """Counts elements and checks that each is closed by its own end."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags(page: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = _Tags()
    parser.feed(page)
    assert not parser.open
    return parser.seen


@pytest.mark.parametrize(
    "text",
    ["northwind-bank", "2026-11-01", "CentOS 7", "total row", "relationship wording unknown", "cmdb.csv", "web1"],
)
def test_the_page_shows(report: ReportData, text: str) -> None:
    assert text in render_html(report)


@pytest.mark.parametrize("section", [*SECTIONS, "support"])
def test_the_page_has_every_section(report: ReportData, section: str) -> None:
    assert f'<section id="{section}"' in render_html(report)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Dependency map: 2 applications, 1 dependency", id="map"),
        pytest.param("Servers whose regular support ends: 2022", id="support-timeline"),
        pytest.param("Single points of failure: 1", id="single-points"),
        pytest.param("Circles: who all need one another: 1", id="circles"),
        pytest.param("90.00 USD", id="cost"),
        pytest.param("2026-05-02", id="price-date"),
        pytest.param("12 Jan 2026 to 08 Feb 2026", id="dates-of-a-wave"),
        pytest.param("Dependencies that have to work across two sites: 1", id="cut-dependencies"),
        pytest.param("crosses two waves anywhere in the plan is 31", id="chance-of-the-whole-plan"),
    ],
)
def test_the_page_shows_the_plan(planned: ReportData, text: str) -> None:
    assert text in render_html(planned)


@pytest.mark.parametrize(
    "told",
    [
        "Single points of failure, blast radius and circles were not computed",
        "No machine has been sized and priced",
        "Which dependencies the waves cut was not computed",
    ],
)
def test_the_page_tells_what_was_not_made(told: str) -> None:
    assert told in render_html(bare_report())


@pytest.mark.parametrize("make", [bare_report, planned_report], ids=["bare", "planned"])
def test_the_page_needs_no_network_and_runs_no_script(make: type[ReportData]) -> None:
    page = render_html(make())
    assert not re.findall(r"""(?:src|href)\s*=\s*["'](?!#)|url\(|@import""", page)
    assert not re.findall(r"\son\w+\s*=", re.sub(r">[^<]*<", "><", page))


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(2)</script>",
        '"><img src=x onerror=alert(1)>',
        "</title></svg></style><b>",
        "'; } body { display:none",
        "{{ 7 * 7 }}",
    ],
    ids=["script", "attribute", "end-tags", "style", "template"],
)
def test_no_text_of_a_tenant_becomes_markup(evil: str) -> None:
    def shape(page: str) -> list[tuple[str, list[str]]]:
        return [(tag, sorted(attributes)) for tag, attributes in tags(page)]

    assert shape(render_html(planned_report(evil))) == shape(render_html(planned_report("x" * len(evil))))
    assert evil not in render_html(planned_report(evil)).replace("{{ 7 * 7 }}", "") or "{" in evil


def test_the_page_is_well_formed_and_its_pictures_and_tables_have_names(planned: ReportData) -> None:
    page = render_html(planned)
    seen = [tag for tag, _ in tags(page)]
    assert seen.count("h1") == 1
    assert seen.count("caption") == seen.count("table")
    assert len(re.findall(r"<svg[^>]*><title>[^<]+</title>", page)) == seen.count("svg")
    ids = [attributes["id"] for _, attributes in tags(page) if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_the_same_data_gives_the_same_bytes_in_any_order(planned: ReportData) -> None:
    frames = ("inventory", "analysis", "applications", "dependencies", "structure", "sizing", "waves", "memberships")
    turned = replace(planned, **{part: getattr(planned, part).reverse() for part in frames})
    assert render_html(turned) == render_html(planned)


def test_an_empty_estate_has_a_report() -> None:
    data = report_on("empty", inventory(), [], None)
    data = replace(data, sources=data.sources.clear())
    assert "Nothing is to be moved" in render_html(data)


def test_a_page_stays_small_however_many_findings_and_sources_there_are(report: ReportData) -> None:
    many = 3_000
    findings = pl.DataFrame(
        {"phase": ["mapping"] * many, "severity": ["info"] * many, "code": [f"code_{n}" for n in range(many)],
         "detail": ["x"] * many, "advice": ["y"] * many}, schema_overrides=FINDINGS
    )  # fmt: skip
    sources = pl.DataFrame(
        {"source": [f"s{n}" for n in range(many)], "file": ["f"] * many, "table": ["t"] * many, "rows": [1] * many}
    )
    page = render_html(replace(report, findings=findings, sources=sources))
    assert len(page.encode()) < 200_000
    assert "kinds of findings are in the workbook" in page
    assert "tables are in the workbook" in page
