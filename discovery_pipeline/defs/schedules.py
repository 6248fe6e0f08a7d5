"""Schedules that discover tenants anew, each those that asked for its cadence (`discovery tenant set NAME schedule`).

Times are UTC. A run reads everything again, changed or not: it finds what time alone changes, such as what lost its
support. Keep out: when a tenant's files changed (sensors).
"""

import dagster as dg

from discovery_pipeline.defs.jobs import discovery
from discovery_pipeline.defs.ticks import Tick
from discovery_pipeline.services.dagster_api.names import DISCOVERY
from discovery_pipeline.services.due_runs import why_held
from discovery_pipeline.services.tenant_settings import SCHEDULE, Cadence, schedule_name, tenant_setting
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.sources import counted
from discovery_pipeline.store.tenants import list_tenants

# At night in Europe but for the hourly one, each at its own minute: not all tenants begin at once.
CRONS: dict[Cadence, str] = {
    "hourly": "0 * * * *",
    "daily": "15 1 * * *",
    "weekly": "30 2 * * 0",
    "monthly": "45 3 1 * *",
}


def rediscovery(cadence: Cadence) -> dg.ScheduleDefinition:
    """The schedule of one cadence, off until somebody switches it on."""

    @dg.schedule(
        name=schedule_name(cadence),
        job=discovery,
        cron_schedule=CRONS[cadence],
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description=f"Discovers every tenant anew whose schedule is {cadence}.",
    )
    def rediscover(
        context: dg.ScheduleEvaluationContext, workspace: dg.ResourceParam[Workspace]
    ) -> dg.SkipReason | list[dg.RunRequest]:
        tick = Tick(schedule_name(cadence), context.instance, workspace)
        moment = context.scheduled_execution_time.isoformat()
        for tenant in list_tenants(workspace.database):
            with tick.looking_at(tenant.name):
                _request(tick, tenant.name, cadence, moment)
        return tick.requests or dg.SkipReason(tick.skip_reason or f"no tenant's schedule is {cadence}")

    return rediscover


def _request(tick: Tick, tenant: str, cadence: Cadence, moment: str) -> None:
    database = tick.workspace.database
    if tenant_setting(database, tenant, SCHEDULE) != cadence:
        return
    if not counted(database, tenant):
        tick.say(tenant, "no file counts")
        return
    if held := why_held(tick.workspace, tenant):
        tick.say(tenant, held)
        return
    tick.request(tenant, DISCOVERY, f"{tenant}:{cadence}:{moment}")
