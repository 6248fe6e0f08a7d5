"""What a failure inside an op becomes: the one place where the error tree decides about retries."""

import logging
import traceback

import dagster as dg

from discovery_pipeline.domain.errors import DiscoveryError, TransientError

logger = logging.getLogger(__name__)
# The command line reports errors itself; a process without a log configuration prints nothing of its own accord.
logger.addHandler(logging.NullHandler())

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
    """An error outside the tree is a defect of ours: no retry.

    Libraries quote cells in their messages, and Dagster's metadata has no access control: the message goes to the
    process's log, type and place to Dagster.
    """
    logger.error("unexpected failure of an asset", exc_info=error)
    return dg.Failure(
        description=f"unexpected {type(error).__name__}; the message is in the log of the process that ran it",
        metadata={"place": dg.MetadataValue.text("".join(traceback.format_tb(error.__traceback__)))},
        allow_retries=False,
    )
