"""What the desk costs a call over the raw client: the same questions to the same local server, by one and by the other.

Run: python -m benchmarks.agents.overhead [--calls N]. The server is a process of its own that answers at once. Stores
are in memory: database commits are no part of it. Rounds of both alternate; the medians of a round's milliseconds per
call are compared.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from statistics import median

from benchmarks.mapping.datasheet import table
from discovery_pipeline.agents.choices import ChoiceQuestion
from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.model import Endpoint, Message
from discovery_pipeline.agents.prompts import Prompt

# A full question: twenty doubts, sixteen controls, five choices each; 12 kB.
ITEMS, CHOICES = 36, 5
ROUNDS = 7
ALLOWED_MS = 5.0


@dataclass(frozen=True)
class Overhead:
    """Milliseconds per call, medians of rounds. what: how the calls were made."""

    what: str
    raw_ms: float
    desk_ms: float

    @property
    def added_ms(self) -> float:
        return self.desk_ms - self.raw_ms

    @property
    def row(self) -> tuple[str, ...]:
        verdict = "yes" if self.added_ms < ALLOWED_MS else "NO"
        return (self.what, f"{self.raw_ms:.2f}", f"{self.desk_ms:.2f}", f"{self.added_ms:+.2f}", verdict)


def overheads(calls: int = 100) -> list[Overhead]:
    """One call after the other in one ask, eight at once, and an ask of its own for each."""
    import openai  # noqa: F401 - its import is paid once a process

    asked = [_question(number) for number in range(calls)]
    with _server() as url:
        return [
            _compared("one after the other", url, asked, 1, together=calls),
            _compared("eight at once", url, asked, 8, together=calls),
            _compared("an ask for each", url, asked[: calls // 4], 1, together=1),
        ]


def overhead_table(found: Sequence[Overhead]) -> str:
    """As Markdown."""
    header = ("calls", "raw client, ms", "desk, ms", "added, ms", f"under {ALLOWED_MS:g} ms")
    return table(header, [one.row for one in found])


def _compared(what: str, url: str, asked: Sequence[ChoiceQuestion], at_once: int, together: int) -> Overhead:
    endpoint = Endpoint(url, "m", "key", at_once)

    def by_desk() -> float:
        begun = time.perf_counter()
        desk = Desk((endpoint,), 600.0)
        for start in range(0, len(asked), together):
            found = desk.ask("bench", asked[start : start + together])
            assert found.unanswered == 0, found.why
        return time.perf_counter() - begun

    def by_client() -> float:
        return asyncio.run(_raw(endpoint, asked))

    rounds = [(by_client(), by_desk()) for _ in range(ROUNDS + 1)][1:]
    raw_s, desk_s = (median(took) for took in zip(*rounds, strict=True))
    return Overhead(what, raw_s * 1000 / len(asked), desk_s * 1000 / len(asked))


async def _raw(endpoint: Endpoint, asked: Sequence[ChoiceQuestion]) -> float:
    """What anybody would write: one client, a semaphore, the answer parsed. Seconds, without making the client."""
    import openai

    gate = asyncio.Semaphore(endpoint.concurrency)
    async with openai.AsyncOpenAI(base_url=endpoint.base_url, api_key=endpoint.key, max_retries=0) as client:

        async def ask(question: ChoiceQuestion) -> None:
            message = Message(question)
            async with gate:
                answer = await client.chat.completions.create(
                    model=endpoint.model, messages=message.messages, **message.parameters(endpoint.most_tokens)
                )
            assert json.loads(answer.choices[0].message.content or "").keys() == question.choices.keys()

        begun = time.perf_counter()
        await asyncio.gather(*map(ask, asked))
        return time.perf_counter() - begun


def _question(number: int) -> ChoiceQuestion:
    offers = tuple(f"a choice of some words {choice}" for choice in range(CHOICES))
    items = [{"key": f"i{item}", "text": f"item {item} of {number}" * 8, "choices": offers} for item in range(ITEMS)]
    instructions = Prompt("bench", "Choose for each item one of its choices. Answer with one JSON object.")
    return ChoiceQuestion(instructions, json.dumps({"items": items}), {f"i{item}": offers for item in range(ITEMS)})


@contextmanager
def _server() -> Iterator[str]:
    """The base URL of an endpoint that answers every question alike and at once, in a process of its own."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    process.start()
    there.close()  # else waiting for a server that died would never end
    try:
        yield f"http://127.0.0.1:{here.recv()}/v1"
    finally:
        process.terminate()
        process.join()


def _serve(told: Connection) -> None:
    body = _completion()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
                await reader.readexactly(int(length.partition(b":")[2]))
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(converse, "127.0.0.1", 0, limit=2**20)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


def _completion() -> bytes:
    text = json.dumps({f"i{item}": "a choice of some words 1" for item in range(ITEMS)})
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": 3000, "completion_tokens": 400, "total_tokens": 3400}
    document = {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": usage}
    return json.dumps(document).encode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100, help="in each round")
    print(overhead_table(overheads(parser.parse_args().calls)))


if __name__ == "__main__":
    main()
