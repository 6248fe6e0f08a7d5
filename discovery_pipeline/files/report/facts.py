"""What the report's checks hold a page to. Keep out: the checks themselves (quality.suites)."""

from __future__ import annotations

import re

from discovery_pipeline.files.report.page import SECTIONS

# Attributes and styles by which a page loads something, wherever it is.
_LOADS = re.compile(r"""(?:src|href|action|data|poster)\s*=\s*["']?(?:https?:)?//|@import|url\(""", re.IGNORECASE)
# Only markup is looked at: text of the data has its angle brackets escaped.
_TAG = re.compile(r"<[^>]+>")
_RUNS = re.compile(r"""^<script\b|\son[a-z]+\s*=|=\s*["']?javascript:""", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')


def page_facts(page: str) -> dict[str, float]:
    """external_references, scripts, sections_missing, page_bytes: what each means is in the suite of the report."""
    tags = _TAG.findall(page)
    style = page[page.find("<style") : page.find("</style>")]
    return {
        "external_references": sum(bool(_LOADS.search(part)) for part in (*tags, style)),
        "scripts": sum(bool(_RUNS.search(_QUOTED.sub('""', tag))) for tag in tags),
        "sections_missing": sum(f'<section id="{section}"' not in page for section in SECTIONS),
        "page_bytes": len(page.encode()),
    }
