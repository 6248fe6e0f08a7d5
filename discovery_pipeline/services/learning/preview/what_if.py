"""What a run would change under a proposal, in figures. Stores nothing."""

from __future__ import annotations

from dataclasses import dataclass

from discovery_pipeline.services.learning.preview.differences import (
    Changes,
    assessments,
    asset_names,
    assets,
    columns,
    edges,
    findings,
)
from discovery_pipeline.services.learning.preview.proposed import Proposed
from discovery_pipeline.services.learning.preview.scratch_run import ScratchRun, scratch_run
from discovery_pipeline.services.mapping.corrections import waiting
from discovery_pipeline.services.workspace import Workspace


@dataclass(frozen=True)
class WhatIf:
    """What a run would change. first: the asset that it begins with. recleansed: records of the tables that would be
    cleansed anew. waiting: decisions about columns that no run has used yet, whose effect is in it too.

    set_aside: records that cleansing sets aside, before and after. assets_changed counts cells, the other groups what
    they are named after.
    """

    first: str
    recleansed: int
    set_aside: tuple[int, int]
    waiting: int
    columns: Changes
    assets_added: Changes
    assets_vanished: Changes
    assets_changed: Changes
    edges_added: Changes
    edges_removed: Changes
    edges_changed: Changes
    strategies: Changes
    waves: Changes
    findings_new: Changes
    findings_gone: Changes

    @property
    def groups(self) -> dict[str, Changes]:
        """Every group by its name, in the order of the phases."""
        return {name: value for name, value in vars(self).items() if isinstance(value, Changes)}

    @property
    def is_nothing(self) -> bool:
        """Whether the run would publish what is published."""
        return not any(changes.count for changes in self.groups.values()) and self.set_aside[0] == self.set_aside[1]


def what_if(workspace: Workspace, tenant: str, proposed: Proposed) -> WhatIf:
    """Run what a proposal concerns into memory, and compare. Takes seconds; raises as `scratch_run` does."""
    made = scratch_run(workspace, tenant, proposed)
    return compared(made, len({w.place for w in waiting(workspace, tenant)}))


def compared(made: ScratchRun, waiting: int) -> WhatIf:
    """The scratch run beside what is published."""
    named = asset_names(made)
    added, vanished, changed = assets(made, named)
    new, gone, other = edges(made, named)
    strategies, waves = assessments(made, named)
    found, settled = findings(made)
    sizes = (
        made.run.scan("clean_records", "set_aside").collect().height,
        made.part("clean_records", "set_aside").height,
    )
    return WhatIf(
        made.first, made.recleansed, sizes, waiting, columns(made), added, vanished, changed, new, gone, other,
        strategies, waves, found, settled,
    )  # fmt: skip
