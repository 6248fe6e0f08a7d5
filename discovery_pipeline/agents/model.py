"""One question to one OpenAI-compatible endpoint: one HTTP exchange, whatever comes of it read as a reply.

Nothing that the endpoint does or fails to do raises. The client does not retry by itself, because each HTTP call has
its line in the ledger. Redirects are not followed: they would carry the key and the question to another host. Error
texts of the endpoint are not read: they may have any size and quote what was sent. Keep out: when to ask again and
whom (line, desk).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from discovery_pipeline.agents.choices import LONGEST_ANSWER, Question
from discovery_pipeline.agents.replies import Reply, read_completion, wait_asked

if TYPE_CHECKING:
    import ssl

    import openai
    from openai import AsyncOpenAI

_CONNECT_S = 5.0
# Statuses that may pass: the same question may fare better in a moment.
PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
FORMS = ("schema, temperature 0", "schema", "plain")
_TOO_LONG = "longer than any answer"
# Failures of the client's HTTP library before the request could go out, by name: the classes are that library's.
_BEFORE_SENDING = frozenset(
    {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol", "InvalidURL"}
)


@dataclass(frozen=True)
class Endpoint:
    """One model of one provider. base_url: up to and including /v1. key: None where the provider asks for none.

    concurrency: calls at once, of all the provider's models. call_s: seconds that one call may take; None = as long as
    there is time. most_tokens: of one answer.
    """

    base_url: str
    model: str
    key: str | None = field(default=None, repr=False)
    concurrency: int = 4
    provider: str = "model"
    call_s: float | None = None
    most_tokens: int = 8_000

    @property
    def name(self) -> str:
        return f"{self.provider}/{self.model}"


@dataclass(frozen=True)
class Message:
    """What is sent. form: of FORMS. complaint: what was wrong with the answer before, in our words."""

    question: Question
    form: int = 0
    complaint: str = ""

    @property
    def messages(self) -> list[Any]:
        said = [
            {"role": "system", "content": self.question.prompt.text},
            {"role": "user", "content": self.question.content},
        ]
        if not self.complaint:
            return said
        again = f"Your answer before could not be used. {self.complaint} Answer with the JSON object alone."
        return [*said, {"role": "user", "content": again}]

    def parameters(self, most_tokens: int) -> dict[str, Any]:
        """Beside model and messages. What one endpoint requires another refuses: forms are tried in turn.

        Every form asks for the same JSON object; the instructions describe it where no schema can hold the model to it.
        """
        if FORMS[self.form] == "plain":
            return {"max_tokens": most_tokens}
        schema = {"name": "answer", "strict": True, "schema": self.question.schema}
        asked = {
            "response_format": {"type": "json_schema", "json_schema": schema},
            "max_completion_tokens": most_tokens,
        }
        return asked if FORMS[self.form] == "schema" else {**asked, "temperature": 0}

    def size(self, most_tokens: int) -> int:
        """Bytes of all that a model is made to read: no fewer than its tokens."""
        return len(json.dumps([self.messages, self.parameters(most_tokens)], ensure_ascii=False).encode())


def load_client() -> None:
    """Load the client's library, which takes a second, and seconds on a busy machine: no provider's time to answer."""
    import openai  # noqa: F401

    _certificates()


def open_client(endpoint: Endpoint) -> AsyncOpenAI:
    """A client of the running event loop. Raises whatever the libraries raise for an address that is none."""
    import openai

    async def without_body(response: Any) -> None:
        if response.status_code >= 300:
            await response.aclose()

    return openai.AsyncOpenAI(
        base_url=endpoint.base_url,
        api_key=endpoint.key or "none",
        default_headers={"Accept-Encoding": "identity"},
        max_retries=0,
        http_client=openai.DefaultAsyncHttpxClient(
            verify=_certificates(), follow_redirects=False, event_hooks={"response": [without_body]}
        ),
    )


@cache
def _certificates() -> ssl.SSLContext:
    """Read once a process: each client would read them anew, for 20 to 80 ms."""
    import httpx2  # openai's own HTTP library

    return httpx2.create_ssl_context()


async def exchange(client: AsyncOpenAI, endpoint: Endpoint, message: Message, left_s: float) -> Reply:
    """Ask once. left_s: after so much silence the endpoint is given up; the caller bounds the whole exchange."""
    return await as_reply(_post(client, endpoint, message, left_s))


async def as_reply(exchanged: Awaitable[Reply]) -> Reply:
    """What came of an exchange, whatever the client raises."""
    import openai

    try:
        return await exchanged
    except openai.APITimeoutError as error:
        if type(error.__cause__).__name__ in _BEFORE_SENDING:
            return Reply("unreachable", type(error.__cause__).__name__)
        return Reply("timed_out", "the endpoint was silent")
    except openai.APIStatusError as error:
        status = error.status_code
        return Reply("refused", f"HTTP {status}", status=status, wait_s=wait_asked(error.response.headers))
    except Exception as error:  # of the client or of what it stands on; the text may quote the answer
        cause = type(error.__cause__ or error).__name__
        was_sent = isinstance(error, openai.APIConnectionError) and cause not in _BEFORE_SENDING
        return Reply("broken" if was_sent or _is_of_reading(error) else "unreachable", cause)


def silence(left_s: float) -> openai.Timeout:
    """After so many seconds without a byte a client gives up."""
    import openai

    return openai.Timeout(max(0.1, left_s), connect=_CONNECT_S)


def _is_of_reading(error: Exception) -> bool:
    """Whether the connection broke while the answer's body came: the client passes that on as it is."""
    return type(error).__name__ in ("ReadError", "RemoteProtocolError", "ReadTimeout")


async def _post(client: AsyncOpenAI, endpoint: Endpoint, message: Message, left_s: float) -> Reply:
    import openai

    body = bytearray()
    async with client.chat.completions.with_streaming_response.create(
        model=endpoint.model,
        messages=message.messages,
        extra_headers=None if endpoint.key else {"Authorization": openai.omit},
        timeout=silence(left_s),
        **message.parameters(endpoint.most_tokens),
    ) as response:
        if response.headers.get("content-encoding", "identity") != "identity":
            # Not asked for, and a few packed bytes may hold gigabytes.
            return Reply("malformed", "packed")
        async for chunk in response.iter_bytes():
            body += chunk
            if len(body) > LONGEST_ANSWER:
                return Reply("malformed", _TOO_LONG)
    return read_completion(bytes(body), message.question)
