"""Great Expectations in a process of its own, ready when the first asset is.

Importing the library costs 3 s of processor time; in a thread it holds the interpreter's lock that reading and mapping
need. The process ends with its standard input, so also when its parent is killed. Without it (it could not start, it
died) validation happens here: slower, same outcome.
"""

from __future__ import annotations

import gc
import importlib.util
import os
import pickle
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import IO, Any, Self

import polars as pl

from discovery_pipeline.quality.rules import Rule
from discovery_pipeline.quality.validation import Batch, BrokenCheck, RuleOutcome, validate

_LENGTH = struct.Struct(">Q")

# The first validation loads what the library itself loads late.
WARM_UP = Batch(pl.DataFrame({"a": ["x"]}), (Rule("not_null", "a"), Rule("in_set", "a", choices=("x",))))

Outcomes = tuple[RuleOutcome, ...]


class Judge:
    """A context manager: the process starts on entering, without waiting, and ends on leaving."""

    def __enter__(self) -> Self:
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError:
            self._process = None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()  # it holds no state, and an orderly end of the library's process takes most of a second
        with suppress(OSError):
            process.communicate()

    def __call__(self, batches: Sequence[Batch]) -> list[Outcomes]:
        """The outcomes of each batch. Raises BrokenCheck."""
        answer = self._ask(batches)
        if answer is None:
            return [validate(batch) for batch in batches]
        if isinstance(answer, BrokenCheck):
            raise answer
        return answer

    def _ask(self, batches: Sequence[Batch]) -> list[Outcomes] | BrokenCheck | None:
        if self._process is None or self._process.stdin is None or self._process.stdout is None:
            return None
        try:
            _send(self._process.stdin, list(batches))
            answer: list[Outcomes] | BrokenCheck = _receive(self._process.stdout)
        except (OSError, EOFError):
            return None
        return answer


_standing: list[Judge] = []


@contextmanager
def standing_judge() -> Iterator[None]:
    """Start a judge ahead of the work: `a_judge` hands it over during the block."""
    with Judge() as judge:
        _standing.append(judge)
        try:
            yield
        finally:
            _standing.remove(judge)


@contextmanager
def a_judge() -> Iterator[Judge]:
    """The judge that was started ahead in this process, or one of its own for the block."""
    if _standing:
        yield _standing[-1]
        return
    with Judge() as judge:
        yield judge


def _send(stream: IO[bytes], message: object) -> None:
    content = pickle.dumps(message)
    stream.write(_LENGTH.pack(len(content)))
    stream.write(content)
    stream.flush()


def _receive(stream: IO[bytes]) -> Any:
    """The next message. Raises EOFError when the other side is gone."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    content = stream.read(length)
    if len(content) < length:
        raise EOFError
    return pickle.loads(content)  # noqa: S301 - from our own child or parent, over a pipe nobody else holds


def _answer(batches: Sequence[Batch]) -> list[Outcomes] | BrokenCheck:
    try:
        return [validate(batch) for batch in batches]
    except BrokenCheck as error:
        return error
    except Exception as error:
        return BrokenCheck(f"{type(error).__name__}: {error}", advice="a defect of a check")


def _load_on_use(name: str) -> None:
    """Let a module load when something of it is used: one of the library's expectations, none of ours, needs it.

    scipy.stats is a third of the library's import time: 1.1 of 3.2 s. (Recipe: importlib's documentation.)
    """
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        return
    spec.loader = importlib.util.LazyLoader(spec.loader)
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)


def serve() -> None:
    """Answer requests from standard input until it ends. What the library prints must not mix with the answers."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    gc.set_threshold(100_000)  # a quarter off the time of its imports
    _load_on_use("scipy.stats")
    validate(WARM_UP)
    while True:
        try:
            batches = _receive(sys.stdin.buffer)
        except EOFError:
            return
        _send(answers, _answer(batches))


if __name__ == "__main__":
    serve()
