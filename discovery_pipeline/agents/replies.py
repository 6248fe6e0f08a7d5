"""What came back of one HTTP call, read strictly. Keep out: calling."""

from __future__ import annotations

from dataclasses import dataclass

from discovery_pipeline.agents.choices import ChoiceQuestion, MalformedAnswer, strict_json
from discovery_pipeline.domain.calls import CallOutcome

_LARGEST_COUNT = 2**31 - 1


@dataclass(frozen=True)
class Reply:
    """What one HTTP call brought. status: of a refusal. wait_s: how long the endpoint asks to wait.

    tokens: of the prompt and of the answer.
    """

    outcome: CallOutcome
    detail: str = ""
    answer: dict[str, str | None] | None = None
    tokens: tuple[int | None, int | None] = (None, None)
    status: int | None = None
    wait_s: float | None = None


def read_completion(body: bytes, question: ChoiceQuestion) -> Reply:
    """A chat completion's first choice, read as the question's answer. Raises MalformedAnswer."""
    document = strict_json(body)
    try:
        text = document["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        raise MalformedAnswer("no chat completion") from None
    tokens = _tokens(document.get("usage"))
    if not isinstance(text, str):
        return Reply("malformed", "no text", tokens=tokens)
    try:
        answer = question.read(text.strip())
    except MalformedAnswer as error:
        return Reply("malformed", str(error), tokens=tokens)
    missing = sum(chosen is None for chosen in answer.values())
    return Reply("rejected" if missing else "answered", f"{missing} not offered" if missing else "", answer, tokens)


def seconds(text: str | None) -> float | None:
    """A Retry-After in seconds; None for a date or nonsense, which the usual wait stands in for."""
    return float(text) if text and text.isascii() and text.isdigit() else None


def _tokens(usage: object) -> tuple[int | None, int | None]:
    """None for what is no count."""

    def count(name: str) -> int | None:
        number = usage.get(name) if isinstance(usage, dict) else None
        is_count = isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= _LARGEST_COUNT
        return number if is_count else None

    return count("prompt_tokens"), count("completion_tokens")
