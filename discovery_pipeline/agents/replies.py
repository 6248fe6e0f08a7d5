"""What came back of one HTTP call, read strictly. Keep out: calling."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from discovery_pipeline.agents.choices import MalformedAnswer, Question, strict_json
from discovery_pipeline.domain.calls import CallOutcome

Values = dict[str, str | None]


@dataclass(frozen=True)
class Reply:
    """What one HTTP call brought. values: by the question's keys, of an answer that could be read. tokens: of the
    prompt and of the answer, as the endpoint counts. status: of a refusal. wait_s: how long the endpoint asks to wait.
    complaint: what was wrong with the answer, in our words, where asking once more may help.
    """

    outcome: CallOutcome
    detail: str = ""
    values: Values | None = None
    tokens: tuple[int | None, int | None] = (None, None)
    status: int | None = None
    wait_s: float | None = None
    complaint: str = ""


def read_completion(body: bytes, question: Question) -> Reply:
    """A chat completion's first choice, read as the question's answer."""
    try:
        document = strict_json(body)
        choice = document["choices"][0]
        message = choice["message"]
        text, refusal, finish = message.get("content"), message.get("refusal"), choice.get("finish_reason")
    except MalformedAnswer as error:
        return malformed(str(error))
    except (KeyError, IndexError, TypeError, AttributeError):
        return malformed("no chat completion")
    tokens = _tokens(document.get("usage"))
    if isinstance(refusal, str) and refusal:
        return Reply("declined", "refusal", tokens=tokens)
    if isinstance(text, str):
        try:
            return _read(text, question, tokens)
        except MalformedAnswer as error:
            said = str(error)
    else:
        said = "no text"
    return _without_values(said, finish, tokens)


def _read(text: str, question: Question, tokens: tuple[int | None, int | None]) -> Reply:
    values = question.read(text.strip())
    missing = [key for key, value in values.items() if value is None]
    if not missing:
        return Reply("answered", values=values, tokens=tokens)
    said = f"{len(missing)} not offered"
    complaint = f"For these keys there was no value, or none of those allowed: {', '.join(missing)}."
    return Reply("rejected", said, values, tokens, complaint=complaint)


def _without_values(said: str, finish: Any, tokens: tuple[int | None, int | None]) -> Reply:
    """Why there is none: the same question once more would end alike, unless only its form was wrong."""
    if finish == "content_filter":
        return Reply("declined", "content_filter", tokens=tokens)
    if finish == "length":
        return Reply("cut_short", said, tokens=tokens)
    return malformed(said, tokens)


def malformed(said: str, tokens: tuple[int | None, int | None] = (None, None)) -> Reply:
    """An answer that is not of the form asked for. said: in our words, as the model may be told."""
    return Reply("malformed", said, tokens=tokens, complaint=f"It was not the JSON object asked for: {said}.")


def wait_asked(headers: Mapping[str, str]) -> float | None:
    """Seconds that a refusal's Retry-After asks to wait, from a number or a date; None where it says nothing usable."""
    text = headers.get("retry-after", "").strip()
    try:
        wait_s = float(text)
    except ValueError:
        return _until(text)
    return wait_s if 0 <= wait_s < math.inf else None


def _until(text: str) -> float | None:
    """Seconds until an HTTP date, 0 when it has passed."""
    try:
        then = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0.0, (then - datetime.now(UTC)).total_seconds())


def _tokens(usage: object) -> tuple[int | None, int | None]:
    """None for what is no count."""

    def count(name: str) -> int | None:
        number = usage.get(name) if isinstance(usage, dict) else None
        is_count = isinstance(number, int) and not isinstance(number, bool) and number >= 0
        return number if is_count else None

    return count("prompt_tokens"), count("completion_tokens")
