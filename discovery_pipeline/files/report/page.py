"""The page: its sections' contents put into the templates. Keep out: what a section shows (sections), charts."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from discovery_pipeline.domain.packaged import packaged_text
from discovery_pipeline.files.report import words
from discovery_pipeline.files.report.charts.bars import meter
from discovery_pipeline.files.report.charts.gantt import risk_code
from discovery_pipeline.files.report.data import ReportData
from discovery_pipeline.files.report.sections import (
    applications,
    cost,
    estate,
    method,
    quality,
    strategy,
    summary,
    waves,
)

_TEMPLATES = f"{__package__}.templates"
# (anchor, title, what makes the content), in the order of the page; the content's name is the module's.
_SECTIONS: tuple[tuple[str, str, str, Callable[[ReportData], dict[str, Any]]], ...] = (
    ("summary", "Summary", "summary", summary.content),
    ("estate", "Estate", "estate", estate.content),
    ("dependencies", "Applications and dependencies", "applications", applications.content),
    ("strategy", "Strategy", "strategy", strategy.content),
    ("cost", "Size and cost", "cost", cost.content),
    ("waves", "Waves", "waves", waves.content),
    ("quality", "Data quality", "quality", quality.content),
    ("method", "Method and dates", "method", method.content),
)
SECTIONS = tuple(anchor for anchor, *_ in _SECTIONS)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: packaged_text(_TEMPLATES, name)),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = (words.words, words.colour, words.thousands, words.percent, words.share, words.money)
    environment.filters.update({written.__name__: written for written in filters})
    environment.filters["meter"] = lambda part: meter(part, "supported")
    environment.filters["risk"] = risk_code
    return environment


def render_html(report: ReportData) -> str:
    """The page as text: no script, nothing from a network, all data escaped; the same data gives the same bytes."""
    return (
        _environment()
        .get_template("page.html")
        .render(
            tenant=report.tenant,
            as_of=report.analysis_summary["as_of"],
            software=report.software,
            style=Markup(packaged_text(_TEMPLATES, "style.css")),  # noqa: S704  our own file
            sections=[(anchor, title) for anchor, title, *_ in _SECTIONS],
            **{name: make(report) for _, _, name, make in _SECTIONS},
        )
    )
