"""Dagster's instance under the home: its configuration file, its database, its tenants' partitions and runs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import dagster as dg

from discovery_pipeline.defs.partitions import tenants
from discovery_pipeline.domain.errors import ConfigurationError, Unreachable
from discovery_pipeline.services.dagster_api.names import PARTITION_TAG
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.session import database_urls
from discovery_pipeline.store.urls import dagster_url

STORAGE_VARIABLE = "DISCOVERY_DAGSTER_STORAGE"
STATEMENT_TIMEOUT_MS = 60_000


def instance_environment(settings: Settings) -> dict[str, str]:
    """The variables with which any Dagster process finds this home's instance.

    Its configuration is written first; a deployment's own has to be there. Raises ConfigurationError where it is not.
    """
    home = settings.dagster_home
    configuration = home / "dagster.yaml"
    if settings.deployed_dagster_home is None:
        home.mkdir(parents=True, exist_ok=True)
        _write_if_changed(configuration, files(__package__).joinpath("dagster.yaml").read_text(encoding="utf-8"))
    elif not configuration.is_file():
        raise ConfigurationError(
            f"{configuration} is not there",
            where="DISCOVERY_DAGSTER_HOME",
            advice="see deploy/dagster.yaml, or unset it for an instance below DISCOVERY_HOME",
        )
    return {
        "DAGSTER_HOME": str(home),
        "DISCOVERY_HOME": str(settings.home),
        STORAGE_VARIABLE: dagster_url(database_urls(settings).dagster),
    }


@contextmanager
def open_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """This home's instance. Raises Unreachable when its database does not answer."""
    os.environ.update(instance_environment(settings))
    try:
        instance = dg.DagsterInstance.from_config(str(settings.dagster_home))
    except Exception as error:
        raise Unreachable(
            f"Dagster's storage: {type(error).__name__}", where="DAGSTER_DATABASE_URL", advice="discovery health"
        ) from error
    # Without a pool every statement opens a connection of its own: half the time of a small run.
    instance.optimize_for_webserver(statement_timeout=STATEMENT_TIMEOUT_MS, pool_recycle=-1, max_overflow=4)
    with instance:
        yield instance


def ensure_partition(instance: dg.DagsterInstance, tenant: str) -> None:
    """Make the tenant a partition; nothing happens when it is one."""
    instance.add_dynamic_partitions(tenants.name or "", [tenant])


def add_tenant_to_dagster(settings: Settings, tenant: str) -> None:
    """Make a tenant a partition, so that its runs can be launched from the UI."""
    with open_instance(settings) as instance:
        ensure_partition(instance, tenant)


def remove_tenant_from_dagster(settings: Settings, tenant: str) -> None:
    """Remove a tenant's partition, its runs with their logs, and its materialisations."""
    with open_instance(settings) as instance:
        instance.delete_dynamic_partition(tenants.name or "", tenant)
        for run in instance.get_runs(dg.RunsFilter(tags={PARTITION_TAG: tenant})):
            instance.delete_run(run.run_id)
    _delete_check_history(settings, tenant)


def _delete_check_history(settings: Settings, tenant: str) -> None:
    """Dagster keeps the outcomes of a partition's checks when its runs are deleted, and has no call to remove them."""
    import psycopg

    with psycopg.connect(database_urls(settings).dagster) as connection:
        connection.execute("DELETE FROM asset_check_executions WHERE partition = %s", [tenant])


def dagster_health(settings: Settings) -> str:
    """What the instance says of itself. Raises Unreachable."""
    with open_instance(settings) as instance:
        runs = instance.get_runs_count()
        partitions = len(instance.get_dynamic_partitions(tenants.name or ""))
    return f"{settings.dagster_home}: {partitions} tenants, {runs} runs"


def _write_if_changed(path: Path, text: str) -> None:
    """A running daemon watches nothing here, but two starters must never see half a file."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    aside = path.with_suffix(f".{os.getpid()}")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)
