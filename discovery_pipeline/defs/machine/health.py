"""Whether what `discovery up` starts runs: for `discovery health`, which needs none of it."""

from discovery_pipeline.defs.machine.answers import dagster_loaded, serves
from discovery_pipeline.defs.machine.state import UpState, read_state
from discovery_pipeline.domain.errors import DiscoveryError
from discovery_pipeline.services.health import PartHealth
from discovery_pipeline.settings import Settings


def machine_health(settings: Settings) -> tuple[PartHealth, ...]:
    """The supervisor, Dagster's UI and the app of this home; one line when nothing is up, none in a deployment."""
    if settings.deployed_dagster_home:
        return ()  # containers have their own probes
    state = read_state(settings.home)
    if state is None:
        return (PartHealth("up", "not running", False, "nothing is up from this home", "discovery up"),)
    return (_supervisor(state), _dagster(state), _app(state))


def _supervisor(state: UpState) -> PartHealth:
    if state.supervisor.find():
        return PartHealth("up", "ok", False, f"process {state.supervisor.pid}")
    return PartHealth("up", "down", False, "was killed; what it started may go on", "discovery down, then discovery up")


def _dagster(state: UpState) -> PartHealth:
    address = state.addresses.get("dagster", "")
    try:
        missing = dagster_loaded(address) if address else "is being started"
    except DiscoveryError as error:
        missing = error.message
    return _part("dagster ui", address, missing)


def _app(state: UpState) -> PartHealth:
    address = state.addresses.get("app", "")
    return _part("app", address, serves(f"{address}/_stcore/health") if address else "is being started")


def _part(name: str, address: str, missing: str) -> PartHealth:
    if missing:
        return PartHealth(name, "down", False, missing, "see the logs in the home; discovery down, then discovery up")
    return PartHealth(name, "ok", False, address)
