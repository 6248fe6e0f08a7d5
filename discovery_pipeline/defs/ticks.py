"""One look of a sensor or schedule at its tenants: who is due, who runs already, and what a person should know.

A tenant that can't be looked at is said and the others go on; a store that is down ends the tick, and the next one
begins where this one began. Keep out: why a tenant is due.
"""

import json
import logging
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from time import monotonic
from typing import Self

import dagster as dg

from discovery_pipeline.defs.instance import ensure_partition
from discovery_pipeline.defs.launch import BY_COMMAND_LINE, end_killed_runs
from discovery_pipeline.domain.errors import DiscoveryError, TenantBusy, TransientError
from discovery_pipeline.services.dagster_api.names import LAUNCHED_BY, PARTITION_TAG
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.locks import tenant_writer
from discovery_pipeline.store.tenants import tenants_after

logger = logging.getLogger(__name__)
logger.addHandler(logging.NullHandler())

# 1.3 ms of processor time a tenant (measured with 2,000); Dagster gives up on a tick after 60 s.
TENANTS_A_TICK = 1_000
SECONDS_A_TICK = 20.0
SHOWN = 20
WAITING = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED]
GOING_ON = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


@dataclass
class Tick:
    """What this look has found so far. name: of the sensor or schedule."""

    name: str
    instance: dg.DagsterInstance
    workspace: Workspace
    requests: list[dg.RunRequest] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @contextmanager
    def looking_at(self, tenant: str) -> Iterator[None]:
        """Say what is wrong with one tenant and go on. Raises TransientError: the stores are down for all of them."""
        try:
            yield
        except TransientError:
            raise
        except DiscoveryError as error:
            self.say(tenant, str(error))
        except Exception as error:
            # Its message may quote cells, and what is said here everybody can read.
            logger.exception("%s could not look at tenant %s", self.name, tenant)
            self.say(tenant, f"unexpected {type(error).__name__}; the message is in the log")

    def say(self, about: str, what: str) -> None:
        """A line for whoever looks at the tick."""
        self.said.append(f"{about}: {what}")

    def request(self, tenant: str, job: str, run_key: str, assets: Sequence[str] = ()) -> None:
        """Ask for a run of the tenant; one that Dagster doesn't know yet becomes a partition. assets: only these."""
        ensure_partition(self.instance, tenant)
        chosen = [dg.AssetKey(asset) for asset in assets] or None
        self.requests.append(
            dg.RunRequest(
                run_key=run_key, job_name=job, partition_key=tenant, tags={LAUNCHED_BY: self.name},
                asset_selection=chosen,
            )
        )  # fmt: skip

    def is_running(self, tenant: str) -> bool:
        """Whether a run of the tenant waits or goes on; one whose command line was killed is ended first."""
        runs = self._unfinished.get(tenant, [])
        if runs and all(_by_command_line(run) for run in runs):
            return not self._ended_killed(tenant)
        return bool(runs)

    @property
    def skip_reason(self) -> str:
        """What there is to say when no run is asked for."""
        more = f"; and {len(self.said) - SHOWN} more" if len(self.said) > SHOWN else ""
        return "; ".join(self.said[:SHOWN]) + more

    @cached_property
    def _unfinished(self) -> dict[str, list[dg.DagsterRun]]:
        found: dict[str, list[dg.DagsterRun]] = {}
        for run in self.instance.get_runs(dg.RunsFilter(statuses=[*WAITING, *GOING_ON])):
            found.setdefault(run.tags.get(PARTITION_TAG, ""), []).append(run)
        return found

    def _ended_killed(self, tenant: str) -> bool:
        """Who gets the tenant's lock knows that no command line writes it any more."""
        holder = f"{self.name}, process {os.getpid()} on {socket.gethostname()}"
        try:
            with tenant_writer(self.workspace.database, tenant, holder):
                end_killed_runs(self.instance, tenant)
        except TenantBusy:
            return False
        return True


@dataclass
class Turn:
    """The tenants whose turn it is: the next ones after the cursor; after the last tenant the first is next.

    after: the name that was looked at last, "" = begin with the first. Iterating ends after so many tenants or seconds.
    """

    workspace: Workspace
    after: str

    @classmethod
    def of(cls, workspace: Workspace, cursor: str | None) -> Self:
        """The turn that begins at a sensor's cursor."""
        return cls(workspace, json.loads(cursor)["after"] if cursor else "")

    @property
    def cursor(self) -> str:
        """Where the next turn begins."""
        return json.dumps({"after": self.after})

    def __iter__(self) -> Iterator[str]:
        names = tenants_after(self.workspace.database, self.after, TENANTS_A_TICK)
        began = monotonic()
        for name in names:
            yield name
            self.after = name
            if monotonic() - began > SECONDS_A_TICK:
                return
        if len(names) < TENANTS_A_TICK:
            self.after = ""


def sensor_result(tick: Tick, turn: Turn) -> dg.SensorResult:
    """The runs asked for, or what there is to say."""
    cursor = turn.cursor
    for line in tick.said:
        logger.info("%s: %s", tick.name, line)
    if not tick.requests:
        return dg.SensorResult(skip_reason=dg.SkipReason(tick.skip_reason or "nothing new"), cursor=cursor)
    return dg.SensorResult(run_requests=tick.requests, cursor=cursor)


def _by_command_line(run: dg.DagsterRun) -> bool:
    return BY_COMMAND_LINE.items() <= run.tags.items()
