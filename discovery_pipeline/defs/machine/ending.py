"""`discovery down`: end what `discovery up` started from this home, whether its supervisor lives or was killed."""

import time

from discovery_pipeline.defs.machine.processes import ORDERLY_END_S, POLL_S, end_marked
from discovery_pipeline.defs.machine.state import UpState, forget_state, read_state
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded

# The supervisor ends its parts and the embedded server first.
SUPERVISOR_DEADLINE_S = ORDERLY_END_S + 45.0
FOR_PEOPLE = ("dagster", "app")


def down(settings: Settings) -> dict[str, bool]:
    """End everything; returns for the parts that people see, and the database, whether they were running."""
    state = read_state(settings.home)
    had_database = settings.uses_embedded_database and embedded.status(settings.home).is_running
    was_running = {name: _runs(state, name) for name in FOR_PEOPLE}
    if state:
        _end_supervisor(state)
    end_marked(settings.home)
    forget_state(settings.home)
    if settings.uses_embedded_database:
        embedded.stop(settings.home)
    return {**was_running, "database": had_database}


def _runs(state: UpState | None, name: str) -> bool:
    part = state.parts.get(name) if state else None
    return part is not None and part.find() is not None


def _end_supervisor(state: UpState) -> None:
    """Ask it to end in order, and wait for that; a killed or stuck one is dealt with by the caller and the system."""
    supervisor = state.supervisor.find()
    if supervisor is None:
        return
    supervisor.terminate()
    deadline = time.monotonic() + SUPERVISOR_DEADLINE_S
    while state.supervisor.find() and time.monotonic() < deadline:
        time.sleep(POLL_S)
    if stuck := state.supervisor.find():
        stuck.kill()
