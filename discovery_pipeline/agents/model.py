"""Questions to an OpenAI-compatible endpoint: several at once, one deadline, every HTTP call recorded.

Nothing that the endpoint does or fails to do raises: a question without a believable answer has none. The client does
not retry by itself, because each HTTP call has its line in the ledger; retries here are for what passes (429, 5xx, a
broken connection), wait as long as the endpoint asks, and never past the deadline. Redirects are not followed: they
would carry the key and the question to another host.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from discovery_pipeline.agents.choices import LONGEST_ANSWER, ChoiceQuestion, MalformedAnswer
from discovery_pipeline.agents.replies import Reply, read_completion, seconds
from discovery_pipeline.domain.calls import Call

if TYPE_CHECKING:
    from openai import AsyncOpenAI

# Tries per question where trying again may help, and the wait before the second; it doubles.
_TRIES = 3
_FIRST_WAIT_S = 0.5
_CONNECT_S = 5.0
_MOST_TOKENS = 8_000
# Statuses on which every further question would fail alike.
_HOPELESS = frozenset({301, 302, 303, 307, 308, 401, 402, 403, 404, 405, 410})
PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
# Statuses with which endpoints refuse a request's form.
_OTHER_FORM = frozenset({400, 415, 422, 501})


@dataclass(frozen=True)
class Endpoint:
    """base_url: up to and including /v1. key: None where the endpoint asks for none. concurrency: calls at once."""

    base_url: str
    model: str
    key: str | None = field(default=None, repr=False)
    concurrency: int = 4

    @property
    def answerer(self) -> str:
        """Who answers: servers of one's own often answer to any model's name, so the address is part of it."""
        return f"{self.model} at {self.base_url}"


@dataclass(frozen=True)
class Asked:
    """What became of the questions: answers in their order (None = no believable one), and every HTTP call made."""

    answers: tuple[dict[str, str | None] | None, ...]
    calls: tuple[Call, ...]


def ask_all(endpoint: Endpoint, agent: str, questions: Sequence[ChoiceQuestion], deadline: float) -> Asked:
    """Ask all questions. deadline: on time.monotonic's clock; whatever is under way then is broken off.

    agent: the name under which the calls stand in the ledger.
    """
    if not questions:
        return Asked((), ())
    # Not asyncio.run: it waits for threads that still resolve a name, which would outlast the deadline.
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(_ask_all(endpoint, agent, questions, deadline))
    finally:
        loop.close()


async def _ask_all(endpoint: Endpoint, agent: str, questions: Sequence[ChoiceQuestion], deadline: float) -> Asked:
    answers: list[dict[str, str | None] | None] = [None] * len(questions)
    try:
        client = _client(endpoint, deadline)
    except Exception:  # an address that is none: the client's message may quote what stands in it
        return Asked(tuple(answers), ())
    line = _Line(client, endpoint, agent, deadline)
    gate = asyncio.Semaphore(max(1, endpoint.concurrency))

    async def settle(number: int) -> None:
        async with gate:
            answers[number] = await line.ask(questions[number])

    with suppress(TimeoutError):
        async with asyncio.timeout(max(0.0, deadline - time.monotonic())), asyncio.TaskGroup() as tasks:
            for number in range(len(questions)):
                tasks.create_task(settle(number))
    with suppress(Exception):
        await asyncio.wait_for(line.client.close(), 1.0)
    return Asked(tuple(answers), tuple(line.calls))


def _client(endpoint: Endpoint, deadline: float) -> AsyncOpenAI:
    import openai

    async def without_body(response: Any) -> None:
        """An error's body is not read: it may have any size, and its text may not be shown."""
        if response.status_code >= 300:
            await response.aclose()

    return openai.AsyncOpenAI(
        base_url=endpoint.base_url,
        api_key=endpoint.key or "none",
        default_headers={"Accept-Encoding": "identity"},
        max_retries=0,
        timeout=openai.Timeout(max(0.1, deadline - time.monotonic()), connect=_CONNECT_S),
        http_client=openai.DefaultAsyncHttpxClient(follow_redirects=False, event_hooks={"response": [without_body]}),
    )


_FORMS = ("schema, temperature 0", "schema", "plain")


