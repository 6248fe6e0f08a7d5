"""The benchmark of the app looks at every page there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.app.bench import SHOWN
from benchmarks.app.visits import visits
from discovery_pipeline.domain.handoffs import DEPENDENCIES
from discovery_pipeline.files.frames import FrameStore
from discovery_pipeline.services.run_frames import newest_frames
from discovery_pipeline_tests.services.hand_built import frame, publish
from streamlit_app import page_registry


def test_every_page_is_looked_at_with_assets_that_much_depends_on(tmp_path: Path) -> None:
    frames = FrameStore(str(tmp_path)).open("acme")
    ends = (("a", "hub"), ("b", "hub"), ("c", "hub"), ("a", "second"), ("b", "second"), ("c", "third"), ("c", None))
    edges = [{"from_asset": start, "to_asset": end, "kind": "tier", "confidence": 0.9} for start, end in ends]
    publish(frames, "dependencies", {"dependencies": frame(edges, DEPENDENCIES)})
    found = visits(newest_frames(frames))
    assert {visit.page for visit in found} == {spec.name for spec in page_registry.PAGES}
    asset = next(visit for visit in found if visit.page == "asset")
    assert (asset.items, asset.then) == ({"asset": "hub"}, {"asset": "second"})


@pytest.mark.parametrize("spec", page_registry.PAGES, ids=lambda spec: spec.name)
def test_what_it_runs_is_there(spec: page_registry.PageSpec) -> None:
    bring, show = SHOWN.format(page=spec.name).split("\n")
    brought: dict[str, object] = {}
    exec(bring, brought)
    assert callable(eval(show.removesuffix("()"), brought))
