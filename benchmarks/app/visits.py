"""What is looked at on each page: the page as it opens, and the page after a typical action, as its URL has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from discovery_pipeline.services.run_frames import RunFrames


@dataclass(frozen=True)
class Visit:
    """page: its module's name. action: done there, in words. items: of the URL at first; then: after the action."""

    page: str
    action: str
    then: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, str] = field(default_factory=dict)


def visits(run: RunFrames) -> list[Visit]:
    """One visit per page of an analysed tenant; assets that much hangs on."""
    asset, other = _busiest(run)
    return [
        Visit("overview", "come back"),
        Visit("upload", "come back"),
        Visit("runs", "come back"),
        Visit("mappings", "show all columns", {"view": "All"}),
        Visit("records", "value conflicts", {"part": "conflicts"}),
        Visit("inventory", "search two words, sort", {"q": "app 1", "sort": "-memory_gib"}),
        Visit("inventory", "filter and turn to page 20", {"type": "virtual_machine", "page": "20"}),
        Visit("asset", "the next asset", {"asset": other}, {"asset": asset}),
        Visit("asset", "its source rows", {"tab": "Source rows"}, {"asset": asset}),
        Visit("asset", "its assessment", {"tab": "Assessment"}, {"asset": asset}),
        Visit("dependencies", "the map of an asset", {"asset": other}),
        Visit("dependencies", "two hops around an asset", {"asset": asset, "hops": "2"}),
        Visit("analysis", "waves", {"part": "waves"}),
        Visit("analysis", "cost", {"part": "cost"}),
        Visit("quality", "one phase", {"phase": "inventory"}),
        Visit("learning", "what was learned", {"view": "What was learned"}),
        Visit("agents", "come back"),
    ]


def _busiest(run: RunFrames) -> tuple[str, str]:
    """The two assets that most depend on."""
    edges = run.scan("dependencies", "dependencies").filter(pl.col("to_asset").is_not_null())
    most = edges.group_by("to_asset").len().sort(["len", "to_asset"], descending=[True, False]).head(2).collect()
    first, second = most["to_asset"].to_list()
    return first, second
