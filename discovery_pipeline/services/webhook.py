"""Post one JSON document to an address of the user's. Keep out: what is in it and when it is sent."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from discovery_pipeline.domain.errors import ConfigurationError, PermanentError, TransientError, Unreachable

VARIABLE = "DISCOVERY_WEBHOOK_URL"
# For each of connecting, sending and waiting for the answer. All attempts together stay below the 60 s that Dagster
# gives a sensor.
TIMEOUT_S = 5.0
PAUSES_S: Sequence[float] = (1.0, 3.0)
# What the receiver itself calls a matter of time.
TRANSIENT_STATUS = frozenset({408, 425, 429})


def post(url: str, document: Mapping[str, Any], pauses_s: Sequence[float] = PAUSES_S) -> None:
    """Deliver the document, trying again after each pause as long as the failure may pass.

    The address may be a secret: messages name its host only. Raises ConfigurationError when it is none, PermanentError
    when the receiver refuses, Unreachable when it didn't take the document in any attempt.
    """
    place = _place(url)
    for pause in (*pauses_s, None):
        try:
            _attempt(url, document, place)
            return
        except TransientError:
            if pause is None:
                raise
            time.sleep(pause)


def _attempt(url: str, document: Mapping[str, Any], place: str) -> None:
    import httpx

    try:
        # Only the status is read: an answer that never ends holds nobody up.
        with httpx.stream("POST", url, json=document, timeout=TIMEOUT_S) as answer:
            status = answer.status_code
    except httpx.TimeoutException:
        raise Unreachable("the webhook gave no answer in time", where=place, advice=f"see {VARIABLE}") from None
    except httpx.TransportError as error:
        said = f"the webhook could not be reached: {type(error).__name__}"
        raise Unreachable(said, where=place, advice=f"see {VARIABLE}") from None
    if status >= 500 or status in TRANSIENT_STATUS:
        raise Unreachable(f"the webhook answered HTTP {status}", where=place, advice="see its service")
    if not 200 <= status < 300:
        raise PermanentError(f"the webhook refused: HTTP {status}", where=place, advice=f"see {VARIABLE}")


def _place(url: str) -> str:
    """The host alone. Raises ConfigurationError for what is no address."""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_address = False
    if not is_address:
        raise ConfigurationError("is no http or https address", where=VARIABLE, advice="for example https://host/path")
    return f"{VARIABLE} at {parts.hostname}"
