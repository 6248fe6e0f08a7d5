from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import polars as pl
import pytest

from benchmarks.dependencies.judge import Judged, Labels
from discovery_pipeline.domain.handoffs import DEPENDENCIES
from discovery_pipeline_tests.sample_tenants import score

THINGS = {"W": "virtual_machine", "D": "virtual_machine", "I": "database", "M": "virtual_machine", "A": "application",
          "B": "application"}  # fmt: skip
TRUE = [
    ("W", "D", "tier", "tier", "tier", "1", "inside"),
    ("I", "D", "hosting", "hosting", "hosting", "1", "hosting"),
    ("M", "W", "management", "management|infrastructure", "tier", "1", "service:mon"),
    ("A", "B", "application", "application", "application", "1", "need"),
    ("B", "A", "application", "application", "application", "0", "shared database"),
]


def judged(*found: tuple[str, str, str, float]) -> Judged:
    """A world whose asset ids are its true ids, and these edges (from, to, kind, confidence)."""
    columns = {"from_asset": 0, "to_asset": 1, "kind": 2, "confidence": 3}
    edges = pl.DataFrame({name: [row[i] for row in found] for name, i in columns.items()}).with_columns(
        pl.lit(None).cast(t).alias(n) for n, t in DEPENDENCIES.items() if n not in columns
    )
    ids = list(THINGS)
    lineage = pl.DataFrame({"file": "f", "table": "t", "row": range(len(ids)), "record": "asset", "asset_id": ids})
    records = lineage.select("file", "table", "row", outcome=pl.lit("asset"), true_id="asset_id")
    assets = pl.DataFrame({"true_id": ids, "name": ids, "type": list(THINGS.values())})
    names = ["from", "to", "kind", "kinds", "level", "required", "what"]
    true = pl.DataFrame(TRUE, schema=names, orient="row").with_columns(to_address=pl.lit(""), told=pl.lit(2))
    none = dict.fromkeys(("cluster", "hypervisor_host"), pl.lit(""))
    inventory = assets.select(
        asset_id="true_id", hostname="name", classified_type="type", application_name=pl.concat_list("name"), **none
    )
    run = SimpleNamespace(lineage=lineage, outcome=SimpleNamespace(inventory=inventory))
    made = SimpleNamespace(run=run, inventory=inventory, graph=SimpleNamespace(dependencies=edges))
    members = pl.DataFrame({"true_id": ["M"], "applications": [["A"]], "service": ["mon"]})
    base = score.Truth(assets, records, true, pl.DataFrame())
    return Judged(cast(Any, made), Labels(true, members, pl.DataFrame({"name": ["a"], "true_id": ["A"]}), base))


def test_an_edge_to_an_instance_is_one_to_its_server() -> None:
    tier = judged(("W", "I", "tier", 0.9)).level("tier")
    assert (tier.right, tier.made, tier.met, tier.wanted) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("edge", "right", "made"),
    [
        pytest.param(("D", "W", "tier", 0.9), 0, 1, id="turned round"),
        pytest.param(("W", "D", "tier", 0.4), 0, 0, id="a lead"),
        pytest.param(("M", "W", "tier", 0.9), 0, 1, id="of another kind"),
    ],
)
def test_tier_edges(edge: tuple[str, str, str, float], right: int, made: int) -> None:
    tier = judged(edge).level("tier")
    assert (tier.right, tier.made, tier.met) == (right, made, 0)


def test_any_right_kind_meets_an_edge_of_several() -> None:
    assert judged(("M", "W", "infrastructure", 0.9)).level("management").met == 1


def test_neighbours_by_a_shared_database_count_neither_way() -> None:
    app = judged(("A", "B", "application", 0.9), ("B", "A", "application", 0.9)).level("application")
    assert (app.right, app.made, app.met, app.wanted) == (1, 1, 1, 1)


def test_confusion_counts_what_is_missed_and_what_is_not_there() -> None:
    found = judged(("W", "D", "infrastructure", 0.9), ("D", "M", "tier", 0.8)).confusion
    rows = {(k, f): n for k, f, n in found.iter_rows()}
    assert rows["tier", "infrastructure"] == 1
    assert rows["-", "tier"] == 1
    assert rows["application", "-"] == 1