def _request(form: int, question: ChoiceQuestion) -> dict[str, Any]:
    """The parameters beside model and messages. What one endpoint requires another refuses: forms are tried in turn.

    Every form asks for the same JSON object; the instructions describe it where no schema can hold the model to it.
    """
    if _FORMS[form] == "plain":
        return {"max_tokens": _MOST_TOKENS}
    schema = {"name": "choices", "strict": True, "schema": question.schema}
    asked = {"response_format": {"type": "json_schema", "json_schema": schema}, "max_completion_tokens": _MOST_TOKENS}
    return asked if _FORMS[form] == "schema" else {**asked, "temperature": 0}


@dataclass
class _Line:
    """The conversation of one phase. form: the first that was not refused. is_down: nothing more is asked."""

    client: AsyncOpenAI
    endpoint: Endpoint
    agent: str
    deadline: float
    calls: list[Call] = field(default_factory=list)
    form: int = 0
    is_down: bool = False

    async def ask(self, question: ChoiceQuestion) -> dict[str, str | None] | None:
        """The answer, after as many calls as it takes and is reasonable."""
        tries, wait_s = 0, _FIRST_WAIT_S
        while not self.is_down:
            form = self.form
            reply = await self._call(question, form)
            if reply.status in _OTHER_FORM and form + 1 < len(_FORMS):
                self.form = max(self.form, form + 1)
                continue
            tries += 1
            self.is_down = self.is_down or _says_down(reply, tries)
            if self.is_down or tries >= _TRIES or not _may_pass(reply):
                return reply.answer
            pause_s = wait_s if reply.wait_s is None else reply.wait_s
            if time.monotonic() + pause_s >= self.deadline:
                return None
            await asyncio.sleep(pause_s)
            wait_s *= 2
        return None

    async def _call(self, question: ChoiceQuestion, form: int) -> Reply:
        begun, asked_at = time.perf_counter(), datetime.now(UTC)
        reply = Reply("timed_out", "broken off at the deadline")
        try:
            reply = await self._exchange(question, form)
        finally:  # a call broken off is a call too
            self.calls.append(
                Call(
                    self.agent,
                    self.endpoint.model,
                    question.key(self.endpoint.answerer),
                    len(question.choices),
                    asked_at,
                    round((time.perf_counter() - begun) * 1000, 1),
                    reply.outcome,
                    reply.detail,
                    *reply.tokens,
                )
            )
        return reply

    async def _exchange(self, question: ChoiceQuestion, form: int) -> Reply:
        import openai

        try:
            return read_completion(await self._post(question, form), question)
        except MalformedAnswer as error:
            return Reply("malformed", str(error))
        except openai.APITimeoutError as error:
            # By name: the class is of the HTTP library that the client brings along.
            if type(error.__cause__).__name__ == "ConnectTimeout":
                return Reply("unreachable", "ConnectTimeout")
            return Reply("timed_out", "the endpoint was silent")
        except openai.APIStatusError as error:
            wait_s = seconds(error.response.headers.get("retry-after"))
            return Reply("refused", f"HTTP {error.status_code}", status=error.status_code, wait_s=wait_s)
        except Exception as error:  # of the client or of what it stands on; the text may quote the answer
            return Reply("unreachable", type(error.__cause__ or error).__name__)

    async def _post(self, question: ChoiceQuestion, form: int) -> bytes:
        """The answer's body. Raises MalformedAnswer when it grows beyond any answer, and whatever the client raises."""
        import openai

        body = bytearray()
        async with self.client.chat.completions.with_streaming_response.create(
            model=self.endpoint.model,
            messages=[{"role": "system", "content": question.system}, {"role": "user", "content": question.content}],
            extra_headers=None if self.endpoint.key else {"Authorization": openai.omit},
            **_request(form, question),
        ) as response:
            async for chunk in response.iter_bytes():
                body += chunk
                if len(body) > LONGEST_ANSWER:
                    raise MalformedAnswer("longer than any answer")
        return bytes(body)


def _says_down(reply: Reply, tries: int) -> bool:
    """Whether every further question would fail like this one."""
    return reply.status in _HOPELESS or (reply.outcome == "unreachable" and tries >= _TRIES)


def _may_pass(reply: Reply) -> bool:
    """Whether the same question may fare better in a moment."""
    return reply.outcome == "unreachable" or reply.status in PASSING
