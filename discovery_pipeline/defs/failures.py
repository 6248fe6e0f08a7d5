"""What a failure inside an op becomes: the one place where the error tree decides about retries."""

import traceback

import dagster as dg

from discovery_pipeline.domain.errors import DiscoveryError, TransientError

MAX_RETRIES = 3
# Long enough for a database or object store to fail over, short enough for a person who waits.
SECONDS_BETWEEN = 5.0


def as_dagster(error: DiscoveryError) -> dg.RetryRequested | dg.Failure:
    """Transient errors ask for a retry of the step; permanent ones fail it at once, with what, where and advice."""
    if isinstance(error, TransientError):
        return dg.RetryRequested(max_retries=MAX_RETRIES, seconds_to_wait=SECONDS_BETWEEN)
    return dg.Failure(
        description=error.message,
        metadata={"where": error.where or "-", "advice": error.advice or "-", "error": type(error).__name__},
        allow_retries=False,
    )


def unexpected(error: Exception) -> dg.Failure:
    """An error outside the tree is a defect of ours: no retry, the traceback goes to the run's log only."""
    return dg.Failure(
        description=f"unexpected {type(error).__name__}: {error}",
        metadata={"traceback": dg.MetadataValue.text("".join(traceback.format_exception(error)))},
        allow_retries=False,
    )
