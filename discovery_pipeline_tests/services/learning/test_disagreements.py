"""Disagreements about a run's columns, from the store to findings."""

from __future__ import annotations

from dataclasses import replace

from discovery_pipeline.services.learning.deciding.decide import decide
from discovery_pipeline.services.learning.disagreements import analysts_disagree
from discovery_pipeline.services.learning.history import undo
from discovery_pipeline.services.mapping.decisions import Decision
from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline_tests.services.mapped_by_hand import SERVERS, run_mapping

MANAGED = Decision("cmdb_2025-06-30.csv", "cmdb_2025-06-30", 1, "Managed by", "technical_owner")


def test_a_dispute_is_told_until_one_side_is_undone(settings: Settings) -> None:
    with open_workspace(replace(settings, embeddings=False)) as workspace:
        run_mapping(workspace, "acme", SERVERS)
        decide(workspace, "acme", [MANAGED], "ann")
        assert analysts_disagree(workspace.database, "acme", [SERVERS.info]) == []
        decide(workspace, "acme", [replace(MANAGED, field="tags")], "bob", overrule=True)
        (found,) = analysts_disagree(workspace.database, "acme", [SERVERS.info])
        assert (found["position"], found["file"]) == (1, MANAGED.file)
        assert "tags by bob (correction 2)" in found["detail"]
        undo(workspace, "acme", [1], "ann")
        assert analysts_disagree(workspace.database, "acme", [SERVERS.info]) == []
