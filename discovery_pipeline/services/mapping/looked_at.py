"""What people made of a tenant's mappings so far, for files that are only looked at.

Keep out: what follows from it (domain/mapping/acceptance.py).
"""

from __future__ import annotations

from discovery_pipeline.domain.mapping.resolve import ResolveParams
from discovery_pipeline.files.frames import MissingFrame
from discovery_pipeline.services.learning.lessons import mapping_lessons
from discovery_pipeline.services.learning.preview.scratch_mapping import gathered
from discovery_pipeline.services.learning.tracker import NOBODY_LOOKED, LookedAt
from discovery_pipeline.services.mapping.choose import choose
from discovery_pipeline.services.mapping.learned import Memory, recalled
from discovery_pipeline.services.run_frames import frames_of
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.corrected_tables import corrected_tables
from discovery_pipeline.store.corrections import corrections


def looked_at_so_far(workspace: Workspace, tenant: str) -> LookedAt:
    """Every decision up to now, and what was left alone beside them in the files of the newest run. Raises UsageError
    (no such tenant), Unreachable."""
    database = workspace.database
    log = [correction for correction in corrections(database, tenant) if correction.what.kind == "mapping"]
    run = frames_of(workspace.frames.open(tenant), "column_mapping")
    if not log or not run.has("column_mapping"):
        return NOBODY_LOOKED
    try:
        infos = run.tables()
    except MissingFrame:  # newer files have displaced those that were mapped
        return NOBODY_LOOKED
    memory = Memory(mapping_lessons(database, tenant), corrected_tables(database, tenant))
    known = recalled(memory, infos, list(run.kinds_found().values()), gathered(run))
    return choose(known, log, infos, ResolveParams(workspace.settings.mapping_precision)).looked_at
