"""The sensor that reports failed runs to a webhook. Keep out: why a run failed (failure_reason), sending (webhook)."""

from typing import Any

import dagster as dg

from discovery_pipeline.defs.failure_reason import FailureReason, failure_reason
from discovery_pipeline.services.dagster_api.names import PARTITION_TAG
from discovery_pipeline.services.webhook import VARIABLE, post
from discovery_pipeline.settings import load_settings

FAILED_RUNS = "failed_runs"
SECONDS_BETWEEN = 10


@dg.run_failure_sensor(
    name=FAILED_RUNS,
    minimum_interval_seconds=SECONDS_BETWEEN,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description=f"Posts one JSON document to {VARIABLE} for each run that fails.",
)
def failed_runs(context: dg.RunFailureSensorContext) -> dg.SkipReason | None:
    """One document per failed run; where it can't be delivered, the tick fails and says so."""
    settings = load_settings()
    if not settings.webhook_url:
        return dg.SkipReason(f"{VARIABLE} is not set: nobody is told")
    reason = failure_reason(context.instance, context.dagster_run.run_id)
    post(settings.webhook_url, alert(context.dagster_run, reason, settings.dagster_ui_url))
    return None


def alert(run: dg.DagsterRun, reason: FailureReason, dagster_url: str) -> dict[str, Any]:
    """The document: fields for programs, and `text`, one line, for chats (Slack, Teams, Mattermost)."""
    tenant = run.tags.get(PARTITION_TAG)
    address = f"{dagster_url}/runs/{run.run_id}"
    place = f" at {reason.asset}" if reason.asset else ""
    text = f"{tenant or 'a run'}: {run.job_name} failed{place}: {reason.message} ({reason.advice}) {address}"
    return {
        "text": " ".join(text.split()),
        "event": "run_failed",
        "tenant": tenant,
        "job": run.job_name,
        "run_id": run.run_id,
        "asset": reason.asset,
        "message": reason.message,
        "where": reason.where,
        "advice": reason.advice,
        "run_url": address,
    }
