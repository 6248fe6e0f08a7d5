"""What a page is held to: each defect is counted, and text of the data is none."""

from __future__ import annotations

import pytest

from discovery_pipeline.files.report.facts import page_facts
from discovery_pipeline.files.reports import render_html
from discovery_pipeline_tests.files.report.reports import planned_report


@pytest.fixture(scope="module")
def page() -> str:
    return render_html(planned_report("onclick=1 src=//x url( https://vendor.example/"))


@pytest.mark.parametrize("fact", ["external_references", "scripts", "sections_missing"])
def test_a_report_has_no_defect_whatever_its_texts_say(page: str, fact: str) -> None:
    assert page_facts(page)[fact] == 0


def test_its_size_is_told_in_bytes(page: str) -> None:
    assert page_facts("ä")["page_bytes"] == 2
    assert 10_000 < page_facts(page)["page_bytes"] < 1_000_000


@pytest.mark.parametrize(
    ("defect", "fact"),
    [
        pytest.param('<img src="https://x/y.png">', "external_references", id="picture"),
        pytest.param("<link href=//x/y.css>", "external_references", id="style-sheet"),
        pytest.param("<style>@import 'x';</style>", "external_references", id="import"),
        pytest.param('<p style="background:url(x)">', "external_references", id="background"),
        pytest.param("<script>1</script>", "scripts", id="script"),
        pytest.param('<p title="x" onclick="alert(1)">', "scripts", id="handler"),
    ],
)
def test_a_defect_is_counted(defect: str, fact: str) -> None:
    assert page_facts(f"<html>{defect}</html>")[fact] == 1


def test_missing_sections_are_counted(page: str) -> None:
    assert page_facts(page.replace('<section id="waves"', "<div"))["sections_missing"] == 1
