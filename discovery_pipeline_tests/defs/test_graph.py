"""A reviewed snapshot of the graph: a change of assets, dependencies, checks, jobs or automation shows in the diff.

Rewrite it with: python -m discovery_pipeline_tests.defs.test_graph
"""

import json
from pathlib import Path
from typing import Any

import dagster as dg

SNAPSHOT = Path(__file__).with_name("graph.json")


def described() -> dict[str, Any]:
    from discovery_pipeline.definitions import defs

    graph = defs.resolve_asset_graph()
    return {
        "assets": {
            key.to_user_string(): {
                "group": graph.get(key).group_name,
                "deps": sorted(parent.to_user_string() for parent in graph.get(key).parent_keys),
                "checks": {
                    check.name: "blocking" if graph.get(check).blocking else "warns"
                    for check in sorted(graph.get_check_keys_for_assets({key}), key=lambda c: c.name)
                },
                "kinds": sorted(tag.split("/")[-1] for tag in graph.get(key).tags if tag.startswith("dagster/kind/")),
                "owners": list(graph.get(key).owners),
                "partitions": getattr(graph.get(key).partitions_def, "name", None),
            }
            for key in sorted(graph.get_all_asset_keys())
        },
        "sensors": {sensor.name: sensor.default_status.value for sensor in defs.sensors or ()},
        "schedules": {schedule.name: schedule.default_status.value for schedule in defs.schedules or ()},
        "jobs": sorted(job.name for job in defs.resolve_all_job_defs() if not job.name.startswith("__")),
    }


def test_graph_is_the_reviewed_one() -> None:
    assert described() == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_every_asset_says_its_grain() -> None:
    from discovery_pipeline.definitions import defs

    graph = defs.resolve_asset_graph()
    silent = [
        k.to_user_string() for k in graph.get_all_asset_keys() if "Grain:" not in (graph.get(k).description or "")
    ]
    assert silent == []


def test_every_check_is_recorded_per_tenant() -> None:
    from discovery_pipeline.definitions import defs

    graph = defs.resolve_asset_graph()
    assert all(graph.get(k).partitions_def for k in graph.asset_check_keys)
    assert isinstance(defs.resolve_job_def("discovery"), dg.JobDefinition)


if __name__ == "__main__":
    SNAPSHOT.write_text(json.dumps(described(), indent=1) + "\n", encoding="utf-8")
